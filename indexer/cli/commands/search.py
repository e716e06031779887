"""`tracuu search`: show results with their explanations in a terminal, or as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from indexer.archive import Archive
from indexer.cli.language import decimal, say, say_of
from indexer.cli.options import group_option, index_option, json_option
from indexer.facets import FACET_NAMES
from indexer.models import Explanation, Range, SearchRequest, Sort
from indexer.partial_date import format_date
from indexer.results.payload import results_payload
from indexer.runtime.settings import int_setting, timeout_setting


@click.command()
@click.argument("query")
@click.option("--page", type=int, default=1, show_default=True, help="Page of the results.")
@click.option(
    "--size", type=int, default=lambda: int_setting("page_size"), show_default="10",
    help="Hits on a page.",
)  # fmt: skip
@click.option(
    "--sort", type=click.Choice([s.value for s in Sort]), default=Sort.RELEVANCE.value,
    show_default=True, help="Order of the hits: by relevance, date or title.",
)  # fmt: skip
@click.option("--exact", is_flag=True, help="Only the accents as typed.")
@click.option(
    "--filter", "filters", multiple=True, metavar="FACET=VALUE",
    help="Narrow to a facet value; repeatable. Facets: field.<key> of archive.toml, "
    f"{', '.join(FACET_NAMES)}.",
)  # fmt: skip
@click.option("--ungrouped", is_flag=True, help="List every copy of a text as a hit of its own.")
@click.option(
    "--copies",
    "copies_of",
    metavar="ID",
    default="",
    help="List only this document and its copies.",
)
@click.option("--explain", is_flag=True, help="Say why each hit was found, and for what it scored.")
@group_option
@json_option
@index_option
def search(
    query: str,
    page: int,
    size: int,
    sort: str,
    exact: bool,
    filters: tuple[str, ...],
    ungrouped: bool,
    copies_of: str,
    explain: bool,
    group: str,
    as_json: bool,
    index_dir: Path,
) -> None:
    """Search the index, as the page does. With --json, the answer is that of /api/search.

    Ranges are part of the query: "năm:2010-2015", "từ 3/2010 đến 2015", "so_trang:10..500" for a
    field of numbers or dates in archive.toml.

    Where archive.toml hides documents from some readers, only those that everyone may see are
    found, or with --group those that a group may see.
    """
    chosen: dict[str, tuple[str, ...]] = {}
    for item in filters:
        name, equals, value = item.partition("=")
        if not equals:
            raise click.UsageError(f"--filter {item!r} is not FACET=VALUE.")
        chosen[name] = (*chosen.get(name, ()), value)
    request = SearchRequest(
        query, page, size, Sort(sort), exact, chosen, explain, not ungrouped, copies_of
    )
    with Archive.open(index_dir, timeout_setting(), group) as archive:
        results = archive.search(request)
    if as_json:
        click.echo(json.dumps(results_payload(results), ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    rung = f" · {say_of(results.rung.label)}" if results.rung else ""
    folded = say(f" ({results.distinct:,} after grouping copies)") if results.hidden else ""
    console.print(Text(say(f"{results.total:,} results{folded}{rung} · {results.took_ms:.0f} ms")))
    if results.corrected:
        console.print(
            Text(say(f"No results for: {query}. Showing results for: {results.corrected}"))
        )
    if results.incomplete:
        console.print(Text(say("Time ran out: suggestions and explanations are incomplete.")))
    if results.suggestion:
        console.print(Text(say(f"Did you mean: {results.suggestion}")))
    for position, hit in enumerate(results.hits, (page - 1) * size + 1):
        document = hit.document
        date = f"  {format_date(document.date)}" if document.date else ""
        title = _highlighted(document.title or document.body[:90], hit.title_ranges)
        mark = f" {say('[pinned]')}" if hit.pinned else ""
        console.print()
        line = Table.grid()  # the number in a column of its own: a long title is indented below it
        line.add_row(f"{position}. ", title + Text(mark))
        console.print(line)
        _print_indented(console, Text(f"{document.id}{date}"))
        _print_indented(console, _highlighted(hit.snippet.text, hit.snippet.ranges))
        if hit.copy_count:
            listed = ", ".join(copy.id for copy in hit.copies)
            left = hit.copy_count - len(hit.copies)
            more = f" and {left:,} more" if left else ""
            _print_indented(console, Text(say(f"Also at: {listed}{more}")))
        if hit.near_count:
            near = say(f"{hit.near_count:,} near copies (--copies {document.id})")
            _print_indented(console, Text(near))
        if hit.explanation:
            _print_explanation(console, hit.explanation, hit.score)


def _print_indented(console: Console, text: Text) -> None:
    """Print a text below its hit; lines that it is wrapped into are indented, too."""
    console.print(Padding(text, (0, 0, 0, 3), expand=False))


def _print_explanation(console: Console, explanation: Explanation, score: float) -> None:
    for reason in explanation.reasons:
        _print_indented(console, Text(say_of(reason)))
    if not explanation.parts:
        return
    table = Table(say("kind"), say("part"), box=None, pad_edge=False)
    for heading in ("frequency", "weight", "points"):
        table.add_column(say(heading), justify="right")
    for part in sorted(explanation.parts, key=lambda part: -part.points):
        numbers = (f"{part.tf:g}", f"{part.weight:.3f}", f"{part.points:.3f}")
        table.add_row(say_of(part.kind), Text(part.text), *map(decimal, numbers))
    table.add_row("", say("sum"), "", "", decimal(f"{score:.3f}"))
    console.print(Padding(table, (0, 0, 0, 3)))


def _highlighted(text: str, ranges: tuple[Range, ...]) -> Text:
    result = Text(text)
    for start, end in ranges:
        result.stylize("bold yellow", start, min(end, len(text)))
    return result

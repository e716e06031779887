"""`tracuu search`, `analyze` and `serve`."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from indexer.analysis import analyze as analyze_text
from indexer.analysis import fold
from indexer.archive import Archive
from indexer.cli.shared import index_option, json_option
from indexer.errors import SettingError
from indexer.models import Explanation, Range, Rung, SearchRequest, Sort
from indexer.results.facets import FACET_NAMES
from indexer.results.payload import results_payload
from indexer.settings import int_setting, setting

RUNG_NAMES = {
    Rung.EXACT: "đúng dấu",
    Rung.PARTIAL: "thiếu dấu",
    Rung.FOLDED: "không dấu",
    Rung.APPROXIMATE: "gần đúng",
}


@click.command()
@click.argument("query")
@click.option("--page", type=int, default=1, show_default=True, help="Page of the results.")
@click.option(
    "--size", type=int, default=lambda: int_setting("page_size"), show_default="10",
    help="Hits on a page.",
)  # fmt: skip
@click.option(
    "--sort", type=click.Choice([s.value for s in Sort]), default=Sort.RELEVANCE.value,
    show_default=True, help="Order of the hits.",
)  # fmt: skip
@click.option("--exact", is_flag=True, help="Only the accents as typed.")
@click.option(
    "--filter", "filters", multiple=True, metavar="FACET=VALUE",
    help=f"Narrow to a facet value; repeatable. Facets: {', '.join(FACET_NAMES)}.",
)  # fmt: skip
@click.option("--explain", is_flag=True, help="Say why each hit was found, and for what it scored.")
@json_option
@index_option
def search(
    query: str,
    page: int,
    size: int,
    sort: str,
    exact: bool,
    filters: tuple[str, ...],
    explain: bool,
    as_json: bool,
    index_dir: Path,
) -> None:
    """Search the index, as the page does. With --json, the answer is that of /api/search."""
    chosen: dict[str, tuple[str, ...]] = {}
    for item in filters:
        name, equals, value = item.partition("=")
        if not equals:
            raise click.UsageError(f"--filter {item!r} is not FACET=VALUE.")
        chosen[name] = (*chosen.get(name, ()), value)
    request = SearchRequest(query, page, size, Sort(sort), exact, chosen, explain)
    with Archive.open(index_dir) as archive:
        results = archive.search(request)
    if as_json:
        click.echo(json.dumps(results_payload(results), ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    rung = f" · {RUNG_NAMES[results.rung]}" if results.rung else ""
    console.print(Text(f"{results.total} kết quả{rung} · {results.took_ms:.0f} ms"))
    if results.corrected:
        console.print(Text(f"Không có gì cho: {query}. Đây là kết quả của: {results.corrected}"))
    if results.suggestion:
        console.print(Text(f"Ý bạn là: {results.suggestion}"))
    for number, hit in enumerate(results.hits, (page - 1) * size + 1):
        document = hit.document
        date = f"  {document.date:%d/%m/%Y}" if document.date else ""
        title = _marked(document.title or document.body[:90], hit.title_ranges)
        console.print(Text(f"\n{number}. "), title, Text(f"\n   {document.id}{date}"), sep="")
        console.print(Text("   "), _marked(hit.snippet.text, hit.snippet.ranges), sep="")
        if hit.explanation:
            _print_explanation(console, hit.explanation, hit.score)


def _print_explanation(console: Console, explanation: Explanation, score: float) -> None:
    for reason in explanation.reasons:
        console.print(Text(f"   {reason}"))
    if not explanation.parts:
        return
    table = Table("loại", "phần", box=None, pad_edge=False)
    for heading in ("tần số", "trọng số", "điểm"):
        table.add_column(heading, justify="right")
    for part in sorted(explanation.parts, key=lambda part: -part.points):
        numbers = (f"{part.tf:g}", f"{part.weight:.3f}", f"{part.points:.3f}")
        table.add_row(part.kind, Text(part.text), *numbers)
    table.add_row("", "tổng", "", "", f"{score:.3f}")
    console.print(Padding(table, (0, 0, 0, 3)))


def _marked(text: str, ranges: tuple[Range, ...]) -> Text:
    marked = Text(text)
    for start, end in ranges:
        marked.stylize("bold yellow", start, min(end, len(text)))
    return marked


@click.command()
@click.argument("text")
@json_option
def analyze(text: str, as_json: bool) -> None:
    """Show the terms of TEXT: syllables, words and folds, with their offsets."""
    found = analyze_text(text)
    kinds = (("syllable", found.syllables), ("word", found.words))
    rows = [
        {"kind": kind, "term": token.term, "folded": fold(token.term), "start": token.start,
         "end": token.end, "position": token.position, "text": text[token.start : token.end]}
        for kind, tokens in kinds
        for token in tokens
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("kind", "term", "folded", "start", "end", "position", "text")
    for row in rows:
        table.add_row(*(Text(str(value)) for value in row.values()))
    Console(highlight=False).print(table)


@click.command()
@click.option(
    "--host", default=lambda: str(setting("host")), show_default="127.0.0.1",
    help="Address to listen on.",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65535), default=lambda: int_setting("port"),
    show_default="8000", help="Port to listen on.",
)  # fmt: skip
@index_option
def serve(host: str, port: int, index_dir: Path) -> None:
    """Serve the search page and the JSON API."""
    import waitress  # with Flask, a tenth of a second that no other command needs

    from search_ui import create_app

    app = create_app(Archive.open(index_dir))
    # Requests that wait for a thread are no fault: a browser sends six at once. How long answers
    # take stands in /metrics.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        server = waitress.create_server(
            app, host=host, port=port, threads=int_setting("threads"), ident=None
        )
    except (OSError, ValueError) as error:
        raise SettingError(
            f"Cannot listen on {host}:{port}: {error}.", "Choose another with --host and --port."
        ) from None
    click.echo(f"Tra Cứu: http://{host}:{getattr(server, 'effective_port', port)}/")
    server.run()

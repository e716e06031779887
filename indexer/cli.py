"""The command line: `tracuu rebuild | search | analyze | evaluate | check | serve`.

Exit codes: 0 done; 1 done, but documents were left out or the index is not whole; 2 nothing done,
and one line on standard error says why and what to do.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from indexer.analysis import analyze as analyze_text
from indexer.analysis import fold
from indexer.archive import Archive
from indexer.engines.whoosh import store
from indexer.errors import SettingError, TraCuuError
from indexer.evaluate import changes, read_former, read_queries
from indexer.evaluate import evaluate as run_evaluation
from indexer.models import Range, Rung, SearchRequest, Sort
from indexer.query.corruption import Corruption
from indexer.rebuild import rebuild as run_rebuild
from indexer.results.facets import FACET_NAMES
from indexer.results.payload import results_payload
from indexer.settings import SETTINGS, int_setting, path_setting, setting

RUNG_NAMES = {
    Rung.EXACT: "đúng dấu",
    Rung.PARTIAL: "thiếu dấu",
    Rung.FOLDED: "không dấu",
    Rung.APPROXIMATE: "gần đúng",
}

_SETTINGS_HELP = "\b\nEnvironment:\n" + "\n".join(
    f"  {s.variable:<18} {s.help} [{s.default}]" for s in SETTINGS
)


@click.group(
    no_args_is_help=False,  # no command is an error of one line, as any other
    epilog=_SETTINGS_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="tracuu", message="tracuu %(version)s")
def cli() -> None:
    """Full-text search for Vietnamese archives."""


def _index_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--index",
        "index_dir",
        type=click.Path(path_type=Path, file_okay=False),
        default=lambda: path_setting("index"),
        show_default="index_data",
        help="Folder of the built index.",
    )(command)


def _json_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


@cli.command()
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@_index_option
def rebuild(sources: tuple[Path, ...], index_dir: Path) -> None:
    """Build the index anew from SOURCES and switch to it.

    A source is a folder, or a .txt, .html, .jsonl, .jsonl.gz or .jsonl.xz file; without any, the
    folder seeds/. A server that is running moves to the new index by itself. A document that cannot
    be read is named with the reason and left out; the exit code is then 1.
    """
    with _progress("Đang lập chỉ mục", None) as advance:
        report = run_rebuild(
            sources or (path_setting("seeds"),), index_dir, progress=lambda done: advance(done)
        )
    for broken in report.broken:
        click.echo(f"tracuu: left out: {broken}", err=True)
    status = report.status
    click.echo(f"{status.documents} documents in {index_dir / status.generation}")
    if report.broken:
        sys.exit(1)


@cli.command()
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
@_json_option
@_index_option
def search(
    query: str,
    page: int,
    size: int,
    sort: str,
    exact: bool,
    filters: tuple[str, ...],
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
    request = SearchRequest(query, page, size, Sort(sort), exact, chosen)
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


def _marked(text: str, ranges: tuple[Range, ...]) -> Text:
    marked = Text(text)
    for start, end in ranges:
        marked.stylize("bold yellow", start, min(end, len(text)))
    return marked


@cli.command()
@click.argument("text")
@_json_option
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


@cli.command()
@click.argument("queries", type=click.Path(path_type=Path))
@click.option(
    "--unaccented", "corruption", flag_value=Corruption.UNACCENTED.value,
    help="Take the accents from the queries first.",
)  # fmt: skip
@click.option(
    "--half", "corruption", flag_value=Corruption.HALF.value,
    help="Take them from every other syllable, by a fixed seed.",
)  # fmt: skip
@click.option(
    "--typos", "corruption", flag_value=Corruption.TYPOS.value,
    help="Make one slip in each query first, by a fixed seed.",
)  # fmt: skip
@click.option(
    "--compare", "former", type=click.Path(path_type=Path), metavar="OLD.json",
    help="Name the queries that scored otherwise in what --json printed before.",
)  # fmt: skip
@_json_option
@_index_option
def evaluate(
    queries: Path, corruption: str | None, former: Path | None, as_json: bool, index_dir: Path
) -> None:
    """Measure relevance and latency with the judged queries in QUERIES (.jsonl).

    A line is {"qid", "query", "relevant": [ids]}. The list that is judged goes on to looser rungs
    where one is used up.
    """
    judged = read_queries(queries)
    before = read_former(former) if former else None
    engine = store.open_engine(index_dir)
    try:
        with _progress("Đang đánh giá", len(judged)) as advance:
            done = iter(range(1, len(judged) + 1))
            measures = run_evaluation(
                engine,
                judged,
                corruption=Corruption(corruption or Corruption.NONE),
                progress=lambda: advance(next(done)),
            )
    finally:
        engine.close()
    moved = changes(before, measures.by_query) if before is not None else []
    if as_json:
        found = asdict(measures) | ({"changes": list(map(asdict, moved))} if former else {})
        click.echo(json.dumps(found, indent=2))
        return
    texts = {query.qid: query.text for query in judged}
    for change in moved:
        click.echo(f"{change.before:.3f} -> {change.after:.3f}  {change.qid}  {texts[change.qid]}")
    click.echo(
        f"queries {measures.queries}  nDCG@10 {measures.ndcg_10:.4f}  MRR@10 {measures.mrr_10:.4f}"
        f"  recall@100 {measures.recall_100:.4f}  p50 {measures.p50_ms:.1f} ms"
        f"  p95 {measures.p95_ms:.1f} ms"
    )


@cli.command()
@_index_option
def check(index_dir: Path) -> None:
    """Is this index whole? Every file is read and compared with what was written."""
    problems = store.check(index_dir)
    for problem in problems:
        click.echo(f"tracuu: {problem}", err=True)
    if problems:
        sys.exit(1)
    click.echo(f"{index_dir / store.current(index_dir)}: whole")


@cli.command()
@click.option(
    "--host", default=lambda: str(setting("host")), show_default="127.0.0.1",
    help="Address to listen on.",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65535), default=lambda: int_setting("port"),
    show_default="8000", help="Port to listen on.",
)  # fmt: skip
@_index_option
def serve(host: str, port: int, index_dir: Path) -> None:
    """Serve the search page and the JSON API."""
    import waitress  # with Flask, a tenth of a second that no other command needs

    from search_ui import create_app

    app = create_app(Archive.open(index_dir))
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


@contextmanager
def _progress(label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere; gives the function that says how many are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)
    if not bar.console.is_terminal:
        yield lambda _: None
        return
    with bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)


def main() -> None:
    """Entry point of the console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a lone surrogate in a query must not crash
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(prog_name="tracuu", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("tracuu: interrupted; nothing was changed.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        click.echo(f"tracuu: {error.format_message()} See `tracuu --help`.", err=True)
        sys.exit(2)
    except TraCuuError as error:
        click.echo(f"tracuu: {error}", err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()

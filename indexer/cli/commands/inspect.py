"""`tracuu inspect`: read sources without indexing them, and show what is found in each document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from indexer.cli.language import number, say, say_problem
from indexer.cli.options import json_option, ocr_option
from indexer.cli.reading_report import print_reading
from indexer.documents import Options
from indexer.partial_date import format_date
from indexer.rebuild import Inspected, SourceReader

_FIELDS = (
    "format", "title", "published", "event_date", "places", "number", "document_type", "issuer",
    "signer", "author", "source", "publisher", "section", "effective", "expires", "url",
)  # fmt: skip


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@ocr_option
@json_option
def inspect(sources: tuple[Path, ...], ocr: bool, as_json: bool) -> None:
    """Read SOURCES without indexing, and show format, title, date, place, number and more of each
    document, and what of it was lost or not understood. For a web page, also show the share of its
    words that the document has; words of links do not count.

    Formats: .txt, .html, .mhtml, .md, .pdf, .jpg, .png, .tif, .docx, .odt, .rtf, .doc, .epub, .eml,
    .msg, .mbox, .csv, .xlsx, .ods, .json, .jsonl (.gz, .xz), .xml (Dublin Core, OAI-PMH, MARCXML,
    RSS, Atom), .mrc, .zip, .warc, .wacz. Exit codes are those of `tracuu rebuild`. With --json, a
    line of JSON per document.
    """
    reader = SourceReader(sources, None, Options(ocr=ocr, measure=True))
    console = Console(highlight=False)
    for found in reader.inspected():
        if as_json:
            click.echo(json.dumps(_record(found), ensure_ascii=False))
        else:
            _print(console, found)
    print_reading(reader.report(), quiet=as_json)


def _record(found: Inspected) -> dict[str, Any]:
    document = found.document
    record = document.to_record()
    kept: dict[str, Any] = {"id": document.id}
    kept |= {name: record[name] for name in _FIELDS if name in record}
    kept["words"] = len(document.body.split())
    kept["headings"] = sum(block.kind == "heading" for block in document.blocks)
    kept["tables"] = sum(bool(block.header) for block in document.blocks)
    if document.own:
        kept["own"] = {own.key: list(own.values) for own in document.own}
    if document.extra:
        kept["extra"] = dict(document.extra)
    if found.kept_share is not None:
        kept["kept_share"] = round(found.kept_share, 3)
    if found.warnings:
        kept["warnings"] = list(found.warnings)
    return kept


def _print(console: Console, found: Inspected) -> None:
    document = found.document
    console.print(Text(document.id, style="bold"))
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    rows = [
        ("format", document.format),
        ("title", document.title),
        ("date", format_date(document.date) if document.date else None),
        ("place", "; ".join(filter(None, (_place(p) for p in document.places)))),
        ("number", document.number),
        ("type", document.document_type),
        ("issuer", document.issuer),
        ("signer", document.signer),
        ("author", document.author),
        *((own.key, "; ".join(map(str, own.values))) for own in document.own),
        ("words", number(len(document.body.split()))),
        ("kept", None if found.kept_share is None else f"{found.kept_share:.0%}"),
        *(("warning", say_problem(warning)) for warning in found.warnings),
    ]
    for name, value in rows:
        if value:
            table.add_row(f"   {say(name)}", Text(value))
    console.print(table)


def _place(place: Any) -> str:
    return ", ".join(filter(None, (place.district, place.province)))

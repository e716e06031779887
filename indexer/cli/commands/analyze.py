"""`tracuu analyze`: show the terms of a text."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from indexer.analysis import analyze as analyze_text
from indexer.analysis import fold
from indexer.cli.language import say
from indexer.cli.options import json_option


@click.command()
@click.argument("text")
@json_option
def analyze(text: str, as_json: bool) -> None:
    """Show the terms of TEXT: syllables and words, with folded form, offsets and position."""
    analysis = analyze_text(text)
    kinds = (("syllable", analysis.syllables), ("word", analysis.words))
    rows = [
        {"kind": kind, "term": token.term, "folded": fold(token.term), "start": token.start,
         "end": token.end, "position": token.position, "text": text[token.start : token.end]}
        for kind, tokens in kinds
        for token in tokens
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table(*map(say, ("kind", "term", "folded", "start", "end", "position", "text")))
    for row in rows:
        kind, *rest = row.values()
        table.add_row(say(str(kind)), *(Text(str(value)) for value in rest))
    Console(highlight=False).print(table)

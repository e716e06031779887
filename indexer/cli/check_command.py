"""`tracuu check`: verify every file of the index."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from indexer.cli.options import index_option
from indexer.engines import backend


@click.command()
@index_option
def check(index_dir: Path) -> None:
    """Verify the index: read every file and compare it with what was written."""
    problems = backend().check(index_dir)
    for problem in problems:
        click.echo(f"tracuu: {problem}", err=True)
    if problems:
        sys.exit(1)
    click.echo(f"{index_dir / backend().current(index_dir)}: whole")

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
    for name in _missing_pins(index_dir):
        click.echo(
            f"tracuu: warning: archive.toml pins {name!r}, but no document has this id or URL.",
            err=True,
        )
    click.echo(f"{index_dir / backend().current(index_dir)}: whole")


def _missing_pins(index_dir: Path) -> list[str]:
    """Return the pinned documents that the index does not have."""
    engine = backend().open_engine(index_dir)
    try:
        pinned = {name for pin in engine.profile.pinned for name in pin.documents}
        return sorted(pinned.difference(engine.ids())) if pinned else []
    finally:
        engine.close()

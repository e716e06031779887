"""`tracuu init`: prepare a folder of documents for a new archive."""

from __future__ import annotations

from pathlib import Path

import click

from indexer.cli.language import say
from indexer.documents.files.archive_config import write_template


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
def init(folder: Path) -> None:
    """Write an archive.toml into FOLDER (default: the current one), with every setting explained.

    `tracuu inspect`, `rebuild` and `update` read it when FOLDER is their source.
    """
    path = write_template(folder)
    click.echo(say(f"{path}: put documents beside it, then run `tracuu inspect {folder}`."))

"""`tracuu check`, `rollback`, `backup`, `restore`: verify an index, copy it, return to an older
one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from indexer.cli.language import say
from indexer.cli.options import echo_audiences, index_option, place_of
from indexer.engines import backend
from indexer.models import Status
from indexer.runtime.settings import setting


@click.command()
@index_option
def check(index_dir: Path) -> None:
    """Verify the index: read every file and compare it with what was written."""
    # Exit status 1 if a file is damaged. That a pinned document is missing is only a warning.
    problems = backend().check(index_dir)
    for problem in problems:
        click.echo(f"tracuu: {say(problem)}", err=True)
    if problems:
        sys.exit(1)
    for name in _missing_pins(index_dir):
        click.echo(
            "tracuu: "
            + say(f"warning: archive.toml pins {name!r}, but no document has this id or URL."),
            err=True,
        )
    click.echo(say(f"{place_of(index_dir, backend().current(index_dir))}: whole"))
    echo_audiences(index_dir)


def _missing_pins(index_dir: Path) -> list[str]:
    """Return the ids and URLs of pinned documents that the index does not have, sorted.

    Raises UnusableIndex if the index cannot be opened.
    """
    missing: set[str] | None = None
    for group in ("", *backend().audience_sizes(index_dir)):
        engine = backend().open_engine(index_dir, group)
        try:
            if missing is None:
                missing = {name for pin in engine.profile.pinned for name in pin.documents}
            if not missing:
                return []
            missing.difference_update(engine.ids())
        finally:
            engine.close()
    return sorted(missing or ())


@click.command()
@index_option
def rollback(index_dir: Path) -> None:
    """Return to the index that was there before the last rebuild or update.

    It is verified first. A running server switches to it by itself. The newer index is kept until
    the next rebuild or update, and a second rollback returns to it.
    """
    _print_status(backend().rollback(index_dir), index_dir)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@index_option
def backup(folder: Path, index_dir: Path) -> None:
    """Copy the index to FOLDER and verify the copy.

    A server and a rebuild may be at work meanwhile. FOLDER is empty, missing, or an earlier backup,
    of which the last state is kept beside the new one. It is an index of its own: `tracuu search
    --index FOLDER` works. Never copy the files of an index by other means while a server runs.
    """
    _print_status(backend().copy_index(index_dir, folder), folder)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@index_option
def restore(folder: Path, index_dir: Path) -> None:
    """Copy the index back from a backup in FOLDER, verify it, and switch to it.

    A running server switches to it by itself. The index that was there before is kept, even if it
    is damaged; `tracuu rollback` returns to it. A backup with other rules of access than the index
    ([access] in archive.toml) is refused, because it might show what is hidden now.
    """
    _print_status(backend().copy_index(folder, index_dir, keep_access=True), index_dir)


def _print_status(status: Status, folder: Path) -> None:
    place = place_of(folder, status.generation)
    click.echo(say(f"{status.documents:,} documents of {status.built_at} in {place}"))
    if setting("engine") == "whoosh":
        echo_audiences(folder)

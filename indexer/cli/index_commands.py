"""`tracuu rebuild` and `tracuu update`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from indexer.cli.options import index_option, json_option, progress_bar
from indexer.errors import DocumentError
from indexer.rebuild import rebuild as run_rebuild
from indexer.settings import path_setting
from indexer.update import UpdateReport
from indexer.update import update as run_update


@contextmanager
def _building(label: str) -> Iterator[Callable[[int, int], None]]:
    """The bar of work that changes the index at its very end."""
    try:
        with progress_bar(label) as advance:
            yield advance
    except KeyboardInterrupt:
        raise click.Abort("nothing was changed") from None


@click.command()
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@index_option
def rebuild(sources: tuple[Path, ...], index_dir: Path) -> None:
    """Build the index anew from SOURCES and switch to it.

    A source is a folder, or a .txt, .html, .jsonl, .jsonl.gz or .jsonl.xz file; without any, the
    folder seeds/. A server that is running moves to the new index by itself. A document that cannot
    be read is named with the reason and left out; the exit code is then 1.
    """
    with _building("Đang lập chỉ mục") as advance:
        report = run_rebuild(sources or (path_setting("seeds"),), index_dir, progress=advance)
    status = report.status
    click.echo(f"{status.documents} documents in {index_dir / status.generation}")
    _left_out(report.broken)


@click.command()
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--delete", multiple=True, metavar="ID",
    help="Take a document out; repeatable. Alone, no source is read.",
)  # fmt: skip
@click.option("--prune", is_flag=True, help="Take out what the sources no longer have.")
@json_option
@index_option
def update(
    sources: tuple[Path, ...],
    delete: tuple[str, ...],
    prune: bool,
    as_json: bool,
    index_dir: Path,
) -> None:
    """Add to the index what is new in SOURCES, and replace what changed there.

    SOURCES are those of `tracuu rebuild`; documents are told apart by their ids. What did not
    change is not read again by the index, so a few documents take seconds. A document that is taken
    out with --delete comes back with the next update whose sources have it. Where there is no index
    yet, it is built. A document that cannot be read is named with the reason and left as it was;
    the exit code is then 1. With --prune, nothing is changed then.
    """
    if not sources and (prune or not delete):
        sources = (path_setting("seeds"),)
    with _building("Đang cập nhật") as advance:
        report = run_update(sources, index_dir, delete=delete, prune=prune, progress=advance)
    if as_json:
        found = asdict(report) | {"broken": list(map(str, report.broken))}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _show(report, index_dir)
    _left_out(report.broken)


def _show(report: UpdateReport, index_dir: Path) -> None:
    click.echo(
        f"{report.added} added, {report.replaced} replaced, {report.deleted} deleted, "
        f"{report.unchanged} unchanged"
    )
    status = report.status
    click.echo(f"{status.documents} documents in {index_dir / status.generation}")
    if report.absent:
        click.echo(f"{report.absent} of them are not in the sources; --prune takes them out")


def _left_out(broken: Sequence[DocumentError]) -> None:
    """Name the documents that could not be read, and end with exit code 1 if there are any."""
    for error in broken:
        click.echo(f"tracuu: left out: {error}", err=True)
    if broken:
        sys.exit(1)

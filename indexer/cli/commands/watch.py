"""`tracuu watch`: update the index whenever a file of the sources changes."""

from __future__ import annotations

import signal
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from indexer.cli.commands.index import changes_line
from indexer.cli.language import say, say_error
from indexer.cli.options import index_option, ocr_option
from indexer.cli.reading_report import problems
from indexer.documents import Options
from indexer.errors import IndexBusy, TraCuuError
from indexer.runtime.settings import path_setting
from indexer.update import UpdateReport
from indexer.watch import watch as run_watch


@click.command()
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--interval", type=click.FloatRange(0.1, 3600), default=1.0, show_default=True, metavar="S",
    help="Seconds between two looks at the files.",
)  # fmt: skip
@click.option("--prune", is_flag=True, help="Take out what the sources no longer have.")
@ocr_option
@index_option
def watch(
    sources: tuple[Path, ...], interval: float, prune: bool, ocr: bool, index_dir: Path
) -> None:
    """Update the index whenever a file of SOURCES is new, changed or gone, until Ctrl-C or SIGTERM.

    SOURCES are as for `tracuu rebuild`. It begins with an update, and then looks at names, sizes
    and times of the files; one that is being written is read when it has come to rest. A running
    server follows by itself. While another rebuild or update is at work, it waits. A file that
    cannot be read is named once, not after each update.
    """
    shown: frozenset[str] = frozenset()

    def on_update(report: UpdateReport) -> None:
        nonlocal shown
        if report.added or report.replaced or report.deleted:
            click.echo(f"{datetime.now():%Y-%m-%d %H:%M:%S} {changes_line(report)}")
        found = problems(report.reading)
        for line in found:
            if line not in shown:
                click.echo(line, err=True)
        shown = frozenset(found)

    def on_error(error: TraCuuError) -> None:
        what = "waits" if isinstance(error, IndexBusy) else "tries again"
        click.echo(f"tracuu: {say(f'{what}: {say_error(error)}')}", err=True)

    signal.signal(signal.SIGTERM, _interrupt)
    try:
        run_watch(
            sources or (path_setting("seeds"),),
            index_dir,
            interval=interval,
            prune=prune,
            options=Options(ocr=ocr),
            on_update=on_update,
            on_error=on_error,
        )
    except KeyboardInterrupt:
        # The usual end. An update that was at work has changed nothing, and the next one does it.
        return


def _interrupt(*_: Any) -> NoReturn:
    raise KeyboardInterrupt

"""Options that several commands share, and the progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from indexer.cli.language import number, say
from indexer.engines import backend
from indexer.runtime.settings import path_setting, setting


def index_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option --index, the folder of the index, to a command as `index_dir`."""
    return click.option(
        "--index",
        "index_dir",
        type=click.Path(path_type=Path, file_okay=False),
        default=lambda: path_setting("index"),
        show_default="index_data",
        help="Folder of the built index.",
    )(command)


def echo_audiences(index_dir: Path) -> None:
    """Print how many documents each group of readers may see; nothing if everyone may see all."""
    for group, count in backend().audience_sizes(index_dir).items():
        click.echo(f"  {number(count):>8} {group or say('for everyone')}")


def place_of(index_dir: Path, generation: str) -> str:
    """Return where a generation is, for a message: its folder, or its name in the cluster."""
    return str(index_dir / generation) if setting("engine") == "whoosh" else generation


def group_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option --group, whose documents are read, to a command as `group`."""
    return click.option(
        "--group", default="", metavar="NAME",
        help="As a group of [access] in archive.toml sees it; else as everyone does.",
    )(command)  # fmt: skip


def json_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option --json to a command as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def ocr_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option --ocr to a command as `ocr`."""
    return click.option(
        "--ocr",
        is_flag=True,
        help="Read scanned pages, in PDFs and in pictures, with tesseract (slow).",
    )(command)


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Context manager: show a progress bar if standard error is a terminal.

    It gives a function to call with the number of items done and the total number.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    pace = TextColumn("{task.fields[pace]}")
    bar = Progress(*columns, pace, console=Console(stderr=True), transient=True)
    if not bar.console.is_terminal:
        yield lambda done, total: None
        return
    with bar:
        task = bar.add_task(label, total=None, pace="")
        started = monotonic()

        # The total may be estimated anew each time, and rich then drops its own speed estimate.
        def advance(done: int, total: int) -> None:
            speed = done / max(monotonic() - started, 0.001)
            left = timedelta(seconds=round((total - done) / max(speed, 0.001)))
            bar.update(task, completed=done, total=total, pace=f"{number(round(speed))}/s, {left}")

        yield advance

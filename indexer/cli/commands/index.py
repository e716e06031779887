"""`tracuu rebuild` and `tracuu update`: make a new generation of the index."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import click

from indexer.cli.language import say
from indexer.cli.options import (
    echo_audiences,
    index_option,
    json_option,
    ocr_option,
    place_of,
    progress_bar,
)
from indexer.cli.reading_report import print_reading
from indexer.documents import Options
from indexer.rebuild import ReadingReport
from indexer.rebuild import rebuild as run_rebuild
from indexer.runtime.settings import path_setting
from indexer.update import UpdateReport
from indexer.update import update as run_update


@contextmanager
def _index_progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Context manager: show the progress of work that changes the index only at its very end.

    It gives the function that `progress_bar` gives. On Ctrl-C it raises click.Abort with the note
    that nothing was changed.
    """
    try:
        with progress_bar(label) as advance:
            yield advance
    except KeyboardInterrupt:
        raise click.Abort("nothing was changed") from None


def _part(_: click.Context, __: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Return the number of a part and the number of all parts, (2, 8) for "2/8"; None for None.

    A callback of click. Raises click.BadParameter for any other text, and unless the first is from
    1 to the second, and the second at most 1000.
    """
    if value is None:
        return None
    number, _slash, count = value.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count) <= 1000):
        raise click.BadParameter(f"{value!r} is no part. Use 1/8 to 8/8.")
    return int(number), int(count)


@click.command()
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--allow-shrink", is_flag=True,
    help="Switch even if more than a fifth of the documents are gone, or most of a source.",
)  # fmt: skip
@click.option(
    "--allow-public", is_flag=True,
    help="Build even if the index hides documents and archive.toml states no [access] any more.",
)  # fmt: skip
@click.option(
    "--part", callback=_part, metavar="K/N",
    help="Index the K-th of N parts; the last one that ends switches. Only on a cluster.",
)  # fmt: skip
@ocr_option
@json_option
@index_option
def rebuild(
    sources: tuple[Path, ...],
    allow_shrink: bool,
    allow_public: bool,
    part: tuple[int, int] | None,
    ocr: bool,
    as_json: bool,
    index_dir: Path,
) -> None:
    """Build the index anew from SOURCES and switch to it.

    A source is a folder, or a file of a format that is read (see `tracuu inspect --help`); without
    any, the folder seeds/. A running server switches to the new index by itself. Files and
    documents that cannot be read are named or counted with the reason; the exit code is then 1.
    """
    with _index_progress(say("Indexing")) as advance:
        report = run_rebuild(
            sources or (path_setting("seeds"),),
            index_dir,
            progress=advance,
            options=Options(ocr=ocr),
            allow_shrink=allow_shrink,
            allow_public=allow_public,
            part=part,
        )
    status = report.status
    if as_json:
        payload = {"status": asdict(status), **report.reading.to_record()}
        if part:
            payload["missing_parts"] = list(report.missing_parts)
        click.echo(json.dumps(payload, ensure_ascii=False, indent=2))
    elif report.missing_parts:
        missing = ", ".join(map(str, report.missing_parts))
        click.echo(say(f"{status.documents:,} documents of this part; still to come: {missing}"))
    else:
        place = place_of(index_dir, status.generation)
        click.echo(say(f"{status.documents:,} documents in {place}"))
        echo_audiences(index_dir)
    print_reading(report.reading, quiet=as_json)


@click.command()
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--delete", multiple=True, metavar="ID",
    help="Take a document out; repeatable. Alone, no source is read.",
)  # fmt: skip
@click.option("--prune", is_flag=True, help="Take out what the sources no longer have.")
@ocr_option
@json_option
@index_option
def update(
    sources: tuple[Path, ...],
    delete: tuple[str, ...],
    prune: bool,
    ocr: bool,
    as_json: bool,
    index_dir: Path,
) -> None:
    """Add to the index what is new in SOURCES, and replace what changed there.

    SOURCES are as for `tracuu rebuild`; documents are identified by their ids. Files that did not
    change are not read again, so a few changes take seconds. A document taken out with --delete is
    added again by the next update whose sources contain it. If there is no index yet, it is built.
    A document that cannot be read is named with the reason and stays as it was in the index; the
    exit code is then 1. With --prune, nothing is changed in that case. One that nobody may see
    ([access] in archive.toml) is named and taken out.
    """
    if not sources and (prune or not delete):
        sources = (path_setting("seeds"),)
    with _index_progress(say("Updating")) as advance:
        report = run_update(
            sources,
            index_dir,
            delete=delete,
            prune=prune,
            progress=advance,
            options=Options(ocr=ocr),
        )
    if as_json:
        payload = asdict(replace(report, reading=ReadingReport(), broken=()))
        del payload["reading"]
        payload |= report.reading.to_record()
        click.echo(json.dumps(payload, ensure_ascii=False, indent=2))
    else:
        _print_report(report, index_dir)
    print_reading(report.reading, quiet=as_json)


def changes_line(report: UpdateReport) -> str:
    """Return a line that says how many documents an update changed."""
    return say(
        f"{report.added:,} added, {report.replaced:,} replaced, {report.deleted:,} deleted, "
        f"{report.unchanged:,} unchanged"
    )


def _print_report(report: UpdateReport, index_dir: Path) -> None:
    click.echo(changes_line(report))
    if report.fields_changed:
        click.echo(say("archive.toml defines fields anew: all files beside it were read again"))
    status = report.status
    click.echo(say(f"{status.documents:,} documents in {place_of(index_dir, status.generation)}"))
    echo_audiences(index_dir)
    if report.absent:
        click.echo(say(f"{report.absent:,} of them are not in the sources; --prune takes them out"))

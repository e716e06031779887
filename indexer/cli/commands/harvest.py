"""`tracuu harvest`: fetch a web site into WARC files that `tracuu update` reads."""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from pathlib import Path

import click

from indexer.cli.language import say, say_error
from indexer.cli.options import json_option, progress_bar
from indexer.harvest import HarvestOptions, HarvestReport
from indexer.harvest import harvest as run_harvest

_DEFAULTS = HarvestOptions()
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}
_ANYWHERE = ("0.0.0.0/0", "::/0")


def _size(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """Return a size such as "500", "20K", "5M" or "1G" (powers of 1024) in bytes; a B after it
    ("5MB") and small letters change nothing.

    A callback of click. Raises click.BadParameter for any other value, and for 0.
    """
    text = value.strip().upper().removesuffix("B")
    number = text.rstrip("KMG")
    unit = text[len(number) :]
    if not (number.isascii() and number.isdigit()) or unit not in _UNITS or not int(number):
        raise click.BadParameter(f"{value!r} is no size such as 500K, 50M or 10G.")
    return int(number) * _UNITS[unit]


@click.command()
@click.argument("url")
@click.option(
    "--into", "folder", required=True, metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the WARC files and of harvest.json, what the next run needs to know.",
)  # fmt: skip
@click.option(
    "--contact", default="", metavar="TEXT",
    help="E-mail or web address that is told to the site, in the header User-Agent.",
)  # fmt: skip
@click.option(
    "--delay", type=click.FloatRange(0, 3600), default=_DEFAULTS.delay, show_default=True,
    help="Seconds between two requests; more if robots.txt asks for it.",
)  # fmt: skip
@click.option(
    "--depth", type=click.IntRange(0, 100), default=_DEFAULTS.depth, show_default=True,
    help="How many links away from URL pages may be, where there is no sitemap.",
)  # fmt: skip
@click.option(
    "--max-pages", type=click.IntRange(1), default=_DEFAULTS.max_pages, show_default=True,
    help="How many pages a run asks for; the next run goes on.",
)  # fmt: skip
@click.option(
    "--max-size", callback=_size, default="50M", show_default=True, metavar="SIZE",
    help="Larger answers are left out.",
)  # fmt: skip
@click.option(
    "--max-bytes", callback=_size, default="10G", show_default=True, metavar="SIZE",
    help="How much a run receives; the next run goes on.",
)  # fmt: skip
@click.option(
    "--allow-private", is_flag=True, help="Also connect to addresses that are not public."
)
@json_option
def harvest(
    url: str,
    folder: Path,
    contact: str,
    delay: float,
    depth: int,
    max_pages: int,
    max_size: int,
    max_bytes: int,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Fetch the pages of a web site, politely, into WARC files that `tracuu update` reads.

    URL is a sitemap, an RSS or Atom feed, an OAI-PMH endpoint, or a page: then the sitemaps of the
    site are read, or its links are followed. Only the host of URL is asked, one request at a time,
    and robots.txt is obeyed. The same command fetches only what changed since; one that was
    interrupted goes on. An address that cannot be fetched is named with the reason and left out;
    the exit code is then 1.
    """
    from indexer import __version__

    options = HarvestOptions(
        user_agent=f"tracuu/{__version__}",
        contact=contact,
        delay=delay,
        depth=depth,
        max_pages=max_pages,
        max_size=max_size,
        max_bytes=max_bytes,
        private_networks=_ANYWHERE if allow_private else (),
    )
    try:
        with progress_bar(say("Fetching")) as advance:
            report = run_harvest(url, folder, options, advance)
    except KeyboardInterrupt:
        raise click.Abort("what was fetched is kept, and the same command goes on") from None
    if as_json:
        problems = [
            {"kind": error.kind, "message": error.message, "hint": error.hint}
            for error in report.problems
        ]
        done = {entry.name: getattr(report, entry.name) for entry in fields(report)}
        click.echo(json.dumps(done | {"problems": problems}, ensure_ascii=False, indent=2))
    else:
        _show(report, folder)
    for error in report.problems:
        click.echo(f"tracuu: {say(f'left out: {say_error(error)}')}", err=True)
    if report.failed:
        sys.exit(1)


def _show(report: HarvestReport, folder: Path) -> None:
    parts = [
        f"{report.fetched:,} fetched, {report.unchanged:,} unchanged, {report.gone:,} gone",
        f"{report.robots} skipped by robots.txt",
        f"{report.elsewhere} of other sites",
        f"{report.no_text} without text",
    ]
    if report.failed:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(report.failed.items()))
        parts.append(f"{sum(report.failed.values())} failed ({kinds})")
    shown = (part for part in parts if not part.startswith("0 ") or "," in part)
    click.echo(", ".join(map(say, shown)))
    click.echo(say(f"{report.requests:,} requests, {report.bytes:,} bytes received"))
    for name in report.files:
        click.echo(str(folder / name))
    if not report.finished:
        click.echo(say("not finished; the same command goes on where this run ended"))

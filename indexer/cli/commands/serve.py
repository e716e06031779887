"""`tracuu serve`: serve the page and the JSON API by waitress; `tracuu password`: make a login."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from indexer.cli.language import say
from indexer.cli.options import index_option
from indexer.runtime.settings import int_setting, setting
from indexer.runtime.worker_pool import usable_processors

MAX_DEFAULT_WORKERS = 4
"""Greatest number of processes that answer if --workers does not state one."""


@click.command()
@click.option(
    "--host", default=lambda: str(setting("host")), show_default="127.0.0.1",
    help="Address to listen on.",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65535), default=lambda: int_setting("port"),
    show_default="8000", help="Port to listen on.",
)  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(1, 64), default=lambda: int_setting("workers") or None,
    show_default="processors, at most 4",
    help="Processes that answer; one that ends is started again if there are several.",
)  # fmt: skip
@index_option
def serve(host: str, port: int, workers: int | None, index_dir: Path) -> None:
    """Serve the search page and the JSON API.

    SIGTERM ends the server after the requests that were begun; SIGHUP replaces the processes one
    after another. A new index is picked up without either.
    """
    workers = workers or min(usable_processors(), MAX_DEFAULT_WORKERS)
    with TemporaryDirectory(prefix="tracuu-") as shared:
        if workers > 1:
            # Read by prometheus_client when it is imported; it adds up what all workers count.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared
        # With Flask, a tenth of a second that the other commands need not spend.
        from search_ui import server

        server.run(
            index_dir,
            host,
            port,
            threads=int_setting("threads"),
            workers=workers,
            shared=Path(shared),
            announce=lambda address: click.echo(f"Tra Cứu: {address}"),
        )


@click.command()
@click.argument("name")
@click.option(
    "--group", "groups", multiple=True, metavar="NAME",
    help="A group of [access] in archive.toml that NAME belongs to; repeatable.",
)  # fmt: skip
def password(name: str, groups: tuple[str, ...]) -> None:
    """Print a line for NAME and a password, to be added to a file of logins.

    The password is asked for, or read from standard input. The line has only a hash of it
    (scrypt). TRACUU_PASSWORD_FILE and TRACUU_ADMIN_PASSWORD_FILE name such files.
    """
    from search_ui.access.passwords import hash_password, login_line

    if ":" in name or not name.isprintable():
        raise click.UsageError("A name has no colon and no control characters.")
    if any(set(":,") & set(group) or not group.isprintable() or not group for group in groups):
        raise click.UsageError("The name of a group has no colon, comma or control characters.")
    if sys.stdin.isatty():
        text = click.prompt(say("Password"), hide_input=True, confirmation_prompt=True, err=True)
    else:
        text = sys.stdin.readline().rstrip("\r\n")
    if not text:
        raise click.UsageError("The password is empty.")
    click.echo(login_line(name, hash_password(text), groups))

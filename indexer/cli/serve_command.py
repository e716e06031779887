"""`tracuu serve`: the search page and the JSON API under waitress."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from indexer.archive import Archive
from indexer.cli.options import index_option
from indexer.errors import SettingError
from indexer.settings import int_setting, setting


@click.command()
@click.option(
    "--host", default=lambda: str(setting("host")), show_default="127.0.0.1",
    help="Address to listen on.",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65535), default=lambda: int_setting("port"),
    show_default="8000", help="Port to listen on.",
)  # fmt: skip
@index_option
def serve(host: str, port: int, index_dir: Path) -> None:
    """Serve the search page and the JSON API."""
    import waitress  # with Flask, a tenth of a second that the other commands need not spend

    from search_ui import create_app

    app = create_app(Archive.open(index_dir))
    # Requests that wait for a thread are no error: a browser sends six at once. Response times are
    # in /metrics.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        server = waitress.create_server(
            app, host=host, port=port, threads=int_setting("threads"), ident=None
        )
    except (OSError, ValueError) as error:
        raise SettingError(
            f"Cannot listen on {host}:{port}: {error}.", "Choose another with --host and --port."
        ) from None
    click.echo(f"Tra Cứu: http://{host}:{getattr(server, 'effective_port', port)}/")
    server.run()

"""The command group `tracuu`: it adds the settings to the help, prints errors as one line, and
decides exit codes."""

from __future__ import annotations

import io
import sys

import click

from indexer.cli.analyze_command import analyze
from indexer.cli.evaluate_command import evaluate
from indexer.cli.harvest_command import harvest
from indexer.cli.index_commands import rebuild, update
from indexer.cli.init_command import init
from indexer.cli.inspect_command import inspect
from indexer.cli.maintenance_commands import backup, check, restore, rollback
from indexer.cli.search_command import search
from indexer.cli.serve_command import password, serve
from indexer.errors import TraCuuError
from indexer.settings import SETTINGS

_SETTINGS_HELP = "\b\nEnvironment:\n" + "\n".join(
    f"  {s.variable:<18} {s.help} [{s.default}]" for s in SETTINGS
)


@click.group(
    no_args_is_help=False,  # a missing command is an error of one line, as any other error
    epilog=_SETTINGS_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="tracuu", message="tracuu %(version)s")
def cli() -> None:
    """Full-text search for Vietnamese archives."""


for _command in (
    init, inspect, rebuild, update, harvest, search, analyze, evaluate, check, serve,
    backup, restore, rollback, password,
):  # fmt: skip
    cli.add_command(_command)


def main() -> None:
    """Run the command line and exit with one of the codes in `indexer.cli`; the entry point of the
    console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a lone surrogate in a query must not crash
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(prog_name="tracuu", standalone_mode=False)
    except click.Abort as abort:
        click.echo(f"tracuu: {'; '.join(['interrupted', *abort.args])}.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        click.echo(f"tracuu: {error.format_message()} See `tracuu --help`.", err=True)
        sys.exit(2)
    except TraCuuError as error:
        click.echo(f"tracuu: {error}", err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)

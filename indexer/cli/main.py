"""The command group `tracuu`: it adds the settings to the help, prints errors as one line, and
decides exit codes."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

import click

from indexer.cli.commands.analyze import analyze
from indexer.cli.commands.evaluate import evaluate
from indexer.cli.commands.harvest import harvest
from indexer.cli.commands.index import rebuild, update
from indexer.cli.commands.init import init
from indexer.cli.commands.inspect import inspect
from indexer.cli.commands.maintenance import backup, check, restore, rollback
from indexer.cli.commands.search import search
from indexer.cli.commands.serve import password, serve
from indexer.cli.commands.watch import watch
from indexer.cli.language import LANGUAGES, language_of, say, use
from indexer.errors import TraCuuError
from indexer.runtime.settings import SETTINGS

_WORDS = (
    ("Usage: ", "Cách dùng: "), ("\nOptions:", "\nTùy chọn:"), ("\nCommands:", "\nLệnh:"),
    ("Environment:", "Biến môi trường:"), ("[default:", "[mặc định:"),
    ("[required]", "[bắt buộc]"),
    ("Show this message and exit.", "Hiện phần trợ giúp này rồi thoát."),
)  # fmt: skip
"""What click writes around the texts of a help, and its Vietnamese."""


def _settings_help() -> str:
    lines = (f"  {s.variable:<18} {say(s.help)} [{s.default}]" for s in SETTINGS)
    return "\n".join(("\b", "Environment:", *lines))


@click.group(
    no_args_is_help=False,  # a missing command is an error of one line, as any other error
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="tracuu", message="tracuu %(version)s")
def cli() -> None:
    """Full-text search for Vietnamese archives."""


for _command in (
    init, inspect, rebuild, update, watch, harvest, search, analyze, evaluate, check, serve,
    backup, restore, rollback, password,
):  # fmt: skip
    cli.add_command(_command)


class _Context(click.Context):
    """A context whose help is in the language of the command line."""

    def get_help(self) -> str:
        text = super().get_help()
        if say("Indexing") != "Indexing":
            for english, vietnamese in _WORDS:
                text = text.replace(english, vietnamese)
        return text


_original_help: dict[int, str] = {}
"""The English help of each command and option, by identity."""


def _localise(command: click.Command) -> None:
    """Put the help of a command, and of those below it, into the current language."""
    command.context_class = _Context
    has_language = any("--lang" in parameter.opts for parameter in command.params)
    if not has_language:
        command.params.append(
            click.Option(
                ["--lang"], type=click.Choice(LANGUAGES), expose_value=False,
                help="Language of messages; else that of the locale.",
            )
        )  # fmt: skip
    with_help: list[Any] = [command, *command.params]
    for item in with_help:
        text = getattr(item, "help", None)
        if text:
            english = _original_help.setdefault(id(item), text)
            line = " ".join(english.split())
            item.help = english if say(line) == line else say(line)
    if isinstance(command, click.Group):
        command.epilog = _settings_help()
        for below in command.commands.values():
            _localise(below)


def main() -> None:
    """Run the command line and exit with one of the codes in `indexer.cli`; the entry point of the
    console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a lone surrogate in a query must not crash
            stream.reconfigure(errors="backslashreplace")
    use(language_of(sys.argv[1:], os.environ))
    _localise(cli)
    try:
        code = cli.main(prog_name="tracuu", standalone_mode=False)
    except click.Abort as abort:
        text = "; ".join(["interrupted", *map(say, abort.args)])
        click.echo(f"tracuu: {say(f'{text}.')}", err=True)
        sys.exit(130)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "tracuu"
        message = say(f"{say(error.format_message())} See `{path} --help`.")
        click.echo(f"tracuu: {message}", err=True)
        sys.exit(2)
    except TraCuuError as error:
        click.echo(f"tracuu: {say(str(error))}", err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)

"""The command group `tracuu`: it adds the settings to the help, prints errors as one line, and
decides exit codes."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from textwrap import fill
from typing import Any

import click

from indexer.cli.language import LANGUAGES, language_of, say, say_error, use
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
    indent = " " * 21
    lines = ["\b", "Environment:"]
    for spec in SETTINGS:
        text = fill(
            f"{say(spec.help)} [{spec.default}]",
            79,
            initial_indent=indent,
            subsequent_indent=indent,
        )
        name = f"  {spec.variable:<18} "
        is_short = len(name) == len(indent)
        lines.append(name + text.lstrip() if is_short else f"{name.rstrip()}\n{text}")
    return "\n".join(lines)


_MODULES = {
    "init": "init", "inspect": "inspect", "rebuild": "index", "update": "index", "watch": "watch",
    "harvest": "harvest", "search": "search", "analyze": "analyze", "evaluate": "evaluate",
    "check": "maintenance", "serve": "serve", "backup": "maintenance", "restore": "maintenance",
    "rollback": "maintenance", "password": "serve",
}  # fmt: skip
"""Command → its module in `indexer.cli.commands`."""


class _Commands(click.Group):
    """The commands, each imported when it is used, so that `tracuu serve` does not wait for what
    `tracuu harvest` needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_MODULES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _MODULES:
            return None
        module = import_module(f"indexer.cli.commands.{_MODULES[name]}")
        command: click.Command = getattr(module, name)
        _localise(command)
        return command


@click.group(
    cls=_Commands,
    no_args_is_help=False,  # a missing command is an error of one line, as any other error
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="tracuu", message="tracuu %(version)s")
def cli() -> None:
    """Full-text search for Vietnamese archives."""


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
    """Put the help of a command into the current language."""
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
        click.echo(f"tracuu: {say_error(error)}", err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)

"""docs/operating.md is true: commands, settings, alerts, messages, and how an upgrade goes."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from click import Context

from indexer import SETTINGS
from indexer.cli import cli
from search_ui.http.query_log import Entry

ROOT = Path(__file__).parent.parent
MANUAL = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
COMMANDS = sorted(
    {
        (inline or block).split(" >> ")[0].strip()
        for inline, block in re.findall(
            r"`tracuu ([^`]+)`|^    (?:[^#\n]*/)?tracuu ([a-z][^#\n]*)",
            MANUAL,
            re.MULTILINE,
        )
    }
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_options(command: str) -> None:
    name, *arguments = shlex.split(command)
    needed = {"backup": ["folder"], "restore": ["folder"]}  # named without it in running text
    cli.resolve_command(Context(cli), [name])[1].make_context(
        name, arguments or needed.get(name, [])
    )


def test_the_commands_were_found() -> None:
    assert len(COMMANDS) > 10
    assert "check --index /var/backups/tracuu" in COMMANDS
    assert "password lan" in COMMANDS


def test_every_setting_exists() -> None:
    named = set(re.findall(r"TRACUU_[A-Z_]*[A-Z]", MANUAL))
    assert named <= {setting.variable for setting in SETTINGS}


def test_every_alert_is_explained() -> None:
    rules = yaml.safe_load((ROOT / "deploy/prometheus-alerts.yml").read_text(encoding="utf-8"))
    alerts = [rule["alert"] for rule in rules["groups"][0]["rules"]]
    assert re.findall(r"^\| `(TraCuu\w+)` \|", MANUAL, re.MULTILINE) == alerts


def test_every_unit_exists() -> None:
    units = set(re.findall(r"\btracuu[\w-]*\.(?:service|timer)", MANUAL))
    assert units <= {path.name for path in (ROOT / "deploy/systemd").iterdir()}


def test_the_messages_are_those_of_the_program() -> None:
    modules = [*ROOT.glob("indexer/**/*.py"), *ROOT.glob("search_ui/**/*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in modules)
    table = MANUAL[MANUAL.index("## If something is wrong") :]
    messages = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    assert messages
    for message in messages:
        for part in filter(None, map(str.strip, message.split("…"))):
            assert part in code, part


def test_the_log_of_searches_has_these_keys() -> None:
    found = re.search(r'`(\{"text".*?\})`', MANUAL, re.DOTALL)
    assert found
    assert [*yaml.safe_load(found[1])] == [field.name for field in fields(Entry)]


_LATER_VERSION = """
from indexer.engines.whoosh.generations import manifest
manifest.FORMAT += 1
from indexer.cli import main
main()
"""


def test_an_upgrade_with_another_format_and_the_way_back(tmp_path: Path) -> None:
    def run(*arguments: str, later: bool = False) -> subprocess.CompletedProcess[str]:
        program = ["-c", _LATER_VERSION] if later else ["-m", "indexer.cli"]
        return subprocess.run(
            [sys.executable, *program, *arguments], cwd=tmp_path, text=True, capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
        )  # fmt: skip

    source = tmp_path / "kho"
    source.mkdir()
    (source / "a.txt").write_text("Công tác dân vận khéo", encoding="utf-8")
    assert run("rebuild", "kho").returncode == 0
    for command in (["search", "dân"], ["update", "kho"], ["serve"], ["backup", "copy"]):
        refused = run(*command, later=True)
        assert refused.returncode == 2, command
        assert len(refused.stderr.splitlines()) == 1
        assert "is of format" in refused.stderr
        assert "`tracuu rebuild`" in refused.stderr
    assert run("search", "dân").returncode == 0  # nothing was changed by them
    assert run("rebuild", "kho", later=True).returncode == 0
    assert run("search", "dân", later=True).returncode == 0
    back = run("rollback")
    assert back.returncode == 0, back.stderr
    assert run("search", "dân").returncode == 0

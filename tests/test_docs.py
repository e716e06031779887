"""The README, ARCHITECTURE.md and the other documents agree with the code."""

from __future__ import annotations

import configparser
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click import Context

from indexer import FACET_NAMES, SETTINGS, Rung, __version__
from indexer.cli import cli
from indexer.documents.files.archive_config import _SETTINGS, FILE_NAME, load_config
from indexer.query.grammar import FIELDS
from search_ui import create_app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "seeds/*.md", "index_data/*.md", "benchmarks/*.md")
    for path in ROOT.glob(pattern)
)


@pytest.mark.parametrize("command", sorted(cli.list_commands(Context(cli))))
def test_every_command_is_in_the_readme(command: str) -> None:
    assert re.search(rf"^    tracuu {command}\b", README, re.MULTILINE)


def test_every_command_of_the_readme_exists() -> None:
    assert set(re.findall(r"^    tracuu (\w+)", README, re.MULTILINE)) == set(
        cli.list_commands(Context(cli))
    )


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_every_setting_is_in_the_readme_with_its_default(setting) -> None:  # type: ignore[no-untyped-def]
    assert f"| `{setting.variable}` | `{setting.default}` | {setting.help} |" in README


def test_every_setting_of_the_readme_exists() -> None:
    assert set(re.findall(r"`(TRACUU_\w+)`", README)) == {s.variable for s in SETTINGS}


def test_every_route_is_in_the_readme(tmp_path: Path) -> None:
    rules = {rule.rule for rule in create_app(index_dir=tmp_path).url_map.iter_rules()}
    for rule in rules:
        if rule.startswith("/static/") or "<path:" in rule:  # files, and the routes that answer 404
            continue
        shown = (
            f"{rule}<id>"
            if rule in ("/doc/", "/ban-goc/", "/trich-dan/")
            else re.sub(r"<(?:\w+:)?\w+>", "<id>", rule)
        )
        assert f"| `{shown}`" in README or f"| `{shown}?q=`" in README, shown


def test_every_facet_rung_and_field_is_in_the_readme() -> None:
    for name in [*FACET_NAMES, *Rung]:
        assert f"`{name}`" in README, name
    vietnamese = {
        min((f for f in FIELDS if FIELDS[f] == target and not f.isascii()), key=len, default="")
        for target in FIELDS.values()
    }
    for field in vietnamese - {""}:
        assert f"`{field}`" in README, field


def test_every_make_target_named_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in DOCUMENTS:
        named = set(re.findall(r"`make (\w+)`|^    make (\w+)", path.read_text(), re.MULTILINE))
        assert {a or b for a, b in named} <= targets, path


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_has_a_target(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_python_example_runs(tmp_path: Path) -> None:
    block = re.search(r"## From Python\n\n((?:    .*\n|\n)+)", README)
    assert block
    code = re.sub(r"^    ", "", block[1], flags=re.MULTILINE).replace(
        '"index_data"', repr(str(tmp_path / "index"))
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 3 exact Snippet(")


def test_the_commands_for_an_own_archive_run(tmp_path: Path) -> None:
    block = re.search(r"### Your own archive\n\n[^\n]+\n\n((?:    [^\n]*\n)+)", README)
    assert block
    files = tmp_path / "files"
    files.mkdir()
    (files / "một.txt").write_text("Công tác dân vận khéo của xã\n\nDân vận khéo.", "utf-8")
    (files / "hai.md").write_text("# Ghi chú về dân vận\n\nMột câu.", "utf-8")
    lines = [line.strip() for line in block[1].splitlines()]
    commands = [line.split("  #")[0].strip() for line in lines if not line.startswith("#")]
    assert len(lines) <= 10
    cron = commands.pop()
    commands.append(cron.removeprefix("0 2 * * * "))
    assert commands[-1] != cron
    tracuu = f'"{sys.executable}" -m indexer.cli'
    for command in commands:
        if "serve" in command:
            continue
        line = command.replace("tracuu", tracuu, 1).replace("/path/to/files", str(files))
        done = subprocess.run(
            ["sh", "-c", line], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}: {done.stderr}"
    assert "2 unchanged" in done.stdout


def test_every_setting_of_archive_toml_is_in_the_readme() -> None:
    for name in _SETTINGS:
        assert re.search(rf"`{name}`|\[+{name}\b", README), name


def test_the_own_field_of_the_readme_is_valid(tmp_path: Path) -> None:
    block = re.search(r"((?:    [^\n]*\n)+)", README[README.index("    [fields.") :])
    assert block
    config = re.sub(r"^    ", "", block[1], flags=re.MULTILINE)
    (tmp_path / FILE_NAME).write_text(config, encoding="utf-8")
    (own,) = load_config(tmp_path).profile.fields
    assert own.facet


def test_the_architecture_names_every_module_and_package() -> None:
    paths = [
        path.relative_to(ROOT)
        for path in [*ROOT.glob("indexer/*"), *ROOT.glob("indexer/engines/*"), ROOT / "search_ui"]
        if path.name not in ("__init__.py", "__pycache__", "py.typed")
    ]
    for path in paths:
        name = f"{path.name}/" if (ROOT / path).is_dir() else path.name
        assert f"`{name}`" in ARCHITECTURE or f"{name}" in ARCHITECTURE, path


def test_every_dependency_has_its_line() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = {
        name: text for name, text in setup["options.extras_require"].items() if name != "test"
    }
    wanted = "\n".join([setup["options"]["install_requires"], *extras.values()])
    names = {
        re.split(r"[ <>=]", line)[0] for line in wanted.splitlines() if line[:1] not in ("", "#")
    }
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| ([\w-]+) \|", text, re.MULTILINE)) - {"Library"}
    assert listed == names


def test_the_changelog_has_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"version = {__version__}" in (ROOT / "setup.cfg").read_text(encoding="utf-8")


def test_the_tables_of_the_benchmarks_are_those_of_the_results() -> None:
    path = ROOT / "benchmarks" / "tables.py"
    spec = importlib.util.spec_from_file_location("tables", path)
    assert spec
    assert spec.loader
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    text = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert tables.with_tables(text) == text

"""The wheel: what is in it, and what it does on a machine that has nothing else of this project."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parent.parent
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
PACKAGES = ("indexer", "search_ui")

pytestmark = pytest.mark.slow


def _run(command: Sequence[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    # Neither this checkout nor the settings of whoever runs the tests may help.
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TRACUU_", "PYTHON", "VIRTUAL_ENV"))
    }
    return subprocess.run(
        list(map(str, command)), cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )


def _pip(python: str | Path, *arguments: str | Path, cwd: Path) -> None:
    """Run pip; skip the test if the package registry cannot be reached."""
    done = _run([python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], cwd)
    if done.returncode and re.search(r"NewConnectionError|NameResolution|timed out", done.stderr):
        pytest.skip("the package registry cannot be reached")
    assert done.returncode == 0, done.stderr


def _interpreter(version: str) -> str:
    """Return an interpreter of this version that starts; skip the test if there is none."""
    candidates = [
        shutil.which(f"python{version}"),
        *sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python")),
    ]
    for candidate in filter(None, candidates):
        question = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        if _run(question, ROOT).stdout.strip() == version:
            return str(candidate)
    pytest.skip(f"Python {version} is not installed")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # A copy, because setuptools writes into the folder that it builds.
    copy = tmp_path_factory.mktemp("source")
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for name in PACKAGES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    compiled = copy / "search_ui" / "templates" / "__pycache__"  # as a server leaves them
    compiled.mkdir()
    (compiled / "vi-base.jinja").write_bytes(b"compiled")
    _pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", "dist", ".", cwd=copy)
    (built,) = copy.glob("dist/*.whl")
    return built


def test_the_wheel_has_every_file_of_the_packages(wheel: Path) -> None:
    files = {
        path.relative_to(ROOT).as_posix()
        for name in PACKAGES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in packed if ".dist-info/" not in name} == files
    assert {"indexer/py.typed", "search_ui/py.typed"} <= files
    assert any(name.endswith("/LICENSE") for name in packed - files)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_installed_wheel_serves_an_own_folder(version: str, wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "env"
    done = _run([_interpreter(version), "-m", "venv", environment], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    binaries = environment / "bin"
    _pip(
        binaries / "python", "install", "--constraint", ROOT / "constraints.txt",
        f"{wheel}[formats]", cwd=tmp_path,
    )  # fmt: skip
    installed = _run([binaries / "python", "-m", "pip", "freeze"], tmp_path).stdout.splitlines()
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower().splitlines()
    assert {line.lower() for line in installed if "tracuu" not in line} <= set(pinned)
    tracuu = binaries / "tracuu"

    empty = tmp_path / "empty"
    empty.mkdir()
    for command in ("rebuild", "serve", "check"):
        refused = _run([tracuu, command], empty)
        assert refused.returncode == 2, refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    assert list(empty.iterdir()) == []

    assert _run([tracuu, "init", "kho"], empty).returncode == 0
    (empty / "kho" / "một.txt").write_text("Công tác dân vận khéo\n\nDân vận khéo.", "utf-8")
    (empty / "kho" / "hai.md").write_text("# Ghi chú về dân vận\n\nMột câu.", "utf-8")
    built = _run([tracuu, "rebuild", "kho"], empty)
    assert built.returncode == 0, built.stderr
    assert _run([tracuu, "check"], empty).returncode == 0
    found = _run([tracuu, "search", "dan van kheo", "--json"], empty)
    assert json.loads(found.stdout)["total"] == 1

    command = [str(tracuu), "serve", "--port", "0", "--workers", "2"]
    with subprocess.Popen(command, cwd=empty, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            address = re.search(r"http://\S+/", server.stdout.readline())
            assert address
            for path in ("healthz", "?q=dan+van", "static/base.css", "huong-dan", "metrics"):
                with urlopen(address[0] + path, timeout=30) as answer:
                    assert answer.status == 200, path
                    assert answer.read(), path
        finally:
            server.terminate()
    assert server.returncode == 0

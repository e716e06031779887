"""Compiled templates are kept in files, as Python keeps compiled modules."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import Environment
from pages import app_of

from indexer import Archive
from search_ui.http import i18n, templating


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(templating, "_COMPILED", tmp_path / "__pycache__")
    return tmp_path / "__pycache__"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the templates that were compiled."""
    names: list[str] = []
    compile_template = Environment.compile

    def counted(self: Environment, source: str, name: str, *rest: object) -> object:
        names.append(name)
        return compile_template(self, source, name, *rest)  # type: ignore[call-overload]

    monkeypatch.setattr(Environment, "compile", counted)
    return names


def page(archive: Archive, language: str = "vi", root: str = "") -> str:
    """Return the head of a page of a new application, as a new process makes it."""
    client = app_of(archive).test_client()
    client.set_cookie("tracuu_lang", language)
    answer = client.get("/?q=dân+vận", base_url=f"http://localhost{root}")
    assert answer.status_code == 200
    return answer.text.partition("<footer")[0].partition("<main")[0]


def test_a_template_is_compiled_once_for_all_processes(
    archive: Archive, folder: Path, compiled: list[str]
) -> None:
    first = page(archive)
    assert sorted(compiled) == ["base.html", "search.html"]
    compiled.clear()
    assert page(archive) == first
    assert compiled == []


def test_languages_and_mount_paths_have_files_of_their_own(
    archive: Archive, folder: Path, compiled: list[str]
) -> None:
    ways = [("vi", ""), ("en", ""), ("vi", "/kho")]
    wanted = [page(archive, *way) for way in ways]
    assert len(set(wanted)) == 3
    compiled.clear()
    assert [page(archive, *way) for way in ways] == wanted
    assert compiled == []


def test_another_translation_makes_a_file_void(
    archive: Archive, folder: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page(archive, "en")
    compiled.clear()
    changed = {**i18n.english(), "Tìm": "Look up"}
    monkeypatch.setattr(i18n, "english", lambda: changed)
    assert "Look up" in page(archive, "en")
    assert "base.html" in compiled


@pytest.mark.parametrize("content", [b"", b"x" * 100])
def test_a_damaged_file_is_compiled_anew(
    archive: Archive, folder: Path, compiled: list[str], content: bytes
) -> None:
    first = page(archive)
    for path in folder.iterdir():
        path.write_bytes(content)
    assert page(archive) == first


def test_a_file_that_was_cut_is_compiled_anew(archive: Archive, folder: Path) -> None:
    first = page(archive)
    whole = {path: path.read_bytes() for path in folder.iterdir()}
    for size in (*range(0, 120, 7), 1000, 10_000):
        for path, content in whole.items():
            path.write_bytes(content[:size])
        assert page(archive) == first


def test_a_folder_that_cannot_be_written_is_no_error(
    archive: Archive, folder: Path, compiled: list[str]
) -> None:
    folder.write_text("a file, which even root cannot write into")
    assert page(archive) == page(archive)
    assert len(compiled) == 4


def test_python_without_compiled_modules_keeps_no_templates_either(
    archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    page(archive)
    assert not folder.exists()

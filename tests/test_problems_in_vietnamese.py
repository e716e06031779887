"""Every reason why a file or document is left out is said in Vietnamese under `--lang vi`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.cli import language
from indexer.cli.language import say_problem
from indexer.cli.main import main
from indexer.errors import DocumentError

DOCUMENTS = Path(__file__).resolve().parents[1] / "indexer" / "documents"


def text_of(node: ast.expr) -> str | None:
    """Return the text of a literal, with 7 for what is filled in; None for another expression."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(p.value) if isinstance(p, ast.Constant) else "7" for p in node.values)
    return None


def literals() -> Iterator[tuple[str, str, str]]:
    """Yield (place, message, hint) for each DocumentError and each warning that the code writes."""
    for path in sorted(DOCUMENTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            place = f"{path.name}:{node.lineno}"
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            message = text_of(node.args[0])
            if name == "DocumentError" and message is not None:
                hint = text_of(node.args[1]) if len(node.args) > 1 else ""
                yield place, message, hint or ""
            elif (
                name == "append"
                and isinstance(node.func, ast.Attribute)
                and "warnings" in ast.unparse(node.func.value)
                and message is not None
            ):
                yield place, message, ""


LITERALS = list(literals())
FILLED_IN = {"7: 7.", "7 7 is no 7", "`7` 7 is no 7"}
"""Messages whose words are made elsewhere: reasons of the operating system, types of fields."""


def test_the_messages_of_the_code_are_found() -> None:
    assert len(LITERALS) > 80


@pytest.mark.parametrize(
    ("place", "message", "hint"), LITERALS, ids=[place for place, _, _ in LITERALS]
)
def test_every_reason_and_remedy_has_a_translation(
    place: str, message: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "_current", "vi")
    if message not in FILLED_IN:
        assert say_problem(message) != message, place
    if hint:
        assert say_problem(hint) != hint, place


def test_names_and_the_words_of_a_library_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    error = DocumentError("a: b.zip/c.pdf: damaged (Bad: CRC).", "Copy it again.")
    assert say_problem(error) == "a: b.zip/c.pdf: damaged (Bad: CRC). Copy it again."
    monkeypatch.setattr(language, "_current", "vi")
    assert say_problem(error) == "a: b.zip/c.pdf: hỏng (Bad: CRC). Hãy chép lại."


def test_an_error_as_one_text_is_translated_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_current", "vi")
    text = "a.json: not JSON (a. B: c). Export it again."
    assert say_problem(text) == "a.json: không phải JSON (a. B: c). Hãy xuất lại."


def test_inspect_says_in_vietnamese_why_a_file_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.docx").write_bytes(b"PK\3\4")
    (tmp_path / "c.txt").write_text("Hội nghị dân vận xã Hòa Bình")
    monkeypatch.setattr(language, "_current", "en")  # restored afterwards
    monkeypatch.setattr("sys.argv", ["tracuu", "--lang", "vi", "inspect", str(tmp_path)])
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr().err
    assert left.value.code == 1, said
    assert "a.json: không phải JSON (" in said
    assert "b.docx: hỏng (" in said
    assert "Hãy xuất lại." in said

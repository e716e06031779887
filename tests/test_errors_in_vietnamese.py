"""Every error that ends a command is said in Vietnamese, message and remedy."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import indexer
from indexer import SourceError, TraCuuError, errors
from indexer.cli.language import say_error, use

ROOT = Path(indexer.__file__).parent
ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, TraCuuError)
} | {"_Mistake"}
NO_NOUN = "x=x is no x."
"""Of a range: the noun is "date" or "number", each of which has its row."""
ELSEWHERE = {"DocumentError"}  # in problems.tsv


def raised() -> Iterator[tuple[str, TraCuuError]]:
    """Yield (where, error) for each `raise` of which the message stands there, with "x" for what is
    filled in; the remedy is "Use x." if it does not stand there, too."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                continue
            name = getattr(node.exc.func, "id", "")
            if name not in ERRORS - ELSEWHERE:
                continue
            message, *hints = map(_filled, node.exc.args)
            if message.strip("x. :") and message != NO_NOUN:
                if name == "_Mistake":
                    message = f"a.toml: {message}."
                elif message.split()[0] in ("is", "has", "unpacks"):
                    message = f"x {message}"  # the address comes before it
                remedy = next(filter(None, hints), "Use x.") if hints else ""
                yield f"{path.name}:{node.lineno}", TraCuuError(message, remedy)


def _filled(argument: ast.expr) -> str:
    parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
    return "".join(
        part.value
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
        else "x"
        if isinstance(part, ast.FormattedValue)
        else ""
        for part in parts
    )


@pytest.fixture(autouse=True)
def in_vietnamese() -> Iterator[None]:
    use("vi")
    yield
    use("en")


def test_every_message_and_remedy_has_its_vietnamese() -> None:
    found = list(raised())
    assert len(found) > 100
    missing = [
        (where, said)
        for where, error in found
        if error.message in (said := say_error(error)) or (error.hint and error.hint in said)
    ]
    assert missing == []


def test_message_and_remedy_are_said_apart() -> None:
    error = SourceError("/kho/archive.toml: there is no setting 'nam'.", "Use 'name'.")
    assert say_error(error) == "/kho/archive.toml: không có thiết lập 'nam'. Hãy dùng 'name'."


def test_english_stays_english() -> None:
    use("en")
    assert say_error(SourceError("It is so.", "Do this.")) == "It is so. Do this."

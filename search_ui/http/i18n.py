"""What the interface says, in Vietnamese or English.

A sentence is written in Vietnamese where it is used; `english.tsv` holds its translation. What is
not in the table (the archive's own words) stays as it is.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT = "vi"

_TABLE = Path(__file__).parent / "english.tsv"
_current: ContextVar[str] = ContextVar("language", default=DEFAULT)


def use(language: str) -> None:
    """Speak `language` until the end of this request; an unknown one is the default."""
    _current.set(language if language in LANGUAGES else DEFAULT)


def current() -> str:
    """The code of the language spoken now."""
    return _current.get()


def say(vietnamese: str, **values: object) -> str:
    """The sentence in the language spoken now, with `{name}` filled in from `values`."""
    text = english().get(vietnamese, vietnamese) if current() == "en" else vietnamese
    return text.format(**values) if values else text


@cache
def english() -> dict[str, str]:
    """Vietnamese → English."""
    lines = _TABLE.read_text("utf-8").splitlines()
    pairs = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return {vietnamese: translated for vietnamese, _, translated in pairs}

"""Say the sentences of the interface in Vietnamese or English.

A sentence is written in Vietnamese where it is used; `english.tsv` translates it. Text that is not
in the table (names and values from the archive) stays as it is.
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
    """Set the language of the current request (a context variable): "vi" or "en"; any other code
    means Vietnamese."""
    _current.set(language if language in LANGUAGES else DEFAULT)


def current() -> str:
    """Return the code of the current language, "vi" or "en"."""
    return _current.get()


def say(vietnamese: str, **values: object) -> str:
    """Return the sentence in the current language, with each `{name}` replaced by the value of that
    name.

    A sentence that english.tsv does not have is returned in Vietnamese. Without any `values` it is
    returned as it stands, braces included; with some, KeyError is raised if one is missing.
    """
    text = english().get(vietnamese, vietnamese) if current() == "en" else vietnamese
    return text.format(**values) if values else text


@cache
def english() -> dict[str, str]:
    """Return the table Vietnamese sentence → English sentence; it is read once."""
    lines = _TABLE.read_text("utf-8").splitlines()
    pairs = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return {vietnamese: translated for vietnamese, _, translated in pairs}

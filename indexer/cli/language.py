"""The language of the command line, Vietnamese or English: that of `--lang`, else of the locale.

Commands write English; `vietnamese.tsv` has the same in Vietnamese. The library says why a document
was found in Vietnamese (that is what JSON has): the table is then read the other way.
`problems.tsv` has why documents were left out, `errors.tsv` why a command ended. What the tables
lack, and names and paths within a sentence, stay as they are. JSON and exit codes do not depend on
the language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from indexer.errors import TraCuuError

LANGUAGES = ("vi", "en")

_current = "en"
_FIELD = re.compile(r"\\\{(\w+)\\\}")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")

_Template = tuple[re.Pattern[str], str]


def language_of(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return the language that the arguments name (`--lang vi`), else that of the locale (POSIX).

    What follows "--" names none.
    """
    named = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    for at, argument in enumerate(named):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            wanted = value if equals else next(iter(named[at + 1 :]), "")
            if wanted in LANGUAGES:
                return wanted
    locale = next(filter(None, map(environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "vi" if locale.lower().startswith("vi") else "en"


def use(language: str) -> None:
    """Set the language of this process, one of LANGUAGES."""
    global _current  # a command line speaks one language
    _current = language


def say(english: str) -> str:
    """Return an English text in the current language, with numbers as it writes them."""
    return _rendered(english, *_table()) if _current == "vi" else english


def say_error(error: TraCuuError) -> str:
    """Return an error of a command, message and remedy, in the current language, on one line."""
    whole = say(str(error))
    if _current != "vi" or whole != str(error):
        return whole
    parts = (_said_from(part, *_table("errors.tsv")) for part in (error.message, error.hint))
    return " ".join(filter(None, parts))


def say_problem(problem: TraCuuError | str) -> str:
    """Return an error or warning about a source in the current language, on one line.

    Before its reason stand names of files and lines, which stay as they are, with ": " after each;
    so do the words of a library in brackets.
    """
    if _current != "vi":
        return str(problem)
    if not isinstance(problem, str):
        return f"{_said_of_source(problem.message)} {_said_of_source(problem.hint)}".strip()
    for stop in reversed([match.end() for match in re.finditer(r"\.(?= )", problem)]):
        message, hint = problem[:stop], problem[stop + 1 :]
        said = _said_of_source(hint)
        if said != hint:  # an error as one text: message and hint
            return f"{_said_of_source(message)} {said}"
    return _said_of_source(problem)


def _said_of_source(english: str) -> str:
    return _said_from(english, *_table("problems.tsv"))


def _said_from(english: str, exact: Mapping[str, str], templates: Sequence[_Template]) -> str:
    """Return a text in Vietnamese; what stands before a ": " may be a name that stays as it is."""
    at = 0
    while True:
        said = _rendered(english[at:], exact, templates)
        if said != english[at:]:
            return english[:at] + said
        if (colon := english.find(": ", at)) < 0:
            return english
        at = colon + 2


def say_of(vietnamese: str) -> str:
    """Return a Vietnamese text of the library in the current language."""
    return _rendered(vietnamese, *_table(reverse=True)) if _current == "en" else vietnamese


def number(value: int) -> str:
    """Return a number as the current language writes it: 15,005 or 15.005."""
    return _localised(f"{value:,}")


def decimal(text: str) -> str:
    """Return a number with decimals, as Python writes it, as the current language does: 0.944 or
    0,944."""
    return text.replace(".", ",") if _current == "vi" else text


def _localised(text: str) -> str:
    return text.replace(",", ".") if _current == "vi" and _THOUSANDS.fullmatch(text) else text


def _rendered(text: str, exact: Mapping[str, str], templates: Sequence[_Template]) -> str:
    found = exact.get(" ".join(text.split()))
    if found is not None:
        return found
    for pattern, other in templates:
        if match := pattern.fullmatch(text):
            parts = {
                name: say_problem(part)
                if name == "reason" and part not in exact
                else _rendered(part, exact, templates)
                if name == "what"  # of an option
                else _localised(exact.get(part, part))
                for name, part in match.groupdict().items()
            }
            return other.format(**parts)
    return text


@cache
def _table(
    name: str = "vietnamese.tsv", *, reverse: bool = False
) -> tuple[dict[str, str], list[_Template]]:
    """Return the rows of the file `name`, from English to Vietnamese, or the other way if
    `reverse`.

    Those without `{…}` are a dict: text → its translation. The others are pairs: a pattern with a
    group for each `{name}`, and the translation, a format string with the same names.
    """
    text = files(__package__).joinpath(name).read_text("utf-8")
    exact: dict[str, str] = {}
    templates: list[_Template] = []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        english, _, vietnamese = line.partition("\t")
        source, target = (vietnamese, english) if reverse else (english, vietnamese)
        if _FIELD.search(re.escape(source)):
            pattern = _FIELD.sub(r"(?P<\1>.*?)", re.escape(source))
            templates.append((re.compile(pattern, re.DOTALL), target))
        else:
            exact[source] = target
    return exact, templates

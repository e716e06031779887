"""How the documents of a source folder state who may see them: `[access]` in `archive.toml`.

A value is read as it stands, in whatever form; one that is in no list of `[access]` hides its
document from everyone (`indexer.profile.access`).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from indexer.documents.own_fields import MAX_VALUE, storable_line
from indexer.documents.text.text_keys import key
from indexer.models import Document, OwnValues
from indexer.profile.access import AccessRule
from indexer.profile.archive_profile import FieldType


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """The `[access]` of one source folder.

    Attributes
    ----------
    rule : who may see which values.
    default : value of a document that states none; "" if such a document is seen by nobody.
    paths : (pattern, value) pairs: documents of files whose path matches the pattern (`is_below`)
        have this value, too.
    names : comparison keys (`text_keys.key`) of the names under which a record may state values.
    """

    rule: AccessRule
    default: str = ""
    paths: tuple[tuple[str, str], ...] = ()
    names: frozenset[str] = frozenset()

    def with_stated(
        self, own: Sequence[OwnValues], record: Mapping[str, Any]
    ) -> tuple[OwnValues, ...]:
        """Return the values of own fields, those of the access field (`rule.field`) replaced by all
        that a record states for it; if it states none, without that field.

        `own` are the values of own fields that were read from the record. `record` maps the names
        of the source (columns, keys) to values; several of these names may mean the access field.
        """
        stated = [
            value
            for name, given in record.items()
            if name == self.rule.field or key(str(name)) in self.names
            for value in _texts(given)
        ]
        return self._with_values(own, stated)

    def decided(self, document: Document, *paths: str) -> Document:
        """Return a document with the access values that it states and those that its paths give it;
        with the default if there are none.

        `paths` are relative to the source folder: the path of its file, and the same path with the
        line or the member of the archive from which it was read.
        """
        stated = self.rule.values_of(document)
        values = [
            *stated,
            *(v for pattern, v in self.paths if any(is_below(path, pattern) for path in paths)),
        ]
        if not values and self.default:
            values.append(self.default)
        if tuple(values) == stated:
            return document
        return replace(document, own=self._with_values(document.own, values))

    def _with_values(
        self, own: Sequence[OwnValues], values: Iterable[str]
    ) -> tuple[OwnValues, ...]:
        others = tuple(each for each in own if each.key != self.rule.field)
        found = tuple(dict.fromkeys(values))
        if not found:
            return others
        return (OwnValues(self.rule.field, FieldType.TEXT.value, found), *others)


def is_below(path: str, pattern: str) -> bool:
    """Return True if the pattern (`fnmatch`, in which * also stands for "/") matches the path, the
    path of a folder that it is in, or a single name in it.

    `path` is relative to the source folder, with "/" between its parts: "họp kín/2024/a.pdf"
    matches "họp kín", "họp kín/2024" and "*.pdf". Case does not matter, nor does the Unicode
    normalisation form, nor a "/" at either end of the pattern: a slip in it must not show what is
    meant to be hidden.
    """
    wanted = _comparable(pattern).strip("/")
    parts = _comparable(path).split("/")
    every = ("/".join(parts[:end]) for end in range(1, len(parts) + 1))
    return any(fnmatchcase(each, wanted) for each in (*every, *parts))


def _comparable(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _texts(given: object) -> Iterator[str]:
    """Yield each value that `given` has, as one line of at most MAX_VALUE code points.

    Lists are read through; what is no text is written as JSON; None and blank texts are left out.
    """
    if isinstance(given, (list, tuple)):
        for item in given:
            yield from _texts(item)
        return
    if given is None:
        return
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    if text := storable_line(text)[:MAX_VALUE]:
        yield text

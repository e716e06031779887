"""Who may see which documents of an archive: `[access]` in `archive.toml`.

A document states values of one own field (`field`). It may be seen by those who may see *every* one
of its values; a document without a value may be seen by nobody. So a forgotten or misspelt value
hides a document, and never shows it.

An *audience* is the set of values that a visitor may see: the public ones, and those of one group,
the first in `archive.toml` of those to which the visitor belongs. A generation has an index for
each audience, made only of the documents that it may see (`engines.whoosh.generations.audiences`);
nothing of a document can leak from an index that does not have it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from indexer.models import Document

Audience = tuple[str, ...]
"""The values that a visitor may see, canonical and ascending; () is also the audience of an archive
without `[access]`, whose visitors see all documents."""


def canonical(text: str) -> str:
    """Return a value, or the name of a group, in the form in which such names are compared: NFC,
    case-folded, with single spaces between words and none around them."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


@dataclass(frozen=True, slots=True)
class AccessRule:
    """Who may see which values of a field.

    Attributes
    ----------
    field : key of the own field whose values decide.
    public : values that everyone may see.
    groups : name of a group → values that it may see beside the public ones, in the order of
        `archive.toml`.
    """

    field: str
    public: tuple[str, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the groups, in the order of `archive.toml`."""
        return tuple(name for name, _ in self.groups)

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """The different audiences: that of the public first, then those of the groups in the order
        of `archive.toml`, each once. A group that may see nothing more has that of the public."""
        every = [self.audience(), *map(self.audience, self.names)]
        return tuple(dict.fromkeys(every))

    def audience(self, group: str = "") -> Audience:
        """Return the audience of the group with exactly this name; "" stands for the public.

        Raises KeyError if there is no group of this name.
        """
        more = dict(self.groups)[group] if group else ()
        return tuple(sorted(set(map(canonical, (*self.public, *more)))))

    def group_among(self, names: Iterable[str]) -> str:
        """Return the first group, in the order of `archive.toml`, that is among `names`; "" if none
        is. Names are compared in their `canonical` form; the result is as `archive.toml` has it."""
        wanted = set(map(canonical, names))
        return next((name for name in self.names if canonical(name) in wanted), "")

    def values_of(self, document: Document) -> tuple[str, ...]:
        """Return the values that a document has in the field `field`, as it states them; () if it
        has none."""
        return tuple(
            str(value) for own in document.own if own.key == self.field for value in own.values
        )

    def sees(self, audience: Audience, document: Document) -> bool:
        """Return True if an audience, one of `audiences`, may see a document: if it has values, and
        all of them are in the audience."""
        values = set(map(canonical, self.values_of(document)))
        return bool(values) and values.issubset(audience)

    def seen_by(self, document: Document) -> tuple[str, ...]:
        """Return the names of the groups that may see a document, in the order of `archive.toml`,
        with "" first if the public may see it; () if nobody may."""
        return tuple(name for name in ("", *self.names) if self.sees(self.audience(name), document))

    def to_record(self) -> dict[str, Any]:
        """Return the rule as a dict that can be written as JSON; `from_record` reads it."""
        groups = [[name, list(values)] for name, values in self.groups]
        return {"field": self.field, "public": list(self.public), "groups": groups}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> AccessRule:
        """Return the rule that `to_record` made into `record`.

        Raises KeyError, TypeError or ValueError if `to_record` did not make the record.
        """
        found = cls(
            record["field"],
            tuple(record["public"]),
            tuple((name, tuple(values)) for name, values in record["groups"]),
        )
        texts = (
            found.field,
            *found.public,
            *found.names,
            *(v for _, vs in found.groups for v in vs),
        )
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("a text is expected")
        return found

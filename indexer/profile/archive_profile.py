"""The profile of an archive: its name and face, own fields, synonyms, pinned documents, originals.

Each source folder states its own in `archive.toml`. A generation keeps them by folder, so that an
update of one source leaves the others as they were, and answers by all of them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from indexer.errors import SourceError
from indexer.profile.access import AccessRule
from indexer.profile.appearance import Logo, check_accent, logo_from


class FieldType(StrEnum):
    """The type of the values of an own field.

    TEXT are names without an order. A DATE may be known only to the year or month. HIERARCHY are
    paths, with "/" between their parts: "Phông Ủy ban/Hộp 3".
    """

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    HIERARCHY = "hierarchy"


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field that an archive defines for its documents (`[fields.<key>]`).

    Attributes
    ----------
    key : its name in records and in the query language, in lower case.
    type : the type of its values.
    label, label_en : its name on the page, in Vietnamese and in English.
    facet : True if the page narrows by it: with a list of its values, or for a NUMBER or DATE with
        two boxes for a first and a last one.
    """

    key: str
    type: FieldType
    label: str
    label_en: str
    facet: bool = False


@dataclass(frozen=True, slots=True)
class Pinned:
    """Documents that come first among the hits of one query text.

    `documents` are ids, in the order of the hits; until `ArchiveProfile.with_ids`, they may also be
    URLs.
    """

    query: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArchiveProfile:
    """What `archive.toml` says of an archive, apart from how its files are read.

    Attributes
    ----------
    name, description, contact : texts about the archive for its readers; "" if not stated.
    fields : own fields, in the order in which the page shows them.
    synonyms : groups of written forms; a query with one of a group also finds the others.
    pinned : documents that come first for certain queries.
    originals : absolute paths of folders whose files may be downloaded.
    logo : picture beside the name, or None.
    accent : colour of links and buttons as "#rrggbb"; "" for that of the program.
    access : who may see which documents; None if everyone may see all.
    """

    name: str = ""
    description: str = ""
    contact: str = ""
    fields: tuple[OwnField, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()
    pinned: tuple[Pinned, ...] = ()
    originals: tuple[str, ...] = ()
    logo: Logo | None = None
    accent: str = ""
    access: AccessRule | None = None

    def with_ids(self, ids: Mapping[str, str]) -> ArchiveProfile:
        """Return the profile with the ids of pinned documents instead of their URLs.

        `ids` maps a URL to an id; what is not in it is kept.
        """
        pinned = tuple(
            Pinned(pin.query, tuple(dict.fromkeys(ids.get(name, name) for name in pin.documents)))
            for pin in self.pinned
        )
        return replace(self, pinned=pinned)

    def to_record(self) -> dict[str, Any]:
        """Return the profile as a dict that can be written as JSON; `from_record` reads it."""
        return {
            "name": self.name,
            "description": self.description,
            "contact": self.contact,
            "fields": [
                {
                    "key": own.key,
                    "type": own.type.value,
                    "label": own.label,
                    "label_en": own.label_en,
                    "facet": own.facet,
                }
                for own in self.fields
            ],
            "synonyms": [list(group) for group in self.synonyms],
            "pinned": [
                {"query": pin.query, "documents": list(pin.documents)} for pin in self.pinned
            ],
            "originals": list(self.originals),
            "logo": self.logo.data if self.logo else "",
            "accent": self.accent,
            **({"access": self.access.to_record()} if self.access else {}),
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> ArchiveProfile:
        """Return the profile that `to_record` made into `record`.

        Raises KeyError, TypeError or ValueError if `to_record` did not make the record.
        """
        return cls(
            _text(record["name"]),
            _text(record["description"]),
            _text(record["contact"]),
            tuple(
                OwnField(
                    _text(own["key"]),
                    FieldType(own["type"]),
                    _text(own["label"]),
                    _text(own["label_en"]),
                    own["facet"] is True,
                )
                for own in record["fields"]
            ),
            tuple(tuple(map(_text, group)) for group in record["synonyms"]),
            tuple(
                Pinned(_text(pin["query"]), tuple(map(_text, pin["documents"])))
                for pin in record["pinned"]
            ),
            tuple(map(_text, record["originals"])),
            # Profiles of earlier versions have neither.
            logo_from(_text(logo)) if (logo := record.get("logo")) else None,
            _accent(record.get("accent", "")),
            AccessRule.from_record(record["access"]) if "access" in record else None,
        )


NO_PROFILE = ArchiveProfile()
"""The profile of an archive whose keeper states nothing."""

Profiles = Mapping[str, ArchiveProfile]
"""Absolute path of a source folder → what its `archive.toml` says."""


def merged(profiles: Profiles) -> ArchiveProfile:
    """Return one profile for an archive that is made from several sources.

    Name, description, contact, logo and accent are those of the first source that states them;
    fields, synonyms, pinned documents and originals are those of all, and so is who may see what.
    Raises SourceError if two sources define one field differently, or state `[access]` differently.
    """
    fields: dict[str, tuple[str, OwnField]] = {}
    for folder, profile in profiles.items():
        for own in profile.fields:
            other, known = fields.setdefault(own.key, (folder, own))
            if known != own:
                raise SourceError(
                    f"archive.toml of {other} and of {folder} define [fields.{own.key}] "
                    "differently.",
                    "Make them agree; `tracuu rebuild` forgets sources that it is not given.",
                )
    every = tuple(profiles.values())
    return ArchiveProfile(
        name=next((one.name for one in every if one.name), ""),
        description=next((one.description for one in every if one.description), ""),
        contact=next((one.contact for one in every if one.contact), ""),
        fields=tuple(own for _, own in fields.values()),
        synonyms=tuple(group for one in every for group in one.synonyms),
        pinned=tuple(pin for one in every for pin in one.pinned),
        originals=tuple(dict.fromkeys(folder for one in every for folder in one.originals)),
        logo=next((one.logo for one in every if one.logo), None),
        accent=next((one.accent for one in every if one.accent), ""),
        access=common_access(profiles),
    )


def common_access(profiles: Profiles) -> AccessRule | None:
    """Return the rule of access of all sources; None if they state none.

    Raises SourceError if they do not state the same.
    """
    rules = {profile.access for profile in profiles.values()}
    if len(rules) > 1:
        raise SourceError(
            f"archive.toml of {' and of '.join(profiles)} state [access] differently.",
            "State the same field, values and groups in all of them.",
        )
    return next(iter(rules), None)


def stated(profiles: Profiles) -> dict[str, ArchiveProfile]:
    """Return the profiles without those of folders whose `archive.toml` is missing or states
    nothing (NO_PROFILE)."""
    return {folder: profile for folder, profile in profiles.items() if profile != NO_PROFILE}


def _accent(value: object) -> str:
    text = _text(value)
    if text:
        check_accent(text)
    return text


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return value

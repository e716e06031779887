"""Read values of the fields that an archive defines itself (`[fields.<key>]` in archive.toml)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from indexer.documents.text.dates import parse_archive_date
from indexer.documents.text.text_keys import clean
from indexer.facets import PATH_SEPARATOR, parse_number, storable_number
from indexer.models import OwnContent, OwnValues
from indexer.profile.archive_profile import FieldType, OwnField

MAX_VALUE = 500
"""Greatest length of a text value in code points: a facet value must fit into a URL."""

_MAX_DEPTH = 8
"""Greatest number of levels of a value of type "hierarchy"."""
_UNDER = re.compile(r"\s*[/>›]\s*")


def own_columns(fields: Sequence[OwnField]) -> dict[str, str]:
    """Return name → key for the names under which a record may state own fields.

    The names are the key and both labels. If two fields have one name, the key and then the
    Vietnamese label take precedence.
    """
    names = {own.label_en: own.key for own in fields}
    names |= {own.label: own.key for own in fields}
    return names | {own.key: own.key for own in fields}


def own_values(
    stated: Mapping[str, Any], fields: Sequence[OwnField], warnings: list[str]
) -> tuple[tuple[OwnValues, ...], set[str]]:
    """Return the values of own fields that a record or file states, and the keys of the fields of
    which every value was understood.

    A value that is not of the type of its field is left out, and reported in `warnings`.

    Parameters
    ----------
    stated : key → value or list of values; keys that are no own fields are ignored.
    warnings : a line is added for each value that was left out.
    """
    found = []
    understood = set()
    for own in fields:
        value = stated.get(own.key)
        items = value if isinstance(value, list) else [value]
        values: dict[OwnContent, None] = {}
        count = len(warnings)
        for item in items:
            if item is None or item == "":
                continue
            read = _value(item, own.type)
            if read is None:
                warnings.append(f"`{own.key}` {str(item)[:40]!r} is no {_NOUNS[own.type]}")
            else:
                values[read] = None
        if values:
            found.append(OwnValues(own.key, own.type.value, tuple(values)))
            if count == len(warnings):
                understood.add(own.key)
    return tuple(found), understood


_NOUNS = {
    FieldType.TEXT: f"text of at most {MAX_VALUE} characters",
    FieldType.NUMBER: "number",
    FieldType.DATE: "date",
    FieldType.HIERARCHY: f"path of at most {MAX_VALUE} characters",
}


def _value(item: Any, kind: FieldType) -> OwnContent | None:
    """Return an item of a record as a value of this type (a date in EDTF); None if it is none."""
    if isinstance(item, bool) or not isinstance(item, (str, int, float)):
        return None
    match kind:
        case FieldType.NUMBER:
            return parse_number(item) if isinstance(item, str) else storable_number(item)
        case FieldType.DATE:
            found = parse_archive_date(str(item))
            return found.isoformat() if found else None
        case FieldType.HIERARCHY:
            parts = [part for part in _UNDER.split(storable_line(str(item))) if part]
            path = PATH_SEPARATOR.join(parts)
            return path if parts and len(parts) <= _MAX_DEPTH and len(path) <= MAX_VALUE else None
        case FieldType.TEXT:
            text = storable_line(str(item))
            return text if text and len(text) <= MAX_VALUE else None


def storable_line(text: str) -> str:
    """Return a text on one line, without NUL and with "?" for surrogates, which cannot be
    stored."""
    return clean(text.replace("\0", "").encode("utf-8", "replace").decode("utf-8"))

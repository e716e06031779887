"""JSON lines → Documents: one object per line, taken as it is; no page rules.

    {"id": "7", "title": "…", "text": "…", "date": "2021-01-08", "place": "Giang Thành, Kiên Giang"}

`id` and `text` are required; `title, date, category, source, url, author, place` may be missing
or null.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from indexer.documents.dates import parse_date
from indexer.documents.gazetteer import resolve
from indexer.errors import DocumentError
from indexer.models import Document, Place

MAX_DOCUMENT_CHARS = 20_000_000
"""The longest page or line that is read; anything longer is some other kind of file."""

_STRINGS = {"category": "section", "source": "source", "url": "url", "author": "author"}


def parse_line(line: bytes, name: str) -> Document:
    """Return the document of one line; `name` is its file and line number in messages.

    Raises DocumentError with the reason and the remedy.
    """
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise DocumentError(f"{name}: not UTF-8.", "Save the file as UTF-8.") from None
    except RecursionError:
        raise DocumentError(f"{name}: nested too deeply.", "Give text as a string.") from None
    except ValueError as error:
        raise DocumentError(f"{name}: not JSON ({error}).", "Put one object on a line.") from None
    if not isinstance(record, dict):
        raise DocumentError(
            f"{name}: not an object but {_json_type(record)}.", 'Write {"id": …, "text": …}.'
        )
    values: dict[str, Any] = {
        "id": _id(record, name),
        "title": _optional_string(record, "title", name) or "",
        "body": _required_string(record, "text", name),
    }
    for key, field in _STRINGS.items():
        values[field] = _optional_string(record, key, name) or None
    values["published"] = _date(record, name)
    values["places"] = _places(record, name, values["published"])
    if b"\\u" in line:  # only an escape can produce what `_check_text` rejects
        _check_text(values, name)
    return Document(**values)


def _json_type(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")


def _id(record: dict[str, Any], name: str) -> str:
    value = _required_value(record, "id", name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise DocumentError(f"{name}: `id` is {_json_type(value)}.", "Make it a string.")
    if not value.strip():
        raise DocumentError(f"{name}: `id` is empty.", "Give every document an id of its own.")
    return value


def _required_value(record: dict[str, Any], key: str, name: str) -> object:
    if record.get(key) is None:
        raise DocumentError(f"{name}: has no `{key}`.", f'Add "{key}" to the object.')
    value: object = record[key]
    return value


def _required_string(record: dict[str, Any], key: str, name: str) -> str:
    value = _required_value(record, key, name)
    if not isinstance(value, str):
        raise DocumentError(f"{name}: `{key}` is {_json_type(value)}.", "Make it a string.")
    return value


def _optional_string(record: dict[str, Any], key: str, name: str) -> str | None:
    value = record.get(key)
    if value is None or isinstance(value, str):
        return value
    raise DocumentError(f"{name}: `{key}` is {_json_type(value)}.", "Make it a string, or null.")


def _date(record: dict[str, Any], name: str) -> date | None:
    value = _optional_string(record, "date", name)
    if not value or not value.strip():
        return None
    if (day := parse_date(value)) is None:
        raise DocumentError(
            f"{name}: `date` {value[:40]!r} is no date.", "Write 2021-01-08 or 08/01/2021."
        )
    return day


def _places(record: dict[str, Any], name: str, day: date | None) -> tuple[Place, ...]:
    value = record.get("place")
    if value is None:
        return ()
    if isinstance(value, dict):
        province, district = (
            _optional_string(value, key, name) for key in ("province", "district")
        )
    elif isinstance(value, str):
        district, _, province = value.rpartition(",")
    else:
        raise DocumentError(
            f"{name}: `place` is {_json_type(value)}.", 'Write "Giang Thành, Kiên Giang".'
        )
    return resolve((province or "").strip(), (district or "").strip(), day)


def _check_text(values: dict[str, Any], name: str) -> None:
    """Reject what cannot be stored: NUL, and halves of surrogate pairs (`"\\ud800"`)."""
    for field, value in values.items():
        if isinstance(value, str):
            if "\0" in value:
                raise DocumentError(f"{name}: `{field}` holds NUL characters.", "Remove them.")
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:
                raise DocumentError(
                    f"{name}: `{field}` holds half a surrogate pair.", "Write it as UTF-8."
                ) from None

"""The hash of a document, by which an update detects what changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from indexer.models import Document

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def digest(document: Document) -> int:
    """Return a hash of all fields of a document, from 0 to 2⁶⁴ - 1.

    The hash is BLAKE2b of 8 bytes over the JSON of `Document.to_record()`, so it is the same in
    every process and on every machine.
    """
    return record_digest(document.to_record())


def record_digest(record: Mapping[str, Any]) -> int:
    """Return the `digest` of the document whose `to_record` returns `record`."""
    return int.from_bytes(blake2b(encoded(record), digest_size=8).digest(), "little")


def encoded(record: Mapping[str, Any]) -> bytes:
    """Return a record as UTF-8 JSON without spaces; records that are equal, in the same order of
    fields, give equal bytes.

    Lone surrogates, which JSON sources can contain, are encoded too.
    """
    return _JSON.encode(record).encode("utf-8", "surrogatepass")

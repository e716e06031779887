"""Helpers that build small indexes for tests from JSON records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indexer import rebuild


def write_jsonl(path: Path, *records: Mapping[str, Any]) -> Path:
    """Write records to `path` as JSON lines; return the path."""
    path.write_text(
        "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records),
        encoding="utf-8",
    )
    return path


def build(index: Path, *records: Mapping[str, Any]) -> Path:
    """Build the index in the folder `index` from records; return the folder."""
    index.parent.mkdir(parents=True, exist_ok=True)
    report = rebuild([write_jsonl(index.parent / "source.jsonl", *records)], index)
    assert report.broken == ()
    return index

"""Golden searches over invented documents: citations, persons, places, abbreviations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from texts import nfc, nfd

from indexer import Archive, SearchRequest, rebuild

GOLDEN = Path(__file__).parent / "golden"
SEARCHES: list[dict[str, Any]] = json.loads((GOLDEN / "invented.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("invented")
    sources = folder / "sources"
    sources.mkdir()
    texts = []
    for line in (GOLDEN / "invented.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        if "page" in record:
            (sources / f"{record['id']}.txt").write_text(record["page"], "utf-8")
        else:
            texts.append(line + "\n")
    (sources / "texts.jsonl").write_text("".join(texts), "utf-8")
    assert rebuild([sources], folder / "index").broken == ()
    with Archive.open(folder / "index") as archive:
        yield archive


def name(search: dict[str, Any]) -> str:
    return re.sub(r"\W+", "_", search["query"])


@pytest.mark.parametrize("form", [nfc, nfd])
@pytest.mark.parametrize("search", SEARCHES, ids=name)
def test_a_golden_search_finds_what_a_reader_expects(
    archive: Archive, search: dict[str, Any], form: Callable[[str], str]
) -> None:
    results = archive.search(SearchRequest(form(search["query"]), size=50))
    found = [hit.document.id for hit in results.hits]
    assert (results.rung, sorted(found)) == (search["rung"], sorted(search["hits"]))
    if "first" in search:
        assert found[0] == search["first"]
    if "last" in search:
        assert found[-1] == search["last"]
    if "suggestion" in search:
        assert results.suggestion == search["suggestion"]
    highlighted = {
        hit.document.id: [hit.snippet.text[a:b] for a, b in hit.snippet.ranges]
        for hit in results.hits
    }
    for document_id, expected in search.get("marked", {}).items():
        assert highlighted[document_id] == expected

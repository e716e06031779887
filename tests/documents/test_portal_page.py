"""All page rules on whole pages: the five of seeds/, and invented ones of the same kinds."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from indexer.documents import read_page
from indexer.models import Document

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
METADATA_BY_HAND = ROOT.parent / "shared" / "data" / "seed_metadata.json"
PAGES = sorted([*HERE.glob("pages/*.json"), *HERE.glob("seeds/*.json")])


def text_of(expectation: Path) -> str:
    folder = ROOT / "seeds" if expectation.parent.name == "seeds" else expectation.parent
    return (folder / f"{expectation.stem}.txt").read_text("utf-8")


def body_lines(document: Document) -> list[str]:
    return [line for line in document.body.split("\n") if line]


@pytest.mark.parametrize("expectation", PAGES, ids=lambda path: path.stem)
def test_a_page_gives_the_expected_fields_and_body_and_nothing_else(expectation: Path) -> None:
    wanted = json.loads(expectation.read_text("utf-8"))
    taken = wanted.pop("taken_lines")
    text = text_of(expectation)
    document = read_page(text, expectation.stem)
    found = document.to_record()
    del found["id"], found["body"]
    assert found == wanted
    lines = enumerate(text.split("\n"), start=1)
    left = [line.strip() for number, line in lines if line.strip() and number not in taken]
    assert body_lines(document) == left


@pytest.mark.parametrize("expectation", PAGES, ids=lambda path: path.stem)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_nfc_and_nfd_give_the_same_document(expectation: Path, form: Any) -> None:
    def record_of(text: str) -> dict[str, Any]:
        record = read_page(text, "x").to_record()
        record["title"] = unicodedata.normalize("NFC", record["title"])
        record["body"] = unicodedata.normalize("NFC", record["body"])
        return record

    text = text_of(expectation)
    assert record_of(unicodedata.normalize(form, text)) == record_of(text)


@pytest.mark.parametrize("expectation", PAGES, ids=lambda path: path.stem)
def test_line_ends_and_invisible_characters_do_not_change_the_document(expectation: Path) -> None:
    text = text_of(expectation)
    changed = "\ufeff" + text.replace("\n", "\u200b\r\n\u00a0")
    assert read_page(changed, "x") == read_page(text, "x")


@pytest.mark.skipif(
    not METADATA_BY_HAND.exists(), reason="seed_metadata.json is outside the repository and missing"
)
def test_the_seed_pages_have_the_metadata_read_by_hand() -> None:
    for wanted in json.loads(METADATA_BY_HAND.read_text("utf-8")):
        text = (ROOT / "seeds" / f"{wanted['id']}.txt").read_text("utf-8")
        page = read_page(text, wanted["id"])
        found: dict[str, Any] = {"section": page.section}
        for name in ("title", "publisher", "author", "source", "report_type", "period"):
            found[name] = getattr(page, name)
        found["published"] = page.published.isoformat() if page.published else None
        found["published_time"] = f"{page.published_time:%H:%M}" if page.published_time else None
        found["event_date"] = page.event_date.isoformat() if page.event_date else None
        found["persons"], found["cited"] = list(page.persons), list(page.cited)
        assert found == {name: wanted.get(name) for name in found}, wanted["id"]
        place = wanted["place"]
        if "note" in place:
            assert len(page.places) != 1
        else:
            assert [(p.province, p.district, p.province_now) for p in page.places] == [
                (place["province"], place["district"], wanted["province_now"])
            ]
        lines = text.split("\n")
        for number in wanted["dropped_lines"]:
            assert lines[number - 1].strip() not in body_lines(page)

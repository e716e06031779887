"""Invented pages in the markup of Vietnamese portals and newspapers, each with what must be read.

`files/html/NAME.json` lists the parts of the article in order (kind, text, depth of a list item;
the cells of a row), the fields, and phrases of the portal that must not be in the document. The
kind "any" is for text whose markup does not say what it is.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from indexer.documents import Warned, read_sources
from indexer.models import Document

pytest.importorskip("lxml", reason="the extra html is not installed")

PAGES = sorted(Path(__file__).parent.glob("files/html/*.*ht*"))
FIELDS = ("published", "author", "url", "number", "signer", "document_type")


def read(path: Path) -> Document:
    found = [item for item in read_sources([path]) if not isinstance(item, Warned)]
    assert len(found) == 1
    assert isinstance(found[0], Document), str(found[0])
    return found[0]


def wanted_of(page: Path) -> dict[str, Any]:
    wanted: dict[str, Any] = json.loads(page.with_suffix(".json").read_text("utf-8"))
    return wanted


def plain(text: str) -> str:
    return " ".join(text.replace("\u200b", "").split())


def parts_of(document: Document) -> list[list[Any]]:
    """Return the blocks of a document in the form that the JSON files have."""
    parts: list[list[Any]] = []
    for block in document.blocks:
        text = plain(document.body[block.start : block.end])
        match block.kind.value:
            case "row":
                parts.append(["row", *(plain(document.body[a:b]) for a, b in block.cells)])
            case "item":
                parts.append(["item", text, block.level])
            case kind:
                parts.append([kind, text])
    return parts


def agrees(part: list[Any], wanted: list[Any]) -> bool:
    return part[1:] == wanted[1:] if wanted[0] == "any" else part == wanted


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_every_part_of_the_article_is_a_block_in_its_place(page: Path) -> None:
    parts = parts_of(read(page))
    at = 0
    for wanted in wanted_of(page)["parts"]:
        found = next((n for n in range(at, len(parts)) if agrees(parts[n], wanted)), None)
        assert found is not None, f"{wanted} is not among {parts[at : at + 6]}"
        at = found + 1


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_nothing_of_the_portal_is_in_the_document(page: Path) -> None:
    document, wanted = read(page), wanted_of(page)
    text = plain(f"{document.title}\n{document.body}")
    assert [phrase for phrase in wanted["absent"] if plain(phrase) in text] == []
    # What is neither part of the article nor its author, in words.
    extra = [
        part
        for part in parts_of(document)
        if not any(agrees(part, known) for known in wanted["parts"]) and part[1] != wanted["author"]
    ]
    words = sum(len(" ".join(map(str, part[1:])).split()) for part in extra)
    assert words <= 0.01 * len(text.split()), extra


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_states_its_title_date_and_author(page: Path) -> None:
    document, wanted = read(page), wanted_of(page)
    record = document.to_record()
    assert document.title == wanted["title"]
    for field in FIELDS:
        if wanted.get(field):
            assert str(record.get(field)) == wanted[field]
    assert unicodedata.is_normalized("NFC", document.body)

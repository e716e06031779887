"""A hit says in which article or on which page its passage is, and leads there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from browsing import Open
from fakes import KIEN_GIANG, FakeArchive
from pages import app_of, read
from playwright.sync_api import expect

from indexer import Block, BlockKind

LAW = replace(
    KIEN_GIANG,
    id="luật",
    body="Chương I\nQUY ĐỊNH CHUNG\nĐiều 1. Phạm vi\nVề hội nghị.\nĐiều 2. Đối tượng\n"
    "1. Công tác dân vận ở xã.\nChương II\nTỔ CHỨC\nMở đầu của chương.",
)
DECISION = replace(
    KIEN_GIANG,
    id="quyết định",
    body="Điều 1. Phê duyệt kế hoạch.\nTheo TM. số 5.\nNơi nhận:\n- Như trên;\n"
    "TM. ỦY BAN NHÂN DÂN\nTrần Văn Mẫu",
)
FIRST, SECOND = "Trang đầu về hội nghị.", "Trang sau về dân vận."
SCAN = replace(
    KIEN_GIANG,
    id="quét",
    body=f"{FIRST}\n\n{SECOND}",
    blocks=(
        Block(BlockKind.PAGE, 0, 0, 1),
        Block(BlockKind.PARAGRAPH, 0, len(FIRST)),
        Block(BlockKind.PAGE, len(FIRST) + 2, len(FIRST) + 2, 2),
        Block(BlockKind.PARAGRAPH, len(FIRST) + 2, len(FIRST) + 2 + len(SECOND)),
    ),
)


@pytest.mark.parametrize(
    ("document", "text", "label", "anchor"),
    [
        (LAW, "vận ở xã", "Điều 2", "dieu-2"),
        (LAW, "phạm vi", "Điều 1", "dieu-1"),
        (LAW, "chương", None, None),  # in a chapter, before its first article
        (DECISION, "phê duyệt", "Điều 1", "dieu-1"),
        (DECISION, "theo số", "Điều 1", "dieu-1"),
        (DECISION, "trên", None, None),
        (DECISION, "Mẫu", None, None),
        (SCAN, "hội nghị", "trang 1", "trang-1"),
        (SCAN, "sau", "trang 2", "trang-2"),
        (KIEN_GIANG, "dân vận", None, None),
    ],
)
def test_a_hit_names_the_place_of_its_passage(
    document: object, text: str, label: str | None, anchor: str | None
) -> None:
    client = app_of(FakeArchive((document,))).test_client()  # type: ignore[arg-type]
    page = read(client.get("/", query_string={"q": text}).text)
    places = page.all("a", class_="place")
    assert [place.text for place in places] == ([label] if label else [])
    if anchor:
        url, _, fragment = (places[0].attributes["href"] or "").partition("#")
        assert fragment == anchor
        shown = read(client.get(url).text)
        assert [e for e in shown.walk() if e.attributes.get("id") == anchor]


@pytest.mark.browser
def test_only_one_match_is_the_current_one(visit: Open) -> None:
    page = visit("/?q=dân+vận")
    page.locator(".hit h2 a").first.click()
    page.wait_for_url("**/doc/**")  # with its script and style sheets
    page.keyboard.press("n")
    colours = page.locator(".text mark").evaluate_all(
        "marks => marks.map(mark => getComputedStyle(mark).backgroundColor)"
    )
    expect(page.locator(".text mark.here")).to_have_count(1)
    here = page.locator(".text mark.here").evaluate("m => getComputedStyle(m).backgroundColor")
    assert colours.count(here) == 1

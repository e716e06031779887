"""axe-core reports no accessibility violation on any page, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import Open
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
ADDRESSES = (
    "/",
    "/?q=nông+thôn&year=2024&year=2023&place=Ninh+Bình/Gia+Viễn",
    "/?q=nong+thon&page=2",
    "/?q=không+có+đâu&year=2024&exact=1",
    "/doc/bai-03?q=nông+thôn",
    "/doc/bai-03?q=nông+thôn&tim=thủy+lợi",
    "/doc/bai-03?tim=không+có",
    "/huong-dan",
    "/chon/source?q=nông+thôn&source=Báo+An&loc=n",
    "/chon/place",
    "/thong-ke",
    "/x",
    "/?page=0",
)


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{v['id']}: {node['html'][:120]}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_violation(visit_big: Open, scheme: str) -> None:
    page = visit_big("/", color_scheme=scheme)
    for address in ADDRESSES:
        page.goto(address)
        assert violations(page) == [], address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_on_a_phone_with_everything_open_has_a_violation(
    visit_big: Open, scheme: str
) -> None:
    page = visit_big("/?q=nong+thon", color_scheme=scheme, viewport={"width": 360, "height": 740})
    for fold in page.locator("details").all():
        fold.evaluate("fold => fold.open = true")
    assert violations(page) == []
    page.goto("/")
    page.locator("#q").press_sequentially("nong")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []


@pytest.mark.parametrize("wish", [{"contrast": "more"}, {"forced_colors": "active"}], ids=str)
def test_no_page_in_high_contrast_has_a_violation(visit_big: Open, wish: dict[str, str]) -> None:
    page = visit_big("/", **wish)
    for address in reversed(ADDRESSES[:8]):
        page.goto(address)
        assert violations(page) == [], address
    page.goto(ADDRESSES[1])
    if "forced_colors" in wish:  # the system's own colours; only a drawing keeps its own
        bar = "getComputedStyle(document.querySelector('.bars .on rect')).fill"
        assert page.evaluate(bar) == page.evaluate("getComputedStyle(document.body).color")
        return
    border = "getComputedStyle(document.querySelector('.chips a')).borderTopColor"
    soft = "getComputedStyle(document.querySelector('.facts')).color"
    ink = "getComputedStyle(document.body).color"
    assert page.evaluate(soft) == page.evaluate(ink)
    assert page.evaluate(border) == page.evaluate(ink)


def test_no_page_in_english_has_a_violation(visit_big: Open) -> None:
    page = visit_big("/")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for address in ADDRESSES[:3]:
        page.goto(address)
        assert violations(page) == [], address

"""Chromium on a server over an index of the five pages in seeds/."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from browsing import Open
from playwright.sync_api import expect

from indexer import Archive
from search_ui import create_app
from search_ui.pages.guide import GUIDE

pytestmark = pytest.mark.browser

ADDRESSES = (
    "/",
    "/?q=dan+van",
    "/?q=dân+vận&year=2021&year=2024&report_type=tổng+kết&exact=1&sort=newest",
    "/?q=không+có+gì+ở+đây&year=2021",
    "/doc/002_179ffe2f7c53ff46?q=dân+vận",
    "/chon/person?q=dân+vận&loc=đ",
    "/chon/cited",
    "/huong-dan",
    "/doc/x",
    "/?q=" + "dài" * 300,
)


def test_search_narrow_read_and_go_back(visit: Open) -> None:
    page = visit("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("dan van kheo")
    page.keyboard.press("Enter")
    expect(page.locator(".tally")).to_contain_text("3 kết quả")
    expect(page.locator(".note")).to_contain_text("Không dấu")
    page.get_by_role("link", name="dân vận khéo").first.click()
    expect(page.locator("#q")).to_have_value("dân vận khéo")
    expect(page.locator(".note")).to_have_count(0)

    page.goto("/?q=dân+vận")
    expect(page.locator(".tally")).to_contain_text("5 kết quả")
    page.get_by_role("region", name="Năm").get_by_role("link", name="2021").click()
    expect(page.locator(".tally")).to_contain_text("2 kết quả")
    expect(page.locator(".chips")).to_contain_text("Năm: 2021")
    results = page.url

    page.locator(".hit a").first.click()
    expect(page.locator("article h1")).to_contain_text("2021")
    expect(page.locator(".text mark").first).to_have_text(re.compile("dân vận", re.I))
    page.go_back()
    expect(page).to_have_url(results)
    page.locator(".hit a").first.click()
    page.get_by_role("link", name="Trở lại kết quả tìm kiếm").click()
    expect(page).to_have_url(results)
    page.locator(".chips a").first.click()
    expect(page.locator(".tally")).to_contain_text("5 kết quả")


def test_keys_go_from_match_to_match_and_to_the_search_box(visit: Open) -> None:
    page = visit("/doc/002_179ffe2f7c53ff46?q=dân+vận")
    marks = page.locator(".text mark")
    here = page.locator(".text mark.here")
    total = marks.count()
    expect(page.locator(".stepper")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.press("n")
    ids = [mark.get_attribute("id") for mark in marks.all()]
    assert here.get_attribute("id") == ids[1]
    expect(here).to_be_in_viewport()
    expect(page.locator("output")).to_have_text(f"2/{total}")
    page.keyboard.press("p")
    page.keyboard.press("p")
    assert here.get_attribute("id") == ids[-1]
    page.get_by_role("button", name="Kết quả khớp sau").click()
    assert here.get_attribute("id") == ids[0]
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("n/p")
    page.keyboard.type("?")
    expect(page.locator("#q")).to_have_value("n/p?")
    assert here.get_attribute("id") == ids[0]


def test_a_question_mark_lists_the_keys(visit: Open) -> None:
    page = visit("/?q=dân+vận")
    shortcuts = page.get_by_role("dialog", name="Phím tắt")
    page.locator(".hit a").first.focus()
    page.keyboard.press("?")
    expect(shortcuts).to_contain_text("đến ô tìm kiếm")
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()
    expect(page.locator(".hit a").first).to_be_focused()


def test_everything_works_without_javascript(visit: Open) -> None:
    page = visit("/", java_script_enabled=False)
    page.locator("#q").fill("dân vận")
    page.get_by_role("button", name="Tìm").click()
    expect(page.locator(".tally")).to_contain_text("5 kết quả")
    page.get_by_role("link", name="Mới nhất").click()
    page.get_by_role("region", name="Năm").get_by_role("link", name="2024").click()
    page.locator(".hit a").first.click()
    expect(page.locator(".stepper")).to_be_hidden()
    page.get_by_role("link", name="đến kết quả khớp đầu tiên").click()
    expect(page.locator(".text mark").first).to_be_in_viewport()
    page.get_by_role("link", name="Trở lại kết quả tìm kiếm").click()
    expect(page.locator(".chips")).to_contain_text("Năm: 2024")


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 1920])
def test_nothing_reaches_over_the_edge(visit: Open, width: int) -> None:
    page = visit("/", viewport={"width": width, "height": 740})
    for address in ADDRESSES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_drawer_on_a_phone(visit: Open) -> None:
    page = visit("/?q=dân+vận", viewport={"width": 360, "height": 740})
    year = page.get_by_role("link", name="2021 2")
    expect(year).to_be_hidden()
    page.get_by_text("Lọc kết quả", exact=True).first.click()
    expect(year).to_be_visible()
    year.click()
    expect(page.locator(".tally")).to_contain_text("2 kết quả")


def test_the_page_is_dark_or_light_as_the_system_is(visit: Open) -> None:
    shades = []
    for scheme in ("light", "dark"):
        page = visit("/?q=dân+vận", color_scheme=scheme)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        shades.append(sum(map(int, re.findall(r"\d+", ground)[:3])))
    assert shades[0] > 600
    assert shades[1] < 150


def test_the_keyboard_reaches_the_results(visit: Open) -> None:
    page = visit("/huong-dan")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.goto("/?q=dân+vận")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến kết quả")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".hit a").first).to_be_focused()
    page.goto("/?q=dân+vận")
    page.get_by_role("link", name="Đến phần sắp xếp và lọc").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Mới nhất")).to_be_focused()


@pytest.mark.parametrize("address", ["/?q=dan+van", "/?q=dân+vận&year=2021&place=An+Giang"])
@pytest.mark.parametrize("width", [360, 1280])
def test_few_keys_lead_from_the_box_to_the_first_hit(visit: Open, address: str, width: int) -> None:
    page = visit(address, viewport={"width": width, "height": 800})
    page.locator("#q").focus()
    between = -1
    while not page.evaluate("document.activeElement.matches('.hit a')"):
        page.keyboard.press("Tab")
        between += 1
        assert between <= 3  # the button, a suggestion, how copies are shown
    hit, chips = (
        page.locator(".hit").first.bounding_box(),
        page.locator(".chips").bounding_box() if "year" in address else None,
    )
    assert hit
    if chips:  # the eye meets the filters first
        assert chips["y"] + chips["height"] <= hit["y"]


def test_marks_do_not_move_the_text(visit: Open) -> None:
    page = visit("/doc/000_905affdd98d2cd29?q=dân+vận")
    with_marks = page.locator(".text").bounding_box()
    page.goto("/doc/000_905affdd98d2cd29")
    without = page.locator(".text").bounding_box()
    assert with_marks
    assert without
    assert with_marks["height"] == pytest.approx(without["height"], abs=1)


@pytest.mark.parametrize("example", [e for chapter in GUIDE for e in chapter.examples], ids=str)
def test_the_examples_of_the_guide_find_something(seeds: Archive, example: object) -> None:
    client = create_app(seeds).test_client()
    found = client.get(f"/api/search?q={quote(example.text)}").get_json()  # type: ignore[attr-defined]
    assert found["total"] > 0
    assert found["query"]["rung"] != "approximate"

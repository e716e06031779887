"""Searches saved on the visitor's device, with how many documents are new since."""

from __future__ import annotations

import pytest
from browsing import Open, serving, visitor
from fakes import FakeArchive, many
from pages import app_of
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

ADDRESS = "/?q=dân+vận&year=2021"


def test_a_saved_search_tells_what_is_new(browser: Browser) -> None:
    archive = FakeArchive(many(3))
    with serving(app_of(archive)) as site, visitor(browser, site) as visit:
        page = visit(ADDRESS)
        save = page.get_by_role("button", name="Lưu lượt tìm này")
        save.click()
        expect(page.locator("save-search button")).to_have_attribute("aria-pressed", "true")
        archive.documents |= {document.id: document for document in many(5)}
        page.goto("/")
        saved = page.get_by_role("region", name="Lượt tìm đã lưu")
        expect(saved).to_contain_text("dân vận")
        expect(saved).to_contain_text("2 tài liệu mới")
        saved.get_by_role("link").click()
        expect(page.locator(".tally").first).to_contain_text("5 kết quả")
        expect(page.locator("save-search button")).to_have_attribute("aria-pressed", "true")
        page.wait_for_function("JSON.parse(localStorage['tracuu.saved'])[0].total === 5")
        page.goto("/")
        expect(saved.get_by_role("link")).to_be_visible()
        expect(saved).not_to_contain_text("mới")
        saved.get_by_role("button", name="Bỏ lưu").click()
        expect(saved).to_have_count(0)


def test_a_search_reached_without_a_reload_can_be_saved(visit_big: Open) -> None:
    page = visit_big("/?q=nông+thôn")
    page.get_by_role("region", name="Năm", exact=True).get_by_role("link", name="2024 4").click()
    expect(page.locator(".chips")).to_contain_text("2024")
    page.get_by_role("button", name="Lưu lượt tìm này").click()
    expect(page.locator("save-search button")).to_have_text(
        "Đã lưu trên thiết bị này; xem ở trang chủ"
    )
    kept = page.evaluate("JSON.parse(localStorage['tracuu.saved'])")
    assert [(search["address"], search["total"]) for search in kept] == [
        ("/?q=n%C3%B4ng+th%C3%B4n&year=2024", 4)
    ]
    page.locator("save-search button").click()
    expect(page.locator("save-search button")).to_have_text("Lưu lượt tìm này")
    assert page.evaluate("localStorage['tracuu.saved']") == "[]"


def test_nothing_is_offered_without_a_script(visit_big: Open) -> None:
    page = visit_big("/?q=nông+thôn", java_script_enabled=False)
    expect(page.get_by_text("Lưu lượt tìm")).to_have_count(0)
    page.goto("/")
    expect(page.get_by_text("Lượt tìm đã lưu")).to_have_count(0)


def test_what_another_page_stored_does_no_harm(visit_big: Open) -> None:
    page = visit_big("/huong-dan")
    for stored in ("{", '{"a": 1}', "[null, 3, {}]", '[{"address": "javascript:alert(1)"}]'):
        page.evaluate("stored => { localStorage['tracuu.saved'] = stored; }", stored)
        page.goto("/")
        expect(page.locator("saved-searches a")).to_have_count(0)

"""Other sites: a form to paste, and the widget on the sites that the settings allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from browsing import serving
from fakes import FakeArchive
from flask import Flask
from pages import app_of, read
from playwright.sync_api import Browser, Page, expect

from indexer import SettingError

ALLOWED = "https://tinh.example"


@contextmanager
def other_site(body: Callable[[], str]) -> Iterator[str]:
    """Serve a page of another site; its origin differs by the port. `body` is asked each time."""
    app = Flask("other")
    app.add_url_rule("/", "page", lambda: f"<!doctype html><title>Trang khác</title>{body()}")
    with serving(app) as address:
        yield address


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(address)
    return page


@pytest.mark.browser
def test_the_form_of_the_guide_leads_here_from_any_site(browser: Browser) -> None:
    with serving(app_of(FakeArchive())) as site:
        page = opened(browser, f"{site}/huong-dan")
        snippet = page.locator("pre code").text_content() or ""
        with other_site(lambda: snippet) as elsewhere:
            page.goto(elsewhere)
            page.get_by_role("searchbox", name="Tìm trong kho tài liệu").fill("dân vận")
            page.get_by_role("button", name="Tìm").click()
            expect(page.locator(".tally")).to_contain_text("4 kết quả")
            assert page.url == f"{site}/?q=d%C3%A2n+v%E1%BA%ADn"
        page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("is_allowed", [True, False])
def test_the_widget_shows_results_where_it_is_allowed(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, *, is_allowed: bool
) -> None:
    places: list[str] = []

    def body() -> str:
        return f"<script src={places[-1]}/static/widget.js defer></script><tra-cuu></tra-cuu>"

    with other_site(body) as elsewhere:
        allowed = elsewhere if is_allowed else f"{ALLOWED}, {elsewhere}0"
        monkeypatch.setenv("TRACUU_ALLOWED_ORIGINS", allowed)
        with serving(app_of(FakeArchive())) as site:
            places.append(site)
            page = opened(browser, elsewhere)
            page.get_by_role("searchbox").fill("dân vận")
            page.get_by_role("button", name="Tìm").click()
            if is_allowed:
                expect(page.get_by_role("link", name="Xem tất cả kết quả: 4")).to_be_visible()
                assert page.url.startswith(elsewhere)
                page.get_by_role("link", name="Giang Thành Tổng kết").click()
                expect(page).to_have_url(f"{site}/doc/000_kien-giang")
            else:
                expect(page.locator(".tally")).to_contain_text("4 kết quả")
                assert page.url.startswith(f"{site}/?q=")
            page.context.close()


def test_only_allowed_origins_may_read_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACUU_ALLOWED_ORIGINS", f"{ALLOWED}/, http://huyen.example:8080")
    client = app_of(FakeArchive()).test_client()
    allow = "Access-Control-Allow-Origin"
    for origin, answered in (
        (ALLOWED, ALLOWED),
        ("http://huyen.example:8080", "http://huyen.example:8080"),
        ("http://tinh.example", None),
        ("https://tinh.example.xau.example", None),
        ("null", None),
    ):
        for address in ("/api/search?q=dân", "/api/suggest?q=dân"):
            answer = client.get(address, headers={"Origin": origin})
            assert answer.headers.get(allow) == answered, origin
            assert "Origin" in answer.headers["Vary"]
            assert "Access-Control-Allow-Credentials" not in answer.headers
        for address in ("/", "/api/export.csv", "/api/documents/000_kien-giang"):
            assert allow not in client.get(address, headers={"Origin": origin}).headers
    policy = "Cross-Origin-Resource-Policy"
    assert client.get("/static/widget.js").headers[policy] == "cross-origin"
    assert client.get("/static/keys.js").headers[policy] == "same-origin"


def test_no_origin_is_allowed_by_default() -> None:
    client = app_of(FakeArchive()).test_client()
    answer = client.get("/api/search?q=dân", headers={"Origin": ALLOWED})
    assert "Access-Control-Allow-Origin" not in answer.headers
    answer = client.get("/static/widget.js")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("origin", ["*", "example.vn", "https://a.vn/b", "https://*.vn", "null"])
def test_what_is_no_origin_is_refused(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    monkeypatch.setenv("TRACUU_ALLOWED_ORIGINS", origin)
    with pytest.raises(SettingError, match="is no origin"):
        app_of(FakeArchive())


def test_the_form_names_the_address_of_this_archive() -> None:
    client = app_of(FakeArchive()).test_client()
    page = read(client.get("/huong-dan", base_url="https://kho.example/").text)
    assert 'action="https://kho.example/"' in page.one("pre").text

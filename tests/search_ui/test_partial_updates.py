"""Results that change without a reload: history, focus, scrolling and links work as with one."""

from __future__ import annotations

import pytest
from browsing import Open
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

SEARCH = "/?q=nông+thôn"


def enter(visit_big: Open, address: str = SEARCH, **options: object) -> Page:
    """Open a page and mark its window, so that `stayed` can detect a reload."""
    page = visit_big(address, **options)
    page.evaluate("window.stayed = true")
    return page


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.stayed === true"))


def tally(page: Page, count: int) -> None:
    expect(page.locator(".tally strong")).to_have_text(f"{count} kết quả")


def choose(page: Page, facet: str, value: str) -> None:
    region = page.get_by_role("region", name=facet, exact=True)
    region.get_by_role("link", name=value).first.click()


def held_back(page: Page) -> list[Route]:
    """Click "Cũ nhất" without answering the request; return a list with its route, which the test
    continues."""
    held: list[Route] = []
    page.route("**/*sort=oldest*", lambda route: held.append(route))
    with page.expect_request("**/*sort=oldest*"):
        page.get_by_role("link", name="Cũ nhất").click()
    return held


# Everything a page shows and all its links, except the time that the search took.
STATE = """() => [
    document.title, location.href, document.querySelector("#q").value,
    ...[...document.querySelectorAll("input[type=hidden]")].map(kept => kept.name + kept.value),
    ...[...document.querySelectorAll("a, link")].map(link => link.href),
    document.querySelector("main").textContent
      .replace(/(dưới )?0,\\d+ giây/, "").replace(/\\s+/g, " "),
]"""


def test_every_way_to_another_search_shows_what_a_reload_shows(visit_big: Open) -> None:
    page = enter(visit_big)
    choose(page, "Năm", "2024")
    tally(page, 4)
    choose(page, "Tháng", "tháng 3/2024")
    tally(page, 1)
    page.get_by_role("link", name="Bỏ lọc Tháng: 3/2024").click()
    tally(page, 4)
    page.get_by_role("link", name="Bỏ lọc Năm: 2024").click()
    tally(page, 60)
    page.get_by_role("link", name="Cũ nhất").click()
    expect(page.get_by_role("link", name="Cũ nhất")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Sau ›").click()
    expect(page.locator("[aria-current=page]")).to_have_text("Trang 2")
    page.locator("#q").fill("thủy lợi")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Kết quả tìm “thủy lợi”")
    assert stayed(page)
    in_place = page.evaluate(STATE)
    page.reload()
    assert not stayed(page)
    assert page.evaluate(STATE) == in_place


def test_back_and_forward(visit_big: Open) -> None:
    page = enter(visit_big, viewport={"width": 1280, "height": 600})
    first = page.evaluate(STATE)
    page.locator(".pager").scroll_into_view_if_needed()
    page.wait_for_function("() => history.state?.y > 0")
    place = page.evaluate("scrollY")
    page.get_by_role("link", name="Sau ›").click()
    expect(page.locator("[aria-current=page]")).to_have_text("Trang 2")
    assert page.evaluate("scrollY") == 0
    second = page.evaluate(STATE)
    page.go_back()
    expect(page.locator("[aria-current=page]")).to_have_text("Trang 1")
    page.wait_for_function(f"() => scrollY === {place}")
    assert page.evaluate(STATE) == first
    page.go_forward()
    expect(page.locator("[aria-current=page]")).to_have_text("Trang 2")
    assert page.evaluate(STATE) == second
    assert stayed(page)
    page.locator(".hit a").first.click()
    expect(page.locator("article h1")).to_be_visible()
    page.go_back()
    expect(page.locator("[aria-current=page]")).to_have_text("Trang 2")
    page.go_back()
    expect(page.locator("[aria-current=page]")).to_have_text("Trang 1")


def test_the_scroll_position_is_kept_on_the_way_back_from_a_document(visit_big: Open) -> None:
    page = enter(visit_big, viewport={"width": 1280, "height": 600})
    last = page.locator(".hit a").last
    last.scroll_into_view_if_needed()
    page.wait_for_function("() => history.state?.y > 0")
    place = page.evaluate("scrollY")
    last.click()
    expect(page.locator("article h1")).to_be_visible()
    page.go_back()
    page.wait_for_function(f"() => scrollY === {place}")


def test_the_focus_stays_with_what_was_chosen(visit_big: Open) -> None:
    window = {"width": 1280, "height": 300}
    page = enter(visit_big, viewport=window, reduced_motion="reduce")
    focused = page.locator(":focus")
    author = page.get_by_role("region", name="Tác giả", exact=True).get_by_role("link").nth(3)
    author.focus()
    name, top = author.locator("bdi").inner_text(), author.bounding_box()
    page.keyboard.press("Enter")
    tally(page, 3)
    expect(focused.locator("bdi")).to_have_text(name)
    expect(focused).to_have_class("on")
    now = focused.bounding_box()
    assert top
    assert now
    assert now["y"] == pytest.approx(top["y"], abs=2)
    page.keyboard.press("Enter")  # and takes it back
    tally(page, 60)
    expect(focused.locator("bdi")).to_have_text(name)
    page.get_by_role("link", name="Sau ›").click()
    expect(page.locator("main")).to_be_focused()
    page.locator("#q").press("Enter")
    expect(page.locator("[aria-current=page]")).to_have_text("Trang 1")
    expect(page.locator("main")).to_be_focused()
    assert stayed(page)


def test_what_changed_is_announced(visit_big: Open) -> None:
    page = enter(visit_big)
    status = page.get_by_role("status")
    expect(status).to_have_text("")
    choose(page, "Năm", "2024")
    expect(status).to_have_text("Kết quả tìm “nông thôn”, Năm: 2024: 4 kết quả")
    page.get_by_role("link", name="Bỏ lọc Năm: 2024").click()
    expect(status).to_have_text("Kết quả tìm “nông thôn”: 60 kết quả")


def test_opened_details_stay_open(visit_big: Open) -> None:
    page = enter(visit_big, viewport={"width": 360, "height": 740})
    page.get_by_text("Lọc kết quả", exact=True).first.click()
    page.get_by_role("region", name="Tác giả", exact=True).get_by_text("Xem thêm").click()
    choose(page, "Năm", "2024")
    tally(page, 4)
    choose(page, "Năm", "2023")
    tally(page, 8)
    expect(page.locator(".drawer")).to_have_attribute("open", "")
    assert stayed(page)


def test_a_click_with_a_modifier_key_opens_a_new_tab(visit_big: Open) -> None:
    page = enter(visit_big)
    link = page.get_by_role("link", name="Cũ nhất")
    with page.context.expect_page() as opened:
        link.click(modifiers=["ControlOrMeta"])
    expect(opened.value.get_by_role("link", name="Cũ nhất")).to_have_attribute(
        "aria-current", "true"
    )
    with page.context.expect_page():
        link.click(button="middle")
    assert "sort" not in page.url
    assert stayed(page)


@pytest.mark.parametrize("status", [None, 400, 404])
def test_a_failed_fetch_is_followed_by_a_page_load(visit_big: Open, status: int | None) -> None:
    def refuse(route: Route) -> None:
        if route.request.resource_type != "fetch":
            route.continue_()
        elif status is None:
            route.fulfill(status=200, body="<title>Cổng vào mạng</title>", content_type="text/html")
        else:
            route.fulfill(status=status, body="")

    page = enter(visit_big)
    page.route("**/*sort=oldest*", refuse)
    page.get_by_role("link", name="Cũ nhất").click()
    expect(page.get_by_role("link", name="Cũ nhất")).to_have_attribute("aria-current", "true")
    assert not stayed(page)
    page.go_back()
    expect(page.get_by_role("link", name="Liên quan nhất")).to_have_attribute(
        "aria-current", "true"
    )


def test_a_slow_fetch_is_followed_by_a_page_load(visit_big: Open) -> None:
    page = visit_big("about:blank")
    page.clock.install()
    page.goto(SEARCH)
    page.evaluate("window.stayed = true")
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.resource_type == "fetch":
            held.append(route)
        else:
            route.continue_()

    page.route("**/*sort=oldest*", hold)
    with page.expect_request("**/*sort=oldest*"):
        page.get_by_role("link", name="Cũ nhất").click()
    expect(page.locator("main")).to_have_attribute("aria-busy", "true")
    page.clock.fast_forward(5000)
    expect(page.get_by_role("link", name="Cũ nhất")).to_have_attribute("aria-current", "true")
    assert held
    assert not stayed(page)


def test_a_later_choice_replaces_one_that_is_still_loading(visit_big: Open) -> None:
    page = enter(visit_big)
    held = held_back(page)
    choose(page, "Năm", "2024")
    tally(page, 4)
    held[0].continue_()
    choose(page, "Năm", "2023")
    tally(page, 8)
    assert "sort" not in page.url
    assert stayed(page)


def test_links_to_other_pages_load_them(visit_big: Open) -> None:
    page = enter(visit_big, "/?year=2024")
    page.get_by_role("link", name="Bỏ lọc Năm: 2024").click()  # leaves the front page
    expect(page.locator("body")).to_have_class("front")
    page.goto(SEARCH)
    page.locator("#q").fill("")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_class("front")


def test_what_is_typed_while_an_answer_is_awaited_stays(visit_big: Open) -> None:
    page = enter(visit_big)
    held = held_back(page)
    page.locator("#q").fill("thủy lợi mới")
    held[0].continue_()
    expect(page.get_by_role("link", name="Cũ nhất")).to_have_attribute("aria-current", "true")
    expect(page.locator("#q")).to_have_value("thủy lợi mới")
    assert stayed(page)
    page.go_back()  # without typing, the box has the query of the results
    expect(page.locator("#q")).to_have_value("nông thôn")


def test_a_result_with_fewer_parts_is_shown_without_a_reload(visit_big: Open) -> None:
    page = enter(visit_big)

    def without_wishes(route: Route) -> None:
        if route.request.resource_type != "fetch":
            route.continue_()
            return
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('class="wishes"', ""))

    page.route("**/*sort=oldest*", without_wishes)
    page.get_by_role("link", name="Cũ nhất").click()
    expect(page.get_by_role("link", name="Cũ nhất")).to_have_attribute("aria-current", "true")
    assert stayed(page)

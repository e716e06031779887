"""Browser sessions over sixty documents: facets, pages, typing, preferences, citations."""

from __future__ import annotations

import re

import pytest
from browsing import Open
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

SEARCH = "/?q=nông+thôn"


def tally(page: Page, count: int) -> None:
    expect(page.locator(".tally strong")).to_have_text(f"{count} kết quả")


def test_every_kind_of_facet_and_the_chips(visit_big: Open) -> None:
    page = visit_big(SEARCH)
    tally(page, 60)
    year = page.get_by_role("region", name="Năm", exact=True)
    year.get_by_role("link", name=re.compile("^2024")).click()
    tally(page, 4)
    year.get_by_role("link", name=re.compile("^2023")).click()  # several values at once
    tally(page, 8)
    assert year.locator("rect").first.bounding_box()["width"] > 20  # type: ignore[index]
    year.get_by_text("Xem thêm").click()
    year.get_by_role("link", name=re.compile("^2010")).click()
    tally(page, 12)
    page.get_by_role("link", name="Bỏ lọc Năm: 2010").click()
    page.get_by_role("link", name="Bỏ tất cả").click()
    tally(page, 60)

    place = page.get_by_role("region", name="Địa bàn", exact=True)
    district = place.get_by_role("link", name=re.compile("Gia Viễn"))
    expect(district).to_be_hidden()
    place.locator("summary", has_text="Thuộc Ninh Bình").click()
    district.click()
    tally(page, 20)
    expect(district).to_be_visible()  # a chosen value stays unfolded
    page.get_by_role("region", name="Chuyên mục").get_by_role(
        "link", name=re.compile("Kinh tế")
    ).click()
    tally(page, 10)
    author = page.get_by_role("region", name="Tác giả", exact=True)
    author.get_by_role("link").first.click()
    expect(page.locator(".chips li")).to_have_count(4)  # three and "all"
    page.locator("#q").fill("thủy lợi")
    page.keyboard.press("Enter")
    expect(page.locator(".chips li")).to_have_count(4)  # a new search keeps the filters


def test_months_within_a_year(visit_big: Open) -> None:
    page = visit_big(SEARCH)
    month = page.get_by_role("region", name="Tháng", exact=True)
    expect(month).to_have_count(0)
    year = page.get_by_role("region", name="Năm", exact=True)
    year.get_by_role("link", name=re.compile("^2024")).click()
    tally(page, 4)
    expect(month.get_by_role("link")).to_have_count(4)
    month.get_by_role("link", name="tháng 3/2024").click()
    tally(page, 1)
    expect(page.locator(".hit time")).to_have_text("đăng 01/03/2024")
    expect(month.get_by_role("link")).to_have_count(4)
    month.get_by_role("link", name="tháng 6/2024").click()  # several at once
    tally(page, 2)
    page.get_by_role("link", name="Bỏ lọc Năm: 2024").click()
    tally(page, 60)
    expect(page.locator(".chips")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_values_from_the_list_of_all(visit_big: Open, script: bool) -> None:
    page = visit_big(f"{SEARCH}&sort=oldest", java_script_enabled=script)
    source = page.get_by_role("region", name="Nguồn tin", exact=True)
    source.get_by_text("Xem thêm").click()
    source.get_by_role("link", name="Tất cả 40 mục").click()
    expect(page.locator("h1")).to_have_text("Nguồn tin")
    page.get_by_role("navigation", name="Chữ cái đầu").get_by_role("link", name="Đ").click()
    expect(page.locator("h2", has_text="Đ")).to_be_in_viewport()
    page.get_by_label("Chỉ hiện mục có chứa").fill("đài d")
    page.get_by_role("button", name="Lọc").click()
    shown = page.locator(".values .facet label")
    expect(shown).to_have_count(1)
    shown.click()
    page.get_by_label("Chỉ hiện mục có chứa").fill("")
    page.keyboard.press("Enter")  # filters the list; ticked values stay
    expect(shown).to_have_count(40)
    expect(page.get_by_role("checkbox", name="Đài Dũng 1")).to_be_checked()
    page.get_by_role("checkbox", name="Đài Đức 1").check()
    page.get_by_role("button", name="Xem kết quả").click()
    tally(page, 2)
    expect(page.locator(".chips")).to_contain_text("Nguồn tin: Đài Đức")
    assert "loc" not in page.url
    expect(page.get_by_role("link", name="Cũ nhất")).to_have_attribute("aria-current", "true")


def test_sort_and_pages_and_back(visit_big: Open) -> None:
    page = visit_big(SEARCH)
    page.get_by_role("link", name="Cũ nhất").click()
    expect(page.locator(".hit time").first).to_have_text(re.compile("2010$"))
    page.get_by_role("link", name="Sau ›").click()
    expect(page.locator("[aria-current=page]")).to_have_text("Trang 2")
    expect(page.get_by_role("link", name="Cũ nhất")).to_have_attribute("aria-current", "true")
    second = page.url
    page.get_by_role("link", name="Trang 6").click()
    expect(page.get_by_role("link", name="Sau ›")).to_have_count(0)
    page.go_back()
    expect(page).to_have_url(second)
    page.goto(f"{SEARCH}&page=9")
    page.get_by_role("link", name="Đến trang cuối (trang 6)").click()
    expect(page.locator(".hit")).to_have_count(10)


def test_a_search_without_hits_offers_changes_that_find_something(visit_big: Open) -> None:
    page = visit_big('/?q="thôn+nông"&exact=1')
    page.get_by_role("link", name=re.compile("Tìm các từ riêng lẻ: thôn nông")).click()
    expect(page.locator(".hit").first).to_be_visible()
    page.goto("/?q=nông+thôn&year=1999")
    page.get_by_role("link", name="Bỏ mọi điều kiện lọc (60 kết quả)").click()
    tally(page, 60)


def test_typing_is_completed(visit_big: Open) -> None:
    page = visit_big("/")
    box = page.get_by_role("combobox", name="Tìm trong kho tài liệu")
    options = page.get_by_role("option")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("nong th")
    expect(options.first).to_have_text(re.compile("^nông th", re.IGNORECASE))
    expect(options.first.locator("b")).to_have_text(
        re.compile("^ôn")
    )  # bold: the part not typed yet
    expect(box).to_have_attribute("aria-expanded", "true")
    first = options.first.inner_text()
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_value(first)
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    box.press("ArrowUp")
    expect(box).to_have_value("nong th")  # one step up is the typed text again
    assert box.get_attribute("aria-activedescendant") is None
    box.press("ArrowDown")
    box.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("nong th")
    box.press("ArrowDown")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.locator("#q")).to_have_value(first)
    expect(page.locator(".hit").first).to_be_visible()


@pytest.mark.parametrize("asked", [False, True], ids=["still to be asked", "asked"])
def test_late_completions_do_not_replace_what_was_typed(visit_big: Open, asked: bool) -> None:
    page = visit_big("/")
    box, options = page.locator("#q"), page.get_by_role("option")
    box.press_sequentially("nong")
    expect(options.first).to_have_text(re.compile("^nông", re.IGNORECASE))
    held: list[Route] = []
    page.route("**/suggest?q=nong+th", lambda route: held.append(route))
    box.press_sequentially(" th")
    if asked:
        with page.expect_request("**/suggest?q=nong+th"):
            box.press("h")
            box.press("Backspace")
    box.press("ArrowDown")  # before the completions of the whole text have arrived
    box.press("Escape")
    expect(box).to_have_value("nong th")


def test_completions_do_not_move_the_page_and_can_be_clicked(visit_big: Open) -> None:
    page = visit_big(SEARCH)
    box = page.locator("#q")
    before = page.locator(".hit").first.bounding_box()
    box.fill("")
    box.press_sequentially("tuoi ti")
    option = page.get_by_role("option").first
    expect(option).to_be_visible()
    assert page.locator(".hit").first.bounding_box() == before
    text = option.inner_text()
    option.click()
    expect(page.locator("#q")).to_have_value(text)
    expect(page.locator(".tally")).to_be_visible()
    page.locator("#q").press("x")
    page.locator(".hit a").first.focus()
    expect(page.get_by_role("option")).to_have_count(0)


def test_recent_searches_stay_in_the_browser(visit_big: Open) -> None:
    page = visit_big("/")
    for text in ("thủy lợi", "nông thôn"):
        page.locator("#q").fill(text)
        page.keyboard.press("Enter")
        expect(page.locator(".tally")).to_be_visible()
        page.goto("/")
    expect(page.locator("#q")).to_be_focused()  # with the first paint, after the page has loaded
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option")).to_have_text(["nông thôn", "thủy lợi"])
    assert not page.context.cookies()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_have_value("nông thôn")
    page.goto("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Xóa").click()
    expect(page.get_by_role("option")).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0


def test_a_result_leads_to_its_passage(visit_big: Open) -> None:
    page = visit_big("/?q=tưới+tiêu")
    page.locator(".hit a").first.click()
    here = page.locator(".text mark.here")
    expect(here).to_have_text("tưới tiêu")
    expect(here).to_be_in_viewport()
    expect(page.locator("output")).to_have_text("1/1")
    page.goto("/?q=nông+thôn+mới")
    page.locator(".hit a").first.click()
    expect(page.locator("output")).to_have_text("1/8")
    page.keyboard.press("n")
    expect(page.locator("output")).to_have_text("2/8")


def test_the_citation_is_copied(visit_big: Open) -> None:
    page = visit_big("/doc/bai-03", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Sao chép trích dẫn").click()
    expect(page.get_by_role("button", name="Đã sao chép")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#cau-trich").inner_text()
    assert copied.startswith("Nguyễn Cường, “Công tác thủy lợi")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_dark_switch(visit_big: Open, script: bool) -> None:
    page = visit_big(SEARCH, java_script_enabled=script, color_scheme="light")
    root = page.locator("html")
    ground = "getComputedStyle(document.body).backgroundColor"
    page.get_by_role("link", name="Tối").click()
    expect(root).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("link", name="Tối")).to_have_attribute("aria-current", "true")
    if script:
        assert page.evaluate(ground) == "rgb(21, 25, 26)"
    page.locator(".hit a").first.click()
    expect(root).to_have_attribute("data-theme", "dark")
    page.get_by_role("link", name="Tự động").click()
    expect(root).not_to_have_attribute("data-theme", re.compile(".*"))


def test_the_language_switch(visit_big: Open) -> None:
    page = visit_big(f"{SEARCH}&year=2024")
    address = page.url
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".tally")).to_contain_text("4 results")
    assert re.sub(r"%\w\w", "", page.url) == re.sub(r"%\w\w", "", address)
    page.locator(".hit a").first.click()
    expect(page.get_by_role("button", name="Copy the citation")).to_be_visible()
    page.get_by_role("link", name="Tiếng Việt").click()
    expect(page.get_by_role("button", name="Sao chép trích dẫn")).to_be_visible()


def test_at_a_zoom_of_200_percent_nothing_overflows(visit_big: Open) -> None:
    # 200% zoom of a window 1280 px wide is a window 640 px wide with twice the pixels.
    page = visit_big(SEARCH, viewport={"width": 640, "height": 400}, device_scale_factor=2)
    values = "/chon/source?q=nông+thôn"
    for address in (
        SEARCH,
        "/",
        "/doc/bai-03?q=nông+thôn",
        values,
        "/thong-ke",
        "/huong-dan",
        "/x",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, address


def test_on_a_phone(visit_big: Open) -> None:
    page = visit_big("/", viewport={"width": 360, "height": 740}, has_touch=True)
    page.locator("#q").fill("nong thon")
    page.get_by_role("button", name="Tìm").tap()
    tally(page, 60)
    page.locator(".drawer > summary").tap()
    page.get_by_role("region", name="Năm", exact=True).get_by_role("link", name="2024 4").tap()
    tally(page, 4)
    page.get_by_role("region", name="Tháng").get_by_role("link", name="tháng 9/2024").tap()
    tally(page, 1)
    page.locator(".chips").get_by_role("link", name="Bỏ lọc Năm: 2024").tap()
    tally(page, 60)
    source = page.get_by_role("region", name="Nguồn tin", exact=True)
    source.get_by_text("Xem thêm").tap()
    source.get_by_role("link", name="Tất cả 40 mục").tap()
    page.get_by_label("Chỉ hiện mục có chứa").fill("bao duc")
    page.get_by_role("button", name="Lọc").tap()
    page.get_by_role("checkbox", name="Báo Đức").tap()
    page.get_by_role("button", name="Xem kết quả").tap()
    tally(page, 2)
    page.locator(".hit a").first.tap()
    expect(page.locator(".text mark").first).to_be_visible()
    page.get_by_role("button", name="Kết quả khớp sau").tap()
    expect(page.locator(".text mark.here")).to_be_in_viewport()
    page.get_by_role("link", name="Trở lại kết quả tìm kiếm").tap()
    tally(page, 2)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_touch_targets_are_large_enough(visit_big: Open) -> None:
    finger = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    page = visit_big(f"{SEARCH}&year=2024&year=2023&page=1", **finger)
    for address, targets in (
        (
            page.url,
            ".facet a, .more summary, .tree summary, .drawer summary, .orders a, .chips a",
        ),
        (f"{SEARCH}&from=2020&to=2020", ".chart a"),
        (SEARCH, ".pager a, .takeaways a, .listing-wishes a, .bottom a, .box button"),
        ("/chon/source?q=nông+thôn", ".choosing label:has(input), .letters a, .choosing button"),
        ("/doc/bai-03?q=nông+thôn", ".back a, .stepper button, .copy"),
    ):
        page.goto(address)
        for fold in page.locator("details").all():
            fold.evaluate("fold => fold.open = true")
        boxes = [(target, target.bounding_box()) for target in page.locator(targets).all()]
        found = [(target, box) for target, box in boxes if box]
        assert len(found) > 3, address
        for target, box in found:
            assert min(box["height"], box["width"]) >= 24, target.inner_text()
            assert box["height"] >= 34, (address, target.inner_text())


def test_the_whole_chart_of_years_is_in_sight_on_a_phone(visit_big: Open) -> None:
    finger = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    page = visit_big(SEARCH, **finger)
    page.locator(".drawer > summary").tap()
    bars = page.locator("#bieu-do-gop a").all()
    assert len(page.locator("#bieu-do a").all()) > len(bars)  # too many for fingers
    boxes = [box for bar in bars if (box := bar.bounding_box())]
    assert len(boxes) == len(bars)
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
    assert all(box["width"] >= 24 for box in boxes)
    handle = page.get_by_role("slider", name="Đến")
    box = handle.bounding_box()
    assert box
    assert box["height"] >= 24
    assert 0 <= box["x"] <= 360 - box["width"]


def test_bars_have_one_scale_however_long_the_counts_are(visit_big: Open) -> None:
    page = visit_big(SEARCH)
    places = page.locator("[data-facet=year] .bars").first.evaluate(
        """bars => { bars.querySelector(".count").textContent = "12.345";
                     return [...bars.querySelectorAll("svg")].map(bar => {
                       const { left, right } = bar.getBoundingClientRect();
                       return `${left} ${right}`; }); }"""
    )
    assert len(places) > 1
    assert len(set(places)) == 1


def test_the_page_numbers_stand_in_one_row_on_a_phone(visit_big: Open) -> None:
    page = visit_big(f"{SEARCH}&size=1&page=30", viewport={"width": 360, "height": 740})
    numbers = page.locator(".pager li > *").all()
    assert len(numbers) == 7
    tops = {box["y"] for number in numbers if (box := number.bounding_box())}
    assert len(tops) == 1


def test_nothing_moves_where_motion_is_unwanted(visit_big: Open) -> None:
    for motion, behaviour in (("reduce", "auto"), ("no-preference", "smooth")):
        page = visit_big("/", reduced_motion=motion)
        assert (
            page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == behaviour
        )


def test_nothing_shifts_while_a_page_loads(visit_big: Open) -> None:
    page = visit_big("about:blank")
    page.add_init_script(
        "window.shift = 0;"
        "new PerformanceObserver(list => list.getEntries().forEach(e => shift += e.value))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    for address in ("/", SEARCH, "/doc/bai-03?q=nông+thôn"):
        page.goto(address, wait_until="networkidle")
        assert page.evaluate("shift") < 0.005, address


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("address", ["/", SEARCH, "/doc/bai-03?q=nông+thôn", "/chon/source"])
def test_what_scripts_add_has_its_room_before(visit_big: Open, address: str, width: int) -> None:
    added = "date-slider *, save-search *, .copy, .stepper, .stepper *, match-map"
    places = f"""[...document.querySelectorAll("main *:not(svg, svg *)")]
        .filter(box => box.checkVisibility() && !box.matches("{added}"))
        .map(box => [box.tagName, box.getBoundingClientRect().x, box.getBoundingClientRect().y])"""
    size = {"width": width, "height": 900}
    with_scripts = visit_big(address, viewport=size)
    with_scripts.wait_for_load_state("networkidle")
    before = visit_big("about:blank", viewport=size)
    nothing = {"body": "", "content_type": "text/javascript"}
    before.route("**/*.js*", lambda route: route.fulfill(**nothing))
    before.goto(address, wait_until="networkidle")
    assert with_scripts.evaluate(places) == before.evaluate(places)
    height = "document.documentElement.scrollHeight"
    assert with_scripts.evaluate(height) == before.evaluate(height)


@pytest.mark.parametrize("address", ["/", SEARCH, "/doc/bai-03?q=nông+thôn", "/chon/source"])
def test_a_first_visit_loads_at_most_50_kilobytes(visit_big: Open, address: str) -> None:
    page = visit_big(address)
    page.wait_for_load_state("networkidle")
    sizes = page.evaluate(
        "performance.getEntries().filter(e => e.transferSize).map(e => e.transferSize)"
    )
    assert len(sizes) > 4
    assert sum(sizes) <= 50_000


def test_paper_shows_the_text_and_no_buttons(visit_big: Open) -> None:
    page = visit_big("/doc/bai-03?q=nông+thôn")
    page.emulate_media(media="print")
    expect(page.locator(".text")).to_be_visible()
    expect(page.locator("#cau-trich")).to_be_visible()
    for gone in (".top", ".bottom", ".stepper", ".copy", ".back"):
        expect(page.locator(gone)).to_be_hidden()
    page.goto(f"{SEARCH}&year=2024&year=2023")
    expect(page.locator(".hit").first).to_be_visible()
    what = page.get_by_role("heading", level=1)
    expect(what).to_contain_text("Kết quả tìm “nông thôn”, Năm: 2024, Năm: 2023")
    expect(what).to_have_css("clip-path", "none")
    expect(page.locator(".chips")).to_contain_text("Năm: 2024")
    for gone in (".orders", ".narrow", ".takeaways", ".chips .plain"):
        for element in page.locator(gone).all():
            expect(element).to_be_hidden()
    page.goto("/chon/source?q=nông+thôn")
    expect(page.locator(".choosing label").last).to_be_visible()
    for gone in (".back", ".sift", ".letters", ".show"):
        expect(page.locator(gone)).to_be_hidden()


def test_the_list_of_values_is_filtered_while_typing(visit_big: Open) -> None:
    page = visit_big("/chon/source?q=nông+thôn")
    page.get_by_role("checkbox", name="Báo An").first.check()
    page.get_by_label("Chỉ hiện mục có chứa").press_sequentially("dai duc")
    expect(page.locator(".facet li")).to_have_count(1)
    expect(page.get_by_label("Chỉ hiện mục có chứa")).to_be_focused()
    page.get_by_role("checkbox", name="Đài Đức").check()
    page.get_by_label("Chỉ hiện mục có chứa").fill("")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    page.get_by_role("button", name="Xem kết quả").click()
    expect(page.locator(".chips")).to_contain_text("Báo An")
    expect(page.locator(".chips")).to_contain_text("Đài Đức")

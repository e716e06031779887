"""Reading a long document: find within it, the map of matches, the contents, tables in parts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from browsing import Open, serving, visitor
from fakes import FakeArchive
from pages import app_of, query, read
from playwright.sync_api import Browser, Page, expect
from test_axe import violations

from indexer import Archive, Block, BlockKind, Document, rebuild
from search_ui import create_app
from search_ui.parts.structured_text import LONG, structured_body

ARTICLES, ROWS = 160, 240


def _law() -> str:
    lines = []
    for number in range(1, ARTICLES + 1):
        if number % 20 == 1:
            lines.append(f"Chương {number // 20 + 1}. Phần việc thứ {number // 20 + 1}")
        lines.append(f"Điều {number}. Nội dung thứ {number}")
        lines.append(f"1. {'Cơ quan có thẩm quyền thực hiện theo quy định của pháp luật. ' * 5}")
        lines.append(f"2. Việc quản lý đất đai được giao cho xã số {number}.")
    return "\n".join(lines)


def _document(name: str, title: str, rows: Sequence[Sequence[str]], headers: int) -> Document:
    """Return a document that is a table, of which the first `headers` rows are column headings."""
    body, blocks = "", []
    for number, row in enumerate(rows):
        start, cells = len(body), []
        for cell in row:
            cells.append((len(body), len(body) + len(cell)))
            body += cell + "\t"
        block = Block(
            BlockKind.TABLE_ROW, start, len(body) - 1, 0, tuple(cells), header=number < headers
        )
        blocks.append(block)
    return Document(id=name, title=title, body=body, blocks=tuple(blocks))


def _table() -> Document:
    rows = [("Số", "Số hiệu", "Trích yếu", "Nơi giữ", "Người nhận", "Ghi chú")]
    rows += [
        (
            f"{n}",
            f"{n}/QĐ-UBND",
            "Giao đất làm nhà ở cho hộ gia đình của xã",
            "Phòng quản lý đô thị",
            "Bà Nguyễn Thị Lan",
            "Đã trả hồ sơ",
        )
        for n in range(1, ROWS + 1)
    ]
    return _document("bang", "Bảng kê", rows, 1)


def _prices() -> Document:
    """A table of fewer rows, with two rows of headings: one cell of the first is above two of the
    second."""
    rows = [("Loại đất", "Giá đất đô thị", "", "Ghi chú"), ("", "Vị trí 1", "Vị trí 2", "")]
    rows += [(f"Đường số {n}", f"{n}.200.000", f"{n}.900.000", "") for n in range(1, 61)]
    return _document("gia", "Bảng giá đất", rows, 2)


@pytest.fixture(scope="module")
def long_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("long")
    record = {"id": "luat", "title": "Luật Đất đai", "text": _law()}
    source = folder / "sources"
    source.mkdir()
    (source / "luat.jsonl").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    rebuild([source], folder / "index")
    with Archive.open(Path(folder, "index")) as archive, serving(create_app(archive)) as address:
        yield address


@pytest.fixture(scope="module")
def table_site() -> Iterator[str]:
    with serving(app_of(FakeArchive((_table(), _prices())))) as address:
        yield address


@pytest.fixture
def read_long(browser: Browser, long_site: str) -> Iterator[Open]:
    with visitor(browser, long_site) as visit:
        yield visit


@pytest.fixture
def read_table(browser: Browser, table_site: str) -> Iterator[Open]:
    with visitor(browser, table_site) as visit:
        yield visit


def _current(page: Page) -> list[str]:
    """Return the ids of the marks that look like the current one."""
    found: list[str] = page.evaluate(
        """() => {
            const probe = document.createElement("mark");
            probe.className = "here";
            document.querySelector(".text").append(probe);
            const colour = getComputedStyle(probe).backgroundColor;
            probe.remove();
            return [...document.querySelectorAll(".text mark")]
              .filter(mark => getComputedStyle(mark).backgroundColor === colour)
              .map(mark => mark.id);
        }"""
    )
    return found


@pytest.mark.browser
def test_one_match_is_the_current_one_after_a_hit_was_opened(read_long: Open) -> None:
    page = read_long("/?q=quản+lý+đất+đai")
    page.locator(".hit a").first.click()
    page.wait_for_url("**/doc/luat*#*")  # with its style sheets
    first = page.url.partition("#")[2]
    assert _current(page) == [first]
    page.keyboard.press("n")
    second = page.locator(".text mark.here").get_attribute("id")
    assert second != first
    assert _current(page) == [second]


@pytest.mark.browser
@pytest.mark.parametrize(("name", "count"), [("luat", ARTICLES), ("bang", ROWS)])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_match_of_a_long_document_is_reached(
    read_long: Open, read_table: Open, name: str, count: int, width: int
) -> None:
    visit = read_long if name == "luat" else read_table
    page = visit(f"/doc/{name}?q=quản+lý", viewport={"width": width, "height": 740})
    expect(page.locator(".text mark")).to_have_count(count)
    out_of_sight = page.evaluate(
        """async count => {
            const painted = () => new Promise(requestAnimationFrame);
            const missed = [];
            for (let step = 0; step < count; step += 1) {
              document.dispatchEvent(new KeyboardEvent("keydown", { key: "n", bubbles: true }));
              await painted();
              const mark = document.querySelector("mark.here");
              const { top, bottom, left } = mark.getBoundingClientRect();
              const seen = top >= 0 && bottom <= innerHeight && left >= 0 && left < innerWidth;
              if (!seen) missed.push(mark.id);
            }
            return missed;
        }""",
        count,
    )
    assert out_of_sight == []
    expect(page.locator(".stepper output")).to_have_text(f"{count}/{count}")
    page.keyboard.press("n")
    expect(page.locator(".stepper output")).to_have_text(f"1/{count}")


@pytest.mark.browser
def test_find_works_on_the_whole_text(read_long: Open) -> None:
    page = read_long("/doc/luat?q=quản+lý")
    page.get_by_role("searchbox", name="Tìm trong tài liệu này").fill("xa so 150")
    page.keyboard.press("Enter")
    expect(page.locator(".text mark.here")).to_have_text("xã số 150")
    expect(page.locator(".text mark.here")).to_be_in_viewport()
    page.get_by_role("link", name="Xóa", exact=True).click()
    expect(page.locator(".text mark")).to_have_count(ARTICLES)
    page.get_by_role("link", name="Trở lại kết quả tìm kiếm").click()
    expect(page.locator("#q")).to_have_value("quản lý")


@pytest.mark.browser
def test_find_works_without_a_script(read_long: Open) -> None:
    page = read_long("/doc/luat?q=quản+lý", java_script_enabled=False)
    page.get_by_role("searchbox", name="Tìm trong tài liệu này").fill("xã số 150")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="đến kết quả khớp đầu tiên").click()
    expect(page.locator(".text mark:target")).to_have_text("xã số 150")
    expect(page.locator(".text mark:target")).to_be_in_viewport()


@pytest.mark.browser
def test_a_click_on_the_map_leads_to_the_nearest_match(read_long: Open) -> None:
    page = read_long("/doc/luat?q=quản+lý", viewport={"width": 1280, "height": 700})
    expect(page.locator("match-map path").first).to_have_attribute("d", re.compile("M0 .*h1"))
    box = page.locator("match-map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 3, box["y"] + box["height"] * 0.5)
    place = page.locator(".stepper output").text_content() or ""
    assert ARTICLES * 0.3 < int(place.partition("/")[0]) < ARTICLES * 0.7
    expect(page.locator(".text mark.here")).to_be_in_viewport()


@pytest.mark.browser
def test_the_contents_stay_in_sight_on_a_desk(read_long: Open) -> None:
    page = read_long("/doc/luat")
    contents = page.get_by_role("navigation", name="Mục lục")
    contents.get_by_role("link", name="Điều 120.").click()
    expect(page).to_have_url(re.compile("#dieu-120$"))
    expect(page.locator("#dieu-120")).to_be_in_viewport()
    expect(contents.get_by_role("link", name="Điều 120.")).to_be_in_viewport()


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_the_contents_are_a_drawer_on_a_phone(read_long: Open, *, script: bool) -> None:
    page = read_long(
        "/doc/luat",
        viewport={"width": 360, "height": 740},
        has_touch=True,
        java_script_enabled=script,
    )
    page.mouse.wheel(0, 5000)
    drawer = page.locator(".contents summary")
    expect(drawer).to_be_in_viewport()
    drawer.tap()
    page.get_by_role("link", name="Điều 120.").tap()
    expect(page.locator("#dieu-120")).to_be_in_viewport()
    if script:
        expect(page.locator(".contents li").first).to_be_hidden()


@pytest.mark.browser
def test_the_address_of_an_article_can_be_copied(read_long: Open) -> None:
    page = read_long("/doc/luat")
    page.locator("#dieu-3").hover()
    page.get_by_role("link", name="Liên kết đến Điều 3", exact=True).click()
    expect(page).to_have_url(re.compile("/doc/luat#dieu-3$"))
    page.locator("#dieu-3").evaluate("p => getSelection().selectAllChildren(p)")
    assert page.evaluate("getSelection().toString()") == "Điều 3. Nội dung thứ 3"


@pytest.mark.browser
def test_a_table_scrolls_within_itself_on_a_phone(read_table: Open) -> None:
    page = read_table("/doc/bang?q=quản+lý", viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    frame = page.get_by_role("region", name="Bảng")
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    frame.focus()
    expect(frame).to_be_focused()
    lefts = page.evaluate(
        """[...document.querySelectorAll("table")].map(table => [...table.querySelectorAll("th")]
            .map(cell => Math.round(cell.getBoundingClientRect().left)))"""
    )
    assert len(lefts) > 5
    assert all(row == lefts[0] for row in lefts)


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["bang", "gia"])
def test_the_header_of_a_table_stays_in_sight(read_table: Open, name: str, width: int) -> None:
    page = read_table(f"/doc/{name}", viewport={"width": width, "height": 740})
    page.locator("tbody tr").nth(25).evaluate("row => row.scrollIntoView({ behavior: 'instant' })")
    header = page.locator("thead").first
    expect(header).to_be_in_viewport()
    top, height, covers = header.evaluate(
        """header => { const { left, top, bottom, height } = header.getBoundingClientRect();
                       const seen = document.elementFromPoint(left + 20, bottom - 5);
                       return [top, height, header.contains(seen)]; }"""
    )
    assert (top, covers) == (0, True)
    assert height < 200
    if width == 360:  # it moves with the columns when they are scrolled sideways
        lefts = page.get_by_role("region", name="Bảng").evaluate(
            """frame => { frame.scrollLeft = 60;
                          return ["thead tr > :first-child", "tbody tr > :first-child"].map(
                            name => frame.querySelector(name).getBoundingClientRect().left); }"""
        )
        assert lefts[0] == lefts[1] < 16


@pytest.mark.browser
def test_the_header_of_a_table_is_in_its_place_on_paper_and_in_a_low_window(
    read_table: Open,
) -> None:
    position = "getComputedStyle(document.querySelector('thead')).position"
    page = read_table("/doc/gia", viewport={"width": 740, "height": 360})
    assert page.evaluate(position) == "static"
    page.set_viewport_size({"width": 1280, "height": 740})
    assert page.evaluate(position) == "sticky"
    page.emulate_media(media="print")
    assert page.evaluate(position) == "static"


def test_a_long_header_does_not_stay_in_sight() -> None:
    for words, sticks in ((3, True), (60, False)):
        rows = [("Đường", "lời dẫn " * words), *[("Trần Phú", "1")] * 3]
        table = _document("a", "Bảng", rows, 1)
        html = "".join(structured_body(table.body, (), table.blocks)[0])
        assert ('<thead class="sticking">' in html) == sticks


@pytest.mark.browser
def test_a_wide_window_shows_a_wide_table_whole(read_table: Open) -> None:
    page = read_table("/doc/bang?q=quản+lý", viewport={"width": 1920, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 1920
    frame = page.get_by_role("region", name="Bảng")
    assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")
    last = frame.locator("table").first.locator("th").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport(ratio=1)
    corner = last.evaluate(
        """cell => { const { right, top } = cell.getBoundingClientRect();
                     return document.elementFromPoint(right - 3, top + 3) === cell; }"""
    )
    assert corner  # nothing clips it
    lines = frame.locator("td", has_text="/QĐ-UBND").evaluate_all(
        """cells => cells.map(cell => { const text = document.createRange();
                                        text.selectNodeContents(cell);
                                        return text.getClientRects().length; })"""
    )
    assert set(lines) == {1}  # a number of a document is not broken at its hyphen


@pytest.mark.browser
def test_paper_has_all_of_a_long_document(read_long: Open) -> None:
    page = read_long("/doc/luat?q=quản+lý")
    page.emulate_media(media="print")
    visibility = "getComputedStyle(document.querySelector('.part')).contentVisibility"
    assert page.evaluate(visibility) == "visible"
    for gone in (".find", ".contents", ".stepper", "match-map", ".hash"):
        expect(page.locator(gone).first).to_be_hidden()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["bang", "gia"])
def test_paper_has_all_columns_of_a_table(read_table: Open, name: str) -> None:
    page = read_table(f"/doc/{name}?q=quản+lý", viewport={"width": 680, "height": 1000})
    page.emulate_media(media="print")
    paper, tables, cells, hidden = page.evaluate(
        """() => { const edges = name => Math.max(...[...document.querySelectorAll(name)]
                     .map(box => box.getBoundingClientRect().right));
                   return [innerWidth, edges("table"), edges("td"),
                           getComputedStyle(document.querySelector(".table")).overflowX]; }"""
    )
    assert cells <= tables <= paper
    assert hidden == "visible"


@pytest.mark.browser
@pytest.mark.parametrize(
    "wish",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}],
    ids=str,
)
def test_axe_finds_nothing(read_long: Open, read_table: Open, wish: dict[str, str]) -> None:
    for width in (360, 1280):
        size = {"width": width, "height": 740}
        for page in (
            read_long("/doc/luat?q=quản+lý", viewport=size, **wish),
            read_table("/doc/bang?q=quản+lý", viewport=size, **wish),
        ):
            page.keyboard.press("n")
            for fold in page.locator("details").all():
                fold.evaluate("fold => fold.open = true")
            assert violations(page) == []


def test_a_long_table_repeats_its_header_and_no_id() -> None:
    body, blocks = "", []
    for number in range(300):
        start, cells = len(body), []
        for cell in (f"khóa {number}", "giá trị"):
            cells.append((len(body), len(body) + len(cell)))
            body += cell + "\t"
        blocks.append(Block(BlockKind.TABLE_ROW, start, len(body) - 1, 0, tuple(cells), not number))
    elements, starts = structured_body(body, [(0, 4), (8, 15)], blocks)
    html = "".join(elements)
    assert html.count("<thead") == html.count("khóa 0") + 1 == 8
    assert html.count("<tr>") == 300 + 7
    assert starts == [0, 8]
    assert len(re.findall(r'id="c0"', html)) == 1


def test_a_short_document_has_no_parts() -> None:
    for length, parts in ((LONG // 2, 0), (LONG * 2, 1)):
        body = "\n".join(["Một câu ngắn của văn bản."] * (length // 25))
        archive = FakeArchive((Document(id="a", title="Bản tin", body=body),))
        html = app_of(archive).test_client().get("/doc/a").text
        assert ('class="part"' in html) == bool(parts)


def test_the_form_keeps_the_search_and_says_what_is_missing() -> None:
    client = app_of(FakeArchive()).test_client()
    page = read(client.get("/doc/000_kien-giang?q=dân+vận&year=2021&tim=thủy+lợi").text)
    assert "Tài liệu này không có “thủy lợi”." in page.one("article").text
    form = page.one("form", class_="find")
    assert {e.attributes["name"]: e.attributes.get("value") for e in form.all("input")} == {
        "q": "dân vận",
        "year": "2021",
        "tim": "thủy lợi",
    }
    assert query(form.link("Xóa")) == {"q": ["dân vận"], "year": ["2021"]}
    assert client.get(f"/doc/000_kien-giang?tim={'a' * 1001}").status_code == 400


def test_the_form_of_a_document_whose_id_is_a_dot() -> None:
    archive = FakeArchive((Document(id=".", title="Chấm", body="dân vận"),))
    form = read(app_of(archive).test_client().get("/doc/?id=.").text).one("form", class_="find")
    assert form.attributes["action"] == "/doc/"
    assert form.one("input", name="id").attributes["value"] == "."


def test_many_values_are_folded() -> None:
    cited = tuple(f"Nghị quyết số {number}" for number in range(40))
    archive = FakeArchive((Document(id="a", title="Tin", body="dân vận", cited=cited),))
    page = read(app_of(archive).test_client().get("/doc/a").text)
    about = page.one("dl", class_="about")
    assert len(about.all("a")) == 40
    assert len(about.one("details").all("a")) == 28
    assert about.one("summary").text == "và 28 mục nữa"

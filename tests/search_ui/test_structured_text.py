"""The body of a document with its structure: as elements of HTML, with links to its units."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

import pytest
from browsing import serving, visitor
from fakes import FakeArchive
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from pages import app_of, read
from playwright.sync_api import Browser
from test_axe import violations

from indexer import Block, BlockKind, Document, outline
from search_ui.parts.structured_text import plain_body, structured_body

DECREE = "\n\n".join(
    [
        "Chương I",
        "QUY ĐỊNH CHUNG",
        "Điều 1. Phạm vi",
        "1. Nghị định này quy định:",
        "a) Hỗ trợ giống;",
        "Điều 2. Đối tượng",
        "Theo Điều 1 của Nghị định này.",
        "Chương II",
        "HỖ TRỢ",
        "Điều 3. Mức hỗ trợ",
    ]
)

words = st.text(alphabet="aă&<>\"'đ ", min_size=1, max_size=8).filter(str.strip)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, list[Block]]:
    body, blocks = "", []
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from([kind for kind in BlockKind if kind is not BlockKind.PAGE]))
        start = len(body)
        if kind is BlockKind.TABLE_ROW:
            cells = []
            for cell in draw(st.lists(words, min_size=1, max_size=3)):
                cells.append((len(body), len(body) + len(cell)))
                body += cell + "\t"
            body = body[:-1]
            blocks.append(Block(kind, start, len(body), 0, tuple(cells), draw(st.booleans())))
        else:
            body += draw(words)
            blocks.append(Block(kind, start, len(body), draw(st.integers(1, 6))))
        body += "\n"
    return body, blocks


@given(bodies())
def test_the_elements_have_the_text_of_the_blocks_and_are_well_formed(
    given_body: tuple[str, list[Block]],
) -> None:
    body, blocks = given_body
    elements, _ = structured_body(body, (), blocks)
    shown = Markup("<main>{}</main>").format(Markup("").join(elements)).striptags()
    assert "".join(shown.split()) == "".join(body.split())
    html = "".join(elements)
    for tag in ("ul", "li", "table", "tr", "td", "th", "p", "h2", "h3"):
        assert len(re.findall(f"<{tag}[ >]", html)) == html.count(f"</{tag}>")
    ranks = sorted({int(rank) for rank in re.findall(r"<h(\d)>", html)})
    assert ranks == list(range(2, 2 + len(ranks)))


def test_headings_lists_and_tables_become_their_html_elements() -> None:
    body = "I. Kết quả\nLúa\nNgô\nvụ mùa\nHuyện\tSố hộ\nGia Viễn\t12"
    at = [0, *(match.end() for match in re.finditer("\n", body)), len(body) + 1]
    spans = [(start, end - 1) for start, end in pairwise(at)]

    def row(number: int, *, header: bool) -> Block:
        start, end = spans[number]
        tab = body.index("\t", start)
        cells = ((start, tab), (tab + 1, end))
        return Block(BlockKind.TABLE_ROW, start, end, 0, cells, header)

    blocks = [
        Block(BlockKind.HEADING, *spans[0], 4),
        Block(BlockKind.LIST_ITEM, *spans[1], 1),
        Block(BlockKind.LIST_ITEM, *spans[2], 1),
        Block(BlockKind.LIST_ITEM, *spans[3], 2),
        row(4, header=True),
        row(5, header=False),
    ]
    heading, items, table = structured_body(body, (), blocks)[0]
    assert heading == "<h2>I. Kết quả</h2>"
    assert items == '<ul class="dots"><li>Lúa</li><li>Ngô<ul><li>vụ mùa</li></ul></li></ul>'
    assert '<th scope="col">Huyện</th><th scope="col">Số hộ</th>' in table
    assert "<td>Gia Viễn</td><td>12</td>" in table


def test_each_unit_has_its_anchor_once_before_its_text() -> None:
    units = outline(DECREE)
    blocks = [
        Block(BlockKind.PARAGRAPH, match.start(), match.end())
        for match in re.finditer(".+", DECREE)
    ]
    for elements, _ in (
        plain_body(DECREE, (), units),
        structured_body(DECREE, (), blocks, units),
    ):
        html = "".join(elements)
        assert re.findall('id="([^"]+)"', html) == [unit.anchor for unit in units]
        link = r'<a class="hash" [^>]*></a>'
        assert re.search(f'<h3 id="dieu-2">{link}Điều 2. Đối tượng</h3>', html)


@pytest.mark.parametrize("sign", ["- ", "• ", "1. ", "a) ", "(2) ", "IV. ", "+ "])
def test_items_with_signs_of_their_own_get_no_dots(sign: str) -> None:
    body = f"{sign}Lúa\n{sign}Ngô"
    blocks = [Block(BlockKind.LIST_ITEM, m.start(), m.end(), 1) for m in re.finditer(".+", body)]
    assert "dots" not in structured_body(body, (), blocks)[0][0]


def headings(elements: Iterable[Markup]) -> list[tuple[str, str]]:
    """Return (rank, text) of the headings in some elements; a line break is " | "."""
    found = re.findall(r"<(h\d|p)([^>]*)>(.*?)</\1>", "".join(elements), re.DOTALL)
    return [
        (tag, str(Markup(inner.replace("<br>", " | ")).striptags()))
        for tag, names, inner in found
        if tag != "p" or "unit" in names
    ]


def as_paragraphs(body: str) -> list[Block]:
    return [Block(BlockKind.PARAGRAPH, m.start(), m.end()) for m in re.finditer(".+", body)]


def test_chapters_and_articles_have_headings() -> None:
    body = DECREE.replace("Chương II", "CHƯƠNG II") + "\n\nĐiều 4. Có hiệu lực từ ngày ký."
    units = outline(body)
    for elements, _ in (
        plain_body(body, (), units),
        plain_body(body.replace("\n\n", "\n"), (), outline(body.replace("\n\n", "\n"))),
        structured_body(body, (), as_paragraphs(body), units),
    ):
        assert headings(elements) == [
            ("h2", "Chương I | QUY ĐỊNH CHUNG"),
            ("h3", "Điều 1. Phạm vi"),
            ("h3", "Điều 2. Đối tượng"),
            ("h2", "CHƯƠNG II | HỖ TRỢ"),
            # Article 3 has nothing below its line: that may be its text.
        ]


def test_the_articles_of_a_decision_are_sentences() -> None:
    body = "QUYẾT ĐỊNH:\nĐiều 1. Phê duyệt kế hoạch\nĐiều 2. Giao các sở\nNơi nhận:\n- Như Điều 2"
    assert headings(plain_body(body, (), outline(body))[0]) == [("h2", "Điều 2. Giao các sở")]


def test_a_heading_is_parted_from_the_lines_around_it() -> None:
    body = "Căn cứ Luật;\nĐiều 1. Phạm vi\nNghị định này quy định.\n\nĐiều 2. Đối tượng\nMọi người."
    elements, _ = plain_body(body, (), outline(body))
    assert [str(element.striptags()) for element in elements] == [
        "Căn cứ Luật;", "Điều 1. Phạm vi", "Nghị định này quy định.", "Điều 2. Đối tượng",
        "Mọi người.",
    ]  # fmt: skip


def test_other_headings_of_a_page_keep_their_ranks() -> None:
    body = "Giới thiệu\n" + DECREE.replace("\n\n", "\n")
    first, *others = as_paragraphs(body)
    blocks = [Block(BlockKind.HEADING, first.start, first.end, 2), *others]
    found = headings(structured_body(body, (), blocks, outline(body))[0])
    assert found[0] == ("h2", "Giới thiệu")
    assert {tag for tag, _ in found[1:]} == {"p"}


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["I. KẾT QUẢ", "Tốt.", "II. HẠN CHẾ", "Ít."], ["I. KẾT QUẢ", "II. HẠN CHẾ"]),
        (["I. Kết quả", "Tốt.", "II. Hạn chế"], []),  # may be the items of a list
        (["I. KẾT QUẢ", "Tốt."], []),
        (["II. KẾT QUẢ", "III. HẠN CHẾ"], []),
        (["I. KẾT QUẢ", "II. HẠN CHẾ", "I. PHỤ LỤC"], []),
        (["1. KẾT QUẢ", "2. HẠN CHẾ"], []),
    ],
)
def test_parts_of_a_report_have_headings_where_they_are_certain(
    lines: list[str], found: list[str]
) -> None:
    body = "\n".join(["Năm 2019 đạt nhiều kết quả.", *lines])
    for elements, _ in (plain_body(body, ()), structured_body(body, (), as_paragraphs(body))):
        assert headings(elements) == [("h2", text) for text in found]


def test_a_heading_ends_before_the_next_page() -> None:
    body = "Chương I\nQUY ĐỊNH CHUNG\nĐiều 1. Phạm vi\nLuật này quy định."
    first, *others = as_paragraphs(body)
    blocks = [first, Block(BlockKind.PAGE, others[0].start, others[0].start, 2), *others]
    elements, _ = structured_body(body, (), blocks, outline(body))
    assert headings(elements) == [("h2", "Chương I"), ("h3", "Điều 1. Phạm vi")]
    assert "QUY ĐỊNH CHUNG" in "".join(elements)


@given(
    st.lists(
        st.sampled_from(
            ["Chương I", "QUY ĐỊNH", "Điều 1. Phạm vi", "Điều 2.", "", "1. Khoản", "Mục 1",
             "I. LÚA", "II. NGÔ", "Lời văn dân vận.", "  a) Điểm ", "Phần thứ nhất"]
        ),
        max_size=12,
    ),
    st.lists(st.tuples(st.integers(0, 80), st.integers(1, 20)), max_size=4),
)  # fmt: skip
def test_no_text_is_lost_or_doubled_by_headings(
    lines: list[str], matches: list[tuple[int, int]]
) -> None:
    body = "\n".join(lines)
    ranges = [(start, start + length) for start, length in matches]
    for elements, starts in (
        plain_body(body, ranges, outline(body)),
        structured_body(body, ranges, as_paragraphs(body), outline(body)),
    ):
        html = "".join(elements)
        shown = Markup(html.replace("<br>", " ")).striptags()
        assert "".join(shown.split()) == "".join(body.split())
        assert re.findall('<mark id="c([0-9]+)"', html) == [str(start) for start in starts]
        anchors = [unit.anchor for unit in outline(body)]
        assert [name for name in re.findall('id="([^"]+)"', html) if name in anchors] == anchors


def test_a_decree_has_a_table_of_contents() -> None:
    archive = FakeArchive((Document(id="nd", title="Nghị định", body=DECREE),))
    page = read(app_of(archive).test_client().get("/doc/nd").text)
    links = page.one("nav", class_="contents").all("a")
    assert [(link.attributes["href"], link.text) for link in links] == [
        ("#chuong-1", "Chương I. QUY ĐỊNH CHUNG"),
        ("#dieu-1", "Điều 1. Phạm vi"),
        ("#dieu-2", "Điều 2. Đối tượng"),
        ("#chuong-2", "Chương II. HỖ TRỢ"),
        ("#dieu-3", "Điều 3. Mức hỗ trợ"),
    ]
    ids = {element.attributes.get("id") for element in page.walk()}
    assert {link.attributes["href"].removeprefix("#") for link in links} <= ids


def test_a_report_without_articles_has_none() -> None:
    archive = FakeArchive((Document(id="a", title="Báo cáo", body="1. Lúa\n2. Ngô\n3. Khoai"),))
    page = read(app_of(archive).test_client().get("/doc/a").text)
    assert page.all("nav", class_="contents") == []


FORM = """CHÍNH PHỦ
Số: 42/2019/NĐ-CP
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hà Nội, ngày 5 tháng 3 năm 2019
NGHỊ ĐỊNH
Về quản lý đất đai
Căn cứ Luật Đất đai ngày 29 tháng 11 năm 2013;
Điều 1. Phạm vi
Nghị định này quy định về đất đai.
Nơi nhận:
- Như Điều 2;
TM. CHÍNH PHỦ
THỦ TƯỚNG
Nguyễn Văn A"""


@pytest.mark.parametrize("joiner", ["\n", "\n\n"])
def test_the_lines_of_a_form_stand_in_its_columns(joiner: str) -> None:
    body = FORM.replace("\n", joiner)
    at = body.index("đất đai")
    elements, starts = plain_body(body, [(at, at + 7)], outline(body))
    html = "".join(elements)
    letterhead, signature = re.findall(r'<div class="(?:letterhead|signature)">.*?</div>', html)
    assert re.findall('<p class="left">(.*?)</p>', letterhead) == ["CHÍNH PHỦ", "Số: 42/2019/NĐ-CP"]
    assert re.findall('<p class="across">(.*?)</p>', letterhead) == [
        "NGHỊ ĐỊNH",
        f'Về quản lý <mark id="c{at}">đất đai</mark>',
    ]
    assert re.findall('<p class="right">(.*?)</p>', signature)[-1] == "Nguyễn Văn A"
    assert starts == [at]


@pytest.mark.browser
def test_the_columns_stand_side_by_side_where_there_is_room(browser: Browser) -> None:
    archive = FakeArchive((Document(id="a", title="Nghị định", body=FORM),))
    with serving(app_of(archive)) as site, visitor(browser, site) as visit:
        page = visit("/doc/a", viewport={"width": 1280, "height": 800})
        boxes = """name => [...document.querySelectorAll(`.letterhead > .${name}`)]
                             .map(line => line.getBoundingClientRect())"""
        left, right, across = (page.evaluate(boxes, name) for name in ("left", "right", "across"))
        assert left[0]["y"] == right[0]["y"]
        assert left[0]["right"] < right[0]["left"]
        assert across[0]["y"] >= right[-1]["bottom"]
        page.set_viewport_size({"width": 360, "height": 740})
        left, right, across = (page.evaluate(boxes, name) for name in ("left", "right", "across"))
        assert left[-1]["bottom"] <= right[0]["y"] < right[-1]["bottom"] <= across[0]["y"]
        assert all(after["y"] - before["bottom"] < 8 for before, after in pairwise(right))
        assert violations(page) == []


@given(
    st.lists(st.sampled_from([*FORM.split("\n"), "", "Kết luận", "Chương I"]), max_size=25),
    st.sampled_from(["\n", "\n\n"]),
)
def test_no_text_is_lost_or_doubled_by_forms(lines: list[str], joiner: str) -> None:
    body = joiner.join(lines)
    elements, _ = plain_body(body, (), outline(body))
    shown = Markup("").join(elements).striptags()
    assert "".join(shown.split()) == "".join(body.split())


def test_a_paragraph_below_a_heading_begins_with_its_text() -> None:
    body = "Mở đầu.\n\nĐiều 1. Phạm vi\nNội dung thứ nhất.\n\nĐiều 2. Đối tượng\nNội dung khác."
    html = "".join(plain_body(body, (), outline(body))[0])
    assert "<p>Nội dung thứ nhất.</p>" in html

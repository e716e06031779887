"""The body of a document with its structure: as elements of HTML, with links to its units."""

from __future__ import annotations

import re
from itertools import pairwise

from fakes import FakeArchive
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from pages import app_of, read

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
    assert items == "<ul><li>Lúa</li><li>Ngô<ul><li>vụ mùa</li></ul></li></ul>"
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
        assert re.search(f'<p id="dieu-2" class="unit">{link}Điều 2. Đối tượng</p>', html)


def test_headings_of_chapters_and_articles_stand_out_from_their_text() -> None:
    body = DECREE.replace("Chương II", "CHƯƠNG II") + "\n\nĐiều 4. Có hiệu lực từ ngày ký."
    blocks = [Block(BlockKind.PARAGRAPH, m.start(), m.end()) for m in re.finditer(".+", body)]
    units = outline(body)
    for elements, _ in (plain_body(body, (), units), structured_body(body, (), blocks, units)):
        marked = re.findall('<p[^>]* class="unit">(?:<a[^>]*></a>)?([^<]*)</p>', "".join(elements))
        assert marked == [
            "Chương I", "QUY ĐỊNH CHUNG", "Điều 1. Phạm vi", "Điều 2. Đối tượng", "CHƯƠNG II",
            "HỖ TRỢ", "Điều 3. Mức hỗ trợ",
        ]  # fmt: skip


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

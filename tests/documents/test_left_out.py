"""Passages of a page that are not in its document are named, and chrome is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.documents.content import Content, loss_warnings
from indexer.documents.files.document_reader import read_path
from indexer.documents.files.reading import Options
from indexer.documents.files.sources import Warned
from indexer.documents.formats.html.html_reader import extract_page
from indexer.documents.portal_page import read_content
from indexer.documents.text.encodings import decode_html
from indexer.models import Document

pytest.importorskip("lxml", reason="the extra html is not installed")

PAGES = Path(__file__).parent / "files" / "html"
TITLE = "Trung tâm dạy nghề mở lớp đan lát"
TEXT = (
    "<p>Trung tâm mở lớp dạy nghề đan lát cho 30 học viên ở xã Phú Lâm từ đầu tháng tư.</p>"
    "<p>Học viên học vào buổi tối, do ba nghệ nhân của làng nghề cũ đứng lớp và chấm bài.</p>"
)


def read(body: str) -> tuple[Document, list[str]]:
    page = f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>"
    content = extract_page(page, "a.html")
    return read_content(content, "a", is_web_page=True), content.left_out


def test_a_paragraph_beside_the_article_is_named() -> None:
    beside = "Lớp học còn nhận thêm năm người khuyết tật, không phải đóng học phí."
    box = f"<div class='x1'><h1>{TITLE}</h1><div class='noi-dung'>{TEXT * 4}</div></div>"
    document, lost = read(f"<div><p>{beside}</p></div>{box}")
    assert beside not in document.body
    assert lost == [beside]


def test_a_caption_above_the_title_is_named() -> None:
    item = "<ul><li>Nan tre</li></ul>"
    document, lost = read(f"<div>{item}<h1>{TITLE}</h1><div class='noi-dung'>{TEXT}</div></div>")
    assert "Nan tre" not in document.body
    assert lost == ["Nan tre"]


@pytest.mark.parametrize("name", ["banner-text", "popup", "widget"])
def test_a_sentence_in_a_box_with_the_name_of_something_else_is_named(name: str) -> None:
    notice = "Lớp thứ hai dời sang tháng sáu vì mùa gặt đến sớm hơn mọi năm."
    _, lost = read(f"<h1>{TITLE}</h1><div>{TEXT}<div class='{name}'><p>{notice}</p></div></div>")
    assert lost == [notice]


@pytest.mark.parametrize(
    "box",
    [
        "<div class='comments'><p>Tôi cũng muốn học lớp này, xin hỏi đăng ký ở đâu.</p></div>",
        "<nav><p>Chọn chuyên mục mà bạn muốn đọc trong danh sách dưới đây rồi bấm nút.</p></nav>",
        "<footer><p>Mọi hình thức sao chép phải được trung tâm cho phép trước.</p></footer>",
        "<div class='popup'>Cài ứng dụng</div>",
        "<div><a href='/2'>Khánh thành cầu treo bắc qua sông Con ở xã bên.</a></div>",
        f"<div class='mobile-only'>{TEXT}</div>",
    ],
)
def test_what_a_rule_leaves_out_is_not_named(box: str) -> None:
    assert read(f"<h1>{TITLE}</h1><div class='noi-dung'>{TEXT}</div>{box}")[1] == []


def test_comments_longer_than_a_notice_raise_no_warning(tmp_path: Path) -> None:
    comment = "<div class='comment'><p>Tôi cũng muốn học lớp này, xin hỏi đăng ký ở đâu.</p></div>"
    page = f"<h1>{TITLE}</h1><p>Học từ ngày 3.</p><div class='comments'>{comment * 20}</div>"
    path = tmp_path / "a.html"
    path.write_text(f"<meta charset=utf-8>{page}", encoding="utf-8")
    items = [item for _, item in read_path(path, lambda _: None, Options())]
    assert not [item for item in items if isinstance(item, Warned)]


_ALARMS = {"class_noidung_text_in_div.html": ["Thứ hai: Giao ban Thường trực; dự họp Huyện ủy"]}
"""File → beginnings of the passages that are named: a sentence of another box, among 33 pages."""


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.stem)
def test_the_chrome_of_portals_is_not_named(path: Path) -> None:
    content = extract_page(decode_html(path.read_bytes(), path.name, None)[0], path.name)
    read_content(content, path.stem, is_web_page=True)
    starts = _ALARMS.get(path.name, [])
    assert len(content.left_out) == len(starts)
    assert all(map(str.startswith, content.left_out, starts))


WORDS = st.integers(0, 10**6).map(lambda number: f"x{number}y")
SENTENCES = WORDS.map(lambda word: f"Học viên thứ {word} đan được ba chiếc rổ trong một buổi tối.")
PLAIN = st.sampled_from(["", "box", "col-8", "row", "text", "news", "item", "left", "page"])


def _box(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=4).map("".join)
    return st.one_of(
        st.builds("<div class='{}'>{}</div>".format, PLAIN, several),
        st.builds("<section class='{}'>{}</section>".format, PLAIN, several),
        st.builds("<blockquote>{}</blockquote>".format, several),
        st.builds("<table><tr><td>{}</td><td>{}</td></tr></table>".format, several, several),
        st.builds("<ul><li>{}</li><li>{}</li></ul>".format, several, several),
        st.builds("<dl><dt>{}</dt><dd>{}</dd></dl>".format, WORDS, several),
        st.builds("<center>{}<br>{}</center>".format, SENTENCES, several),
    )


BODIES = st.lists(
    st.recursive(
        st.one_of(
            SENTENCES.map("<p>{}</p>".format),
            SENTENCES,
            SENTENCES.map("<span><b>{}</b></span><br>".format),
            st.builds("<figure><figcaption>{}</figcaption></figure>".format, SENTENCES),
            st.builds("<h3>Chương {}</h3>".format, WORDS),
            st.just(f"<h1>{TITLE}</h1>"),
        ),
        _box,
        max_leaves=12,
    ),
    min_size=1,
    max_size=5,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(BODIES)
def test_every_sentence_of_a_page_without_chrome_is_kept_or_named(body: str) -> None:
    document, lost = read(body)
    said = "\n".join([document.title, document.body, *lost])
    # A page may say a word twice: once is enough.
    missing = set(re.findall(r"Học viên thứ (x\d+y)", body)) - set(re.findall(r"x\d+y", said))
    assert not missing


def test_a_few_passages_are_quoted_and_all_are_counted() -> None:
    content = Content(left_out=[f"Đoạn thứ {n} " + "dài " * 40 for n in range(12)])
    warnings = loss_warnings(content.left_out, 0.4)
    assert len(warnings) == 12
    assert warnings[0].startswith("the page says “Đoạn thứ 0 dài")
    assert "…” (43 words)" in warnings[0]
    assert warnings[10] == "the page says 2 more passages that the document does not"
    assert warnings[11].startswith("only 40% of the words of the page are in the document")

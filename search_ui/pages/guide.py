"""The text of the guide to the query language; each of its examples is shown as a link to a
search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from markupsafe import escape

from indexer import (
    Archive,
    FieldType,
    Rung,
    SearchRequest,
    SearchTimeout,
    own_facet,
    strip_marks,
)
from search_ui.http import site
from search_ui.http.i18n import say
from search_ui.http.links import Links
from search_ui.parts.facet_boxes import values_url

FEWEST_EXAMPLES = 2
"""Least number of examples of a chapter that should have hits; a chapter with fewer gets examples
made of names in the archive (`_MADE`)."""

STARTERS = (
    "công tác dân vận",
    "dan van kheo",
    '"quy chế dân chủ" -"sơ kết"',
    "nghị quyết 42",
    "kinh tế xã hội",
    "giáo dục đào tạo",
    "y tế cơ sở",
    "bóng đá",
)
"""Query texts for the front page, the most illustrative first; it leaves out those without hits."""


@dataclass(frozen=True, slots=True)
class Example:
    """A query text and a description of the documents that it finds.

    `value` stands for `{value}` in the description.
    """

    text: str
    finds: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class OwnFieldNote:
    """An own field of the archive, as the guide lists it.

    `label` is its name in queries ("phong"), `about` its label on the page in the current language
    ("Phông lưu trữ"), `url` leads to the list of its values; "" if they are not listed.
    """

    label: str
    about: str
    url: str


def own_field_notes(links: Links) -> tuple[OwnFieldNote, ...]:
    """Return a note on each own field of the archive, in the order of `archive.toml`."""
    return tuple(
        OwnFieldNote(
            own.key,
            site.facet_label(own.label, own.label_en),
            values_url(own_facet(own.key), SearchRequest(size=links.page_size), links)
            if own.facet and own.type in (FieldType.TEXT, FieldType.HIERARCHY)
            else "",
        )
        for own in site.profile().fields
    )


def embedding(address: str) -> str:
    """Return the HTML of a search form that other sites can put into their pages.

    `address` is the absolute URL of the front page, to which the form is sent.
    """
    label = escape(say("Tìm trong kho tài liệu"))
    return (
        f'<form action="{escape(address)}" method="get" role="search">\n'
        f'  <input type="search" name="q" aria-label="{label}" placeholder="{label}">\n'
        f'  <button type="submit">{escape(say("Tìm"))}</button>\n'
        "</form>"
    )


@dataclass(frozen=True, slots=True)
class Chapter:
    """Examples under one heading; `anchor` is its HTML id, `lead` the text before the examples."""

    anchor: str
    heading: str
    lead: str
    examples: tuple[Example, ...]


GUIDE: tuple[Chapter, ...] = (
    Chapter(
        "dau",
        "Có dấu hay không dấu đều được",
        "Gõ có dấu thì tìm đúng dấu trước. Nếu không có trang nào đúng dấu, hoặc bạn gõ không dấu,"
        " Tra Cứu bỏ qua dấu và ghi rõ điều đó trên trang kết quả.",
        (
            Example("dân vận", "trang có từ “dân vận”, đúng dấu"),
            Example("dan van kheo", "gõ không dấu; trang gợi ý “dân vận khéo”"),
            Example(
                "công tác dan van", "“công tác” đúng dấu, hai chữ còn lại mang dấu nào cũng được"
            ),
            Example("=dân vận", "dấu = buộc chữ ngay sau nó phải đúng dấu"),
            Example("huyện ủy", "kiểu đặt dấu cũ hay mới (ủy, uỷ) đều như nhau"),
        ),
    ),
    Chapter(
        "cum-tu",
        "Cụm từ",
        "Đặt trong ngoặc kép để các chữ phải đứng liền nhau, đúng thứ tự.",
        (
            Example('"quy chế dân chủ"', "đúng cụm từ này"),
            Example("“dân vận khéo”", "ngoặc kép kiểu nào cũng được"),
            Example('"tổng kết dân vận"~5', "các chữ cách nhau không quá 5 chữ"),
        ),
    ),
    Chapter(
        "them-bot",
        "Kết hợp, loại trừ, lựa chọn",
        "Thông thường, trang phải có đủ các từ; với câu dài, có gần đủ cũng được. Các cách"
        " viết sau thay đổi điều đó.",
        (
            Example('"quy chế dân chủ" -"sơ kết"', "dấu trừ: bỏ những trang có cụm “sơ kết”"),
            Example("tổng kết OR sơ kết", "có ít nhất một trong hai; cũng có thể viết HOẶC"),
            Example("(tổng kết HOẶC sơ kết) huyện ủy", "dấu ngoặc đơn gộp các lựa chọn"),
            Example("tổng kết AND huyện ủy", "có cả hai; cũng có thể viết VÀ"),
            Example("dân vận NOT sơ kết", "có từ trước, không có từ sau; cũng có thể viết KHÔNG"),
            Example("dân*", "mọi chữ bắt đầu bằng “dân”"),
        ),
    ),
    Chapter(
        "van-ban",
        "Văn bản, người, địa danh, chữ viết tắt",
        "Tra Cứu hiểu trọn những tên gọi này, dù trang viết theo cách nào. Muốn khớp đúng từng chữ,"
        " hãy đặt trong ngoặc kép.",
        (
            Example("nghị quyết 42", "văn bản này: “Nghị quyết số 42”, “NQ 42”, “42/NQ-CP”"),
            Example("NQ 42", "gõ tắt cũng vậy: NQ, CT, KH, QĐ, NĐ, TT…"),
            Example("chương trình số 42", "cùng số nhưng là văn bản khác"),
            Example("đồng chí Tạ Văn Dũng", "trang nhắc tên người này, có hay không có chức danh"),
            Example("tỉnh Kiên Giang", "trang nói đến tỉnh này, và trang của các huyện trong tỉnh"),
            Example("An Giang", "tên mới cũng tìm được: Kiên Giang nay là An Giang"),
            Example("11/7/2018", "ngày này, viết cách nào cũng tìm được: ngày 11 tháng 7 năm 2018"),
            Example("QCDC", "chữ viết tắt: tìm được cả trang viết đủ “quy chế dân chủ”"),
            Example("ủy ban nhân dân huyện", "và ngược lại: tìm được cả trang viết “UBND huyện”"),
        ),
    ),
    Chapter(
        "mot-phan",
        "Chỉ tìm trong tiêu đề, một năm, một nơi",
        "Viết tên trường và dấu hai chấm liền trước điều cần tìm: tiêu_đề, nội_dung, năm, tháng,"
        " ngày, nơi, loại, mục, nơi_đăng, nguồn, tác_giả, người, cơ_quan,"
        " loại_văn_bản, hiệu_lực (còn, chưa, hết), ban_hành, người_ký, chủ_đề, số_hiệu, văn_bản."
        " Không dấu cũng được: tieu_de.",
        (
            Example("tiêu_đề:dân vận", "các chữ này phải nằm trong tiêu đề"),
            Example('title:"dân vận"', "cả cụm từ nằm trong tiêu đề"),
            Example("năm:2021 dân vận", "trang của năm 2021 có từ “dân vận”"),
            Example("tháng:1/2021", "trang của tháng 1 năm 2021"),
            Example(
                "năm:2019-2021", "trang của các năm 2019 đến 2021; cũng có thể viết >2019, ..2021"
            ),
            Example("dân vận trước 2021", "trang có từ này, ghi ngày trước năm 2021"),
            Example("nơi:kiên giang", "trang của nơi này"),
            Example("người:tạ văn dũng", "trang nhắc đến người này"),
            Example('-năm:2021 "dân vận"', "dấu trừ: mọi năm trừ 2021"),
        ),
    ),
)


_MADE: dict[str, tuple[tuple[str, str, str], ...]] = {
    "dau": (
        ("person", "{bare}", "gõ không dấu cũng tìm được “{value}”"),
        ("organisation", "{bare}", "gõ không dấu cũng tìm được “{value}”"),
    ),
    "cum-tu": (
        ("organisation", '"{value}"', "đúng cụm từ này"),
        ("person", '"{value}"', "đúng cụm từ này"),
    ),
    "them-bot": (
        ("organisation", '"{value}" -"sơ kết"', "dấu trừ: bỏ những trang có cụm “sơ kết”"),
        ("person", '"{value}" OR "sơ kết"', "có ít nhất một trong hai; cũng có thể viết HOẶC"),
        ("place", '"{value}" OR "sơ kết"', "có ít nhất một trong hai; cũng có thể viết HOẶC"),
    ),
    "van-ban": (
        ("cited", "{value}", "văn bản này, dù trang viết số hiệu theo cách nào"),
        ("person", "{value}", "trang nhắc tên người này, có hay không có chức danh"),
        ("place", "{value}", "trang của nơi này"),
    ),
    "mot-phan": (
        ("year", "năm:{value}", "trang của năm {value}"),
        ("place", 'nơi:"{value}"', "trang của nơi này"),
        ("person", 'người:"{value}"', "trang nhắc đến người này"),
        ("section", 'mục:"{value}"', "trang của chuyên mục này"),
    ),
}
"""Anchor of a chapter → examples made of the most frequent value of a facet: (name of the facet,
query text, description of what it finds). `{value}` stands for the value, `{bare}` for it in lower
case without marks."""


@dataclass(slots=True)
class GuideExamples:
    """The examples of the guide that find something in an archive; cached for each group of readers
    and generation."""

    _found: dict[str, tuple[str, tuple[Chapter, ...]]] = field(default_factory=dict)

    def of(self, archive: Archive) -> tuple[Chapter, ...]:
        """Return the chapters with examples that have hits, not only approximate ones.

        A chapter with fewer than FEWEST_EXAMPLES of them gets more, made of names in the archive.
        If none of these has hits either, as in an empty archive, it keeps all of its own examples,
        which still show how a query is written. Raises UnusableIndex if the index cannot be read.
        """
        generation = archive.status().generation
        known = self._found.get(archive.group)
        if known is None or known[0] != generation:
            # Two threads may both compute it.
            known = self._found[archive.group] = generation, tuple(_chapters(archive))
        return known[1]


def _chapters(archive: Archive) -> Iterator[Chapter]:
    """Yield the chapters of GUIDE with the examples that `GuideExamples.of` describes."""
    top = {facet.name: facet.values[0].value for facet in archive.overview().facets}
    for chapter in GUIDE:
        examples = [example for example in chapter.examples if _finds(archive, example.text)]
        if len(examples) < FEWEST_EXAMPLES:
            for facet, pattern, finds in _MADE.get(chapter.anchor, ()):
                if value := top.get(facet):
                    example = Example(
                        pattern.format(value=value, bare=strip_marks(value).lower()), finds, value
                    )
                    if _finds(archive, example.text):
                        examples.append(example)
        yield replace(chapter, examples=tuple(examples) or chapter.examples)


def _finds(archive: Archive, text: str) -> bool:
    """Return True if a query text has hits that are not only approximate; False also if the search
    takes too long."""
    try:
        results = archive.search(SearchRequest(text, size=1))
    except SearchTimeout:
        return False
    return results.total > 0 and results.rung is not Rung.APPROXIMATE

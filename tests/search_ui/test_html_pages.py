"""The pages, over an archive in memory."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fakes import DOCUMENTS, HOSTILE, KIEN_GIANG, TAM_NONG, UNTITLED, FakeArchive, many
from flask.testing import FlaskClient
from pages import Element, app_of, query, read

from indexer import Place, Rung, SearchRequest, Sort
from indexer.query.grammar import FIELDS
from search_ui.http.links import Links
from search_ui.pages.front_page import EXAMPLES
from search_ui.pages.guide import GUIDE
from search_ui.parts.no_results import no_results

HOSTILE_TEXT = """"'><script>alert(1)</script>&\u202e\u2067\x00"""


def get(client: FlaskClient, url: str, status: int = 200) -> Element:
    response = client.get(url)
    assert response.status_code == status
    assert response.mimetype == "text/html"
    return read(response.text)


def text_of(page: Element) -> str:
    return " ".join(page.one("main").text.split())


def section(page: Element, facet: str) -> Element:
    return page.one("section", data_facet=facet)


def over(count: int) -> FlaskClient:
    return app_of(FakeArchive(many(count))).test_client()


def test_the_front_page_tells_what_is_there(client: FlaskClient) -> None:
    page = get(client, "/")
    hero = page.one("header")
    assert "4 tài liệu · năm 2020 – 2024 · 3 tỉnh thành" in " · ".join(
        span.text for span in hero.all("span")
    )
    assert "autofocus" in page.one("input", id="q").attributes
    examples = hero.one("p", class_="examples").all("a")
    assert query(examples[0].attributes["href"] or "") == {"q": ["công tác dân vận"]}
    newest = page.one("section", class_="newest")
    assert len(newest.all("li")) == 4
    assert query(newest.link("Xem tất cả tài liệu")) == {"sort": ["newest"]}


def test_the_front_page_of_an_empty_archive() -> None:
    no_results = app_of(FakeArchive(())).test_client()
    assert "0 tài liệu" in get(no_results, "/").one("header").text


def test_the_front_page_has_at_most_four_examples_that_have_hits() -> None:
    other = replace(KIEN_GIANG, id="other", title="Kinh tế xã hội, bóng đá", body="Y tế cơ sở")
    for documents, count in ((DOCUMENTS, 3), ((*DOCUMENTS, other), EXAMPLES)):
        archive = FakeArchive(documents)
        page = get(app_of(archive).test_client(), "/")
        examples = page.one("p", class_="examples").all("a")
        texts = [query(example.attributes["href"] or "")["q"][0] for example in examples]
        assert len(texts) == count
        assert all(archive.search(SearchRequest(text)).total for text in texts)


def test_examples_are_looked_for_once_per_generation(
    client: FlaskClient, archive: FakeArchive
) -> None:
    client.get("/")
    asked = len(archive.asked)
    client.get("/")
    assert len(archive.asked) == asked + 1  # only the overview
    archive.generation = "g2"
    client.get("/")
    assert len(archive.asked) > asked + 2


def test_a_result_page(client: FlaskClient) -> None:
    page = get(client, "/?q=dân+vận")
    assert "4 kết quả · 0,012 giây" in text_of(page)
    assert "autofocus" not in page.one("input", id="q").attributes
    assert page.one("input", id="q").attributes["value"] == "dân vận"
    first, second, third, _ = page.one("ol", class_="hits").all("li")
    assert "đăng 08/01/2021" in first.text
    assert "Giang Thành, Kiên Giang (nay là An Giang)" in first.text
    assert [mark.text for mark in first.one("h2").all("mark")] == ["dân vận"]
    assert first.one("p", class_="snippet").text.endswith("\u00a0…")
    assert "sự kiện 10/07/2020" in second.text
    assert "Tam Nông, Đồng Tháp hoặc Phú Thọ" in second.text
    assert third.one("h2").text.startswith("Quang cảnh hội nghị về dân vận khéo")
    assert third.one("h2").text.endswith("…")
    assert [mark.text for mark in third.one("h2").all("mark")] == ["dân vận"]
    assert "không có tiêu đề" in third.one("p", class_="facts").text
    levels = [e.tag for e in page.walk() if e.tag in ("h1", "h2", "h3")]
    assert levels[:7] == ["h1", *["h2"] * 5, "h3"]  # four hits, then the filters


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("/?q=dân", "dân · Tra Cứu"),
        ("/?sort=newest", "Tất cả tài liệu · Tra Cứu"),
        ("/?q=dân&size=1&page=2", "dân · trang 2 · Tra Cứu"),
        ("/?q=dân&year=2021&size=1&page=2", "dân · Nhãn year: 2021 · trang 2 · Tra Cứu"),
        (
            "/?year=2021&year=2020&month=2021-01&author=x&person=y",
            "Tất cả tài liệu · Nhãn year: 2021, Nhãn year: 2020, Nhãn month: 1/2021, +2 · Tra Cứu",
        ),
    ],
)
def test_the_title_tells_query_filters_and_page(client: FlaskClient, url: str, title: str) -> None:
    assert get(client, url).one("title").text == title


@pytest.mark.parametrize(
    ("text", "rung", "note"),
    [
        ("dân vận", Rung.EXACT, None),
        ("công tác dan van", Rung.PARTIAL, "Thiếu dấu"),
        ("dan van", Rung.FOLDED, "Bạn gõ không dấu"),
        ("dấn ván", Rung.FOLDED, "Không có trang nào đúng dấu như bạn gõ"),
        ("dân vận", Rung.APPROXIMATE, "Gần đúng: không có trang nào có đủ các từ"),
    ],
)
def test_the_rung_is_said_when_it_is_not_exact(
    client: FlaskClient, archive: FakeArchive, text: str, rung: Rung, note: str | None
) -> None:
    archive.replies[text] = (rung, None)
    notes = get(client, f"/?q={text}").all("p", class_="note")
    assert [note in found.text for found in notes] == ([True] if note else [])


def test_the_suggestion_is_a_link_that_keeps_the_filters(
    client: FlaskClient, archive: FakeArchive
) -> None:
    archive.replies["cong tac dan van"] = (Rung.FOLDED, "công tác dân vận")
    page = get(client, "/?q=cong+tac+dan+van&year=2021&page=1&sort=newest")
    suggestion = page.one("p", class_="suggestion")
    assert suggestion.text == "Ý bạn là: công tác dân vận"
    assert query(suggestion.link("công tác dân vận")) == {
        "q": ["công tác dân vận"],
        "year": ["2021"],
        "sort": ["newest"],
    }


def test_results_of_a_corrected_query_are_announced(
    client: FlaskClient, archive: FakeArchive
) -> None:
    archive.corrections["dân vậnn"] = "dân vận"
    page = get(client, "/?q=dân+vậnn&year=2021")
    note = page.one("p", class_="suggestion")
    assert note.text == "Không có kết quả cho “dân vậnn”. Hiển thị kết quả cho: dân vận"
    assert query(note.link("dân vận")) == {"q": ["dân vận"], "year": ["2021"]}
    hit = page.one("ol", class_="hits").all("a")[0].attributes["href"] or ""
    assert query(hit)["q"] == ["dân vận"]  # the highlights of the document


def test_facets_chips_and_the_form_keep_everything(client: FlaskClient) -> None:
    page = get(client, "/?q=dân&year=2021&year=2020&sort=oldest&exact=1&size=5&page=2")
    year = section(page, "year")
    links = {" ".join(a.text.split()): a.attributes["href"] or "" for a in year.all("a")}
    rest = {"q": ["dân"], "sort": ["oldest"], "exact": ["1"], "size": ["5"]}
    assert query(links["2024 1"]) == rest | {"year": ["2021", "2020", "2024"]}
    assert query(links["Bỏ chọn 2021 1"]) == rest | {"year": ["2020"]}
    chips = page.one("ul", class_="chips")
    assert query(chips.all("a")[0].attributes["href"] or "") == rest | {"year": ["2020"]}
    assert query(chips.link("Bỏ tất cả")) == rest
    hidden = [
        (i.attributes["name"], i.attributes["value"])
        for i in page.one("form", class_="box").all("input", type="hidden")
    ]
    assert hidden == [
        ("year", "2021"),
        ("year", "2020"),
        ("sort", "oldest"),
        ("exact", "1"),
        ("size", "5"),
    ]


def test_sort_and_exact_are_links(client: FlaskClient, archive: FakeArchive) -> None:
    page = get(client, "/?q=dân")
    assert query(page.link("Cũ nhất")) == {"q": ["dân"], "sort": ["oldest"]}
    assert query(page.link("Chỉ khớp đúng dấu: đang tắt")) == {"q": ["dân"], "exact": ["1"]}
    page = get(client, "/?q=dân&exact=1&sort=oldest")
    assert query(page.link("Chỉ khớp đúng dấu: đang bật")) == {"q": ["dân"], "sort": ["oldest"]}
    assert archive.asked[-1].exact
    assert archive.asked[-1].sort is Sort.OLDEST


def test_a_search_without_words_cannot_be_sorted_by_relevance(client: FlaskClient) -> None:
    page = get(client, "/?year=2021")
    assert "Liên quan nhất" not in text_of(page)
    orders = page.one("nav", class_="orders").all("a")
    assert [a.text for a in orders if "aria-current" in a.attributes] == ["Mới nhất"]


def test_an_archive_without_dates_has_no_newest_documents(client: FlaskClient) -> None:
    undated = app_of(FakeArchive((UNTITLED,))).test_client()
    assert get(undated, "/").one("section", class_="newest").one("h2").text != "Mới nhất"
    assert get(client, "/").one("section", class_="newest").one("h2").text == "Mới nhất"
    assert "Mới nhất" not in text_of(get(undated, "/?q=dân"))
    assert "Liên quan nhất" in text_of(get(undated, "/?q=dân&sort=newest"))  # the way back


def orders(page: Element) -> list[tuple[str, bool]]:
    """Return the name of each order that is offered, and whether it is the current one."""
    found = page.one("nav", class_="orders").all("a")[:-1]
    return [(a.text, "aria-current" in a.attributes) for a in found]


def test_hits_can_be_sorted_by_title(client: FlaskClient, archive: FakeArchive) -> None:
    page = get(client, "/?q=dân&place=Kiên+Giang&place=Phú+Thọ&page=2&size=1")
    assert ("Tiêu đề", False) in orders(page)
    url = page.link("Tiêu đề")
    assert query(url) == {
        "q": ["dân"], "place": ["Kiên Giang", "Phú Thọ"], "sort": ["title"], "size": ["1"],
    }  # fmt: skip
    page = get(client, url)
    assert archive.asked[-1].sort is Sort.TITLE
    assert [name for name, current in orders(page) if current] == ["Tiêu đề"]
    assert "sort" not in query(page.link("Liên quan nhất"))


def test_titles_are_no_order_for_a_single_hit_or_without_titles() -> None:
    untitled = tuple(replace(UNTITLED, id=name) for name in "abc")
    for documents in ((KIEN_GIANG,), untitled):
        page = get(app_of(FakeArchive(documents)).test_client(), "/?q=dân")
        assert "Tiêu đề" not in text_of(page)
        page = get(app_of(FakeArchive(documents)).test_client(), "/?q=dân&sort=title")
        assert ("Tiêu đề", True) in orders(page)


def test_an_archive_without_dates_offers_titles_as_an_order() -> None:
    undated = tuple(replace(KIEN_GIANG, id=name, published=None, event_date=None) for name in "abc")
    client = app_of(FakeArchive(undated)).test_client()
    by_title = [("Tiêu đề", False)]
    assert orders(get(client, "/?q=dân")) == [("Liên quan nhất", True), *by_title]
    everything = get(client, "/?sort=newest")
    assert orders(everything) == [("Không sắp xếp", True), *by_title]
    assert query(everything.link("Tiêu đề")) == {"sort": ["title"]}


def test_paging_keeps_everything() -> None:
    page = get(over(95), "/?q=dân&sort=newest&page=5")
    pager = page.one("nav", class_="pager")
    labels = [" ".join(item.text.split()) for item in pager.all("li")]
    assert labels == ["Trang 1", "Trang 2", *(f"Trang {n}" for n in range(3, 8)), "…", "Trang 10"]
    assert query(pager.link("‹ Trước")) == {"q": ["dân"], "sort": ["newest"], "page": ["4"]}
    assert query(pager.link("Trang 1")) == {"q": ["dân"], "sort": ["newest"]}
    assert query(pager.link("Sau ›"))["page"] == ["6"]


def test_the_last_page_that_can_be_asked_for_is_the_thousandth() -> None:
    pager = get(over(1100), "/?q=dân&size=1&page=1000").one("nav", class_="pager")
    assert "Sau ›" not in pager.text
    assert "1.000" in pager.text


def test_a_page_beyond_the_last_leads_to_the_last() -> None:
    page = get(over(12), "/?q=dân&page=7")
    assert query(page.link("Đến trang cuối (trang 2)")) == {"q": ["dân"], "page": ["2"]}
    assert query(page.link("‹ Trước")) == {"q": ["dân"], "page": ["2"]}
    assert query(page.link("Tiêu đề")) == {"q": ["dân"], "sort": ["title"]}


def test_long_facets_are_folded() -> None:
    page = get(over(95), "/?q=dân&person=Người+94")
    person = section(page, "person")
    assert len(person.all("li")) == 6 + 1 + 14
    assert query(person.link("Tất cả 95 mục")) == {"q": ["dân"], "person": ["Người 94"]}
    assert "Bỏ chọn Người 94" in person.text.replace("người", "Người")


def test_nothing_found_says_what_can_be_changed(client: FlaskClient) -> None:
    page = get(client, '/?q="dân+vận"&exact=1&year=1999&report_type=sơ+kết')
    assert "Không tìm thấy tài liệu nào." in text_of(page)
    kept = {"q": ['"dân vận"'], "exact": ["1"]}
    assert query(page.link("Bỏ mọi điều kiện lọc (4 kết quả)")) == kept
    assert query(page.link("Bỏ lọc 1999 (1 kết quả)")) == kept | {"report_type": ["sơ kết"]}
    assert "Bỏ lọc Sơ kết" not in text_of(page)  # nothing is found without it either
    assert "Tìm cả chữ khác dấu" not in text_of(page)


def test_nothing_found_at_all_gives_advice(client: FlaskClient) -> None:
    page = get(client, '/?q="không hề"+-có')
    assert "Thử một trong" not in text_of(page)
    assert "kiểm tra chính tả" in text_of(page)


def test_a_hit_leads_to_its_passage(client: FlaskClient) -> None:
    page = get(client, "/?q=dân+vận")
    for hit in page.one("ol", class_="hits").all("li"):
        url = hit.all("a")[0].attributes["href"] or ""
        anchor = urlsplit(url).fragment
        snippet = hit.one("p", class_="snippet")
        found = get(client, url).one("mark", id=anchor)
        assert found.text == snippet.all("mark")[0].text


def test_years_are_a_chart(client: FlaskClient) -> None:
    page = app_of(FakeArchive((*many(4), TAM_NONG))).test_client()
    year = section(get(page, "/?q=dân"), "year")
    bars = {a.one("bdi").text: a.one("rect").attributes["width"] for a in year.all("a")}
    assert bars == {"2020": "25", "2021": "100"}


def test_months_are_a_chart_within_the_chosen_years() -> None:
    dates = ("2021-01-08", "2021-01-20", "2021-11-02", "2020-07-01")
    documents = [
        replace(document, id=day, published=date.fromisoformat(day))
        for document, day in zip(many(4), dates, strict=True)
    ]
    client = app_of(FakeArchive(tuple(documents))).test_client()
    assert get(client, "/?q=dân").all("section", data_facet="month") == []
    assert get(client, "/?q=dân&month=2021-01").all("section", data_facet="month") == []

    page = get(client, "/?q=dân&year=2021&page=1&sort=newest")
    links = {" ".join(a.text.split()): a for a in section(page, "month").all("a")}
    assert list(links) == ["tháng 1/2021 2", "tháng 11/2021 1"]
    assert links["tháng 11/2021 1"].one("rect").attributes["width"] == "50"
    chosen = links["tháng 11/2021 1"].attributes["href"] or ""
    assert query(chosen) == {
        "q": ["dân"],
        "year": ["2021"],
        "month": ["2021-11"],
        "sort": ["newest"],
    }

    page = get(client, chosen)
    assert len(page.one("ol", class_="hits").all("li")) == 1
    assert len(section(page, "month").all("a")) == 2  # its siblings stay
    chips = page.one("ul", class_="chips")
    said_of_month = " ".join(chips.all("a")[1].text.split())
    assert said_of_month == "Bỏ lọc Nhãn month: 11/2021×"
    year = chips.all("a")[0].attributes["href"] or ""
    assert query(year) == {"q": ["dân"], "sort": ["newest"]}  # the month goes with its year


@pytest.mark.parametrize("month", ["x", "2021-13", "2021", "9999-99", "-", "<b>"])
def test_a_month_that_is_none_matches_nothing(client: FlaskClient, month: str) -> None:
    page = get(client, f"/?q=dân&year=2021&month={month}")
    assert "Không tìm thấy tài liệu nào." in text_of(page)
    assert query(page.link(f"Bỏ lọc {month} (1 kết quả)")) == {"q": ["dân"], "year": ["2021"]}


def test_a_province_unfolds_into_its_districts(client: FlaskClient) -> None:
    place = section(get(client, "/?q=dân&place=Phú+Thọ/Tam+Nông"), "place")
    rows = {item.all("bdi")[0].text.title(): item for item in place.all("li")}
    fold = rows["Phú Thọ"].one("details")
    assert "open" in fold.attributes
    assert [a.one("bdi").text for a in fold.all("a")] == ["Tam Nông"]
    of_both_names = rows["An Giang (Kiên Giang Cũ)"]
    assert query(of_both_names.all("a")[0].attributes["href"] or "") == {
        "q": ["dân"],
        "place": ["Phú Thọ/Tam Nông", "An Giang"],
    }
    assert query(of_both_names.one("details").one("a").attributes["href"] or "") == {
        "q": ["dân"],
        "place": ["Phú Thọ/Tam Nông", "Kiên Giang/Giang Thành"],
    }
    assert "Kiên Giang" not in rows


def test_a_former_province_stands_below_that_of_today_where_others_joined_it() -> None:
    old = replace(KIEN_GIANG, id="old")
    new = replace(KIEN_GIANG, id="new", places=(Place("An Giang", "Gò Quao", "An Giang"),))
    client = app_of(FakeArchive((old, new))).test_client()
    place = section(get(client, "/?q=dân"), "place")
    names = [bdi.text for bdi in place.all("bdi")]
    assert names == ["An Giang", "Gò Quao", "Kiên Giang cũ", "Giang Thành"]
    chips = get(client, "/?q=dân&place=Kiên+Giang").one("ul", class_="chips")
    assert "(nay là An Giang)" in chips.text


def test_a_document_can_be_cited(client: FlaskClient) -> None:
    cited = get(client, "/doc/000_kien-giang").one("p", id="cau-trich").text
    assert cited == (
        f"Minh Trí, “{KIEN_GIANG.title}”, Cổng thông tin điện tử huyện Giang Thành,"
        " 08/01/2021, https://giangthanh.example/dan-van."
    )
    assert (
        "http://localhost/doc/001_tam-nong."
        in get(client, "/doc/001_tam-nong").one("p", id="cau-trich").text
    )


def test_similar_documents(client: FlaskClient, archive: FakeArchive) -> None:
    assert get(client, "/doc/000_kien-giang").all("section", class_="similar") == []
    archive.similar = lambda document, limit: (TAM_NONG, UNTITLED)  # type: ignore[attr-defined]
    near = get(client, "/doc/000_kien-giang").one("section", class_="similar")
    assert near.all("a")[0].attributes["href"] == "/doc/001_tam-nong"


def test_a_document(client: FlaskClient) -> None:
    page = get(client, "/doc/000_kien-giang?q=dân+vận&year=2021&page=2")
    assert page.one("h1").text == KIEN_GIANG.title
    assert [p.text for p in page.one("div", class_="text").all("p")] == KIEN_GIANG.body.split(
        "\n\n"
    )
    marks = page.one("div", class_="text").all("mark")
    assert len(marks) == 3
    for mark in marks:  # its id is its place in the body
        start = int((mark.attributes["id"] or "c-1")[1:])
        assert KIEN_GIANG.body.startswith(mark.text, start)
    assert page.link("đến kết quả khớp đầu tiên") == f"#{marks[0].attributes['id']}"
    rows = {row.one("dt").text: row.one("dd") for row in page.one("dl").all("div")}
    assert rows["Ngày đăng"].text == "08/01/2021, 14:49"
    assert rows["Ngày diễn ra"].text == "07/01/2021"
    place = rows["Địa bàn"].link("Giang Thành, Kiên Giang (nay là An Giang)")
    assert query(place) == {"place": ["Kiên Giang/Giang Thành"]}
    assert query(rows["Nhân vật"].link("Tạ Văn Dũng")) == {"person": ["Tạ Văn Dũng"]}
    assert query(page.link("‹ Trở lại kết quả tìm kiếm")) == {
        "q": ["dân vận"],
        "year": ["2021"],
        "page": ["2"],
    }
    original = page.one("p", class_="original").one("a").attributes
    assert original["href"] == KIEN_GIANG.url
    assert {"noopener", "noreferrer"} <= set((original["rel"] or "").split())


def test_a_document_opened_without_a_search_has_no_highlights(client: FlaskClient) -> None:
    page = get(client, "/doc/001_tam-nong")
    assert page.all("mark") == []
    assert page.all("p", class_="back") == []
    assert page.all("p", class_="original") == []  # its address is `javascript:`
    rows = {row.one("dt").text: row.one("dd") for row in page.one("dl").all("div")}
    assert rows["Địa bàn"].text == "Tam Nông, Đồng Tháp hoặc Tam Nông, Phú Thọ"
    assert len(page.one("div", class_="text").all("p")) == len(TAM_NONG.body.split("\n"))


@pytest.mark.parametrize(
    "document_id",
    [HOSTILE.id, UNTITLED.id, "/etc/passwd", "../../x", "..", ".", "a\nb", "đ%2F", "a/", "x?y#z"],
)
def test_any_id_can_be_read(document_id: str) -> None:
    archive = FakeArchive((replace(KIEN_GIANG, id=document_id),))
    client = app_of(archive).test_client()
    page = get(client, "/?q=dân")
    url = page.one("ol", class_="hits").one("a").attributes["href"] or ""
    assert url.startswith("/doc/")
    assert get(client, url).one("h1").text == KIEN_GIANG.title
    assert "q" in query(url)
    assert client.get(Links().document(document_id)).status_code == 200


@pytest.mark.parametrize("url", ["/?q={}", "/doc/000_kien-giang?q={}", "/?q=dân&author={}"])
def test_what_is_typed_is_never_markup(client: FlaskClient, url: str) -> None:
    response = client.get(url.format(Links().text(HOSTILE_TEXT).split("=", 1)[1]))
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    page = read(response.text)
    assert all(map(is_harmless, page.all("script")))


def is_harmless(script: Element) -> bool:
    """Return True if a <script> is a file of static/, or data that is only JSON."""
    if script.attributes["type"] == "application/ld+json":
        return bool(json.loads(script.text))
    return "src" in script.attributes


def test_what_a_document_says_is_never_markup(client: FlaskClient) -> None:
    for url in ("/?q=dân+vận", Links().document(HOSTILE.id)):
        page = get(client, url)
        assert all(map(is_harmless, page.all("script")))
        assert page.all("img") == []
        assert page.all("b") == page.all("i") == []
    assert page.one("h1").text == HOSTILE.title
    assert "onclick" not in page.one("p", class_="original").one("a").attributes


def test_lone_surrogates_do_not_break_a_page() -> None:
    archive = FakeArchive((replace(KIEN_GIANG, title="dân \ud800 vận"),))
    client = app_of(archive).test_client()
    assert client.get("/?q=dân").status_code == 200
    assert client.get("/api/search?q=dân").status_code == 200
    assert client.get("/?q=%ED%A0%80%FF").status_code == 200


def test_the_guide_has_examples_that_lead_to_searches(client: FlaskClient) -> None:
    page = get(client, "/huong-dan")
    links = [link for part in page.one("main").all("dl") for link in part.all("a")]
    assert len(links) > 10
    for link in links:
        assert query(link.attributes["href"] or "") == {"q": [link.text]}


def test_the_guide_lists_its_chapters(client: FlaskClient) -> None:
    page = get(client, "/huong-dan")
    chapters = [(f"#{h.attributes['id']}", h.text) for h in page.one("main").all("h2")]
    listed = [(a.attributes["href"], a.text) for a in page.one("nav", class_="contents").all("a")]
    assert listed == chapters


def test_the_guide_names_every_field(client: FlaskClient) -> None:
    (lead,) = [c.lead for c in GUIDE if c.anchor == "mot-phan"]
    named = set(re.findall(r"\w+", lead))
    explained = {FIELDS[name] for name in named & set(FIELDS)}
    assert explained == set(FIELDS.values())


def test_a_long_query_still_gives_a_page(client: FlaskClient) -> None:
    response = client.get("/", query_string={"q": "ậ " * 500})
    assert response.status_code == 200
    assert len(response.data) < 400_000
    page = get(client, "/?q=" + "(" * 1_001, 400)
    assert "Tham số “q” trong địa chỉ phải dài không quá 1.000 ký tự." in text_of(page)
    assert len(client.get("/", query_string={"q": "đ" * 10_000}).data) < 10_000


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ('"quy chế" -dân', "quy chế -dân"),
        ('=a b* -"c d" e', 'a e b* -"c d"'),
        ('"khéo vận dân"~5', "khéo vận dân"),
        ('tiêu_đề:"dân vận khéo"', "tiêu_đề:dân vận khéo"),
        ('-("sơ kết" (quý)) "vận dân khéo"', 'vận dân khéo -("sơ kết" (quý))'),
        ('"a b" -(c "d")', 'a b -(c "d")'),
    ],
)
def test_the_offer_of_single_words_keeps_exclusions(text: str, apart: str) -> None:
    results = FakeArchive(()).search(SearchRequest(text))
    with app_of().test_request_context("/"):
        found = no_results(results, Links(), lambda request: 1)
    assert [query(link.url)["q"] for link in found.remedies] == [[apart]]


def test_the_page_size_and_the_listing_are_kept(client: FlaskClient) -> None:
    page = get(client, "/?q=dân&size=1&page=2")
    assert page.all("p", class_="snippet")
    answer = client.get(page.link("20"))
    assert answer.status_code == 303
    assert answer.location == "/?q=d%C3%A2n"
    assert client.get(page.link("Thu gọn")).status_code == 303
    page = get(client, "/?q=dân")
    sizes = page.one("nav", class_="listing-wishes")
    chosen = [a.text for a in sizes.all("a") if "aria-current" in a.attributes]
    assert chosen == ["20", "Thu gọn"]
    assert not page.all("p", class_="snippet")
    # The URL decides where it states a size, and programs get what they always got.
    assert len(get(client, "/?q=dân&size=1").one("ol", class_="hits").all("li")) == 1
    assert client.get("/api/search?q=dân").get_json()["size"] == 10


@pytest.mark.parametrize("cookie", ["0", "7", "-1", "x", "100000"])
def test_a_page_size_that_nobody_offered_is_ignored(client: FlaskClient, cookie: str) -> None:
    client.set_cookie("tracuu_size", cookie)
    client.set_cookie("tracuu_list", cookie)
    page = get(client, "/?q=dân")
    assert "size" not in query(page.link("Mới nhất"))
    assert page.all("p", class_="snippet")


def test_an_official_document_and_what_cites_it() -> None:
    law = replace(
        TAM_NONG,
        id="qd",
        number="15/2023/QĐ-UBND",
        document_type="Quyết định",
        issuer="UBND tỉnh",
        published=date(2023, 5, 4),
        effective=date(2023, 5, 20),
    )
    cited = ("Quyết định số 15/2023/QĐ-UBND",)
    citing = [replace(KIEN_GIANG, id=f"c{at}", title=f"Bài {at}", cited=cited) for at in range(7)]
    other = replace(KIEN_GIANG, id="o", cited=("Quyết định số 15",))
    client = app_of(FakeArchive((law, other, *citing))).test_client()
    page = get(client, "/doc/qd")
    legal = page.one("section", class_="legal")
    assert [dt.text for dt in legal.all("dt")] == [
        "Số hiệu",
        "Loại văn bản",
        "Cơ quan ban hành",
        "Ngày ban hành",
        "Có hiệu lực từ",
        "Tình trạng",
    ]
    assert "Ngày đăng" not in text_of(page)
    section = page.one("section", class_="similar")
    assert len(section.all("li")) == 5
    everything = get(client, section.link("7 tài liệu"))
    assert "7 kết quả" in text_of(everything)


@pytest.mark.parametrize(
    ("effective", "expires", "status"),
    [
        (date(2000, 1, 1), None, "đã có hiệu lực"),
        (date(2000, 1, 1), date(2000, 12, 31), "đã hết hiệu lực"),
        (None, date(2000, 12, 31), "đã hết hiệu lực"),
        (date(2999, 1, 1), date(2999, 12, 31), "chưa có hiệu lực"),
        (None, date(2999, 12, 31), None),
        (None, None, None),
    ],
)
def test_the_dates_of_a_document_say_whether_it_is_in_force(
    effective: date | None, expires: date | None, status: str | None
) -> None:
    law = replace(TAM_NONG, id="qd", number="1/QĐ", effective=effective, expires=expires)
    legal = get(app_of(FakeArchive((law,))).test_client(), "/doc/qd").one("section", class_="legal")
    shown = {row.one("dt").text: row.one("dd").text.strip() for row in legal.one("dl").all("div")}
    wanted = f"{status} (theo ngày ghi trong văn bản)" if status else None
    assert shown.get("Tình trạng") == wanted


def test_a_printed_search_says_where_and_when(client: FlaskClient) -> None:
    printed = get(client, "/?q=dân&year=2021").one("p", class_="printed").text
    assert printed.startswith("Tra Cứu, ngày ")
    assert printed.endswith("http://localhost/?q=dân&year=2021")


def test_the_guide_has_examples_that_find_something_here() -> None:
    archive = FakeArchive((replace(KIEN_GIANG, title="Bản tin", cited=("Bản tin",)),))
    page = get(app_of(archive).test_client(), "/huong-dan")
    for link in page.one("section", aria_labelledby="cum-tu").all("a"):
        (text,) = query(link.attributes["href"] or "")["q"]
        assert archive.search(SearchRequest(text)).total, text
    assert page.one("section", aria_labelledby="cum-tu").link('"Tạ Văn Dũng"')


def test_the_guide_explains_the_writing_where_nothing_can_be_found() -> None:
    page = get(app_of(FakeArchive(())).test_client(), "/huong-dan")
    shown = {" ".join(kbd.text.split()) for kbd in page.all("kbd")}
    assert {example.text for chapter in GUIDE for example in chapter.examples} <= shown
    page = get(app_of(None, Path("nowhere")).test_client(), "/huong-dan")
    assert page.link("dân vận")

"""The page with all values of a facet, over an archive in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import KIEN_GIANG, FakeArchive
from flask.testing import FlaskClient
from pages import Element, app_of, query, read

from indexer import name_key
from search_ui.pages.facet_page import AT_ONCE

MORE = tuple(f"Dũng {number}" for number in range(10, 40))
NAMES = ("Ông Tám", "Đặng Ân", "Dũng", "Ăn", "An", "Ân", "12 Tòng", "Đào Á", "“Tý”")


def over(names: tuple[str, ...]) -> FlaskClient:
    """Return a client of an archive with a document for each name, which has it as a person; the
    first name has two documents."""
    documents = [
        replace(KIEN_GIANG, id=f"trang-{number}", persons=(name,))
        for number, name in enumerate((names[0], *names))
    ]
    return app_of(FakeArchive(tuple(documents))).test_client()


def get(client: FlaskClient, url: str) -> Element:
    response = client.get(url)
    assert response.status_code == 200, url
    return read(response.text)


def named(page: Element) -> list[str]:
    return list(choices(page))


def choices(page: Element) -> dict[str, Element]:
    return {
        row.one("bdi").text: row
        for row in page.one("form", class_="choosing").all("li")
        if row.all("bdi")
    }


def sent(form: Element, *ticked: str) -> list[tuple[str, str]]:
    """Return the (name, value) pairs that a browser sends for a form after these values were
    ticked too."""
    pairs = []
    for field in form.all("input"):
        name, value = field.attributes["name"] or "", field.attributes.get("value") or ""
        box = field.attributes["type"] == "checkbox"
        if not box or "checked" in field.attributes or value in ticked:
            pairs.append((name, value))
    return pairs


def test_all_values_in_alphabetical_order_under_their_letters() -> None:
    page = get(over((*NAMES, *MORE)), "/chon/person?q=dân")
    assert [heading.text for heading in page.all("h2")] == [*"0–9 A Ă Â D Đ Ô".split(), "…"]
    # The fake archive capitalises labels; only the order matters here.
    assert named(page) == [n.capitalize() for n in sorted((*NAMES, *MORE), key=name_key)]
    counts = {name: link.one("span").text for name, link in choices(page).items()}
    assert (counts["Ông tám"], counts["Dũng"]) == ("2", "1")
    assert "39 mục trong kết quả tìm kiếm “dân”" in " ".join(page.one("main").text.split())
    ids = {f"#{heading.attributes['id']}" for heading in page.all("h2")}
    letters = page.one("nav", class_="letters").all("a")
    assert len(letters) == len(ids)


def test_space_before_a_name_does_not_change_its_letter() -> None:
    page = get(over((" Ba", "An", "  Anh", "ba", *MORE)), "/chon/person")
    assert [heading.text for heading in page.all("h2")] == ["A", "B", "D"]


def test_few_values_need_no_letters() -> None:
    page = get(over(NAMES), "/chon/person?q=dân")
    assert page.all("h2") == page.all("nav", class_="letters") == []
    assert named(page) == [n.capitalize() for n in sorted(NAMES, key=name_key)]


def test_several_values_are_chosen_at_once_within_the_search() -> None:
    client = over(NAMES)
    page = get(client, "/chon/person?q=dân&year=2021&person=Dũng&sort=newest&exact=1&size=5")
    rest = {"q": ["dân"], "year": ["2021"], "sort": ["newest"], "exact": ["1"], "size": ["5"]}
    assert query(page.link("‹ Trở lại kết quả tìm kiếm")) == rest | {"person": ["Dũng"]}
    form = page.one("form", class_="choosing")
    ticked = [
        name for name, row in choices(page).items() if "checked" in row.one("input").attributes
    ]
    assert ticked == ["Dũng"]
    show = next(b for b in form.all("button") if b.text == "Xem kết quả").attributes
    pairs = [*sent(form, "Đào Á", "An"), (show["name"] or "", show["value"] or "")]
    answer = client.get(form.attributes["action"] or "", query_string=pairs)
    assert answer.status_code == 303
    assert answer.location.startswith("/?")
    assert query(answer.location) == rest | {"person": ["An", "Dũng", "Đào Á"]}


def test_ticks_are_kept_when_the_list_is_filtered() -> None:
    client = over(NAMES)
    form = get(client, "/chon/person?q=dân").one("form", class_="choosing")
    pairs = [(name, "tám" if name == "loc" else value) for name, value in sent(form, "Dũng")]
    page = read(client.get(form.attributes["action"] or "", query_string=pairs).text)
    assert named(page) == ["Ông tám"]
    form = page.one("form", class_="choosing")
    assert dict(sent(form, "Ông Tám")) == {"q": "dân", "loc": "tám", "person": "Ông Tám"}
    assert sent(form, "Ông Tám").count(("person", "Dũng")) == 1


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("dang", ["Đặng ân"]),
        ("ĐẶNG", ["Đặng ân"]),
        ("đ", ["Đào á", "Đặng ân"]),
        ("an", ["An", "Ăn", "Ân", "Đặng ân"]),
        ("ân", ["Ân", "Đặng ân"]),
        ("xyz", []),
        (" ", None),
    ],
)
def test_a_form_filters_the_values(typed: str, left: list[str] | None) -> None:
    client = over(NAMES)
    page = get(client, "/chon/person?q=dân&year=2021")
    form = page.one("form", class_="choosing")
    kept = [(i.attributes["name"], i.attributes["value"]) for i in form.all("input", type="hidden")]
    assert kept == [("q", "dân"), ("year", "2021")]
    page = read(client.get("/chon/person", query_string={"loc": typed, "q": "dân"}).text)
    if left is None:
        assert len(named(page)) == len(NAMES)
        return
    assert named(page) == left
    assert page.one("input", id="loc").attributes["value"] == typed
    assert query(page.link("Hiện tất cả")) == {"q": ["dân"]}


def test_a_very_long_list_has_pages_and_letters_lead_to_theirs() -> None:
    names = (*(f"A {number:04d}" for number in range(AT_ONCE)), "Bà", "C")
    client = over(names)
    page = get(client, "/chon/person?q=dân&loc=")
    assert len(named(page)) == AT_ONCE
    assert f"{AT_ONCE + 2:,}".replace(",", ".") + " mục" in page.one("main").text
    b = page.one("nav", class_="letters").link("B")
    assert query(b.partition("#")[0]) == {"q": ["dân"], "page": ["2"]}
    assert named(get(client, b)) == ["Bà", "C"]
    assert query(page.link("Sau ›"))["page"] == ["2"]
    assert named(get(client, "/chon/person?q=dân&page=99")) == ["Bà", "C"]
    onward = get(client, "/chon/person?q=dân&loc=a").link("Sau ›")
    assert query(onward) == {"q": ["dân"], "page": ["2"], "loc": ["a"]}
    assert named(get(client, onward)) == ["Bà"]


def test_months_stay_in_their_order_and_have_no_letters() -> None:
    page = get(over(NAMES), "/chon/month")
    assert named(page) == ["tháng 1/2021"]
    assert page.all("nav", class_="letters") == []
    assert "1 mục trong kho" in " ".join(page.one("main").text.split())


def test_a_search_without_hits_has_no_values_to_choose() -> None:
    page = get(over(NAMES), "/chon/person?q=zzz")
    assert "0 mục" in page.one("main").text
    assert named(page) == []


def test_an_unknown_facet_has_no_page() -> None:
    client = over(NAMES)
    for name in ("x", "q", "../person", "source"):  # the last has no value in this archive
        assert client.get(f"/chon/{name}").status_code == 404
    assert client.get("/chon/person?page=0").status_code == 400


def test_values_of_documents_are_never_markup() -> None:
    client = over(('<b>"x"</b>', "a & b", "\u202eđảo"))
    page = get(client, '/chon/person?loc="><script>alert(1)</script>')
    assert page.all("b") == []
    assert get(client, "/chon/person").all("b") == []


def test_a_province_and_its_former_name_are_one_value(client: FlaskClient) -> None:
    page = get(client, "/chon/place?q=dân")
    names = named(page)
    assert "An Giang (Kiên Giang cũ)" in names
    assert not {"An giang", "Kiên giang", "Kiên giang (nay là An Giang)"} & set(names)
    assert f"{len(names)} mục" in page.one("main").text
    assert named(get(client, "/chon/place?q=dân&loc=kiên"))[0] == "An Giang (Kiên Giang cũ)"
    ticked = get(client, "/chon/place?q=dân&place=Kiên+Giang")
    assert "Kiên giang (nay là An Giang)" in named(ticked)


def test_months_go_with_an_unticked_year(client: FlaskClient) -> None:
    page = get(client, "/chon/year?q=dân&year=2020&year=2021&month=2021-01&month=2020-07")
    form = page.one("form", class_="choosing")
    pairs = [*(pair for pair in sent(form) if pair != ("year", "2021")), ("xem", "1")]
    answer = client.get(form.attributes["action"] or "", query_string=pairs)
    assert query(answer.location) == {"q": ["dân"], "year": ["2020"], "month": ["2020-07"]}


def test_a_month_alone_stays_when_other_years_are_ticked(client: FlaskClient) -> None:
    form = get(client, "/chon/year?q=dân&month=2021-01").one("form", class_="choosing")
    pairs = [*sent(form, "2020"), ("xem", "1")]
    answer = client.get(form.attributes["action"] or "", query_string=pairs)
    assert query(answer.location)["month"] == ["2021-01"]


def test_a_value_as_long_as_a_paragraph_can_be_chosen() -> None:
    long = "chủ đề " * 280
    client = over([long, "An"])
    form = get(client, "/chon/person?q=dân").one("form", class_="choosing")
    answer = client.get(form.attributes["action"] or "", query_string=sent(form, long))
    assert answer.status_code == 200
    assert client.get("/", query_string={"person": long}).status_code == 200

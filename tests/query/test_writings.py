"""Numbers and names with several writings find each other, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import build
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lexicons import DictLexicon

from indexer import Archive, SearchRequest
from indexer.analysis.roman import to_roman
from indexer.query.interpret import interpret
from indexer.query.plan import positive_phrases
from indexer.relaxation import Relaxation

SAME: dict[str, list[str]] = {
    "day": ["2/9/1945", "02-09-1945", "02.09.1945", "ngày 2 tháng 9 năm 1945",
            "2 tháng 9, 1945", "2-9 năm 1945", "ngày 2 tháng Chín năm 1945"],
    "month": ["tháng 9/2004", "tháng 9 năm 2004", "tháng 9-2004", "9/2004", "tháng Chín năm 2004"],
    "day of a year": ["ngày 30/4", "ngày 30 tháng 4", "30/4", "30-4"],
    "women's day": ["8/3", "ngày 8-3", "mùng 8 tháng 3", "ngày 8 tháng ba"],
    "time": ["7h30", "7 giờ 30", "7g30", "07h30", "7:30"],
    "full hour": ["18h", "18 giờ"],
    "weight": ["10kg", "10 kg", "10 ki-lô-gam"],
    "area": ["100m²", "100 m²", "100m2", "100 m2", "100 mét vuông"],
    "temperature": ["37°C", "37 °C", "37 độ C"],
    "amount": ["5.000.000 đồng", "5000000 đồng", "5,000,000 đồng", "5.000.000đ"],
    "amount with unit": ["1.500.000đ", "1500000đ", "1500000 đ", "1,500,000đ"],
    "virus": ["covid19", "Covid-19", "COVID 19"],
    "conference": ["COP28", "COP 28", "COP-28"],
    "plane": ["F16", "F-16"],
    "plate": ["29A-123.45", "29A-12345", "29A 12345", "29A12345", "29A 123.45"],
    "phone": ["0912 345 678", "0912.345.678", "0912345678", "091 234 5678"],
    "line phone": ["024 3825 1234", "024.3825.1234", "(024) 3825 1234", "02438251234"],
    "service phone": ["1900 6868", "19006868", "1900.6868"],
    "century": ["thế kỷ XX", "thế kỷ 20", "thế kỷ thứ XX", "thế kỷ thứ 20"],
    "congress": ["Đại hội XIII", "Đại hội 13", "Đại hội lần thứ XIII", "Đại hội lần thứ 13",
                 "Đại hội đại biểu toàn quốc lần thứ XIII"],
    "term": ["khóa XV", "khóa 15"],
    "quarter": ["quý II", "quý 2", "quý hai"],
    "quarter of a year": ["quý IV/2020", "quý 4 năm 2020", "quý IV năm 2020", "quý 4-2020"],
    "four digits": ["1.200m2", "1200m²", "1200 m2", "1.200 m²", "1,200 m2"],
    "session": ["kỳ họp thứ 8", "kỳ họp thứ VIII", "kỳ họp thứ tám"],
    "war": ["Thế chiến II", "Thế chiến thứ hai", "Chiến tranh thế giới thứ hai",
            "chiến tranh thế giới lần thứ II"],
    "rank": ["hạng nhất", "hạng I", "hạng 1"],
    "king": ["Louis XIV", "Louis 14"],
    "road": ["QL1A", "QL 1A", "quốc lộ 1A"],
    "city": ["TP.HCM", "TPHCM", "TP HCM", "Tp. Hồ Chí Minh", "thành phố Hồ Chí Minh"],
    "province": ["Đắk Lắk", "Đăk Lăk", "Đắc Lắc", "Dak Lak", "Daklak"],
    "town": ["Pleiku", "Plei Ku"],
    "other town": ["Kon Tum", "Kontum"],
    "district": ["Q.1", "quận 1", "Q1", "Quận 1"],
    "named district": ["H. Củ Chi", "huyện Củ Chi", "huyện củ chi"],
    "country": ["nước Úc", "Australia"],
    "short country": ["nước Nhật", "Nhật Bản", "Japan"],
    "other country": ["nước Đức", "Germany", "Cộng hòa Liên bang Đức"],
    "kingdom": ["nước Anh", "Anh Quốc", "Vương quốc Anh"],
    "president": ["Putin", "Pu-tin"],
    "capital": ["Mát-xcơ-va", "Matxcơva", "Moskva", "Moscow"],
    "unlisted name": ["Kha-lít-xcô", "Khalítxcô", "Kha lít xcô"],
    "longer unlisted name": ["Mi-ti-tê-ri", "Mititêri", "Mi ti tê ri"],
    "listed name in one word": ["Ăng-ghen", "Ăngghen", "Engels"],
    "name with marks": ["Béjarino", "Bejarino"],
}  # fmt: skip
"""Groups of writings of one thing; each must find all of its group."""

OTHERS = [
    "12/9/1945", "2/9/1946", "9/12/2004", "110kg", "100 m", "15000000 đồng", "Covid-20",
    "thế kỷ XXI", "Đại hội XIV", "quý III", "chủ tịch Hồ Chí Minh", "đạo đức", "quận 10",
    "29A-123.46", "0912 345 679", "F-161", "Thế chiến I", "hạng nhì", "kỳ họp thứ bảy", "QL1B",
    "7h35", "1900 đến 1945", "nhóm tư vấn", "3 tháng một lần", "Louis XV", "hội cu ly",
]  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Return an archive with a document for each writing, and some others."""
    documents = [
        {"id": f"{name}: {writing}", "text": f"Trước đó có {writing} ở trong bài."}
        for name, writings in SAME.items()
        for writing in writings
    ]
    documents += [{"id": text, "text": f"Trước đó có {text} ở trong bài."} for text in OTHERS]
    index = tmp_path_factory.mktemp("writings") / "index"
    build(index, *documents)
    with Archive.open(index) as opened:
        yield opened


def found_by(archive: Archive, text: str) -> set[str]:
    results = archive.search(SearchRequest(text, size=100, grouped=False))
    assert results.corrected is None
    return {hit.document.id for hit in results.hits}


QUOTED = ["day", "month", "weight", "area", "amount", "virus", "plane", "century", "quarter"]


@pytest.mark.parametrize("name", SAME)
def test_every_writing_finds_the_others(archive: Archive, name: str) -> None:
    every = {f"{name}: {writing}" for writing in SAME[name]}
    for writing in SAME[name]:
        assert found_by(archive, writing) == every, writing


@pytest.mark.parametrize(
    ("text", "country"),
    [("nuoc uc", "country"), ("thu tuong uc", "country"), ("nguoi duc", "other country")],
)
def test_a_country_typed_without_marks_has_its_other_name(text: str, country: str) -> None:
    lexicon = DictLexicon(["thủ tướng Australia", "nước Australia", "người Germany", "nước nhà"])
    query = interpret(text, lexicon)
    names = {"country": "australia", "other country": "germany"}
    slots = [f.slots for c in query.clauses() for e in c.entities for f in e.surface_forms]
    assert ((names[country],),) in slots


def test_a_foreign_name_finds_the_form_by_which_the_archive_explains_it(tmp_path: Path) -> None:
    bodies = ["Ông Ốp-xki (Obski) nói.", "Ông Ốp-xki (Obski) đến.", "Thơ Ốp-xki.", "Obski poems"]
    build(tmp_path / "index", *({"id": str(n), "text": body} for n, body in enumerate(bodies)))
    with Archive.open(tmp_path / "index") as archive:
        assert found_by(archive, "Obski") == found_by(archive, "Ốp-xki") == {"0", "1", "2", "3"}


@pytest.mark.parametrize("name", QUOTED)
def test_a_number_in_quotes_is_found_in_every_writing(archive: Archive, name: str) -> None:
    every = {f"{name}: {writing}" for writing in SAME[name]}
    for writing in SAME[name]:
        assert found_by(archive, f'"{writing}"') == every, writing
        assert found_by(archive, f'"trước đó có {writing} ở"') == every, writing


def test_the_words_found_are_marked_as_the_document_has_them(archive: Archive) -> None:
    for hit in archive.search(SearchRequest("2/9/1945", size=20, grouped=False)).hits:
        ((start, end),) = hit.snippet.ranges
        marked = hit.snippet.text[start:end]
        assert hit.document.id.removeprefix("day: ").removeprefix("ngày ") == marked


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("sông Sài Gòn", "tphcm"),
        ("báo Sài Gòn", "tphcm"),
        ("chiến thắng Điện Biên Phủ", "điện biên"),
        ("Nguyễn Thái Bình", "tphcm"),
        ("đạo đức", "germany"),
        ("Đức Anh", "germany"),
        ("tiểu thuyết 12", "xii"),
        ("nhóm tư vấn", "nhóm 4"),
        ("khóa năm 2010", "khoá 5"),
        ("3 tháng một lần", "3 1"),
        ("1900-1945", "19001945"),
        ("xã hội", "x hội"),
        ("Dân vận", "danvận"),
        ("T.Ư", "tỉnh ư"),
    ],
)
def test_a_name_within_another_one_has_no_other_writings(text: str, absent: str) -> None:
    lexicon = DictLexicon(
        [
            text,
            "TPHCM",
            "Sài Gòn",
            "Germany",
            "tiểu thuyết XII",
            "Điện Biên",
            "nhóm 4",
            "khóa 5",
            "ngày 3/1",
            "19001945",
            "X. Hội",
            "danvận",
            "tỉnh Ư",
        ]
    )
    phrases = {
        " ".join(" ".join(slot) for slot in phrase.slots)
        for step in Relaxation(interpret(text, lexicon), lexicon).steps()
        for phrase in positive_phrases(step.plan.match)
    }
    assert absent not in phrases


NAMED: dict[str, str] = {
    "city": "Mưa lớn ở TP.HCM chiều qua.",
    "other name": "Mưa lớn ở Sài Gòn chiều qua.",
    "river": "Nước sông Sài Gòn dâng cao, khách sạn Sài Gòn phải đóng cửa.",
    "airport": "Chuyến bay hạ cánh xuống sân bay Sài Gòn.",
    "newspaper": "Theo Sài Gòn Giải Phóng, mưa còn kéo dài.",
    "river and city": "Nước sông Sài Gòn dâng cao làm Sài Gòn ngập.",
    "streets": "Đường phố Sài Gòn vắng người, thị trường Sài Gòn trầm lắng.",
    "province": "Lúa mùa ở Thái Bình được giá.",
    "ocean": "Tàu chở lúa qua Thái Bình Dương.",
    "ocean and province": "Lúa Thái Bình vượt Thái Bình Dương.",
    "neighbour": "Khu công nghiệp ở Bình Dương mở rộng.",
    "marks missing": "Tau cho lua qua Thai Binh Duong.",
}


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    records = ({"id": name, "text": text} for name, text in NAMED.items())
    with Archive.open(build(tmp_path_factory.mktemp("named") / "index", *records)) as archive:
        yield archive


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("TP.HCM", {"city", "other name", "river and city", "streets"}),
        ("Sài Gòn", {*list(NAMED)[:4], "river and city", "streets"}),
        ("sông Sài Gòn", {"river", "river and city"}),
        ('"Sài Gòn Giải Phóng"', {"newspaper"}),
        ("Thái Bình", {"province", "ocean and province"}),
        ("lúa Thái Bình", {"province", "ocean and province"}),
        ('"Thái Bình"', {"province", "ocean and province", "ocean"}),
        ("Thái Bình Dương", {"ocean", "ocean and province"}),
        ("Bình Dương", {"neighbour"}),
    ],
)
def test_a_place_within_a_longer_name_is_not_the_place(
    named: Archive, typed: str, found: set[str]
) -> None:
    hits = named.search(SearchRequest(typed, size=20)).hits
    assert {hit.document.id for hit in hits if hit.rung == "exact"} == found


def test_only_the_place_itself_is_marked(named: Archive) -> None:
    hits = {hit.document.id: hit for hit in named.search(SearchRequest("lúa Thái Bình")).hits}
    snippet = hits["ocean and province"].snippet
    assert [snippet.text[a:b] for a, b in snippet.ranges] == ["Lúa", "Thái Bình"]


@given(st.integers(1, 39))
def test_roman_numerals_add_up_to_the_number(number: int) -> None:
    values = {"i": 1, "v": 5, "x": 10}
    digits = [values[letter] for letter in to_roman(number).lower()]
    signed = [
        -value if any(later > value for later in digits[at + 1 :]) else value
        for at, value in enumerate(digits)
    ]
    assert sum(signed) == number
    assert "iiii" not in to_roman(number).lower()


@settings(deadline=None)
@given(st.integers(1, 31), st.integers(1, 12), st.integers(1900, 2030), st.data())
def test_any_two_writings_of_a_date_find_each_other(day: int, month: int, year: int, data) -> None:  # type: ignore[no-untyped-def]
    writings = [
        f"{day}/{month}/{year}",
        f"{day:02}-{month:02}-{year}",
        f"{day:02}.{month}.{year}",
        f"ngày {day} tháng {month:02} năm {year}",
        f"{day} tháng {month} năm {year}",
    ]
    typed, written = data.draw(st.sampled_from(writings)), data.draw(st.sampled_from(writings))
    lexicon = DictLexicon([f"Bài {written} hết."])
    from indexer.analysis import terms_in

    text = " ".join(terms_in(f"Bài {written} hết."))
    step = next(iter(Relaxation(interpret(typed, lexicon), lexicon).steps()))
    assert any(
        f" {' '.join(slot[0] for slot in phrase.slots)} " in text
        for phrase in positive_phrases(step.plan.match)
    )


@settings(deadline=None)
@given(st.text(alphabet="0123456789 ./,-akgmXVI²thángnămĐ&\U0003134b", max_size=40))
@example("0\U0003134b")
def test_any_text_with_numbers_can_be_interpreted(text: str) -> None:
    lexicon = DictLexicon([text, "10kg", "10 kg", "tháng 9"])
    query = interpret(text, lexicon)
    for clause in query.clauses():
        ends = [0, *(end for entity in clause.entities for end in (entity.start, entity.end))]
        assert ends == sorted(ends)
        assert ends[-1] <= len(clause.syllables)
    list(Relaxation(query, lexicon).steps())

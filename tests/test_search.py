from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from archives import build
from hypothesis import given
from texts import ANYTHING, LONG_RUNS, VIETNAMESE, long_run, nfc, nfd

from indexer import Archive, RequestError, Results, Rung, SearchRequest, Sort
from indexer.analysis import fold
from indexer.engines.whoosh.generations.index_directory import open_engine
from indexer.search import MAX_PAGE, MAX_SIZE, Highlights, rank

RECORDS = [
    {"id": "dated-old", "title": "Dân vận năm cũ", "text": "công tác dân vận",
     "date": "2019-03-01"},
    {"id": "dated-new", "title": "Dân vận", "text": "dân vận khéo", "date": "2024-03-01",
     "category": "Tin"},
    {"id": "dated-mid", "title": "Hội nghị", "text": "bàn về dân vận", "date": "2021-03-01",
     "category": "Tin"},
    {"id": "undated-a", "title": "Dân vận", "text": "không ngày"},
    {"id": "undated-b", "title": "Không ngày", "text": "nói về dân vận"},
    {"id": "other-accent", "title": "Dẫn văn", "text": "dẫn văn, động cơ và mùa đông",
     "date": "2022-01-01"},
    {"id": "empty", "title": "", "text": "", "date": "2023-01-01"},
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("search") / "index", *RECORDS)


@pytest.fixture(scope="module")
def archive(index: Path) -> Iterator[Archive]:
    with Archive.open(index) as archive:
        yield archive


def ids(results: Results) -> list[str]:
    return [hit.document.id for hit in results.hits]


@given(text=VIETNAMESE | ANYTHING)
def test_any_text_gets_an_answer_and_both_unicode_forms_the_same(
    archive: Archive, text: str
) -> None:
    one = archive.search(SearchRequest(nfc(text)))
    other = archive.search(SearchRequest(nfd(text)))
    assert (one.rung, one.total, ids(one)) == (other.rung, other.total, ids(other))
    assert all(hit.rung == (one.rung or Rung.EXACT) for hit in one.hits)


@pytest.mark.parametrize("piece", LONG_RUNS)
def test_long_texts_get_an_answer(archive: Archive, piece: str) -> None:
    results = archive.search(SearchRequest(long_run(piece)))
    assert results.total == len(results.hits)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b", "\u00a0\ufeff"])
def test_nothing_typed_is_everything_newest_first(archive: Archive, text: str) -> None:
    results = archive.search(SearchRequest(text))
    assert (results.rung, results.total, results.suggestion) == (None, len(RECORDS), None)
    assert ids(results) == [
        "dated-new", "empty", "other-accent", "dated-mid", "dated-old", "undated-a", "undated-b",
    ]  # fmt: skip
    assert all(hit.title_ranges == () and hit.snippet.ranges == () for hit in results.hits)


@pytest.mark.parametrize("text", ["…", '"', "(((", "OR", "-", "*", "🙂"])
def test_signs_alone_find_nothing(archive: Archive, text: str) -> None:
    results = archive.search(SearchRequest(text))
    assert (results.rung, results.total, results.hits) == (None, 0, ())


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.NEWEST, ["dated-new", "dated-mid", "dated-old", "undated-a", "undated-b"]),
        (Sort.OLDEST, ["dated-old", "dated-mid", "dated-new", "undated-a", "undated-b"]),
    ],
)
def test_undated_documents_come_last_under_both_date_orders(
    archive: Archive, sort: Sort, order: list[str]
) -> None:
    found = ids(archive.search(SearchRequest("dân vận", sort=sort)))
    assert found[:3] == order[:3]
    assert sorted(found[3:]) == order[3:]


def test_titles_are_in_vietnamese_order_and_untitled_documents_last(tmp_path: Path) -> None:
    titles = ("Đất đai", "", "Dân vận tháng 10", "“Dân vận” tháng 2", "An ninh", "Ấn Độ", "Ăn Tết")
    documents = [
        {"id": f"t{number}", "title": title, "text": "dân vận"}
        for number, title in enumerate(titles)
    ]
    with Archive.open(build(tmp_path / "index", *documents)) as archive:
        for text in ("", "dan van"):
            found = archive.search(SearchRequest(text, sort=Sort.TITLE))
            assert [hit.document.title for hit in found.hits] == [
                "An ninh", "Ăn Tết", "Ấn Độ", "“Dân vận” tháng 2", "Dân vận tháng 10", "Đất đai",
                "",
            ]  # fmt: skip


def test_pages_are_slices_of_one_list(archive: Archive) -> None:
    whole = ids(archive.search(SearchRequest("dân vận", size=100)))
    assert len(whole) == 5
    for size in (1, 2, 3, 5):
        pages = [
            archive.search(SearchRequest("dân vận", page=page, size=size)) for page in range(1, 7)
        ]
        assert [i for page in pages for i in ids(page)] == whole
        assert {page.total for page in pages} == {5}
        assert {page.rung for page in pages} == {Rung.EXACT}


def test_the_rung_is_chosen_before_the_filters(archive: Archive) -> None:
    """Narrowing to a year without an exact hit shows nothing, not looser hits of that year."""
    results = archive.search(SearchRequest("dân vận", filters={"year": ("2022",)}))
    assert (results.rung, results.total) == (Rung.EXACT, 0)
    (year,) = (facet for facet in results.facets if facet.name == "year")
    assert {v.value: (v.count, v.selected) for v in year.values} == {
        "2024": (1, False),
        "2022": (0, True),
        "2021": (1, False),
        "2019": (1, False),
    }
    folded = archive.search(SearchRequest("dan van", filters={"year": ("2022",)}))
    assert (folded.rung, ids(folded)) == (Rung.FOLDED, ["other-accent"])


def test_counts_of_a_facet_are_disjunctive_and_narrow_the_others(archive: Archive) -> None:
    results = archive.search(SearchRequest("dân vận", filters={"section": ("Tin",)}))
    counts = {f.name: {v.value: v.count for v in f.values} for f in results.facets}
    assert counts["section"] == {"Tin": 2}
    assert counts["year"] == {"2024": 1, "2021": 1}


def test_filters_also_narrow_a_search_without_a_text(archive: Archive) -> None:
    assert ids(archive.search(SearchRequest("", filters={"year": ("2024", "2019")}))) == [
        "dated-new",
        "dated-old",
    ]


def test_exact_keeps_to_the_accents_typed(archive: Archive) -> None:
    assert ids(archive.search(SearchRequest("dan van", exact=True))) == []
    assert archive.search(SearchRequest("dẫn văn", exact=True)).total == 1


def test_pages_with_the_restored_accents_come_before_other_accents(archive: Archive) -> None:
    results = archive.search(SearchRequest("dan van"))
    assert (results.rung, results.suggestion) == (Rung.FOLDED, "dân vận")
    assert ids(results)[-1] == "other-accent"


def test_a_text_that_is_found_as_typed_gets_no_suggestion(tmp_path: Path) -> None:
    records = [{"id": str(n), "text": "dân vận"} for n in range(20)]
    index = build(tmp_path / "index", *records, {"id": "plain", "text": "họp dân phố"})
    with Archive.open(index) as archive:
        exact = archive.search(SearchRequest("dân phố"))
        assert (exact.rung, ids(exact), exact.suggestion) == (Rung.EXACT, ["plain"], None)


def test_one_page_with_the_same_slip_does_not_silence_a_suggestion(tmp_path: Path) -> None:
    records = [{"id": str(n), "text": "nhà máy thủy điện"} for n in range(20)]
    index = build(tmp_path / "index", *records, {"id": "slip", "text": "nhà máy thuy điên"})
    with Archive.open(index) as archive:
        exact = archive.search(SearchRequest("thuy điên"))
        assert (ids(exact), exact.suggestion) == (["slip"], "thuỷ điện")


def test_a_query_without_a_known_content_word_is_answered_corrected(tmp_path: Path) -> None:
    question = {"id": "1", "text": "Đó là gì? Cái gì là thế? Là gì cũng được"}
    game = {"id": "2", "text": "PUBG Corp làm trò chơi. Trò chơi của PUBG Corp"}
    with Archive.open(build(tmp_path / "index", question, game)) as archive:
        results = archive.search(SearchRequest("PUGB Corb là gì?"))
        assert results.corrected == "PUBG Corp là gì?"
        assert ids(results)[0] == "2"


@pytest.mark.parametrize("text", ["100/2019/NĐ-CP", "Nghị định 100/2019/NĐ-CP", "Nghị định 100"])
def test_a_code_is_found_without_its_marks_beside_pages_with_them(
    tmp_path: Path, text: str
) -> None:
    texts = ["theo Nghị định 100/2019/NĐ-CP", "số 100/2019/ND-CP về phạt", "số 99/2019/ND-CP"]
    records = [{"id": str(n), "text": body} for n, body in enumerate(texts)]
    with Archive.open(build(tmp_path / "index", *records)) as archive:
        assert sorted(ids(archive.search(SearchRequest(text)))) == ["0", "1"]


def test_raw_telex_is_answered_decoded_although_some_keys_are_words(tmp_path: Path) -> None:
    words = [
        {"id": f"en{n}", "text": "Vor and char. Thais like the char of the vor"} for n in range(9)
    ]
    right = {"id": "vi", "text": "Bệnh viện chữa thái dương"}
    with Archive.open(build(tmp_path / "index", *words, right)) as archive:
        results = archive.search(SearchRequest("benhj vieenj chuwax thais"))
        assert (results.corrected, ids(results)) == ("bệnh viện chữa thái", ["vi"])
        assert results.rung is not Rung.APPROXIMATE


@pytest.mark.parametrize(("field", "title", "body"), [("title", 1, 0), ("body", 0, 1)])
def test_only_the_field_asked_for_is_marked(
    archive: Archive, field: str, title: int, body: int
) -> None:
    for hit in archive.search(SearchRequest(f"{field}:vận khéo OR {field}:vận")).hits:
        assert bool(hit.title_ranges) == title
        assert bool(hit.snippet.ranges) == body


def test_marks_follow_the_accents_of_the_match(archive: Archive) -> None:
    (hit,) = archive.search(SearchRequest("đông")).hits
    assert [hit.snippet.text[a:b] for a, b in hit.snippet.ranges] == ["đông"]


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        (SearchRequest("x", page=0), "page=0"),
        (SearchRequest("x", page=-1), "page=-1"),
        (SearchRequest("x", page=MAX_PAGE + 1), f"1 to {MAX_PAGE}"),
        (SearchRequest("x", size=0), "size=0"),
        (SearchRequest("x", size=MAX_SIZE + 1), f"1 to {MAX_SIZE}"),
        (SearchRequest("x", filters={"colour": ("red",)}), "'colour'"),
    ],
)
def test_out_of_range_is_refused_with_the_remedy(
    archive: Archive, request_: SearchRequest, names: str
) -> None:
    with pytest.raises(RequestError, match=names) as caught:
        archive.search(request_)
    assert caught.value.hint


def test_an_unknown_value_of_a_facet_matches_nothing(archive: Archive) -> None:
    results = archive.search(SearchRequest("dân vận", filters={"section": ("Nào",)}))
    assert results.total == 0
    (section,) = (f for f in results.facets if f.name == "section")
    assert [(v.value, v.count, v.selected) for v in section.values] == [
        ("Tin", 2, False),
        ("Nào", 0, True),
    ]


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("dân vận", ["Dân vận"], ["dân vận"]),
        ("dan van", ["Dân vận"], ["dân vận"]),
        ("title:dân", ["Dân"], []),
        ("body:dân", [], ["dân"]),
        ("khéo -cũ", [], ["khéo"]),
        ("dân tên lửa", ["Dân"], ["dân"]),
        ("tên lửa", [], []),
        ("", [], []),
        ("…", [], []),
    ],
)
def test_highlight_marks_a_document_on_the_tightest_rung_that_it_is_on(
    archive: Archive, text: str, title: list[str], body: list[str]
) -> None:
    document = archive.document("dated-new")
    found = archive.highlight(document, text)
    assert [document.title[a:b] for a, b in found.title] == title
    assert [document.body[a:b] for a, b in found.body] == body


@pytest.mark.parametrize("text", ["huyện lut", "huyện lut họp xa", "xa huyện", "lụt hop"])
def test_one_word_typed_in_full_does_not_hide_the_marks_of_the_others(
    tmp_path: Path, text: str
) -> None:
    record = {"id": "a", "title": "Tin", "text": "Huyện họp. Hôm qua xã có lụt."}
    with Archive.open(build(tmp_path / "index", record)) as archive:
        (hit,) = archive.search(SearchRequest(text)).hits
        found = archive.highlight(hit.document, text)
        assert found.body == hit.snippet.ranges
        marked = " ".join(hit.document.body[a:b] for a, b in found.body)
        assert sorted(fold(marked.lower()).split()) == sorted(fold(text).split())


@given(text=VIETNAMESE | ANYTHING)
def test_an_opened_hit_is_marked_as_it_was_among_the_hits(archive: Archive, text: str) -> None:
    results = archive.search(SearchRequest(text))
    for hit in results.hits:
        found = archive.highlight(hit.document, results.corrected or text)
        assert found.title == hit.title_ranges
        assert found.body == hit.snippet.ranges  # all bodies are shorter than a passage


def test_highlight_marks_only_the_text_that_the_index_has(archive: Archive) -> None:
    """A rebuild may come between reading a document and marking it."""
    document = archive.document("dated-new")
    for other in (replace(document, body="khéo dân vận"), replace(document, id="gone")):
        assert archive.highlight(other, "dân vận") == Highlights((), ())


def test_ranking_goes_on_to_looser_rungs_and_names_no_document_twice(
    archive: Archive, index: Path
) -> None:
    with closing(open_engine(index)) as engine:
        listed = [name for name, _ in rank(engine, "dân vận", 100)]
        assert len(listed) == len(set(listed))
        assert set(listed[:5]) == set(ids(archive.search(SearchRequest("dân vận"))))
        assert listed[5:] == ["other-accent"]
        assert [name for name, _ in rank(engine, "dân vận", 3)] == listed[:3]
        assert list(rank(engine, "  ", 3)) == []


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("tinh ủy", "tỉnh ủy"),
        ("HUYỆN ỦY dan van", "HUYỆN ỦY dân vận"),
        ("tinh u\u0309y", "tỉnh ủy"),
        ("\u201ctinh\u200b ủy\u201d", "\u201ctỉnh\u200b ủy\u201d"),
    ],
)
def test_a_suggestion_keeps_the_spelling_of_words_that_it_does_not_correct(
    tmp_path: Path, typed: str, offered: str
) -> None:
    text = "Tỉnh uỷ và huyện uỷ làm công tác dân vận"
    index = build(tmp_path / "index", {"id": "1", "title": "", "text": text})
    with Archive.open(index) as archive:
        assert archive.search(SearchRequest(typed)).suggestion == offered


def test_a_page_found_by_its_place_has_no_marks_of_looser_rungs(tmp_path: Path) -> None:
    record = {"id": "1", "text": "Vì hòa bình. Sau đó ninh xương.", "place": "Gia Viễn, Ninh Bình"}
    with Archive.open(build(tmp_path / "index", record)) as archive:
        document = archive.document("1")
        assert archive.search(SearchRequest("Ninh Bình")).rung is Rung.EXACT
        assert archive.highlight(document, "Ninh Bình").body == ()
        assert len(archive.highlight(document, "bình ninh").body) == 2
        assert len(archive.highlight(document, 'nơi:"Ninh Bình" nình').body) == 1


def test_one_slip_in_a_long_question_does_not_hide_what_it_asks_for(tmp_path: Path) -> None:
    """No page has all the words, so the approximate rung also searches for the corrected text."""
    records = [
        {"id": "right", "title": "", "text": "Hợp tác xã nuôi gia cầm theo hướng an toàn."},
        {"id": "other", "title": "", "text": "Hợp tác xã theo hướng an toàn, theo hướng mới."},
        {"id": "far", "title": "", "text": "Gia đình cầm vé đi xem bóng đá."},
    ]
    with Archive.open(build(tmp_path / "i", *records)) as archive:
        asked = "hợp tác xã nào nuôi gai cầmm theo hướng an toàn"
        results = archive.search(SearchRequest(asked))
        assert results.rung is Rung.APPROXIMATE
        assert ids(results)[0] == "right"
        hit = results.hits[0]
        marked = [hit.snippet.text[a:b] for a, b in hit.snippet.ranges]
        assert any("cầm" in words for words in marked)
        # Exclusions also apply to the corrected text.
        assert "right" not in ids(archive.search(SearchRequest(f"{asked} -nuôi")))
        # Tighter rungs search only for the typed text.
        assert archive.search(SearchRequest("gia cầm")).rung is Rung.EXACT


def test_the_time_of_a_search_is_in_milliseconds(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.search.perf_counter", iter((10.0, 10.25)).__next__)
    assert archive.search(SearchRequest("dân vận", size=99)).took_ms == 250

"""Pinned documents: first for exactly one query text, counted once, subject to filters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_own_archive import source

from indexer import Archive, SearchRequest, Sort, rebuild, results_payload, update

RECORDS = [
    {"id": f"d{n}", "title": f"Lịch tiếp dân kỳ {n}", "text": "Lịch tiếp dân. " * (n % 5 + 1),
     "date": f"{2010 + n}-01-01", "url": f"https://xa.example/{n}"}
    for n in range(12)
] + [
    {"id": "quy-che", "text": "Quy chế làm việc của ủy ban", "date": "2015-01-01"},
    {"id": "khac", "text": "Chuyện khác", "date": "2016-01-01"},
]  # fmt: skip
PINS = """
[[pinned]]
query = "Lịch  tiếp dân"
documents = ["quy-che", "https://xa.example/3", "khong-co"]
[[pinned]]
query = "không đâu có"
documents = ["khac"]
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("pinned")
    report = rebuild([source(folder / "kho", PINS, *RECORDS)], folder / "index")
    assert report.reading.unknown_pins == ("khong-co",)
    with Archive.open(folder / "index") as opened:
        yield opened


def ids(archive: Archive, text: str, **options: Any) -> list[str]:
    results = archive.search(SearchRequest(text, **options))
    return [hit.document.id for hit in results.hits]


@pytest.mark.parametrize(
    "text", ["lịch tiếp dân", "LICH TIEP DAN", "  lịch tiếp  dân ", "lich tiếp dân"]
)
def test_pinned_documents_come_first_for_their_query_text(archive: Archive, text: str) -> None:
    results = archive.search(SearchRequest(text, size=20))
    assert [hit.document.id for hit in results.hits][:2] == ["quy-che", "d3"]
    assert [hit.pinned for hit in results.hits] == [True, True] + [False] * 11
    assert results.total == 13  # twelve match, one does not
    assert len({hit.document.id for hit in results.hits}) == 13


@pytest.mark.parametrize("text", ["lịch tiếp dân xã", "tiếp dân", '"lịch tiếp dân"', ""])
def test_pinned_documents_do_not_come_first_for_another_text(archive: Archive, text: str) -> None:
    assert not any(hit.pinned for hit in archive.search(SearchRequest(text, size=20)).hits)


def test_pinned_documents_do_not_change_the_order_of_the_rest_or_the_rung(archive: Archive) -> None:
    results = archive.search(SearchRequest("lịch tiếp dân", size=20))
    plain = [name for name in ids(archive, "lịch  tiếp dân OR xyzt", size=20) if name != "d3"]
    assert [hit.document.id for hit in results.hits][2:] == plain
    assert results.rung == "exact"


def test_each_document_is_on_one_page(archive: Archive) -> None:
    pages = [ids(archive, "lịch tiếp dân", page=page, size=5) for page in (1, 2, 3, 4)]
    assert list(map(len, pages)) == [5, 5, 3, 0]
    assert len({name for page in pages for name in page}) == 13


def test_filters_apply_to_pinned_documents_and_facets_count_them(archive: Archive) -> None:
    assert ids(archive, "lịch tiếp dân", filters={"year": ("2015",)}) == ["quy-che", "d5"]
    assert ids(archive, "lịch tiếp dân", filters={"year": ("2011",)}) == ["d1"]
    results = archive.search(SearchRequest("lịch tiếp dân"))
    years = next(facet for facet in results.facets if facet.name == "year")
    assert {v.value: v.count for v in years.values}["2015"] == 2


def test_by_date_nothing_is_pinned(archive: Archive) -> None:
    assert ids(archive, "lịch tiếp dân", sort=Sort.NEWEST)[0] == "d11"


def test_a_text_without_any_hit_still_has_its_pinned_document(archive: Archive) -> None:
    results = archive.search(SearchRequest("không đâu có", explain=True))
    assert (results.total, results.hits[0].document.id) == (1, "khac")
    explanation = results.hits[0].explanation
    assert explanation
    assert "ghim" in explanation.reasons[0]


def test_the_json_marks_pinned_hits(archive: Archive) -> None:
    hits = results_payload(archive.search(SearchRequest("lịch tiếp dân")))["hits"]
    assert [hit.get("pinned") for hit in hits][:3] == [True, True, None]


def test_pins_change_with_an_update_that_reads_no_file(tmp_path: Path) -> None:
    folder, index = source(tmp_path / "kho", "", *RECORDS), tmp_path / "index"
    rebuild([folder], index)
    with Archive.open(index) as archive:
        assert ids(archive, "lịch tiếp dân")[0] != "quy-che"
        source(folder, PINS, *RECORDS)
        report = update([folder], index)
        assert (report.replaced, report.reading.read) == (0, {})
        assert report.reading.unknown_pins == ("khong-co",)
        assert ids(archive, "lịch tiếp dân")[:2] == ["quy-che", "d3"]
        update([], index, delete=["quy-che"])
        assert ids(archive, "lịch tiếp dân")[0] == "d3"


@settings(max_examples=30)
@given(
    pinned=st.lists(st.sampled_from([f"d{n}" for n in range(12)] + ["khac", "x"]), max_size=5),
    size=st.integers(1, 6),
)
def test_pages_of_any_size_make_up_the_same_list(
    archive: Archive, pinned: list[str], size: int
) -> None:
    from indexer.query.interpret import interpret
    from indexer.relaxation import tightest_answer

    with archive._engine() as engine:
        query = interpret("lịch tiếp dân", engine.lexicon)

        def page(number: int, size: int) -> tuple[int, list[str]]:
            request = SearchRequest("lịch tiếp dân", page=number, size=size)
            found = tightest_answer(engine, query, request, Sort.RELEVANCE, pinned).matches
            return found.total, [name for name, _ in found.hits]

        total, whole = page(1, 100)
        known = [name for name in dict.fromkeys(pinned) if name != "x"]
        assert whole[: len(known)] == known
        assert total == len(whole) == len({f"d{n}" for n in range(12)} | set(known))
        parts = [name for number in range(1, total + 2) for name in page(number, size)[1]]
        assert parts == whole

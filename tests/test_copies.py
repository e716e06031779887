"""Searches in an archive of reprints: a group of copies is one hit, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import build
from copied_texts import PORTALS, reprints, story

from indexer import Archive, Results, SearchRequest, Sort, rebuild
from indexer.engines import backend
from indexer.search import LISTED_COPIES, rank

TOLD = {f"bai-{at}" for at in range(7)}
EDITED = {f"ban-{at}" for at in range(3)}
OTHERS = {"qd-15", "qd-16", "rieng"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("copies") / "index", *reprints())


@pytest.fixture(scope="module")
def archive(index: Path) -> Iterator[Archive]:
    with Archive.open(index) as archive:
        yield archive


def ids(results: Results) -> list[str]:
    return [hit.document.id for hit in results.hits]


def test_a_group_is_one_hit_and_the_total_counts_documents(archive: Archive) -> None:
    results = archive.search(SearchRequest("dân vận"))
    assert (results.total, results.distinct, results.hidden) == (13, 4, 9)
    assert set(ids(results)) > OTHERS
    assert len(results.hits) == 4
    (hit,) = (hit for hit in results.hits if hit.document.id not in OTHERS)
    exact, near = (6, 3) if hit.document.id in TOLD else (0, 9)
    assert (hit.copy_count, hit.near_count) == (exact, near)
    assert len(hit.copies) == min(exact, LISTED_COPIES)
    assert all((h.copy_count, h.near_count) == (0, 0) for h in results.hits if h is not hit)


def test_facets_count_documents(archive: Archive) -> None:
    facets = {facet.name: facet for facet in archive.search(SearchRequest("dân vận")).facets}
    assert {value.value: value.count for value in facets["publisher"].values} == dict.fromkeys(
        PORTALS, 1
    )


@pytest.mark.parametrize("sort", Sort)
def test_pages_show_each_group_once(archive: Archive, sort: Sort) -> None:
    whole = archive.search(SearchRequest("dân vận", sort=sort))
    paged = [
        name
        for page in (1, 2, 3, 4)
        for name in ids(archive.search(SearchRequest("dân vận", page, 1, sort)))
    ]
    assert paged == ids(whole)
    assert archive.search(SearchRequest("dân vận", 5, 1, sort)).hits == ()


def test_the_first_of_a_group_in_the_order_of_the_hits_is_listed(archive: Archive) -> None:
    newest = archive.search(SearchRequest("chuyện dân vận", sort=Sort.NEWEST))
    assert [name for name in ids(newest) if name in TOLD | EDITED] == ["bai-5"]
    oldest = archive.search(SearchRequest("dân vận", sort=Sort.OLDEST))
    assert ids(oldest)[0] in EDITED
    every = archive.search(SearchRequest("dân vận", size=20, grouped=False))
    best = next(name for name in ids(every) if name in TOLD | EDITED)
    assert best in ids(archive.search(SearchRequest("dân vận")))


def test_without_grouping_every_document_is_a_hit(archive: Archive) -> None:
    results = archive.search(SearchRequest("dân vận", size=20, grouped=False))
    assert (results.total, results.distinct, len(results.hits)) == (13, 13, 13)
    assert all((hit.copies, hit.copy_count, hit.near_count) == ((), 0, 0) for hit in results.hits)


def test_a_hit_stands_only_for_copies_that_pass_the_filters(archive: Archive) -> None:
    results = archive.search(SearchRequest("dân vận", filters={"year": ("2020",)}))
    assert (results.total, results.distinct) == (4, 1)
    assert (results.hits[0].copy_count, results.hits[0].near_count) == (3, 0)


def test_the_copies_of_a_document_are_listed_each_as_a_hit(archive: Archive) -> None:
    results = archive.search(SearchRequest("dân vận", size=20, copies_of="ban-1"))
    assert set(ids(results)) == TOLD | EDITED
    assert (results.total, results.distinct) == (10, 10)
    chosen = SearchRequest(size=20, copies_of="ban-1", filters={"year": ("2019",)})
    assert set(ids(archive.search(chosen))) == EDITED
    assert ids(archive.search(SearchRequest("dân vận", copies_of="rieng"))) == ["rieng"]
    assert archive.search(SearchRequest("dân vận", copies_of="nowhere")).total == 0


def test_the_copies_of_a_document_by_kind(archive: Archive) -> None:
    found = archive.copies(archive.document("bai-3"), limit=2)
    assert [copy.id for copy in found.exact] == ["bai-0", "bai-1"]
    assert [copy.id for copy in found.near] == ["ban-0", "ban-1"]
    assert (found.exact_count, found.near_count) == (6, 3)
    alone = archive.copies(archive.document("qd-15"))
    assert (alone.exact, alone.near, alone.exact_count, alone.near_count) == ((), (), 0, 0)


def test_similar_documents_are_no_copies(archive: Archive) -> None:
    for name in ("bai-0", "ban-2", "qd-15"):
        similar = [near.id for near in archive.similar(archive.document(name), 10)]
        assert not TOLD.union(EDITED).issubset(similar)
        assert len(TOLD.union(EDITED).intersection(similar)) <= (name == "qd-15")


def test_evaluation_judges_documents_not_groups(index: Path) -> None:
    engine = backend().open_engine(index)
    try:
        assert {name for name, _ in rank(engine, "dân vận", 100)} == TOLD | EDITED | OTHERS
    finally:
        engine.close()


def test_the_same_text_in_several_files_and_encodings_is_one_hit(tmp_path: Path) -> None:
    text = f"Chuyện dân vận\n\n{' '.join(story(1))}.\n"
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "mot.txt").write_text(text, encoding="utf-8")
    (folder / "hai.txt").write_text(text, encoding="utf-16")
    (folder / "ba.md").write_text(text, encoding="utf-8")
    (folder / "bon.html").write_text(
        f"<meta charset=utf-8><title>Chuyện dân vận</title><p>{text}</p>", encoding="utf-8"
    )
    rebuild([folder], tmp_path / "index")
    with Archive.open(tmp_path / "index") as archive:
        results = archive.search(SearchRequest("dân vận"))
        assert (results.total, results.distinct) == (4, 1)

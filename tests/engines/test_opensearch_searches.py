"""Whole searches on both engines: the seeds and the invented archive, golden queries and others."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from opensearch_support import environment, remove, running_node, settings_for
from texts import SEEDS

from indexer import Archive, Results, SearchRequest, Sort, rebuild
from indexer.analysis import strip_marks

GOLDEN = Path(__file__).parents[1] / "golden"
NAME = "golden"
FILTERS: list[dict[str, tuple[str, ...]]] = [
    {}, {"year": ("2018", "2021")}, {"year": ("2018",), "report_type": ("sơ kết",)},
    {"month": ("x",)},
]  # fmt: skip


def invented(folder: Path) -> Path:
    """Write the invented archive of the golden searches to a folder."""
    texts = []
    for line in (GOLDEN / "invented.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        if "page" in record:
            (folder / f"{record['id']}.txt").write_text(record["page"], "utf-8")
        else:
            texts.append(line + "\n")
    (folder / "texts.jsonl").write_text("".join(texts), "utf-8")
    return folder


@pytest.fixture(scope="module", params=["seeds", "invented"])
def archives(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Archive, Archive, list[str]]]:
    """The archive on both engines, and the golden query texts."""
    node = running_node()
    folder = tmp_path_factory.mktemp("both")
    source = SEEDS if request.param == "seeds" else invented(tmp_path_factory.mktemp("invented"))
    golden = json.loads((GOLDEN / f"{request.param}.json").read_text("utf-8"))
    texts = list(dict.fromkeys(search["query"] for search in golden))
    rebuild([source], folder / "embedded")
    with environment(settings_for(NAME, node) | {"TRACUU_OPENSEARCH_SHARDS": "3"}):
        rebuild([source], folder / "front")
        distributed = Archive.open(folder / "front")
    with Archive.open(folder / "embedded") as embedded, distributed:
        yield embedded, distributed, texts
    remove(node, NAME)


def comparable(results: Results) -> Results:
    """Return results without what may differ: the time, and digits of scores beyond the twelfth."""
    hits = tuple(replace(hit, score=0.0, explanation=None) for hit in results.hits)
    return replace(results, took_ms=0.0, hits=hits)


def assert_same(one: Archive, other: Archive, request: SearchRequest) -> None:
    expected, found = one.search(request), other.search(request)
    assert comparable(found) == comparable(expected), request
    for mine, theirs in zip(found.hits, expected.hits, strict=True):
        assert mine.score == pytest.approx(theirs.score, rel=1e-12)
        if mine.explanation and theirs.explanation:
            points = [part.points for part in theirs.explanation.parts]
            assert [part.points for part in mine.explanation.parts] == pytest.approx(points)
            assert mine.explanation.reasons == theirs.explanation.reasons


def test_golden_searches_are_the_same_on_both_engines(
    archives: tuple[Archive, Archive, list[str]],
) -> None:
    embedded, distributed, texts = archives
    for text in texts:
        for typed in dict.fromkeys((text, strip_marks(text))):
            assert_same(embedded, distributed, SearchRequest(typed, explain=True))


def test_other_requests_are_the_same_on_both_engines(
    archives: tuple[Archive, Archive, list[str]],
) -> None:
    embedded, distributed, texts = archives
    rng = random.Random(4)
    every = itertools.product(
        [*texts, ""], list(Sort), FILTERS, [1, 2], [True, False], [None, "2018", "2019-02"]
    )
    for text, sort, filters, page, flag, since in rng.sample(list(every), 150):
        request = SearchRequest(
            text, page, size=3, sort=sort, filters=filters, exact=flag, grouped=not flag,
            date_from=since,
        )  # fmt: skip
        assert_same(embedded, distributed, request)


def test_documents_highlights_completions_and_similar_ones_are_the_same(
    archives: tuple[Archive, Archive, list[str]],
) -> None:
    embedded, distributed, texts = archives
    assert distributed.ids() == embedded.ids()
    assert comparable(distributed.overview()) == comparable(embedded.overview())
    for name in embedded.ids():
        document = embedded.document(name)
        assert distributed.document(name) == document
        assert distributed.similar(document) == embedded.similar(document)
        assert distributed.copies(document) == embedded.copies(document)
        for text in texts[:10]:
            assert distributed.highlight(document, text) == embedded.highlight(document, text)
    for text in texts:
        for length in range(1, len(text), 2):
            assert distributed.suggest(text[:length]) == embedded.suggest(text[:length])

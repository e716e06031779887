"""Relevance measures, judged queries and noise."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from archives import build
from rapidfuzz.distance import OSA

from indexer import Measures, QueriesError, read_queries
from indexer.engines.base import SearchEngine
from indexer.engines.whoosh.generations.index_directory import open_engine
from indexer.evaluation.evaluate import (
    Change,
    JudgedQuery,
    changes,
    evaluate,
    ndcg,
    percentile,
    read_previous_run,
    reciprocal_rank,
)
from indexer.evaluation.noise import Noise, add_noise

log2 = math.log2


@pytest.mark.parametrize(
    ("ranked", "relevant", "expected"),
    [
        ("abc", "a", 1.0),
        ("abc", "abc", 1.0),
        ("bac", "a", 1 / log2(3)),
        ("xya", "a", 1 / log2(4)),
        ("xyz", "a", 0.0),
        ("", "a", 0.0),
        ("axb", "ab", (1 + 1 / log2(4)) / (1 + 1 / log2(3))),
        ("a", "ab", 1 / (1 + 1 / log2(3))),
        ("xxxxxxxxxxa", "a", 0.0),  # the eleventh
        ("abcdefghij", "abcdefghijklm", 1.0),  # ten of thirteen is all that ten places hold
    ],
)
def test_ndcg_with_binary_gains(ranked: str, relevant: str, expected: float) -> None:
    assert ndcg(list(ranked), frozenset(relevant), 10) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("ranked", "relevant", "expected"),
    [("abc", "a", 1.0), ("abc", "bc", 0.5), ("abc", "c", 1 / 3), ("abc", "x", 0.0), ("", "x", 0)],
)
def test_the_reciprocal_rank_is_that_of_the_first_relevant_document(
    ranked: str, relevant: str, expected: float
) -> None:
    assert reciprocal_rank(list(ranked), frozenset(relevant)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([3.0, 1.0, 2.0], 50, 2.0),
        ([1.0, 2.0, 3.0, 4.0], 50, 2.0),
        ([float(n) for n in range(1, 101)], 95, 95.0),
        ([float(n) for n in range(1, 21)], 95, 19.0),
        ([7.0], 95, 7.0),
        ([7.0], 0, 7.0),
    ],
)
def test_percentiles_are_nearest_ranks(values: list[float], percent: int, expected: float) -> None:
    assert percentile(values, percent) == expected


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    index = build(
        tmp_path_factory.mktemp("evaluate") / "index",
        {"id": "vận", "text": "công tác dân vận dân vận dân vận"},
        {"id": "khéo", "text": "một lần nói tới dân vận khéo trong một bài dài hơn các bài kia"},
        {"id": "xa", "text": "chuyện khác"},
    )
    with closing(open_engine(index)) as engine:
        yield engine


def test_measures_are_means_over_the_queries(engine: SearchEngine) -> None:
    judged = [
        JudgedQuery("1", "dân vận", frozenset({"vận"})),  # ranked vận, khéo
        JudgedQuery("2", "dân vận", frozenset({"khéo", "nowhere"})),
        JudgedQuery("3", "zzz", frozenset({"xa"})),
    ]
    done: list[int] = []
    found = evaluate(engine, judged, progress=lambda: done.append(1))
    second = (1 / log2(3)) / (1 + 1 / log2(3))
    assert found.queries == len(done) == 3
    assert found.ndcg_10 == pytest.approx((1 + second + 0) / 3)
    assert found.mrr_10 == pytest.approx((1 + 0.5 + 0) / 3)
    assert found.recall_100 == pytest.approx((1 + 0.5 + 0) / 3)
    assert 0 < found.p50_ms <= found.p95_ms


def test_noise_is_added_before_the_query_is_ranked(engine: SearchEngine) -> None:
    judged = [JudgedQuery("1", "=khéo", frozenset({"khéo"}))]
    assert evaluate(engine, judged).mrr_10 == 1
    assert (
        evaluate(engine, judged, corruption=Noise.UNACCENTED).mrr_10 == 0
    )  # no page has kheo itself


def test_the_page_is_judged_as_it_is_shown(engine: SearchEngine) -> None:
    judged = [JudgedQuery("1", "nói dân vận khéo", frozenset({"vận"}))]
    assert evaluate(engine, judged).mrr_10 == 0.5  # on the next rung
    assert evaluate(engine, judged, page=True).mrr_10 == 0  # the page has the one with every word
    shown = [JudgedQuery("1", "dân vận", frozenset({"khéo"}))]
    assert evaluate(engine, shown, page=True).mrr_10 == evaluate(engine, shown).mrr_10 == 0.5


def test_measures_has_the_documented_fields() -> None:
    assert Measures.__slots__ == (
        "queries", "ndcg_10", "mrr_10", "recall_100", "p50_ms", "p95_ms",
        "by_query",
    )  # fmt: skip


def queries_file(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "queries.jsonl"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


GOOD = json.dumps({"qid": 1, "query": "dân", "relevant": ["a", 2, "a"]}, ensure_ascii=False)


def test_queries_are_read_with_ids_as_strings_and_without_blank_lines(tmp_path: Path) -> None:
    (found,) = read_queries(queries_file(tmp_path, f"\n{GOOD}\r\n\n"))
    assert found == JudgedQuery("1", "dân", frozenset({"a", "2"}))


@pytest.mark.parametrize("start", ["\ufeff", ""])
def test_a_byte_order_mark_is_ignored(tmp_path: Path, start: str) -> None:
    assert len(read_queries(queries_file(tmp_path, start + GOOD))) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no queries"),
        ("\n \n", "holds no queries"),
        ("{", ":1:"),
        (f"{GOOD}\nnonsense", ":2:"),
        (f"{GOOD}\n\n[]", ":3:"),
        ("3", ":1:"),
        ("null", ":1:"),
        ('{"query": "x", "relevant": ["a"]}', "qid"),
        ('{"qid": 1, "relevant": ["a"]}', "query"),
        ('{"qid": 1, "query": "x"}', "relevant"),
        ('{"qid": 1, "query": "x", "relevant": []}', "not empty"),
        ('{"qid": 1, "query": "x", "relevant": "a"}', "list"),
        ('{"qid": 1, "query": null, "relevant": ["a"]}', "query"),
        ("[" * 100_000, ":1:"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_invalid_queries_are_reported_with_file_and_line(
    tmp_path: Path, text: str | bytes, says: str
) -> None:
    path = queries_file(tmp_path, text)
    with pytest.raises(QueriesError) as caught:
        read_queries(path)
    message = str(caught.value)
    assert says in message
    assert str(path) in message
    assert "\n" not in message
    assert len(message) < 500


def test_a_missing_queries_file_is_reported_by_name(tmp_path: Path) -> None:
    with pytest.raises(QueriesError, match=r"none\.jsonl"):
        read_queries(tmp_path / "none.jsonl")
    with pytest.raises(QueriesError):
        read_queries(tmp_path)


@pytest.mark.parametrize("noise", Noise)
def test_noise_is_reproducible(noise: Noise) -> None:
    text = "Công tác dân vận ở huyện Giang Thành năm 2020"
    assert add_noise(text, noise, "q1") == add_noise(text, noise, "q1")
    assert (add_noise(text, noise, "q1") == text) is (noise is Noise.NONE)
    assert add_noise("42", Noise.TYPOS, "q1") == "42"


def test_half_removes_about_half_of_the_marks_and_typos_makes_one_slip() -> None:
    text = "đường " * 200
    halved = add_noise(text, Noise.HALF, "q")
    assert 60 < halved.split().count("duong") < 140
    assert set(halved.split()) == {"đường", "duong"}
    for key in map(str, range(200)):
        slipped = add_noise("công tác dân vận", Noise.TYPOS, key)
        assert OSA.distance(slipped, "công tác dân vận") <= 1


def test_two_runs_are_compared_query_by_query(tmp_path: Path) -> None:
    found = changes({"a": 1.0, "b": 0.5, "gone": 1.0}, {"a": 0.2, "b": 0.9, "new": 1.0})
    assert found == [Change("a", 1.0, 0.2), Change("b", 0.5, 0.9)]
    previous = tmp_path / "old.json"
    previous.write_text('{"by_query": {"a": 1}}', encoding="utf-8")
    assert read_previous_run(previous) == {"a": 1.0}
    previous.write_text("[]", encoding="utf-8")
    with pytest.raises(QueriesError, match=r"old\.json"):
        read_previous_run(previous)
    previous.write_text('{"by_query": ' + "[" * 100_000, encoding="utf-8")
    with pytest.raises(QueriesError, match=r"old\.json"):
        read_previous_run(previous)

"""Explanations of hits: the reasons and the parts of the score."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from archives import build
from click.testing import CliRunner
from engines.reference import ReferenceEngine
from hypothesis import given
from hypothesis import strategies as st

from indexer import Archive, Explanation, Rung, SearchRequest, Sort, results_payload
from indexer.cli import cli
from indexer.engines.base import SearchEngine
from indexer.engines.whoosh.generations.index_directory import open_engine
from indexer.errors import DocumentNotFound
from indexer.query.plan import EVERYTHING, Plan
from indexer.search import search
from search_ui import create_app
from search_ui.api import openapi

RECORDS = [
    {"id": "van", "title": "Dân vận khéo", "text": "công tác dân vận, dân vận khéo"},
    {"id": "nq", "title": "Học tập", "text": "Nghị quyết số 42/NQ-CP, UBND huyện học tập"},
    {"id": "noi", "title": "Hội thi", "text": "hội thi dân ca", "place": "Gia Viễn, Ninh Bình",
     "date": "2020-01-01"},
    {"id": "dan", "title": "", "text": "dẫn văn; đàn ca"},
]  # fmt: skip
QUERIES = [
    "dân vận", "dan van", "dân van", "NQ 42", "nghi quyet 42", "hội thi gia viễn", "dân*",
    "năm:2020", "uỷ ban nhân dân huyện", "dân blockchain ninh bình", "dân OR ca -khéo", "",
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("explain") / "index", *RECORDS)


@pytest.fixture(scope="module")
def engine(index: Path) -> Iterator[SearchEngine]:
    with closing(open_engine(index)) as engine:
        yield engine


def explanations(engine: SearchEngine, request: SearchRequest) -> dict[str, Explanation]:
    """Return id of a document → its explanation, for all hits; assert that the points sum to the
    score."""
    found = {}
    for hit in search(engine, request).hits:
        assert hit.explanation is not None
        assert sum(part.points for part in hit.explanation.parts) == pytest.approx(
            hit.score, abs=1e-6
        )
        found[hit.document.id] = hit.explanation
    return found


@given(
    st.lists(st.sampled_from(QUERIES), min_size=1, max_size=3),
    st.sampled_from(list(Sort)),
    st.booleans(),
)
def test_the_points_sum_to_the_score_and_engines_agree(
    engine: SearchEngine, texts: list[str], sort: Sort, exact: bool
) -> None:
    reference = ReferenceEngine([engine.document(name) for name in engine.ids()])
    request = SearchRequest(" ".join(texts), sort=sort, exact=exact, explain=True)
    found, expected = explanations(engine, request), explanations(reference, request)
    assert list(found) == list(expected)
    for document_id, one in found.items():
        other = expected[document_id]
        assert one.reasons == other.reasons
        assert [(p.text, p.kind, p.tf) for p in one.parts] == [
            (p.text, p.kind, pytest.approx(p.tf)) for p in other.parts
        ]
        assert [p.points for p in one.parts] == pytest.approx([p.points for p in other.parts])


@pytest.mark.parametrize(
    ("text", "document", "reasons"),
    [
        ("dân vận", "van", ["Trang có đủ các từ như đã gõ."]),
        ("dan van kheo", "van", ["Trang có đủ các từ, không kể dấu."]),
        ("dân van", "van", ["Trang có đủ các từ; chữ gõ thiếu dấu được hiểu theo mọi dấu."]),
        ("hội thi gia viễn", "noi",
         ["Trang có đủ các từ như đã gõ.", "Địa bàn của trang: Gia Viễn (Ninh Bình)."]),
        ("năm:2020", "noi", ["Trang có đủ các từ như đã gõ.", "Năm của trang: 2020."]),
        ("vận blockchain", "van",
         ["Trang không có đủ các từ đã gõ, chỉ có một phần trong đó."]),
        ("", "dan", ["Không gõ từ nào: mọi trang đều được liệt kê."]),
    ],
)  # fmt: skip
def test_the_reasons_name_the_rung_and_the_facet_values(
    engine: SearchEngine, text: str, document: str, reasons: list[str]
) -> None:
    found = explanations(engine, SearchRequest(text, explain=True))
    assert list(found[document].reasons) == reasons


def test_the_parts_of_a_score_are_syllables_pairs_and_words(engine: SearchEngine) -> None:
    parts = explanations(engine, SearchRequest("dân vận", explain=True))["van"].parts
    assert [(p.text, p.kind, p.tf) for p in parts] == [
        ("dân", "âm tiết", 4.0),  # occurrences in the title count twice
        ("vận", "âm tiết", 4.0),
        ("dân vận", "cặp", 4.0),
        ("dân vận", "từ", 4.0),
    ]
    assert all(part.points < part.weight * 1.5 for part in parts)


def test_a_hit_has_no_explanation_unless_requested(engine: SearchEngine) -> None:
    results = search(engine, SearchRequest("dân vận"))
    assert results.rung is Rung.EXACT
    assert [hit.explanation for hit in results.hits] == [None]
    assert "explanation" not in results_payload(results)["hits"][0]


def test_explaining_an_unknown_document_raises(engine: SearchEngine) -> None:
    with pytest.raises(DocumentNotFound):
        engine.explain(Plan(EVERYTHING), "nobody")


def test_the_command_line_shows_and_prints_explanations(index: Path) -> None:
    options = ["hội thi", "--explain", "--lang", "vi", "--index", str(index)]
    table = subprocess.run(
        [sys.executable, "-m", "indexer.cli", "search", *options],
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout.decode()
    assert "Trang có đủ các từ như đã gõ." in table
    assert "âm tiết" in table
    printed = CliRunner().invoke(
        cli, ["search", "hội thi", "--explain", "--json", "--index", str(index)]
    )
    (hit,) = json.loads(printed.output)["hits"]
    points = sum(part["points"] for part in hit["explanation"]["parts"])
    assert points == pytest.approx(hit["score"], abs=1e-6)
    with Archive.open(index) as archive:
        plain = archive.search(SearchRequest("hội thi"))
    assert {**hit, "explanation": None} == {
        **json.loads(json.dumps(results_payload(plain)))["hits"][0], "explanation": None
    }  # fmt: skip


def test_the_api_explains_hits_on_request(index: Path) -> None:
    with Archive.open(index) as archive:
        client = create_app(archive).test_client()
        plain = client.get("/api/search?q=hội+thi").get_json()
        asked = client.get("/api/search?q=hội+thi&explain=1").get_json()
        for answer in (plain, asked):
            del answer["took_ms"]
        (hit,) = asked["hits"]
        explained = hit.pop("explanation")
        assert explained["reasons"] == ["Trang có đủ các từ như đã gõ."]
        properties = openapi.EXPLAINED["properties"]["explanation"]["properties"]
        assert set(explained) == set(properties)
        assert set(explained["parts"][0]) == set(properties["parts"]["items"]["properties"])
        assert asked == plain
        refused = client.get("/api/search?q=hội&explain=maybe")
        assert refused.status_code == 400
        assert "explain=1" in refused.get_json()["error"]["hint"]
        assert (
            client.get("/api/export.json?q=hội+thi&explain=1").get_json()["hits"] == plain["hits"]
        )

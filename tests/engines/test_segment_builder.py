"""Segments as the builder writes them, read back through `Segment`."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh_support import VOCABULARY, news, open_segment

from indexer.analysis import analyze, pairs
from indexer.engines.bm25 import TITLE_GAP, TITLE_WEIGHT
from indexer.engines.whoosh.postings import list_merge
from indexer.engines.whoosh.postings.string_table import decode_term, encode_term
from indexer.engines.whoosh.reader.segment_files import NO_POSTINGS, PARTS
from indexer.engines.whoosh.writer import segment_builder
from indexer.models import Document


def test_postings_and_positions_of_a_term_in_many_documents(tmp_path: Path):
    count = 2055
    documents = (Document(id=str(n), body="dân vận " + "dân " * (n % 3)) for n in range(count))
    with open_segment(tmp_path / "s", documents) as segment:
        found = segment.read_postings("text", "dân")
        assert found.ids.tolist() == list(range(count))
        assert found.weights.tolist() == [1 + n % 3 for n in range(count)]
        assert len(segment.global_positions("dân")) == sum(1 + n % 3 for n in range(count))
        assert segment.read_postings("text", "vắng") is NO_POSTINGS
        matcher = segment.reader.postings("text", "dân")
        matcher.skip_to(count - 2)
        assert matcher.id() == count - 2
        assert matcher.value_as("positions")[:2] == [TITLE_GAP, TITLE_GAP + 2]


def test_documents_are_ranked_by_title(tmp_path: Path):
    titles = ["Đất", "", "dân 10", "Dân 2", "“Dân 2”", "Ăn"]
    documents = (Document(id=str(n), title=title) for n, title in enumerate(titles))
    with open_segment(tmp_path / "s", documents) as segment:
        assert segment.title_ranks.tolist() == [3, 4, 2, 1, 1, 0]
        assert segment.titles([4, 1]) == ["“Dân 2”", ""]


def test_postings_are_those_that_analysis_gives(tmp_path: Path):
    chance = random.Random(5)

    def text(most: int) -> str:
        return " ".join(chance.choices((*VOCABULARY, "."), k=chance.randrange(most)))

    documents = [Document(id=str(n), title=text(6), body=text(40)) for n in range(80)]
    with open_segment(tmp_path / "s", documents) as segment:
        expected: dict[tuple[str, str], dict[int, int]] = {}
        for number, document in enumerate(documents):
            for part, weight in ((document.title, TITLE_WEIGHT), (document.body, 1)):
                found = analyze(part)
                terms = [("text", token.term) for token in found.syllables]
                terms += [("words", token.term) for token in found.words]
                terms += [("pairs", pair) for pair in pairs(found.syllables)]
                for term in terms:
                    weights = expected.setdefault(term, {})
                    weights[number] = weights.get(number, 0) + weight
        for field in ("text", "words", "pairs"):
            assert segment.terms(field) == sorted(term for f, term in expected if f == field)
        for (field, term), weights in expected.items():
            found = segment.read_postings(field, term)
            assert dict(zip(found.ids.tolist(), found.weights.tolist(), strict=True)) == weights
            assert segment.frequency(field, term) == len(weights)
            if field == "text":
                places = segment.global_positions(term)
                assert (np.diff(places) > 0).all()
                assert set(segment.files.documents_of(places).tolist()) == set(weights)


@given(st.text())
def test_any_string_can_be_a_term(text: str):
    assert decode_term(encode_term(text)) == text


def test_lone_surrogates_are_kept_in_every_field(tmp_path: Path):
    odd = "x\ud800y"
    document = Document(id=odd, title=odd, body=f"{odd} {odd}", author=odd, persons=(odd,))
    with open_segment(tmp_path / "s", [document]) as segment:
        assert segment.ids == [odd]
        assert Document.from_record(segment.record(0)) == document
        assert segment.terms("facet_author") == [odd]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_a_segment_does_not_depend_on_batches_and_workers(tmp_path, monkeypatch, workers):
    with open_segment(tmp_path / "whole", news(200)):
        monkeypatch.setattr(segment_builder, "usable_processors", lambda: workers)
        monkeypatch.setattr(segment_builder, "BATCH_DOCUMENTS", 30)
        monkeypatch.setattr(list_merge, "SLICE_POSTINGS", 10)
        with open_segment(tmp_path / "parts", news(200)) as parts:
            monkeypatch.undo()
            for part in set(PARTS) - {"docs", "texts"}:  # compression learns from batches
                whole = (tmp_path / "whole" / f"archive_1.{part}").read_bytes()
                assert (tmp_path / "parts" / f"archive_1.{part}").read_bytes() == whole, part
            assert [Document.from_record(parts.record(n)) for n in range(200)] == list(news(200))
    assert not list((tmp_path / "parts").glob("runs*"))


def test_a_segment_without_documents(tmp_path: Path):
    with open_segment(tmp_path / "s", []) as segment:
        assert segment.documents == 0
        assert segment.read_postings("text", "dân") is NO_POSTINGS
        assert segment.terms("text") == []

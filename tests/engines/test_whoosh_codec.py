from __future__ import annotations

import contextlib
import pickle
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh_support import VOCABULARY, news, open_segment

from indexer.engines.base import TITLE_GAP, TITLE_WEIGHT
from indexer.engines.whoosh.blocks import BLOCK_LIMIT, decode_blocks, encode_block
from indexer.engines.whoosh.schema import Positions, decode_term, encode_term
from indexer.engines.whoosh.segment import DOCUMENT_SHIFT, NO_POSTINGS
from indexer.engines.whoosh.writer import SegmentBuilder, document_terms
from indexer.models import Document

numbers = st.integers(0, 2**31)
postings = st.lists(
    st.tuples(numbers, st.integers(1, 2**20), st.lists(numbers, min_size=1, max_size=4)),
    min_size=1,
    max_size=20,
    unique_by=lambda posting: posting[0],
).map(sorted)


@given(postings, st.booleans())
def test_a_block_gives_back_what_went_in(found, with_positions):
    ids, weights, positions = zip(*found, strict=True)
    encode = Positions().encode
    values = [encode(at) if with_positions else b"" for at in positions]
    data = encode_block(ids, weights, values)
    ((end, block),) = decode_blocks(data)
    assert end == len(data)
    assert block.ids.tolist() == list(ids)
    assert block.weights.tolist() == list(weights)
    if with_positions:
        assert block.counts.tolist() == [len(at) for at in positions]
        assert block.positions.tolist() == [number for at in positions for number in at]
    else:
        assert not block.counts.size
        assert not block.positions.size


@given(postings, st.data())
def test_a_damaged_block_is_a_value_error_or_other_numbers(found, data):
    ids, weights, positions = zip(*found, strict=True)
    block = bytearray(encode_block(ids, weights, [Positions().encode(at) for at in positions]))
    block[data.draw(st.integers(0, len(block) - 1))] ^= data.draw(st.integers(1, 255))
    cut = block[: data.draw(st.integers(1, len(block)))]
    with contextlib.suppress(ValueError):
        list(decode_blocks(bytes(cut)))


def test_postings_longer_than_a_block(tmp_path: Path):
    count = 2 * BLOCK_LIMIT + 7
    documents = (Document(id=str(n), body="dân vận " + "dân " * (n % 3)) for n in range(count))
    with open_segment(tmp_path / "s", documents) as segment:
        found = segment.postings("text", "dân")
        assert found.ids.tolist() == list(range(count))
        assert found.weights.tolist() == [1 + n % 3 for n in range(count)]
        assert len(found.places) == sum(1 + n % 3 for n in range(count))
        assert segment.postings("text", "vắng") is NO_POSTINGS
        matcher = segment.reader.postings("text", "dân")
        matcher.skip_to(count - 2)
        assert matcher.id() == count - 2
        assert matcher.value_as("positions")[:2] == [TITLE_GAP, TITLE_GAP + 2]


def test_terms_of_a_document():
    terms = document_terms(
        Document(id="a", title="Dân vận", body="Dân ta. Dân vận.", persons=("Lan", "Lan"))
    )
    start = 1 + TITLE_GAP + 1
    places = {
        decode_term(term): (weight, Positions().decode_positions(value))
        for term, weight, value in terms.postings["text"]
    }
    assert places == {
        "dân": (TITLE_WEIGHT + 2, [0, start, start + 3]),
        "vận": (TITLE_WEIGHT + 1, [1, start + 4]),
        "ta": (1, [start + 1]),
    }
    pairs = {decode_term(term): weight for term, weight, _ in terms.postings["pairs"]}
    assert pairs == {"dân vận": TITLE_WEIGHT + 1, "dân ta": 1}
    assert terms.postings["facet_person"] == [(b"Lan", 1, b"")]
    assert (terms.length, terms.body_start, terms.day) == (TITLE_WEIGHT * 2 + 4, start, 0)
    assert pickle.loads(pickle.dumps(terms)) == terms


def test_without_a_title_the_body_starts_after_the_gap(tmp_path: Path):
    assert document_terms(Document(id="a", body="dân")).body_start == TITLE_GAP


@given(st.text())
def test_any_string_can_be_a_term(text: str):
    assert decode_term(encode_term(text)) == text


def test_lone_surrogates_in_every_field(tmp_path: Path):
    odd = "x\ud800y"
    document = Document(id=odd, title=odd, body=f"{odd} {odd}", author=odd, persons=(odd,))
    with open_segment(tmp_path / "s", [document]) as segment:
        assert segment.ids == [odd]
        assert Document.from_record(segment.record(0)) == document
        assert segment.terms("facet_author") == [odd]


def test_places_are_sorted_and_lead_to_documents(tmp_path: Path):
    words = random.Random(5)
    documents = [
        Document(id=str(n), body=" ".join(words.choices(VOCABULARY, k=30))) for n in range(50)
    ]
    with open_segment(tmp_path / "s", documents) as segment:
        for term in VOCABULARY:
            found = segment.postings("text", term)
            assert (found.places[1:] > found.places[:-1]).all()
            assert set((found.places >> DOCUMENT_SHIFT).tolist()) == set(found.ids.tolist())


def test_spilled_runs_are_merged_and_name_no_classes(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("indexer.engines.whoosh.writer._MEMORY_MB", 0.01)
    with open_segment(tmp_path / "spilled", news(60)) as spilled:
        monkeypatch.undo()
        with open_segment(tmp_path / "whole", news(60)) as whole:
            for field in ("text", "pairs", "words", "facet_person", "id"):
                assert spilled.terms(field) == whole.terms(field)
            for term in whole.terms("text"):
                for part in ("ids", "weights", "places"):
                    mine = getattr(spilled.postings("text", term), part).tolist()
                    assert mine == getattr(whole.postings("text", term), part).tolist()
    assert not list((tmp_path / "spilled").glob("*.tmp"))


def test_an_empty_segment(tmp_path: Path):
    with open_segment(tmp_path / "s", []) as segment:
        assert segment.documents == 0
        assert segment.postings("text", "dân") is NO_POSTINGS
        assert segment.terms("text") == []


def test_a_builder_is_cancelled_after_a_failed_document(tmp_path: Path):
    (tmp_path / "s").mkdir()
    builder = SegmentBuilder(tmp_path / "s")
    terms = document_terms(Document(id="a", body="dân"))
    terms.postings["text"].append(("not bytes", 1, b""))  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        builder.add(terms)
    builder.cancel()

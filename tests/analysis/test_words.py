"""Law: the words are exactly pyvi's; pyvi itself is the oracle."""

from __future__ import annotations

import json
import unicodedata
import warnings
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis.words import (
    batch_segmenter,
    segment,
    segment_many,
    segment_pieces,
    short_segmenter,
)
from indexer.analysis.words.exact_viterbi import exact_labels

with warnings.catch_warnings():
    # Its regular expressions and its pickle were made for older versions of its dependencies.
    warnings.simplefilter("ignore")
    from pyvi import ViTokenizer

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))

WRITINGS = {
    "as is": str,
    "lower": str.lower,
    "capitals": str.upper,
    "title": str.title,
    "unaccented": lambda text: "".join(
        char
        for char in unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
        if not unicodedata.combining(char)
    ),
}

PARTS = [
    *"aA.@-_1٣²:/>=\n\r\t \u00a0đĐB,+é?\"“”()\0«–…%&;'ΣİßǅK~^\u0301\u0323",
    *"dân vận công tác Tác Đảng uỷ huyện Huyện hội đồng nhân ubnd UBND Hà Nội năm".split(),
    *"Tp. Mr. Mrs. Dr. ThS. ... ==> -> >> :// http:// a@b.c a.b@c-d.vn 10.5 1_2 42/NQ".split(),
    *(" ", "  ", " ", "\u200b", "e\u0302\u0323", "ư\u031b", "\u1100\u1161", "\u0958"),
]
fuzz = st.lists(st.sampled_from(PARTS), max_size=30).map("".join) | st.text(max_size=60)
# pyvi cannot encode lone surrogates; they are tested in test_words_robustness.py.
fuzz = fuzz.filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))


def spelled(text: str) -> str:
    """Return `text` with its words marked as pyvi marks them, made from our pieces."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join(
        "_".join(composed[start:end] for start, end in token) for token in segment_pieces(composed)
    )


def assert_segmented_as_by_pyvi(text: str) -> None:
    expected = ViTokenizer.tokenize(text)
    ours = spelled(text)
    if not ours:  # pyvi returns a text without pieces unchanged
        assert not text.strip()
        assert "\n" not in text
    else:
        assert ours == expected
    spans = [(token[0][0], token[-1][1]) for token in segment_pieces(text)]
    assert segment(text) == spans
    assert list(map(tuple, segment_many([text])[0].tolist())) == spans


@given(fuzz)
@settings(max_examples=400, deadline=None)
def test_any_string_has_pyvis_words(text: str) -> None:
    assert_segmented_as_by_pyvi(text)


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name[:3])
def test_seeds_have_pyvis_words(path: Path, writing: str) -> None:
    assert_segmented_as_by_pyvi(WRITINGS[writing](path.read_text(encoding="utf-8")))


def collection_texts() -> Iterator[str]:
    for name, count in (("vilqa_alqac", 20), ("xquad_vi", 40), ("mailong25_qa", 100)):
        with (DATA / name / "corpus.jsonl").open(encoding="utf-8") as lines:
            yield from (json.loads(line)["text"] for line in islice(lines, count))
    with (DATA / "ud_vtb" / "ud_vtb_test.txt").open(encoding="utf-8") as lines:
        yield from islice(lines, 100)


@pytest.mark.skipif(
    not DATA.is_dir(), reason="the measured collections are not beside the checkout"
)
@pytest.mark.parametrize("writing", WRITINGS)
def test_collections_have_pyvis_words(writing: str) -> None:
    for text in collection_texts():
        assert_segmented_as_by_pyvi(WRITINGS[writing](text))


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name[:3])
def test_exact_arithmetic_gives_the_same_labels(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = path.read_text(encoding="utf-8")
    expected = segment(text)
    starts, ends, scores, _ = short_segmenter.read_pieces(text)
    pieces = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    assert short_segmenter._labels(scores) == exact_labels(pieces)
    # If every score counts as a tie, `exact_labels` decides all labels.
    monkeypatch.setattr(short_segmenter, "TIE_MARGIN", 1e9)
    monkeypatch.setattr(batch_segmenter, "TIE_MARGIN", 1e9)
    assert short_segmenter.segment_short(text) == segment(text) == expected


@given(st.lists(fuzz, max_size=8))
@settings(max_examples=150, deadline=None)
def test_a_text_has_the_same_words_in_a_batch_as_alone(texts: list[str]) -> None:
    together = [list(map(tuple, spans.tolist())) for spans in segment_many(texts)]
    assert together == [segment(text) for text in texts]


@given(fuzz)
@settings(max_examples=300, deadline=None)
def test_only_white_space_lies_between_words(text: str) -> None:
    """Law: the words are in order, and only white space lies between them."""
    composed = unicodedata.normalize("NFC", text)
    rest, at = "", 0
    for start, end in segment(composed):
        assert at <= start < end <= len(composed)
        rest += composed[at:start]
        at = end
    rest += composed[at:]
    assert not rest.strip()
    assert "\n" not in rest


@given(st.lists(st.sampled_from("dân vận Huyện uỷ Đảng ễ ợ Ặ 10 . ( \n".split(" "))))
def test_decomposed_text_has_the_same_words(parts: list[str]) -> None:
    composed = unicodedata.normalize("NFC", " ".join(parts))
    decomposed = unicodedata.normalize("NFD", composed)
    words = [unicodedata.normalize("NFC", decomposed[a:b]) for a, b in segment(decomposed)]
    assert words == [composed[a:b] for a, b in segment(composed)]
    assert segment(decomposed) == list(map(tuple, segment_many([decomposed])[0].tolist()))


def test_spans_of_examples() -> None:
    assert segment("Ban Dân vận Huyện uỷ") == [(0, 3), (4, 11), (12, 20)]
    assert segment_pieces("  dân\tvận") == [[(2, 5), (6, 9)]]
    assert segment("a\nb") == [(0, 1), (1, 2), (2, 3)]
    assert segment("") == segment(" \t ") == []
    assert segment_many([]) == []
    assert [spans.shape for spans in segment_many(["", "dân vận", " "])] == [(0, 2), (1, 2), (0, 2)]

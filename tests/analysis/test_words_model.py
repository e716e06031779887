"""The parts below the words: model file, offsets, compounds."""

from __future__ import annotations

import importlib.util
import sys
import unicodedata
import warnings
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import nfc
from indexer.analysis.decompounding import inner_words
from indexer.analysis.nfc import compose
from indexer.analysis.words import word_model as words_model
from indexer.analysis.words.crf_file import read_crf
from indexer.analysis.words.word_model import word_model
from indexer.errors import WordModelError


def test_weights_are_those_that_crfsuite_lists(tmp_path: Path) -> None:
    """CRFsuite's own dump, which prints six decimals."""
    pycrfsuite = pytest.importorskip("pycrfsuite")
    model = words_model._read("tokenizer.crfsuite")
    (tmp_path / "model").write_bytes(model)
    tagger = pycrfsuite.Tagger()
    tagger.open(str(tmp_path / "model"))
    tagger.dump(str(tmp_path / "dump"))
    dump = (tmp_path / "dump").read_bytes().decode()
    crf = read_crf(model)
    assert crf.labels == tuple(tagger.labels())
    listed = 0
    for attribute, weights in crf.states.items():
        for label, weight in zip(crf.labels, weights, strict=True):
            if weight:
                listed += 1
                assert f"(0) {attribute} --> {label}: {weight:.6f}\n" in dump
    assert listed == dump.count("  (0) ") > 11_000
    for before, weights in zip(crf.labels, crf.transitions, strict=True):
        for label, weight in zip(crf.labels, weights, strict=True):
            assert f"(1) {before} --> {label}: {weight:.6f}\n" in dump


def test_dictionary_is_pyvis() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyvi import ViTokenizer
    words, triples = set(), set()
    for first, pairs in word_model().pairs.items():
        for second, pair in pairs.items():
            words |= {f"{first} {second}"} if pair.is_word else set()
            triples |= {f"{first} {second} {third}" for third in pair.thirds}
    assert words == ViTokenizer.ViTokenizer.bi_grams
    assert triples == ViTokenizer.ViTokenizer.tri_grams


@pytest.mark.parametrize("model", [b"", b"lCRF", b"\0" * 100, b"lCRF\x40\0\0\0FOMC" + b"\0" * 52])
def test_what_is_no_model_is_refused(model: bytes) -> None:
    with pytest.raises(ValueError, match="no CRFsuite model"):
        read_crf(model)


def test_the_model_is_that_of_the_installed_pyvi() -> None:
    path = Path(__file__).parents[2] / "scripts" / "derive_word_model.py"
    spec = importlib.util.spec_from_file_location("derive_word_model", path)
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    folder = files("indexer.analysis.words").joinpath("pyvi_model")
    for name, content in script.derive().items():
        assert folder.joinpath(name).read_bytes() == content, name


def test_a_changed_or_missing_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words_model, "files", lambda _package: tmp_path)
    with pytest.raises(WordModelError, match=r"cannot be read.*Install this package again"):
        words_model._read("words.txt")
    (tmp_path / "pyvi_model").mkdir()
    (tmp_path / "pyvi_model" / "words.txt").write_bytes(b"another")
    with pytest.raises(WordModelError, match="was changed"):
        words_model._read("words.txt")


MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323\u0340\u0344\u0f71\u0f72\u0f73\u09be"
composable = st.text(
    alphabet=st.sampled_from("aeoAEăâơưđ xy\n\u212a\u0958\ufb2c\u1100\u1161\u11a8\uac00" + MARKS)
)


@given(composable | st.text())
@settings(max_examples=500)
def test_compose_is_nfc_and_knows_where_from(text: str) -> None:
    composed = compose(text)
    assert composed.text == unicodedata.normalize("NFC", text)
    spans = composed.source_spans([(at, at + 1) for at in range(len(composed.text))])
    at = 0
    for start, end in spans:
        assert at <= start < end <= len(text) or composed.at
        at = start
    if spans:
        assert spans[-1][1] == len(text)


@given(composable)
def test_long_clusters_compose_the_same(text: str) -> None:
    assert nfc._long_composed(text) == unicodedata.normalize("NFC", text)


def test_all_that_composes_is_known() -> None:
    """Holds for the Unicode version of the Python that runs it."""
    for code in range(sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and parts[0][0] != "<":
            whole = unicodedata.normalize("NFD", chr(code))
            if unicodedata.normalize("NFC", whole) == chr(code):
                assert nfc._joins(chr(int(parts[1], 16))), hex(code)
        if unicodedata.combining(chr(code)):
            assert nfc._joins(chr(code)), hex(code)


@pytest.mark.parametrize(
    ("compound", "inner"),
    [
        ("dân vận gắn", ["dân vận"]),
        ("triển khai phương hướng", ["triển khai", "phương hướng"]),
        ("tình hình nhân dân", ["tình hình", "nhân dân"]),
        ("nhân dân vận động", ["nhân dân", "vận động"]),  # not: dân vận
        ("nhân dân vận", ["nhân dân"]),  # of two that overlap, the one to the left
        ("công tác dân vận gắn bó", ["công tác", "dân vận", "gắn bó"]),
        ("kĩ thuật nhân dân", ["kĩ thuật", "nhân dân"]),
        ("hợp tác xã", []),  # is a word itself
        ("dân vận", []),
        ("zz yy xx", []),
        ("", []),
    ],
)
def test_words_inside_a_compound(compound: str, inner: list[str]) -> None:
    syllables = compound.split()
    assert [" ".join(syllables[i:j]) for i, j in inner_words(syllables)] == inner


@given(st.lists(st.sampled_from("nhân dân vận động công tác hợp tác xã a".split()), max_size=12))
def test_inner_words_lie_side_by_side(syllables: list[str]) -> None:
    at = 0
    for start, end in inner_words(syllables):
        assert at <= start
        assert end - start in (2, 3)
        at = end
    assert at <= len(syllables)

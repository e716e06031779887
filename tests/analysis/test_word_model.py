"""The word model: the CRF weights and the dictionary are those of the installed pyvi."""

from __future__ import annotations

import importlib.util
import warnings
from importlib.resources import files
from pathlib import Path

import pytest

from indexer.analysis.words import word_model as word_model_module
from indexer.analysis.words.crf_file import read_crf
from indexer.analysis.words.word_model import word_model
from indexer.errors import WordModelError


def test_the_weights_are_those_of_the_dump_of_crfsuite(tmp_path: Path) -> None:
    """The oracle is CRFsuite's own dump, which prints six decimals."""
    pycrfsuite = pytest.importorskip("pycrfsuite")
    model = word_model_module._read("tokenizer.crfsuite")
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


def test_the_dictionary_is_that_of_pyvi() -> None:
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
def test_bytes_that_are_no_model_are_refused(model: bytes) -> None:
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
    monkeypatch.setattr(word_model_module, "files", lambda _package: tmp_path)
    with pytest.raises(WordModelError, match=r"cannot be read.*Install this package again"):
        word_model_module._read("words.txt")
    (tmp_path / "pyvi_model").mkdir()
    (tmp_path / "pyvi_model" / "words.txt").write_bytes(b"another")
    with pytest.raises(WordModelError, match="was changed"):
        word_model_module._read("words.txt")

"""The lexicon of a built index agrees with the reference in dicts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest
from lexicons import LEXICON, TEXTS

from indexer.analysis import fold
from indexer.engines.whoosh.generations import index_directory
from indexer.models import Document, Place
from indexer.query.vocabulary.lexicon import Lexicon

TERMS = [*LEXICON.terms(), "lạ", ""]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lexicon]:
    index: Path = tmp_path_factory.mktemp("lexicon") / "index"
    places = (Place("Kiên Giang", "Giang Thành"),)
    index_directory.build(
        index,
        (
            Document(str(number), body=text, places=places if number == 1 else ())
            for number, text in enumerate(TEXTS)
        ),
    )
    with closing(index_directory.open_engine(index)) as engine:
        yield engine.lexicon


def test_terms_and_frequencies_agree(built: Lexicon) -> None:
    assert built.documents == LEXICON.documents
    folds = built.folds(1000)
    assert tuple(sorted(t for name in folds for t in built.variants(name))) == LEXICON.terms()
    assert [built.frequency(t) for t in TERMS] == [LEXICON.frequency(t) for t in TERMS]


def test_pair_frequencies_agree(built: Lexicon) -> None:
    differing = [
        pair
        for pair in product(TERMS, TERMS)
        if built.pair_frequency(*pair) != LEXICON.pair_frequency(*pair)
    ]
    assert not differing
    rows = LEXICON.pair_frequencies(TERMS, TERMS)
    assert (built.pair_frequencies(TERMS, TERMS) == rows).all()
    assert built.pair_frequencies([], TERMS).shape == (0, len(TERMS))
    assert LEXICON.pair_frequency("dân", "vận") == 3


def test_word_frequencies_agree(built: Lexicon) -> None:
    words = [*LEXICON.words, "lạ_lùng"]
    assert [built.word_frequency(w) for w in words] == [LEXICON.word_frequency(w) for w in words]
    assert LEXICON.word_frequency("dân_vận") == 2


def test_variants_and_prefixes_agree(built: Lexicon) -> None:
    for folded in {fold(term) for term in TERMS}:
        assert built.variants(folded) == LEXICON.variants(folded)
    for term in TERMS:
        for prefix, limit in product({term[:1], term[:2], term}, (1, 3, 1000)):
            assert built.with_prefix(prefix, limit) == LEXICON.with_prefix(prefix, limit)
            folded = fold(prefix)
            assert built.folded_with_prefix(folded, limit) == LEXICON.folded_with_prefix(
                folded, limit
            )


def test_phrases_agree(built: Lexicon) -> None:
    for key, limit in product(("", "d", "dan v", "cong tac dan van", "x"), (1, 3, 1000)):
        assert built.phrases(key, limit) == LEXICON.phrases(key, limit)
    found = [phrase.text for phrase in built.phrases("dan v", 9)]
    assert found == ["dân vận", "Dân vận Huyện ủy"]


def test_facet_values_agree(built: Lexicon) -> None:
    assert built.facet_values("place") == LEXICON.facet_values("place")
    assert built.facet_values("year") == ()
    assert built.facet_values("nothing") == ()

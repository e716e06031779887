"""The lexicon of a Whoosh index, compared with counts over the documents."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from weakref import ref

import pytest
from whoosh_support import news

from indexer.analysis import analyze, fold, pairs
from indexer.engines.whoosh import build, open_engine
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.terms.term_dictionary import LEARNED_FILE, read_learned
from indexer.errors import IndexDamaged
from indexer.facets import FACETS


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("lexicon")
    build(folder, news(40))
    engine = open_engine(folder)
    yield engine
    engine.close()


def expected() -> tuple[Counter[str], Counter[str], Counter[str]]:
    syllables, side_by_side, words = Counter(), Counter(), Counter()
    for document in news(40):
        parts = [analyze(document.title), analyze(document.body)]
        syllables.update({token.term for part in parts for token in part.syllables})
        side_by_side.update({pair for part in parts for pair in pairs(part.syllables)})
        words.update({token.term for part in parts for token in part.words})
    return syllables, side_by_side, words


def test_frequencies_are_document_frequencies(engine: WhooshEngine):
    syllables, side_by_side, words = expected()
    lexicon = engine.lexicon
    assert lexicon.documents == 40
    assert {term: lexicon.frequency(term) for term in syllables} == syllables
    assert {pair: lexicon.pair_frequency(*pair.split()) for pair in side_by_side} == side_by_side
    assert {word: lexicon.word_frequency(word) for word in words} == words
    assert lexicon.frequency("vắng") == 0
    assert lexicon.pair_frequency("vận", "dân") == 0
    assert lexicon.word_frequency("dân") == 0


def test_variants_and_prefixes_come_most_frequent_first(engine: WhooshEngine):
    syllables, _, _ = expected()
    lexicon = engine.lexicon

    def ranked(terms: set[str]) -> tuple[str, ...]:
        return tuple(sorted(terms, key=lambda term: (-syllables[term], term)))

    for term in [*syllables, "", "d", "h", "0", "vắng", "van", "\U0010ffff"]:
        assert lexicon.variants(term) == ranked({t for t in syllables if fold(t) == term})
        for prefix in {term, term[:1], term[:2]}:
            literal = ranked({t for t in syllables if t.startswith(prefix)})
            folded = ranked({t for t in syllables if fold(t).startswith(prefix)})
            for limit in (0, 1, 3, 1000):
                assert lexicon.with_prefix(prefix, limit) == literal[:limit]
                assert lexicon.folded_with_prefix(prefix, limit) == folded[:limit]


def test_facet_values_are_those_of_the_documents(engine: WhooshEngine):
    for facet in FACETS:
        values = {value for document in news(40) for value in facet.values(document)}
        assert engine.lexicon.facet_values(facet.name) == tuple(sorted(values))
    assert engine.lexicon.facet_values("unknown") == ()


@pytest.mark.parametrize(
    "content",
    ["[]", "null", '{"abbreviations": []}', '{"abbreviations": {"UB": "x"}}',
     '{"abbreviations": {"UB": {"x": "1"}}}', '{"abbreviations": {"UB": {"x": true}}}'],
)  # fmt: skip
def test_learned_json_of_a_wrong_type_raises_index_damaged(tmp_path: Path, content: str) -> None:
    (tmp_path / LEARNED_FILE).write_text(content)
    with pytest.raises(IndexDamaged, match=LEARNED_FILE):
        read_learned(tmp_path)


class WeakTerm(str):
    """A term to which a weak reference can tell whether it is still cached."""

    __slots__ = ("__weakref__",)


@pytest.mark.parametrize("beyond", [0, 1])
def test_only_short_terms_and_ids_are_cached(engine: WhooshEngine, beyond: int):
    lexicon = engine.lexicon
    (segment,) = engine._segments
    longest = (
        (64, lexicon.frequency),
        (64, lexicon.word_frequency),
        (64, lexicon.variants),
        (64, lambda term: lexicon.pair_frequency(term, "và")),
        (64, lambda term: lexicon.pair_frequency("và", term)),
        (64, segment.term_number),
        (256, segment.document_number),
    )
    for number, (length, ask) in enumerate(longest):
        term = WeakTerm(f"{number:0{length + beyond}}")
        reference = ref(term)
        ask(term)
        del term
        assert (reference() is not None) == (not beyond)


def test_the_number_of_a_document_whose_id_was_read_is_cached(engine: WhooshEngine):
    (segment,) = engine._segments
    segment._document_numbers.clear()
    names = [segment.id_of(number) for number in range(segment.documents)]
    assert [segment._document_numbers.get(name) for name in names] == [*range(len(names))]
    segment._document_numbers.clear()
    assert [segment.document_number(name) for name in names] == [*range(len(names))]

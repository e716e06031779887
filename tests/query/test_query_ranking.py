from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lexicons import LEXICON
from test_query_language import QUERIES

from indexer.analysis.normalize import normalize
from indexer.query.interpret import interpret
from indexer.query.plan import Feature, FeatureKind
from indexer.query.ranking import KIND_WEIGHTS, features, idf, salience


def found(text: str, *, widen: bool = False) -> list[Feature]:
    return list(features(interpret(normalize(text).text, LEXICON), LEXICON, widen=widen))


def variants(text: str, kind: FeatureKind, *, widen: bool = False) -> list[set[str]]:
    return [{v for v, _ in f.variants} for f in found(text, widen=widen) if f.kind is kind]


@pytest.mark.parametrize(
    ("frequency", "documents", "expected"),
    [(0, 0, math.log(2)), (0, 10, math.log(22)), (10, 10, math.log(1 + 0.5 / 10.5))],
)
def test_idf(frequency: int, documents: int, expected: float) -> None:
    assert idf(frequency, documents) == pytest.approx(expected)


@given(st.floats(0, 1000), st.integers(0, 1000))
def test_idf_is_never_negative_and_falls(frequency: float, documents: int) -> None:
    assert idf(frequency, documents) >= idf(frequency + 1, documents) >= 0


def test_syllables_pairs_and_words_each_add() -> None:
    assert variants("công tác dân vận", FeatureKind.SYLLABLE) == [
        {"công"},
        {"tác"},
        {"dân"},
        {"vận"},
    ]
    assert {"công tác"} in variants("công tác dân vận", FeatureKind.PAIR)
    assert {"dân vận"} in variants("công tác dân vận", FeatureKind.PAIR)
    assert {"dân_vận"} in variants("công tác dân vận", FeatureKind.WORD)


def test_what_the_index_never_has_side_by_side_is_no_pair() -> None:
    assert variants("khéo nước", FeatureKind.PAIR) == []


def test_words_of_an_unaccented_query_are_those_meant() -> None:
    assert {"dân_vận"} in variants("cong tac dan van", FeatureKind.WORD, widen=True)


def test_the_forms_of_a_syllable_are_one_feature_and_the_likeliest_weighs_most() -> None:
    first, second = (f for f in found("dan van", widen=True) if f.kind is FeatureKind.SYLLABLE)
    for feature, meant in ((first, "dân"), (second, "vận")):
        weights = dict(feature.variants)
        assert weights[meant] == max(weights.values()) == 1.0
        assert all(weight > 0 for weight in weights.values())
    assert set(dict(second.variants)) == {"van", "vận", "văn", "vấn", "vạn"}


def test_without_widening_only_what_was_typed_counts() -> None:
    assert variants("dan van", FeatureKind.SYLLABLE) == [{"dan"}, {"van"}]


def test_a_literal_counts_only_as_typed() -> None:
    assert variants("=van", FeatureKind.SYLLABLE, widen=True) == [{"van"}]


def test_a_word_typed_twice_counts_twice() -> None:
    (once,) = (f.weight for f in found("khéo") if f.kind is FeatureKind.SYLLABLE)
    twice = [f.weight for f in found("khéo OR khéo") if f.kind is FeatureKind.SYLLABLE]
    assert twice == [pytest.approx(2 * once)]


def test_a_feature_weighs_its_rarity_times_its_kind() -> None:
    feature = next(f for f in found("dân vận") if f.kind is FeatureKind.PAIR)
    assert feature.weight == pytest.approx(
        KIND_WEIGHTS[FeatureKind.PAIR]
        * salience(LEXICON.pair_frequency("dân", "vận"), LEXICON.documents)
    )


@given(st.integers(2, 100_000), st.data())
def test_what_is_common_says_less_than_its_idf_and_what_is_unique_as_much(
    documents: int, data: st.DataObject
) -> None:
    one, other = sorted(data.draw(st.tuples(*[st.integers(1, documents)] * 2)))
    assert salience(1, documents) == pytest.approx(idf(1, documents))
    assert salience(other, documents) <= idf(other, documents) + 1e-9
    assert salience(one, documents) >= salience(other, documents)
    assert salience(other, documents) ** 2 * idf(1, documents) == pytest.approx(
        idf(other, documents) ** 3
    )


def test_what_is_excluded_and_facets_add_nothing() -> None:
    assert found("-khéo") == []
    assert found("năm:2020") == []


def test_a_beginning_that_only_other_marks_have_makes_no_pair() -> None:
    assert variants("dân-hò*", FeatureKind.PAIR) == []
    assert found("dân-hò*", widen=True)


@given(QUERIES)
def test_weights_are_never_negative(text: str) -> None:
    for widen in (False, True):
        for feature in found(text, widen=widen):
            assert feature.weight >= 0
            assert all(weight > 0 for _, weight in feature.variants)

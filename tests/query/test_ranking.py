"""The features of a query and their weights."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lexicons import LEXICON, DictLexicon
from test_grammar import QUERIES

from indexer.analysis.normalize import normalize
from indexer.query.interpret import interpret
from indexer.query.plan import Feature, FeatureKind
from indexer.query.ranking import (
    KIND_WEIGHTS,
    document_frequency,
    features,
    idf,
    near_terms,
    salience,
)


def features_of(text: str, *, widen: bool = False) -> list[Feature]:
    return list(features(interpret(normalize(text).text, LEXICON), LEXICON, widen=widen))


def near(text: str, *, widen: bool = False) -> list[set[str]]:
    found = near_terms(interpret(normalize(text).text, LEXICON), LEXICON, widen=widen)
    return sorted(({" ".join(v) for v in term.variants} for term in found), key=sorted)


def variants(text: str, kind: FeatureKind, *, widen: bool = False) -> list[set[str]]:
    return [{v for v, _ in f.variants} for f in features_of(text, widen=widen) if f.kind is kind]


@pytest.mark.parametrize(
    ("frequency", "documents", "expected"),
    [(0, 0, math.log(2)), (0, 10, math.log(22)), (10, 10, math.log(1 + 0.5 / 10.5))],
)
def test_idf_of_an_empty_index_and_of_extreme_frequencies(
    frequency: int, documents: int, expected: float
) -> None:
    assert idf(frequency, documents) == pytest.approx(expected)


@given(st.floats(0, 1000), st.integers(0, 1000))
def test_idf_is_never_negative_and_falls_with_frequency(frequency: float, documents: int) -> None:
    assert idf(frequency, documents) >= idf(frequency + 1, documents) >= 0


def test_syllables_pairs_and_words_are_features() -> None:
    assert variants("công tác dân vận", FeatureKind.SYLLABLE) == [
        {"công"},
        {"tác"},
        {"dân"},
        {"vận"},
    ]
    assert {"công tác"} in variants("công tác dân vận", FeatureKind.PAIR)
    assert {"dân vận"} in variants("công tác dân vận", FeatureKind.PAIR)
    assert {"dân_vận"} in variants("công tác dân vận", FeatureKind.WORD)


def test_syllables_that_the_index_never_has_side_by_side_are_no_pair() -> None:
    assert variants("khéo nước", FeatureKind.PAIR) == []


def test_words_of_an_unmarked_query_have_their_marks_restored() -> None:
    assert {"dân_vận"} in variants("cong tac dan van", FeatureKind.WORD, widen=True)


def test_the_forms_of_a_syllable_are_one_feature_with_the_likeliest_heaviest() -> None:
    first, second = (
        f for f in features_of("dan van", widen=True) if f.kind is FeatureKind.SYLLABLE
    )
    for feature, meant in ((first, "dân"), (second, "vận")):
        weights = dict(feature.variants)
        assert weights[meant] == max(weights.values()) == 1.0
        assert all(weight > 0 for weight in weights.values())
    assert set(dict(second.variants)) == {"van", "vận", "văn", "vấn", "vạn"}


def test_without_restored_marks_only_the_typed_forms_are_features() -> None:
    assert variants("dan van", FeatureKind.SYLLABLE) == [{"dan"}, {"van"}]


def test_a_literal_counts_only_as_typed() -> None:
    assert variants("=van", FeatureKind.SYLLABLE, widen=True) == [{"van"}]


def test_a_word_typed_twice_counts_twice() -> None:
    (once,) = (f.weight for f in features_of("khéo") if f.kind is FeatureKind.SYLLABLE)
    twice = [f.weight for f in features_of("khéo OR khéo") if f.kind is FeatureKind.SYLLABLE]
    assert twice == [pytest.approx(2 * once)]


def test_a_feature_weighs_its_rarity_times_its_kind() -> None:
    feature = next(f for f in features_of("dân vận") if f.kind is FeatureKind.PAIR)
    assert feature.weight == pytest.approx(
        KIND_WEIGHTS[FeatureKind.PAIR]
        * salience(LEXICON.pair_frequency("dân", "vận"), LEXICON.documents)
    )


@given(st.integers(2, 100_000), st.data())
def test_salience_is_below_idf_except_for_a_feature_of_one_document(
    documents: int, data: st.DataObject
) -> None:
    one, other = sorted(data.draw(st.tuples(*[st.integers(1, documents)] * 2)))
    assert salience(1, documents) == pytest.approx(idf(1, documents))
    assert salience(other, documents) <= idf(other, documents) + 1e-9
    assert salience(one, documents) >= salience(other, documents)
    assert salience(other, documents) ** 2 * idf(1, documents) == pytest.approx(
        idf(other, documents) ** 3
    )


def test_exclusions_and_facets_have_no_features() -> None:
    assert features_of("-khéo") == []
    assert features_of("năm:2020") == []


def test_a_prefix_whose_expansions_differ_in_marks_makes_no_pair() -> None:
    assert variants("dân-hò*", FeatureKind.PAIR) == []
    assert features_of("dân-hò*", widen=True)


@given(QUERIES)
def test_weights_are_never_negative(text: str) -> None:
    for widen in (False, True):
        for feature in features_of(text, widen=widen):
            assert feature.weight >= 0
            assert all(weight > 0 for _, weight in feature.variants)


def test_a_synonym_counts_once_like_a_syllable_or_the_pairs_of_a_text() -> None:
    lexicon = DictLexicon(["UBND huyện", "Uỷ ban nhân dân huyện"] * 3)
    for typed in ("uỷ ban nhân dân", "UBND"):
        found = list(features(interpret(typed, lexicon), lexicon, widen=False))
        assert {weight for f in found for _, weight in f.variants} == {1.0}
        by_kind = {
            kind: {f.weight for f in found if f.kind is kind}
            for kind in (FeatureKind.SYLLABLE, FeatureKind.PAIR)
        }
        for kind, found_weights in by_kind.items():
            # A syllable within a word counts 0.7 of one that is a word, UBND twice as much.
            syllables = [0.7, 1.4] if " " in typed else [1.4]
            shares = syllables if kind is FeatureKind.SYLLABLE else [1.0]
            expected = [KIND_WEIGHTS[kind] * salience(3, 6) * share for share in shares]
            assert sorted(found_weights) == pytest.approx(expected)


def weights(text: str, lexicon: DictLexicon) -> dict[str, float]:
    """Return the weight of each feature of a query, relative to its kind and salience."""
    found = {}
    for f in features(interpret(text, lexicon), lexicon, widen=False):
        ((term, _),) = f.variants
        rarity = salience(document_frequency(f.kind, term, lexicon), lexicon.documents)
        found[f"{f.kind}: {term}"] = f.weight / (KIND_WEIGHTS[f.kind] * rarity)
    return found


def test_a_function_word_weighs_half_and_its_pairs_the_mean() -> None:
    lexicon = DictLexicon(["giá của gạo", "giá cho cả nhà"])
    found = weights("giá của gạo", lexicon)
    assert [found[f"syllable: {term}"] for term in ("giá", "của", "gạo")] == pytest.approx(
        [1, 0.5, 1]
    )
    assert found["word: của"] == pytest.approx(0.5)
    assert found["pair: giá của"] == found["pair: của gạo"] == pytest.approx(math.sqrt(0.5))
    assert weights("giá cho cả nhà", lexicon)["pair: cho cả"] == pytest.approx(0.5)


def test_a_syllable_within_a_word_of_several_weighs_less_also_one_like_a_function_word() -> None:
    lexicon = DictLexicon(["không khí sạch", "không sạch"])
    found = weights("không khí sạch", lexicon)
    assert found["syllable: không"] == found["syllable: khí"] == pytest.approx(0.7)
    assert found["pair: không khí"] == found["word: không_khí"] == found["syllable: sạch"] == 1
    assert weights("không sạch", lexicon)["syllable: không"] == pytest.approx(0.5)


@pytest.mark.parametrize("word", ["canxi", "ubnd"])
def test_a_foreign_word_weighs_more_than_a_syllable(word: str) -> None:
    lexicon = DictLexicon([f"{word}. gạo. f16. w", "mây"])
    found = weights(f"{word}, gạo, f16, w", lexicon)
    shares = {term: found[f"syllable: {term}"] for term in (word, "gạo", "f16", "w")}
    assert shares == pytest.approx({word: 1.4, "gạo": 1, "f16": 1, "w": 1})


def test_a_name_like_a_function_word_weighs_like_other_words() -> None:
    lexicon = DictLexicon(["nước Anh xa", "quê anh xa"])
    assert weights("nước Anh xa", lexicon)["syllable: anh"] == 1
    assert weights("quê anh xa", lexicon)["syllable: anh"] == pytest.approx(0.5)


def test_the_syllables_of_several_words_should_be_near_each_other() -> None:
    assert near("khéo dân vận") == [{"dân"}, {"khéo"}, {"vận"}]
    assert near("khéo dân vận khéo") == near("khéo dân vận")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "khéo",
        "dân vận",
        '"công tác dân vận"',
        "dân OR vận khéo",
        "khéo zzz",
        "khé*",
        "dân -vận",
    ],
)
def test_where_all_stands_side_by_side_or_nothing_does_no_term_should_be_near(text: str) -> None:
    assert near(text) == []


def test_question_words_and_unknown_words_need_not_be_near() -> None:
    assert near("khéo như thế nào dân vận zzz") == near("khéo dân vận")


def test_an_unmarked_syllable_is_near_in_its_likely_forms() -> None:
    assert near("dan van cong tac") == []
    assert near("dan van cong tac", widen=True) == [{"công"}, {"dân"}, {"tác"}, {"vận"}]


def test_a_pasted_text_has_a_bounded_number_of_near_terms() -> None:
    text = " ".join(sorted(LEXICON.counts))
    assert len(near_terms(interpret(normalize(text).text, LEXICON), LEXICON, widen=True)) <= 32

"""Facet values named in a query, as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lexicons import DictLexicon

from indexer.analysis import fold, has_marks, terms_in
from indexer.query.entities.facet_values import find_values
from indexer.query.interpret import interpret
from indexer.query.plan import HasValue, positive_phrases
from indexer.relaxation import Relaxation

MONTHS = ("2020-01", "2020-11", "2021-01", "lạ")
LEXICON = DictLexicon(("sơ kết tháng 1 năm 2021", "tổng kết"), {"month": MONTHS})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("2021-01", ["2021-01"]),
        ("1/2021", ["2021-01"]),
        ("01/2021", ["2021-01"]),
        ("1-2021", ["2021-01"]),
        ("1 năm 2021", ["2021-01"]),
        ("1 nam 2021", ["2021-01"]),
        ('"1/2021"', ["2021-01"]),
        ("11/2020", ["2020-11"]),
        ("1/2020", ["2020-01"]),
        ("1", ["2020-01", "2021-01"]),
        ("2020", ["2020-01", "2020-11"]),
        ("12/2020", []),
        ("13/2020", []),
        ("lạ", ["lạ"]),
    ],
)
@pytest.mark.parametrize("field", ["tháng", "thang", "month"])
def test_a_month_may_be_typed_in_any_common_way(field: str, text: str, named: list[str]) -> None:
    first, *_ = Relaxation(interpret(f"{field}:{text}", LEXICON), LEXICON).steps(exact_only=False)
    match = first.plan.match
    assert (list(match.values) if isinstance(match, HasValue) else []) == named


def test_words_after_a_month_are_text() -> None:
    for text in ("tháng:1/2021 sơ kết", "tháng:1 năm 2021 sơ kết"):
        first, *_ = Relaxation(interpret(text, LEXICON), LEXICON).steps(exact_only=False)
        (phrase,) = positive_phrases(first.plan.match)
        assert phrase.slots == (("sơ",), ("kết",))


def test_a_number_is_no_month_of_another_facet() -> None:
    lexicon = DictLexicon((), {"cited": ("2021-01",)})
    assert find_values(["1", "2021"], "cited", lexicon) == ()


SYLLABLES = st.sampled_from(["lưu", "luu", "thị", "thì", "thi", "an", "a", "huyền"])
NAMES = st.lists(SYLLABLES, min_size=1, max_size=4).map(" ".join)


@given(st.frozensets(NAMES | st.just("– ?"), max_size=6), NAMES)
def test_values_that_contain_the_syllables_side_by_side_are_found(
    values: frozenset[str], name: str
) -> None:
    """The oracle checks one value after another."""
    terms = terms_in(name)

    def contains_terms(value: str) -> bool:
        value_terms = terms_in(value)
        if not any(map(has_marks, terms)):
            value_terms = tuple(map(fold, value_terms))
        spans = (value_terms[at : at + len(terms)] for at in range(len(value_terms)))
        return terms in spans

    every = tuple(sorted(values))
    lexicon = DictLexicon((), {"person": every})
    assert find_values(terms, "person", lexicon) == tuple(filter(contains_terms, every))

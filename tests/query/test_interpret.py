"""Queries interpreted through a small vocabulary: word spans, forms, prefixes, restored marks."""

from __future__ import annotations

from itertools import pairwise
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lexicons import LEXICON, DictLexicon
from test_grammar import QUERIES
from texts import LONG_RUNS, long_run

from indexer.analysis import fold, tokens
from indexer.analysis.normalize import normalize
from indexer.query.interpret import MAX_EXPANSIONS, MAX_SYLLABLES, interpret
from indexer.query.model import Clause, Disjunction, Query
from indexer.relaxation import Relaxation
from indexer.suggest.did_you_mean import suggestion


def interpret_typed(text: str, lexicon: DictLexicon = LEXICON) -> Query:
    return interpret(normalize(text).text, lexicon)


def word_spans(text: str) -> list[str]:
    """Return the word spans of a query, clause by clause; excluded ones begin with a minus."""

    def of(rows: Disjunction, sign: str) -> list[str]:
        found = []
        for row in rows.alternatives:
            for parts, mark in ((row.must, sign), (row.must_not, "-")):
                for part in parts:
                    if isinstance(part, Disjunction):
                        found += of(part, mark)
                    else:
                        found += [
                            mark + " ".join(s.term for s in part.syllables[i:j])
                            for i, j in part.word_spans
                        ]
        return found

    return of(interpret_typed(text).root, "")


def test_a_text_is_interpreted_once_per_lexicon() -> None:
    other = DictLexicon(["dân vận"])
    query = interpret_typed("dan van")
    assert interpret_typed("dan van") is query
    assert [s.forms for s in interpret_typed("dan van", other).syllables] == [
        ("dan", "dân"),
        ("van", "vận"),
    ]
    assert interpret_typed("dan van") is query


def test_the_cache_is_bounded_has_no_long_texts_and_keeps_no_lexicon_alive() -> None:
    lexicon = DictLexicon(["dân vận"])
    first, long = interpret_typed("dân", lexicon), interpret_typed("dân vận " * 100, lexicon)
    assert interpret_typed("dân vận " * 100, lexicon) == long
    assert interpret_typed("dân vận " * 100, lexicon) is not long
    for number in range(1000):
        interpret_typed(f"dân {number}", lexicon)
    assert interpret_typed("dân", lexicon) == first
    assert interpret_typed("dân", lexicon) is not first
    gone = ref(lexicon)
    del lexicon
    assert gone() is None


def test_text_after_an_excluded_value_that_no_document_has_must_match() -> None:
    assert word_spans("-năm:2019 dân vận") == ["dân vận", "-2019"]
    assert word_spans("năm:2019 dân vận") == ["2019 dân vận"]


@given(QUERIES)
def test_any_text_is_interpreted_and_every_offset_is_in_it(text: str) -> None:
    query = interpret_typed(text)
    for syllable in query.syllables:
        assert query.text[syllable.start : syllable.end] == syllable.typed
        assert [t.term for t in tokens(syllable.typed)] == [syllable.term]
        assert syllable.term in syllable.forms
        assert {fold(form) for form in syllable.forms} == {fold(syllable.term)}
        assert syllable.restored.term in syllable.restored.probabilities
        assert sum(syllable.restored.probabilities.values()) == pytest.approx(1)
    assert len(query.syllables) <= MAX_SYLLABLES


@given(QUERIES)
def test_the_word_spans_of_a_clause_cover_it_without_gaps(text: str) -> None:
    for clause in interpret_typed(text).clauses():
        assert clause.word_spans[0][0] == 0
        assert clause.word_spans[-1][1] == len(clause.syllables)
        assert all(i < j for i, j in clause.word_spans)
        assert all(a[1] == b[0] for a, b in pairwise(clause.word_spans))


@pytest.mark.parametrize("piece", [*LONG_RUNS, "dan van ", "dan* ", "-dan ", '"dan" '])
def test_a_long_text_is_interpreted_within_the_limits(piece: str) -> None:
    query = interpret_typed(long_run(piece))
    assert len(query.syllables) <= MAX_SYLLABLES
    assert len(list(Relaxation(query, LEXICON).steps())) <= 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("công tác dân vận", ["công tác", "dân vận"]),
        ("cong tac dan van", ["cong tac", "dan van"]),
        ("CÔNG TÁC DÂN VẬN", ["công tác", "dân vận"]),
        ("huyện ủy", ["huyện uỷ"]),
        ('"công tác dân vận"', ["công tác dân vận"]),
        ("công tác", ["công tác"]),
        # a word of pyvi that the index never has side by side: two words
        ("nhân vận", ["nhân", "vận"]),
        # no word of pyvi, but a name that the index always has side by side
        ("luu thi huyen", ["luu thi huyen"]),
        ("dân vận -hội nghị khéo", ["dân vận", "khéo", "-hội nghị"]),
        ("-(dân vận)", ["-dân vận"]),
        ("-dân*", ["-dân"]),
        ("=dân vận", ["dân", "vận"]),
        ("…", []),
    ],
)
def test_a_query_is_split_into_word_spans(text: str, expected: list[str]) -> None:
    assert word_spans(text) == expected


def clause(text: str) -> Clause:
    (only,) = interpret_typed(text).clauses()
    return only


def test_an_unmarked_syllable_has_every_form_of_the_index_and_a_literal_only_its_own() -> None:
    assert clause("van").syllables[0].forms[:2] == ("van", "vận")  # typed, then most frequent
    assert set(clause("van").syllables[0].forms) == {"van", "vận", "văn", "vấn", "vạn"}
    assert clause("=van").syllables[0].forms == ("van",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("van", True),
        ("vân", False),
        ("=van", False),
        ("ubnd", False),
        ("hdnd", True),
        ("2020", False),
    ],
)
def test_a_syllable_may_lack_marks_if_the_index_has_a_form_with_marks(
    text: str, expected: bool
) -> None:
    assert clause(text).syllables[0].may_lack_marks is expected


def test_forms_with_the_typed_marks_may_have_others_too() -> None:
    assert set(clause("vân").syllables[0].forms_with_typed_marks()) == {"vân", "vận", "vấn"}
    assert set(clause("hôi").syllables[0].forms_with_typed_marks()) == {"hôi", "hội", "hồi"}


@pytest.mark.parametrize(
    ("text", "literal", "folded"),
    [
        ("dâ*", {"dân"}, {"dân", "dẫn", "đáp"}),
        ("da*", set(), {"dân", "dẫn", "đáp"}),
        ("ki*", {"kiểm", "kinh"}, {"kiểm", "kinh", "kỳ", "kỹ"}),
        ("ky*", set(), {"kỳ", "kỹ"}),
        ("kì*", {"kỳ"}, {"kiểm", "kinh", "kỳ", "kỹ"}),
        ("hòa*", set(), {"hoá"}),
        ("hóa*", {"hoá"}, {"hoá"}),
        ("HỌ*", {"họp"}, {"hoá", "họp", "hỏi", "hội", "hồi"}),
        ("zz*", set(), set()),
    ],
)
def test_a_prefix_expands_to_the_terms_of_the_index(
    text: str, literal: set[str], folded: set[str]
) -> None:
    found = clause(text)
    assert set(found.expansions) == literal
    assert set(found.folded_expansions) == folded


def test_expansions_are_the_most_frequent_up_to_the_limit() -> None:
    lexicon = DictLexicon([*(f"x{n:03d}" for n in range(200)), "x150", "x150 x151"])
    (found,) = interpret("x*", lexicon).clauses()
    assert len(found.expansions) == len(found.folded_expansions) == MAX_EXPANSIONS
    assert found.expansions[:3] == ("x150", "x151", "x000")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cong tac dan van", "công tác dân vận"),
        ("Cong Tac DAN VAN", "Công Tác DÂN VẬN"),
        ("công tác dan van", "công tác dân vận"),
        ("“dan van kheo”", "“dân vận khéo”"),
        ('"dan kheo"~5', '"dân khéo"~5'),
        ("luu thi huyen", "lưu thị huyền"),
        ("van hoa", "văn hoá"),
        ("HDND", "HĐND"),
        ("  dan van  ", "dân vận"),
        ("dan van OR (so ket)", "dân vận OR (sơ kết)"),
        ("dân vận", None),
        ("=dan =van", None),
        ("da*", None),
        ("xyz", None),
        ("", None),
    ],
)
def test_a_suggestion_restores_marks_and_keeps_signs_and_case(
    text: str, expected: str | None
) -> None:
    exact_hits = 0 if expected else 9
    found = suggestion(interpret_typed(text), LEXICON, exact_hits)
    assert (found.text if found else None) == expected


def test_a_suggestion_leaves_exclusions_as_typed() -> None:
    found = suggestion(interpret_typed("dan van -hoi"), LEXICON, 0)
    assert found is not None
    assert found.text == "dân vận -hoi"


@given(st.lists(st.sampled_from(sorted(LEXICON.terms())), min_size=1, max_size=6))
def test_a_suggestion_changes_only_marks(syllables: list[str]) -> None:
    typed = " ".join(fold(s) for s in syllables)
    found = suggestion(interpret_typed(typed), LEXICON, 0)
    assert found is None or fold(found.text) == fold(typed)


@pytest.mark.parametrize("beyond", [" vận khéo", ", kết quả" * 500])
def test_text_beyond_max_syllables_does_not_affect_the_words_before_it(beyond: str) -> None:
    text = "công tác " * (MAX_SYLLABLES // 2 - 1) + "vì dân"
    (whole,), (cut,) = (interpret_typed(t).clauses() for t in (text + beyond, text))
    assert len(cut.syllables) == MAX_SYLLABLES
    assert (whole.words, whole.word_spans) == (cut.words, cut.word_spans)

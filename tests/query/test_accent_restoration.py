"""Restored marks agree with the score of every possible sequence."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lexicons import LEXICON, DictLexicon

from indexer.query.interpret import interpret
from indexer.query.vocabulary.accent_restoration import Form, restore

TERMS = sorted(LEXICON.terms())
SLOTS = st.lists(
    st.lists(st.sampled_from([*TERMS, "lạ"]), min_size=1, max_size=4, unique=True),
    min_size=1,
    max_size=4,
)


def test_the_likeliest_sequence_has_neighbours_of_the_index() -> None:
    slots = [[Form(f) for f in ("dan", *LEXICON.variants("dan"))] for _ in "1"] + [
        [Form(f) for f in ("van", *LEXICON.variants("van"))]
    ]
    assert [r.term for r in restore(slots, LEXICON)] == ["dân", "vận"]
    before_đề = restore([slots[1], [Form("đề")]], LEXICON)
    assert [r.term for r in before_đề] == ["vấn", "đề"]


def test_a_pair_of_the_index_outweighs_a_frequent_form() -> None:
    lexicon = DictLexicon([*["dân vận"] * 3, *["nhân dân", "văn bản"] * 200])
    slots = [[Form("dân")], [Form("văn"), Form("vận")]]
    assert [r.term for r in restore(slots, lexicon)] == ["dân", "vận"]


def test_no_syllables_give_no_forms() -> None:
    assert restore([], LEXICON) == []


def test_a_prior_makes_a_form_likelier() -> None:
    plain = restore([[Form("văn"), Form("vấn")]], LEXICON)[0].probabilities
    heavy = restore([[Form("văn"), Form("vấn", 5)]], LEXICON)[0].probabilities
    assert heavy["vấn"] > plain["vấn"]
    assert heavy["vấn"] / heavy["văn"] == pytest.approx(5 * plain["vấn"] / plain["văn"])


@given(SLOTS)
def test_probabilities_and_likeliest_sequence_agree_with_enumeration(
    slots: list[list[str]],
) -> None:
    """The oracle scores each sequence with the formula of the docstrings and sums the scores."""
    n = LEXICON.documents
    assert n

    def unigram(term: str) -> float:
        return (LEXICON.frequency(term) + 0.01) / (100 * n)

    scores = {}
    for sequence in product(*slots):
        score = unigram(sequence[0])
        for at in range(1, len(sequence)):
            first, second = sequence[at - 1], sequence[at]
            seen = max(LEXICON.frequency(first), 1)
            score *= 0.9 * LEXICON.pair_frequency(first, second) / seen + 0.1 * unigram(second)
        scores[sequence] = score
    total = sum(scores.values())

    found = restore([[Form(term) for term in slot] for slot in slots], LEXICON)
    best = tuple(r.term for r in found)
    assert scores[best] == pytest.approx(max(scores.values()))
    for at, slot in enumerate(slots):
        for term in slot:
            expected = sum(s for sequence, s in scores.items() if sequence[at] == term) / total
            assert found[at].probabilities[term] == pytest.approx(expected)


def test_a_long_query_does_not_underflow() -> None:
    slots = [[Form(f) for f in ("van", *LEXICON.variants("van"))] for _ in range(2000)]
    assert len(restore(slots, LEXICON)) == 2000


def test_question_words_are_restored_although_documents_do_not_ask() -> None:
    lexicon = DictLexicon(
        ["nhiều việc", "báo chí", "bao bì", "thể hiện", "đầu năm", "nào ngờ", "người làm"] * 3
    )
    texts = ["bao nhieu nguoi", "nhu the nao", "nguoi lam gi", "bao lau"]
    restored = [[s.restored.term for s in interpret(text, lexicon).syllables] for text in texts]
    assert [" ".join(terms) for terms in restored] == [
        "bao nhiêu người",
        "như thế nào",
        "người làm gì",
        "bao lâu",
    ]


def test_a_frequent_pair_outweighs_a_question_word() -> None:
    lexicon = DictLexicon([*["bảo nhiều điều"] * 30, "bao bì"])
    terms = [s.restored.term for s in interpret("bao nhieu", lexicon).syllables]
    assert terms == ["bảo", "nhiều"]


def test_a_page_without_marks_does_not_make_its_pairs_certain() -> None:
    marked = [*["hoàng tử", "vương quốc"] * 3, *["tử tế"] * 20, *["vương miện"] * 9, "tử vương"]
    lexicon = DictLexicon([*marked, "hoang tu vuong quoc"])
    terms = [s.restored.term for s in interpret("hoang tu vuong quoc", lexicon).syllables]
    assert terms == ["hoàng", "tử", "vương", "quốc"]


COUNTRIES = [
    *["kí ức", "đục ngầu", "y tá", "nước ao", "nghệ sĩ", "ý kiến"] * 5,
    "Úc",
    "Đức",
    "nghĩ ý",
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("thu tuong uc", "úc"),
        ("dai su uc", "úc"),
        ("tieng duc", "đức"),
        ("thủ tướng uc", "úc"),
        ("nguoi y ta", "y"),
        ("nuoc ao", "ao"),
        ("dong uc", "ức"),
    ],
)
def test_a_word_that_says_so_makes_a_syllable_a_country(typed: str, meant: str) -> None:
    people = ["thủ tướng", "đại sứ", "tiếng nói", "người dân", "nước nhà", "đồng bào", "ta"]
    lexicon = DictLexicon([*COUNTRIES, *people])
    terms = [s.restored.term for s in interpret(typed, lexicon).syllables]
    assert terms[len(typed.split()) - (2 if typed == "nguoi y ta" else 1)] == meant

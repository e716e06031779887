from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import fold
from indexer.analysis.decompounding import (
    in_dictionary,
    inner_words,
    is_syllable_of_words,
    second_syllables,
    words_like,
)
from indexer.analysis.syllables import term_of
from indexer.analysis.words.word_model import word_model


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
def test_dictionary_words_are_found_inside_a_compound(compound: str, inner: list[str]) -> None:
    syllables = compound.split()
    assert [" ".join(syllables[i:j]) for i, j in inner_words(syllables)] == inner


@given(st.lists(st.sampled_from("nhân dân vận động công tác hợp tác xã a".split()), max_size=12))
def test_inner_words_do_not_overlap(syllables: list[str]) -> None:
    at = 0
    for start, end in inner_words(syllables):
        assert at <= start
        assert end - start in (2, 3)
        at = end
    assert at <= len(syllables)


def test_words_are_found_by_their_folds_and_by_their_syllables() -> None:
    pairs = word_model().pairs
    words = [(first, second) for first in pairs for second in pairs[first]]
    words = [tuple(map(term_of, word)) for word in words if pairs[word[0]][word[1]].is_word]
    for word in words:
        if all("-" not in syllable for syllable in word):
            assert in_dictionary(word)
            like = words_like([*map(fold, word)])
            assert word in like
            assert list(like) == sorted(like)
            assert all([*map(fold, other)] == [*map(fold, word)] for other in like)
            assert word[1] in second_syllables(word[0])
            assert set(word) <= set(filter(is_syllable_of_words, word))
    assert len(words) > 15_000
    assert in_dictionary(["lúa", "hè", "thu"])  # written with a hyphen
    assert words_like(["khong", "co"]) == ()
    assert not in_dictionary(["dân"])

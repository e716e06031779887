from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.decompounding import inner_words


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

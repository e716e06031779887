from __future__ import annotations

from collections import Counter

import pytest

from indexer.analysis.memo import LONGEST, cached


@pytest.mark.parametrize(
    ("terms", "times"),
    [
        (("vận",), 1),
        (("dân", "vận"), 1),
        (("v" * LONGEST,), 1),
        (("v" * (LONGEST + 1),), 2),
        (("dân", "v" * (LONGEST + 1)), 2),
    ],
)
def test_answers_about_long_terms_are_not_kept(terms: tuple[str, ...], times: int) -> None:
    asked: Counter[tuple[str, ...]] = Counter()

    def answer(*terms: str) -> str:
        asked[terms] += 1
        return " ".join(terms)

    ask = cached(answer, 4)
    assert ask(*terms) == ask(*terms) == " ".join(terms)
    assert asked[terms] == times

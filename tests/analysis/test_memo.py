from __future__ import annotations

from collections import Counter

import pytest

from indexer.analysis.memo import MAX_MEMOIZED_LENGTH, Memo, memoize_lru


@pytest.mark.parametrize(
    ("terms", "times"),
    [
        (("vận",), 1),
        (("dân", "vận"), 1),
        (("v" * MAX_MEMOIZED_LENGTH,), 1),
        (("v" * (MAX_MEMOIZED_LENGTH + 1),), 2),
        (("dân", "v" * (MAX_MEMOIZED_LENGTH + 1)), 2),
    ],
)
def test_results_for_long_terms_are_computed_each_time(terms: tuple[str, ...], times: int) -> None:
    calls: Counter[tuple[str, ...]] = Counter()

    def join(*terms: str) -> str:
        calls[terms] += 1
        return " ".join(terms)

    memoized = memoize_lru(join, 4)
    assert memoized(*terms) == memoized(*terms) == " ".join(terms)
    assert calls[terms] == times


def test_memo_is_bounded() -> None:
    memo = Memo(str.upper, size=10, longest=3)
    for number in range(1000):
        assert memo[f"a{number % 37}"] == f"A{number % 37}"
        assert len(memo) <= 10
    assert memo["long"] == "LONG"
    assert "long" not in memo

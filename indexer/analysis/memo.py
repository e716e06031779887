"""Answers about terms, kept at hand.

What is kept counts its entries, not their bytes, and a term may be as long as a query or a
document: a long one is answered anew each time, so that a few megabytes are enough.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Generic, TypeVar

LONGEST = 64
"""Characters of a term whose answer is kept."""

T = TypeVar("T")


class Memo(dict[str, T], Generic[T]):
    """`memo[key]` is `compute(key)`, computed once while it is remembered.

    Full, it forgets everything: what is in use comes back at once, and there is no order to keep.
    Keys longer than `longest` are computed each time. Threads share it without a lock, and a forked
    child inherits it whole: single dictionary operations are atomic; two threads may compute the
    same value twice, to the same end.
    """

    def __init__(self, compute: Callable[[str], T], size: int, longest: int = LONGEST) -> None:
        super().__init__()
        self._compute = compute
        self._size = size
        self._longest = longest

    def __missing__(self, key: str) -> T:
        value = self._compute(key)
        if len(key) <= self._longest:
            if len(self) >= self._size:
                self.clear()
            self[key] = value
        return value


def remembered(answer: Callable[[str], T], entries: int) -> Callable[[str], T]:
    """`answer`, a pure function of one term, sooner: what is remembered costs no call in Python."""
    return Memo(answer, entries).__getitem__


def cached(answer: Callable[..., T], entries: int) -> Callable[..., T]:
    """`answer`, a pure function of terms, with its last `entries` answers kept."""
    kept = lru_cache(entries)(answer)

    def ask(*terms: str) -> T:
        for term in terms:
            if len(term) > LONGEST:
                return answer(*terms)
        return kept(*terms)

    return ask

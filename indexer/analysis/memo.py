"""Bounded caches for pure functions of terms.

The bound is a number of entries, not of bytes, and a term may be as long as a query or a document.
Results for terms longer than MAX_MEMOIZED_LENGTH are therefore not cached, so that a cache takes a
few megabytes at most.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Generic, TypeVar

MAX_MEMOIZED_LENGTH = 64
"""Length in code points of the longest term whose result is cached."""

T = TypeVar("T")


class Memo(dict[str, T], Generic[T]):
    """A cache in which `memo[key]` is `compute(key)`, computed once while it is cached.

    It holds at most `size` entries (a few more if several threads add at once): when full, it is
    emptied, and entries in use are soon computed again. For keys longer than `longest` code points,
    `compute` is called each time; an error that it raises passes. Threads may share the cache
    without a lock, and a forked child inherits it complete: single dictionary operations are
    atomic; two threads may compute the same value twice, with the same result.
    """

    def __init__(
        self, compute: Callable[[str], T], size: int, longest: int = MAX_MEMOIZED_LENGTH
    ) -> None:
        super().__init__()
        self._compute = compute
        self._size = size
        self._longest = longest

    def __missing__(self, key: str) -> T:
        value = self._compute(key)
        self.store(key, value)
        return value

    def store(self, key: str, value: T) -> None:
        """Cache `value`, which must be what `compute(key)` would return, unless the key is too
        long."""
        if len(key) <= self._longest:
            if len(self) >= self._size:
                self.clear()
            self[key] = value


def memoize(function: Callable[[str], T], entries: int) -> Callable[[str], T]:
    """Return a function like `function`, a pure function of one term, that caches its results.

    The cache is a `Memo` of at most `entries` entries, which is emptied when it is full; results
    for terms longer than MAX_MEMOIZED_LENGTH are not cached. It is faster than `memoize_lru`,
    because a cached result is found by a dictionary look-up alone, without running Python code.
    Errors of `function` pass and are not cached.
    """
    return Memo(function, entries).__getitem__


def memoize_lru(function: Callable[..., T], entries: int) -> Callable[..., T]:
    """Return a function like `function`, a pure function of one or more terms, that caches its
    results.

    At most `entries` are kept, and the least recently used is dropped first; calls with a term
    longer than MAX_MEMOIZED_LENGTH are not cached. Arguments must be given by position.
    """
    memoized = lru_cache(entries)(function)

    def call(*terms: str) -> T:
        for term in terms:
            if len(term) > MAX_MEMOIZED_LENGTH:
                return function(*terms)
        return memoized(*terms)

    return call

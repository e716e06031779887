"""Answers about terms, kept at hand.

A cache counts its entries, not their bytes, and a term may be as long as a query or a document: a
long one is answered anew each time, so that what is kept stays within a few megabytes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

LONGEST = 64
"""Characters of a term whose answer is kept."""

T = TypeVar("T")


def cached(answer: Callable[..., T], entries: int) -> Callable[..., T]:
    """`answer`, a pure function of terms, with its last `entries` answers kept."""
    kept = lru_cache(entries)(answer)

    def ask(*terms: str) -> T:
        for term in terms:
            if len(term) > LONGEST:
                return answer(*terms)
        return kept(*terms)

    return ask

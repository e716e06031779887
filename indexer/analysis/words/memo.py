"""A memo of bounded size that threads share without a lock and a forked child inherits whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Memo(dict[str, _T], Generic[_T]):
    """`memo[key]` is `compute(key)`, computed once while it is remembered.

    Full, it forgets everything: what is in use comes back at once, and there is no order to keep.
    Keys longer than `longest` are computed each time. Single dictionary operations are atomic;
    two threads may compute the same value twice, to the same end.
    """

    def __init__(self, compute: Callable[[str], _T], size: int, longest: int) -> None:
        super().__init__()
        self._compute = compute
        self._size = size
        self._longest = longest

    def __missing__(self, key: str) -> _T:
        value = self._compute(key)
        if len(key) <= self._longest:
            if len(self) >= self._size:
                self.clear()
            self[key] = value
        return value

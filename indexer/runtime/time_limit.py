"""A limit on the time that one search may take, checked between its steps.

The limit belongs to the running thread, so that functions far below a search can check it without
an argument that every function between would have to pass on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

from indexer.errors import SearchTimeout

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
"""Value of `perf_counter` from which on `check_time` raises; None for no limit."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Context manager in which `check_time` raises SearchTimeout once `seconds` have passed.

    It replaces the limit of an outer block until it ends. None means no limit: for work that is
    short and must be finished.
    """
    token = _deadline.set(None if seconds is None else perf_counter() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def check_time() -> None:
    """Raise SearchTimeout if the time limit of this thread has passed.

    A call takes about 0.1 µs. Call it before each step whose number depends on the query or on the
    index, not for each document.
    """
    deadline = _deadline.get()
    if deadline is not None and perf_counter() > deadline:
        raise SearchTimeout(
            "The search takes too long.", "Use fewer or rarer words, or raise TRACUU_TIMEOUT."
        )

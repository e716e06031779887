"""All errors of the package pass between processes whole."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Iterator

import pytest

from indexer.errors import TraCuuError
from indexer.runtime import worker_pool


def _classes(root: type[TraCuuError] = TraCuuError) -> Iterator[type[TraCuuError]]:
    if root.__module__.startswith("indexer."):  # those of the page stay in their process
        yield root
    for each in root.__subclasses__():
        yield from _classes(each)


assert worker_pool.WorkerEnded in _classes()


@pytest.mark.parametrize("error", list(dict.fromkeys(_classes())), ids=lambda c: c.__name__)
def test_an_error_is_the_same_after_pickling(error: type[TraCuuError]) -> None:
    given = inspect.signature(error).parameters.values()
    named = {p.name: "x" for p in given if p.kind is p.KEYWORD_ONLY}
    positional = [p for p in given if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    made = error(*["một"] * len(positional), **named)
    copy = pickle.loads(pickle.dumps(made))
    assert type(copy) is error
    assert (str(copy), copy.__dict__) == (str(made), made.__dict__)

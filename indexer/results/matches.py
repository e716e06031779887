"""Where the runs of a plan stand in a text: the words to highlight, and nothing else.

The accent rule of the match is applied to the mark too, because the very slots that matched are
looked for: a search for `đông` does not mark `động`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from indexer.analysis import Token
from indexer.models import Range
from indexer.query.plan import Run

_MOST_LOOKS = 1 << 19
"""Tokens of one text that are looked at, about: each start costs as many as its run may take."""


class Occurrence(NamedTuple):
    """One place where run number `run` stands: the words from `start` to `end`, as `ranges`."""

    start: int
    end: int
    run: int
    ranges: tuple[Range, ...]


_occurrence: Callable[[tuple[int, int, int, tuple[Range, ...]]], Occurrence] = partial(
    tuple.__new__, Occurrence
)
"""Of its fields, in half the time of the class itself."""


class Finder:
    """Runs, ready to be found in one text after another."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._alone: dict[str, list[int]] = {}
        """A term → the numbers of the runs that are no more than it."""
        self._beginning: dict[str, list[tuple[int, Sequence[frozenset[str]], int]]] = {}
        """A term → number, slots and slop of the longer runs that begin with it."""
        for number, run in enumerate(runs):
            if len(run.slots) == 1:
                for term in dict.fromkeys(run.slots[0]):
                    self._alone.setdefault(term, []).append(number)
                continue
            slots = [frozenset(slot) for slot in run.slots]
            for term in slots[0] if slots else ():
                self._beginning.setdefault(term, []).append((number, slots, run.slop))

    def places(self, tokens: Sequence[Token]) -> list[Occurrence]:
        """The places where any of the runs stands in the tokens of one text, by start.

        Tokens with terms that no run asks for may be left out. A text of hundreds of thousands of
        places is marked at its beginning only: where as much was looked at as `_MOST_LOOKS` says.
        """
        alone, beginning = self._alone, self._beginning
        # Nearly all places of a long query are single syllables.
        found = [
            _occurrence((start, end, number, ((start, end),)))
            for term, start, end, _ in tokens[:_MOST_LOOKS]
            if term in alone
            for number in alone[term]
        ]
        left = _MOST_LOOKS
        longer = (at for at, token in enumerate(tokens) if token[0] in beginning)
        for first in longer if beginning else ():
            for number, slots, slop in beginning[tokens[first].term]:
                left -= len(slots) + slop
                indices = _follow(tokens, slots, first, slop)
                if indices is not None:
                    found.append(_place(tokens, indices, number, near=slop > 0))
            if left <= 0:
                break
        found.sort()
        return found


def merge(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Ranges in order, those that overlap as one; those that only touch stay apart."""
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _place(tokens: Sequence[Token], indices: Sequence[int], run: int, *, near: bool) -> Occurrence:
    """The place of these tokens: one range, or one for each word where others may stand between."""
    start, end = tokens[indices[0]].start, tokens[indices[-1]].end
    ranges = tuple((tokens[i].start, tokens[i].end) for i in indices) if near else ((start, end),)
    return Occurrence(start, end, run, ranges)


def _follow(
    tokens: Sequence[Token], accepted: Sequence[frozenset[str]], first: int, slop: int
) -> list[int] | None:
    """The indices of the run that begins at `first`, each slot at its earliest, or None."""
    indices = [first]
    last_position = tokens[first].position + len(accepted) - 1 + slop
    for slot in accepted[1:]:
        index = indices[-1] + 1
        while index < len(tokens) and tokens[index].position <= last_position:
            if tokens[index].term in slot and (
                slop or tokens[index].position == tokens[index - 1].position + 1
            ):
                break
            if not slop:
                return None
            index += 1
        else:
            return None
        indices.append(index)
    return indices

"""Where the runs of a plan stand in a text: the words to highlight, and nothing else.

The accent rule of the match is applied to the mark too, because the very slots that matched are
looked for: a search for `đông` does not mark `động`.
"""

from __future__ import annotations

from collections.abc import Sequence

from indexer.models import Mark, Range
from indexer.query.plan import Run

_MOST_LOOKS = 1 << 19
"""Syllables of one text that are looked at, about: each start costs as many as its run may take."""


Occurrence = tuple[int, int, int, tuple[Range, ...]]
"""One place where a run stands: start and end, the number of the run, and its words as ranges."""


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

    def places(self, marks: Sequence[Mark]) -> list[Occurrence]:
        """The places where any of the runs stands in the syllables of one text, by start.

        Those with terms that no run asks for may be left out. A text of hundreds of thousands of
        places is marked at its beginning only: where as much was looked at as `_MOST_LOOKS` says.
        """
        if not marks:
            return []
        alone, beginning = self._alone, self._beginning
        # Nearly all places of a long query are single syllables.
        found: list[Occurrence] = [
            (start, end, number, ((start, end),))
            for term, start, end, _ in marks[:_MOST_LOOKS]
            if term in alone
            for number in alone[term]
        ]
        left = _MOST_LOOKS
        longer = (at for at, mark in enumerate(marks) if mark[0] in beginning)
        for first in longer if beginning else ():
            for number, slots, slop in beginning[marks[first][0]]:
                left -= len(slots) + slop
                indices = _follow(marks, slots, first, slop)
                if indices is not None:
                    found.append(_place(marks, indices, number, near=slop > 0))
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


def _place(marks: Sequence[Mark], indices: Sequence[int], run: int, *, near: bool) -> Occurrence:
    """The place of these syllables: one range, or one for each where others may stand between."""
    spans = [marks[index][1:3] for index in indices]
    start, end = spans[0][0], spans[-1][1]
    return start, end, run, tuple(spans) if near else ((start, end),)


def _follow(
    marks: Sequence[Mark], accepted: Sequence[frozenset[str]], first: int, slop: int
) -> list[int] | None:
    """The indices of the run that begins at `first`, each slot at its earliest, or None."""
    indices = [first]
    reached = marks[first][3]
    last = reached + len(accepted) - 1 + slop
    for slot in accepted[1:]:
        for index in range(indices[-1] + 1, len(marks)):
            term, _, _, position = marks[index]
            if position > (last if slop else reached + 1):
                return None
            if term in slot:
                break
            if not slop:
                return None
        else:
            return None
        indices.append(index)
        reached = position
    return indices

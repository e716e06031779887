"""Where the runs of a plan stand in a text: the words to highlight, and nothing else.

The accent rule of the match is applied to the mark too, because the very slots that matched are
looked for: a search for `đông` does not mark `động`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from indexer.analysis import Token
from indexer.models import Range
from indexer.query.plan import Run


class Occurrence(NamedTuple):
    """One place where run number `run` stands: the words from `start` to `end`, as `ranges`."""

    start: int
    end: int
    run: int
    ranges: tuple[Range, ...]


def occurrences(tokens: Sequence[Token], runs: Sequence[Run]) -> list[Occurrence]:
    """All places where any of the runs stands in the tokens of one text, by start.

    Tokens with terms that no run asks for may be left out.
    """
    at: dict[str, list[int]] = {}
    for index, token in enumerate(tokens):
        at.setdefault(token.term, []).append(index)
    found = [
        place
        for number, run in enumerate(runs)
        if run.slots
        for place in _places(tokens, at, run, number)
    ]
    return sorted(found, key=lambda place: (place.start, place.end))


def merge(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Ranges in order, those that overlap as one; those that only touch stay apart."""
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _places(
    tokens: Sequence[Token], at: Mapping[str, Sequence[int]], run: Run, number: int
) -> Iterator[Occurrence]:
    starts = sorted({index for term in run.slots[0] for index in at.get(term, ())})
    if len(run.slots) == 1:
        for first in starts:
            token = tokens[first]
            yield Occurrence(token.start, token.end, number, ((token.start, token.end),))
        return
    accepted = [frozenset(slot) for slot in run.slots]
    for first in starts:
        indices = _follow(tokens, accepted, first, run.slop)
        if indices is None:
            continue
        start, end = tokens[indices[0]].start, tokens[indices[-1]].end
        if run.slop:
            ranges = tuple((tokens[i].start, tokens[i].end) for i in indices)
        else:
            ranges = ((start, end),)
        yield Occurrence(start, end, number, ranges)


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

"""The exact score of a hit, and the order of a page of hits.

The cluster computes scores in single precision, so two hits with nearly equal scores may come in
the wrong order. Therefore the hits of a page, and some before and after it, are scored again here
in double precision, from what is stored with each (`Row`); hits whose scores from the cluster are
nearly equal are sorted by these exact scores (`Page`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from indexer.engines.bm25 import TITLE_WEIGHT
from indexer.engines.opensearch.reader.plan_query import exact_points
from indexer.engines.opensearch.storage.mapping import SENTENCE_END, token, weights_in
from indexer.query.plan import Feature, FeatureKind, FeatureScore

_CLOSE = 1e-5
"""Scores of the cluster that differ by less than this share may be in the wrong order: it adds up
to some hundred numbers of 24 bits."""


class Row(NamedTuple):
    """A hit as the cluster returns it.

    Attributes
    ----------
    id : the id of the document.
    rough : its score in single precision; 0 if the search has no features.
    key : what it is sorted by before the score: the rank of its pin, its day.
    length : in syllables, those of the title counted TITLE_WEIGHT times.
    title, body : its syllables in order, as `mapping.token` writes them, SENTENCE_END between two
        that are not neighbours; the index of a syllable is its position.
    words : its words with their weights, as `mapping.weights_in` reads them.
    leader : id of the leader of its group of copies; None if it has no copies.
    """

    id: str
    rough: float
    key: tuple[Any, ...]
    length: int
    title: Sequence[str]
    body: Sequence[str]
    words: str
    leader: str | None


class Scorer:
    """Scores hits exactly, from the terms that are stored with them.

    `features` are those that a document may have, each with its (term, weight) variants;
    `average_length` is in syllables, as BM25 counts them.
    """

    def __init__(
        self, features: Sequence[tuple[Feature, list[tuple[str, float]]]], average_length: float
    ) -> None:
        self._average = average_length
        self._syllables: set[str] = set()
        self._firsts: dict[str, set[str]] = {}  # second syllable of a pair -> its first ones
        self._words: list[str] = []
        self._features: list[tuple[Feature, list[tuple[str, float]]]] = []
        for feature, variants in features:
            if feature.kind is FeatureKind.PAIR:
                for term, _ in variants:
                    first, second = map(token, term.split(" "))
                    self._firsts.setdefault(second, set()).add(first)
                named = [(" ".join(map(token, term.split(" "))), w) for term, w in variants]
            else:
                named = [(token(term), weight) for term, weight in variants]
                names = [name for name, _ in named]
                if feature.kind is FeatureKind.WORD:
                    self._words += names
                else:
                    self._syllables.update(names)
            self._features.append((feature, named))

    def parts(self, row: Row) -> Iterator[FeatureScore]:
        """Yield the features that a hit has, in the order of `features`, with their points."""
        syllables, pairs = self._count(row)
        weights: Mapping[FeatureKind, Mapping[str, int]] = {
            FeatureKind.SYLLABLE: syllables,
            FeatureKind.PAIR: pairs,
            FeatureKind.WORD: weights_in(row.words, self._words) if self._words else {},
        }
        for feature, variants in self._features:
            here = weights[feature.kind]
            tf = sum(weight * here[name] for name, weight in variants if name in here)
            if tf:
                points = exact_points(feature, tf, row.length, self._average)
                yield FeatureScore(feature, tf, points)

    def score(self, row: Row) -> float:
        """Return the score of a hit, in double precision, without closeness."""
        return sum(part.points for part in self.parts(row))

    def _count(self, row: Row) -> tuple[dict[str, int], dict[str, int]]:
        """Return the weights of the syllables, and of the pairs ("first second"), of the features
        that a hit has."""
        syllables: dict[str, int] = {}
        pairs: dict[str, int] = {}
        for names, weight in ((row.title, TITLE_WEIGHT), (row.body, 1)):
            before = SENTENCE_END
            for name in names:
                if name in self._syllables:
                    syllables[name] = syllables.get(name, 0) + weight
                if name in self._firsts and before in self._firsts[name]:
                    pair = f"{before} {name}"
                    pairs[pair] = pairs.get(pair, 0) + weight
                before = name
        return syllables, pairs


class Page:
    """A page of hits in the exact order, made from the rows that the cluster returned for the page
    and some hits before and after it.

    Two hits are *close* if they have the same `Row.key` and the scores that the cluster computed
    for them differ by at most _CLOSE as a share. Only the order within a *run* of hits, each close
    to the next, may be wrong. So the page is certain once the runs that reach over its first and
    its last hit are wholly among the rows.

    Parameters
    ----------
    rows : the hits from number `first` on, counted from 0, in the order of the cluster.
    offset, limit : the page is the hits `[offset, offset + limit)`, counted from 0.
    scored : False if the hits have no scores, so that the order of the cluster is exact.
    may_grow : False if no more rows can be asked for, because the cluster returns only so many.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        first: int,
        offset: int,
        limit: int,
        *,
        scored: bool,
        may_grow: bool,
    ) -> None:
        self._rows = rows
        self._scored = scored
        self._begin, self._end = offset - first, offset - first + limit
        self._first = first
        self._may_grow = may_grow

    def is_settled(self, asked: int) -> bool:
        """True if the rows suffice to tell the hits of the page: no hit outside of them may belong
        to it.

        `asked` is how many rows were asked for; if there are fewer, the hits end with them.
        """
        rows = self._rows
        if self._end == self._begin or not rows or not self._scored:
            return True
        before = self._first == 0 or self._has_gap(0, self._begin)
        ended = len(rows) < asked or not self._may_grow
        return before and (ended or self._has_gap(self._end - 1, len(rows) - 1))

    def _has_gap(self, low: int, high: int) -> bool:
        """True if two neighbours among the rows with the indexes `low` to `high` are not close."""
        return any(
            not _are_close(self._rows[at], self._rows[at + 1])
            for at in range(low, min(high, len(self._rows) - 1))
        )

    def ordered(self, scored: Sequence[tuple[float, Row]]) -> list[tuple[float, Row]]:
        """Return the (exact score, row) of each hit of the page, in its order.

        `scored` are those of all rows, in the order of the cluster. Each run of close hits is
        sorted by exact score, the highest first, equal ones ascending by id.
        """
        found: list[tuple[float, Row]] = []
        run: list[tuple[float, Row]] = []
        for entry in scored:
            if run and not _are_close(run[-1][1], entry[1]):
                found += sorted(run, key=_order)
                run = []
            run.append(entry)
        found += sorted(run, key=_order)
        return found[self._begin : self._end]


def _are_close(one: Row, other: Row) -> bool:
    return one.key == other.key and abs(one.rough - other.rough) <= _CLOSE * abs(one.rough)


def _order(entry: tuple[float, Row]) -> tuple[float, str]:
    score, row = entry
    return -score, row.id

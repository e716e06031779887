"""The vocabulary of an index: look-ups in the mapped tables of its segment.

What the documents taught lies beside it as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from indexer.engines.whoosh.files import SegmentFiles
from indexer.engines.whoosh.lists import Ints
from indexer.engines.whoosh.schema import facet_field
from indexer.engines.whoosh.segment import Segment, damage
from indexer.query.learning import Learned
from indexer.results.facets import FACET_NAMES

LEARNED = "learned.json"
_CACHED_FREQUENCIES = 1 << 15


def write_learned(folder: Path, learned: Learned) -> None:
    """Keep what the documents taught."""
    text = json.dumps(learned.payload(), ensure_ascii=False, separators=(",", ":"))
    (folder / LEARNED).write_bytes(text.encode("utf-8", "surrogatepass"))


class WhooshLexicon:
    """The Lexicon protocol over one segment. Raises IndexDamaged."""

    def __init__(self, folder: Path, segment: Segment) -> None:
        self._segment = segment
        self._files = segment.files
        with damage(f"{folder.name}/{LEARNED}"):
            text = (folder / LEARNED).read_bytes().decode("utf-8", "surrogatepass")
            self._learned = Learned.from_payload(json.loads(text))
        self._word_frequency = lru_cache(_CACHED_FREQUENCIES)(
            lambda word: segment.frequency("words", word)
        )
        self._pair_frequency = lru_cache(_CACHED_FREQUENCIES)(segment.pair_frequency)
        self._variants = lru_cache(_CACHED_FREQUENCIES)(partial(_of_fold, segment.files))

    @property
    def documents(self) -> int:
        """Number of documents."""
        return self._segment.documents

    @property
    def learned(self) -> Learned:
        """What the documents taught."""
        return self._learned

    def terms(self) -> Sequence[str]:
        """All syllable terms, ascending."""
        return self._files.terms

    def folds(self, limit: int) -> tuple[str, ...]:
        """Folded syllables, those whose forms are most frequent together first."""
        with damage("the syllables"):
            ends = self._files.fold_ends.astype(np.int64)
            often = self._files.frequencies[self._files.fold_terms].astype(np.int64)
            totals = np.diff(np.concatenate(([0], np.cumsum(often)))[ends], prepend=0)
            order = np.argsort(-totals, kind="stable")[:limit]
            return tuple(map(self._files.folds.__getitem__, order.tolist()))

    def frequency(self, term: str) -> int:
        """Documents with this syllable."""
        with damage("the syllables"):
            number = self._segment.number(term)
            found: int = self._files.frequencies[number].item() if number >= 0 else 0
            return found

    def pair_frequency(self, first: str, second: str) -> int:
        """Documents with the two side by side."""
        return int(self._pair_frequency(first, second))

    def word_frequency(self, word: str) -> int:
        """Documents with this compound."""
        return int(self._word_frequency(word))

    def variants(self, folded: str) -> tuple[str, ...]:
        """Syllables that fold to `folded`, most frequent first, then by code point."""
        return self._variants(folded)

    def with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Syllables that begin with `prefix`, most frequent first."""
        with damage("the syllables"):
            first, last = self._files.terms.with_prefix(prefix)
            return self._first(limit, np.arange(first, last))

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Syllables whose fold begins with `prefix`, most frequent first."""
        with damage("the syllables"):
            return self._first(
                limit, _of_folds(self._files, *self._files.folds.with_prefix(prefix))
            )

    def facet_values(self, facet: str) -> tuple[str, ...]:
        """All values of a facet, ascending; none of an unknown facet."""
        if facet not in FACET_NAMES:
            return ()
        return tuple(self._segment.terms(facet_field(facet)))

    def _first(self, limit: int, numbers: Ints) -> tuple[str, ...]:
        """The most frequent `limit` of these syllables, then by code point."""
        often = self._files.frequencies[numbers].astype(np.int64)
        if 0 < limit < len(numbers):
            least = np.partition(often, len(often) - limit)[len(often) - limit]
            numbers, often = numbers[often >= least], often[often >= least]
        order = np.lexsort((numbers, -often))[:limit]
        return tuple(map(self._files.terms.__getitem__, numbers[order].tolist()))


def _of_fold(files: SegmentFiles, folded: str) -> tuple[str, ...]:
    """The syllables with this fold, most frequent first."""
    with damage("the syllables"):
        number = files.folds.find(folded)
        if number < 0:
            return ()
        return tuple(map(files.terms.__getitem__, _of_folds(files, number, number + 1).tolist()))


def _of_folds(files: SegmentFiles, first: int, last: int) -> Ints:
    """The numbers of the syllables with these folds."""
    ends = files.fold_ends
    start = int(ends[first - 1]) if first else 0
    stop = int(ends[last - 1]) if last else 0
    return files.fold_terms[start:stop].astype(np.int64)

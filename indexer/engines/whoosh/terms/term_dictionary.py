"""The vocabulary of a generation: look-ups in mapped tables, of living documents only.

Where there is one segment, the tables are its own; where there are several, or dead documents,
those of the syllables lie beside them together (`tables`), and the rest is added up when asked
for. What the documents taught lies there as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from indexer.analysis.memo import memoize_lru
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.reader.segment import Segment, damage
from indexer.engines.whoosh.terms.merged_terms import Tables, read_tables
from indexer.engines.whoosh.terms.phrase_table import JOINT, PART, Phrases
from indexer.engines.whoosh.terms.string_table import most_frequent
from indexer.engines.whoosh.writer.runs import facet_key, facet_value
from indexer.facets import FACET_NAMES
from indexer.query.vocabulary.learning import Learned
from indexer.query.vocabulary.lexicon import PhraseEntry

LEARNED = "learned.json"
TABLES = "lexicon.arrays"
_CACHED_FREQUENCIES = 1 << 15


def write_learned(folder: Path, learned: Learned) -> None:
    """Keep what the documents taught."""
    text = json.dumps(learned.payload(), ensure_ascii=False, separators=(",", ":"))
    (folder / LEARNED).write_bytes(text.encode("utf-8", "surrogatepass"))


def read_learned(folder: Path) -> Learned:
    """What `write_learned` wrote. Raises IndexDamaged."""
    with damage(f"{folder.name}/{LEARNED}"):
        text = (folder / LEARNED).read_bytes().decode("utf-8", "surrogatepass")
        return Learned.from_payload(json.loads(text))


class WhooshLexicon:
    """The Lexicon protocol over the segments of a generation. Raises IndexDamaged."""

    def __init__(self, folder: Path, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._learned = read_learned(folder)
        name = segments[0].stored.make_filename(f".{PART}") if alone(segments) else JOINT
        with damage(f"{folder.name}/{name}"):
            self._phrases = Phrases(folder / str(name))
        if alone(segments):
            files = segments[0].files
            self._tables = Tables(
                files.terms, files.frequencies, files.folds, files.fold_ends, files.fold_terms
            )
            self._number = segments[0].number
        else:
            with damage(f"{folder.name}/{TABLES}"):
                self._tables = read_tables(folder / TABLES)
            self._number = memoize_lru(self._tables.terms.find, _CACHED_FREQUENCIES)
        self._frequency = memoize_lru(
            partial(_frequency, self._tables, self._number), _CACHED_FREQUENCIES
        )
        self._word_frequency = memoize_lru(
            lambda word: sum(segment.frequency("words", word) for segment in segments),
            _CACHED_FREQUENCIES,
        )
        self._pair_frequency = memoize_lru(
            segments[0].pair_frequency
            if len(segments) == 1
            else lambda first, second: sum(s.pair_frequency(first, second) for s in segments),
            _CACHED_FREQUENCIES,
        )
        self._variants = memoize_lru(partial(_of_fold, self._tables), _CACHED_FREQUENCIES)
        self._values = lru_cache(len(FACET_NAMES))(partial(_values, segments))

    @property
    def documents(self) -> int:
        """Number of documents."""
        return sum(segment.documents - len(segment.dead) for segment in self._segments)

    @property
    def learned(self) -> Learned:
        """What the documents taught."""
        return self._learned

    def folds(self, limit: int) -> tuple[str, ...]:
        """Folded syllables, those whose forms are most frequent together first."""
        with damage("the syllables"):
            ends = self._tables.fold_ends.astype(np.int64)
            often = self._tables.frequencies[self._tables.fold_terms].astype(np.int64)
            totals = np.diff(np.concatenate(([0], np.cumsum(often)))[ends], prepend=0)
            order = np.argsort(-totals, kind="stable")[:limit]
            return tuple(self._tables.folds.some(order))

    def frequency(self, term: str) -> int:
        """Documents with this syllable."""
        return int(self._frequency(term))

    def pair_frequency(self, first: str, second: str) -> int:
        """Documents with the two side by side."""
        return int(self._pair_frequency(first, second))

    def pair_frequencies(self, firsts: Sequence[str], seconds: Sequence[str]) -> Ints:
        """The same of each of `firsts` (rows) with each of `seconds`."""
        total: Ints = self._segments[0].pair_frequencies(firsts, seconds)
        for segment in self._segments[1:]:
            total += segment.pair_frequencies(firsts, seconds)
        return total

    def word_frequency(self, word: str) -> int:
        """Documents with this word."""
        return int(self._word_frequency(word))

    def variants(self, folded: str) -> tuple[str, ...]:
        """Syllables that fold to `folded`, most frequent first, then by code point."""
        return self._variants(folded)

    def with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Syllables that begin with `prefix`, most frequent first."""
        with damage("the syllables"):
            first, last = self._tables.terms.with_prefix(prefix)
            return self._first(limit, np.arange(first, last))

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Syllables whose fold begins with `prefix`, most frequent first."""
        with damage("the syllables"):
            return self._first(
                limit, _of_folds(self._tables, *self._tables.folds.with_prefix(prefix))
            )

    def phrases(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        """Phrases whose keys begin so, those of most documents first."""
        with damage("the phrases"):
            return self._phrases.beginning_with(key, limit)

    def facet_values(self, facet: str) -> tuple[str, ...]:
        """All values of a facet, ascending; none of an unknown facet."""
        return self._values(facet) if facet in FACET_NAMES else ()

    def _first(self, limit: int, numbers: Ints) -> tuple[str, ...]:
        """The most frequent `limit` of these syllables, then by code point."""
        best = most_frequent(numbers, self._tables.frequencies[numbers], limit)
        return tuple(self._tables.terms.some(best))


def alone(segments: Sequence[Segment]) -> bool:
    """Whether the tables of one segment are those of the generation."""
    return len(segments) == 1 and not len(segments[0].dead)


def _values(segments: Sequence[Segment], facet: str) -> tuple[str, ...]:
    """The values of a facet that a living document has, ascending."""
    with damage("the facet values"):
        found: set[str] = set()
        for files in (segment.files for segment in segments):
            first, last = files.values.with_prefix(facet_key(facet, ""))
            living = np.flatnonzero(files.living.values[first:last]) + first
            found.update(map(facet_value, files.values.some(living)))
        return tuple(sorted(found))


def _frequency(tables: Tables, number_of: Callable[[str], int], term: str) -> int:
    """Documents with this syllable."""
    with damage("the syllables"):
        number = number_of(term)
        return int(tables.frequencies[number]) if number >= 0 else 0


def _of_fold(tables: Tables, folded: str) -> tuple[str, ...]:
    """The syllables with this fold, most frequent first."""
    with damage("the syllables"):
        number = tables.folds.find(folded)
        if number < 0:
            return ()
        return tuple(tables.terms.some(_of_folds(tables, number, number + 1)))


def _of_folds(tables: Tables, first: int, last: int) -> Ints:
    """The numbers of the syllables with these folds."""
    ends = tables.fold_ends
    start = int(ends[first - 1]) if first else 0
    stop = int(ends[last - 1]) if last else 0
    return tables.fold_terms[start:stop].astype(np.int64)

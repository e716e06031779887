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

from indexer.analysis.memo import cached
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.reader.segment import Segment, wrap_damage
from indexer.engines.whoosh.terms.merged_terms import TermTables, read_merged_terms
from indexer.engines.whoosh.terms.phrase_table import MERGED_PHRASES, PHRASES_PART, PhraseTable
from indexer.engines.whoosh.terms.string_table import most_frequent
from indexer.engines.whoosh.writer.runs import facet_key, facet_value
from indexer.facets import FACET_NAMES
from indexer.query.vocabulary.learning import Learned
from indexer.query.vocabulary.lexicon import PhraseEntry

LEARNED_FILE = "learned.json"
MERGED_TERMS = "terms.arrays"
_CACHED_FREQUENCIES = 1 << 15


def write_learned(folder: Path, learned: Learned) -> None:
    """Keep what the documents taught."""
    text = json.dumps(learned.payload(), ensure_ascii=False, separators=(",", ":"))
    (folder / LEARNED_FILE).write_bytes(text.encode("utf-8", "surrogatepass"))


def read_learned(folder: Path) -> Learned:
    """What `write_learned` wrote. Raises IndexDamaged."""
    with wrap_damage(f"{folder.name}/{LEARNED_FILE}"):
        text = (folder / LEARNED_FILE).read_bytes().decode("utf-8", "surrogatepass")
        return Learned.from_payload(json.loads(text))


class WhooshLexicon:
    """The Lexicon protocol over the segments of a generation. Raises IndexDamaged."""

    def __init__(self, folder: Path, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._learned = read_learned(folder)
        name = (
            segments[0].stored.make_filename(f".{PHRASES_PART}")
            if is_single_without_deletes(segments)
            else MERGED_PHRASES
        )
        with wrap_damage(f"{folder.name}/{name}"):
            self._phrases = PhraseTable(folder / str(name))
        if is_single_without_deletes(segments):
            files = segments[0].files
            self._tables = TermTables(
                files.terms, files.frequencies, files.folds, files.fold_ends, files.fold_terms
            )
            self._term_number = segments[0].term_number
        else:
            with wrap_damage(f"{folder.name}/{MERGED_TERMS}"):
                self._tables = read_merged_terms(folder / MERGED_TERMS)
            self._term_number = cached(self._tables.terms.find, _CACHED_FREQUENCIES)
        self._frequency = cached(
            partial(_frequency, self._tables, self._term_number), _CACHED_FREQUENCIES
        )
        self._word_frequency = cached(
            lambda word: sum(segment.frequency("words", word) for segment in segments),
            _CACHED_FREQUENCIES,
        )
        self._pair_frequency = cached(
            segments[0].pair_frequency
            if len(segments) == 1
            else lambda first, second: sum(s.pair_frequency(first, second) for s in segments),
            _CACHED_FREQUENCIES,
        )
        self._variants = cached(partial(_terms_with_fold, self._tables), _CACHED_FREQUENCIES)
        self._values = lru_cache(len(FACET_NAMES))(partial(_facet_values, segments))

    @property
    def documents(self) -> int:
        """Number of documents."""
        return sum(segment.documents - len(segment.deleted) for segment in self._segments)

    @property
    def learned(self) -> Learned:
        """What the documents taught."""
        return self._learned

    def folds(self, limit: int) -> tuple[str, ...]:
        """Folded syllables, those whose forms are most frequent together first."""
        with wrap_damage("the syllables"):
            ends = self._tables.fold_ends.astype(np.int64)
            frequencies = self._tables.frequencies[self._tables.fold_terms].astype(np.int64)
            totals = np.diff(np.concatenate(([0], np.cumsum(frequencies)))[ends], prepend=0)
            order = np.argsort(-totals, kind="stable")[:limit]
            return tuple(self._tables.folds.get_many(order))

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
        with wrap_damage("the syllables"):
            first, last = self._tables.terms.prefix_range(prefix)
            return self._take_most_frequent(limit, np.arange(first, last))

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Syllables whose fold begins with `prefix`, most frequent first."""
        with wrap_damage("the syllables"):
            return self._take_most_frequent(
                limit, _numbers_with_folds(self._tables, *self._tables.folds.prefix_range(prefix))
            )

    def phrases(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        """PhraseTable whose keys begin so, those of most documents first."""
        with wrap_damage("the phrases"):
            return self._phrases.with_prefix(key, limit)

    def facet_values(self, facet: str) -> tuple[str, ...]:
        """All values of a facet, ascending; none of an unknown facet."""
        return self._values(facet) if facet in FACET_NAMES else ()

    def _take_most_frequent(self, limit: int, numbers: Ints) -> tuple[str, ...]:
        """The most frequent `limit` of these syllables, then by code point."""
        best = most_frequent(numbers, self._tables.frequencies[numbers], limit)
        return tuple(self._tables.terms.get_many(best))


def is_single_without_deletes(segments: Sequence[Segment]) -> bool:
    """Whether the tables of one segment are those of the generation."""
    return len(segments) == 1 and not len(segments[0].deleted)


def _facet_values(segments: Sequence[Segment], facet: str) -> tuple[str, ...]:
    """The values of a facet that a living document has, ascending."""
    with wrap_damage("the facet values"):
        found: set[str] = set()
        for files in (segment.files for segment in segments):
            first, last = files.values.prefix_range(facet_key(facet, ""))
            live = np.flatnonzero(files.live_frequencies.values[first:last]) + first
            found.update(map(facet_value, files.values.get_many(live)))
        return tuple(sorted(found))


def _frequency(tables: TermTables, number_of: Callable[[str], int], term: str) -> int:
    """Documents with this syllable."""
    with wrap_damage("the syllables"):
        number = number_of(term)
        return int(tables.frequencies[number]) if number >= 0 else 0


def _terms_with_fold(tables: TermTables, folded: str) -> tuple[str, ...]:
    """The syllables with this fold, most frequent first."""
    with wrap_damage("the syllables"):
        number = tables.folds.find(folded)
        if number < 0:
            return ()
        return tuple(tables.terms.get_many(_numbers_with_folds(tables, number, number + 1)))


def _numbers_with_folds(tables: TermTables, first: int, last: int) -> Ints:
    """The numbers of the syllables with these folds."""
    ends = tables.fold_ends
    start = int(ends[first - 1]) if first else 0
    stop = int(ends[last - 1]) if last else 0
    return tables.fold_terms[start:stop].astype(np.int64)

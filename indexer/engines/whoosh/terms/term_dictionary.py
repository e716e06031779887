"""The vocabulary of a generation: lookups in memory-mapped tables, counting live documents only.

If the generation is a single segment without deletes, its own tables are used. Otherwise the
syllables are read from a merged table (`merged_terms`), and the frequencies of words and pairs are
added up over the segments when they are asked for. The abbreviations that documents define are
stored as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from indexer.analysis.memo import memoize_lru
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.string_table import facet_key, facet_value, most_frequent
from indexer.engines.whoosh.reader.segment import Segment, wrap_damage
from indexer.engines.whoosh.terms.merged_terms import TermTables, read_merged_terms
from indexer.engines.whoosh.terms.phrase_table import MERGED_PHRASES, PHRASES_PART, PhraseTable
from indexer.facets import FACET_NAMES, is_own_facet
from indexer.profile.archive_profile import NO_PROFILE, ArchiveProfile
from indexer.query.vocabulary.learning import Learned
from indexer.query.vocabulary.lexicon import PhraseEntry

LEARNED_FILE = "learned.json"
"""File name of the learned abbreviations of a generation."""
MERGED_TERMS = "terms.arrays"
"""File name of the syllables of a generation with several segments or deletes."""
_CACHED_FREQUENCIES = 1 << 15
"""Greatest number of entries in each cache of frequencies, term numbers or variants."""


def write_learned(folder: Path, learned: Learned) -> None:
    """Write the abbreviations that documents define to the file LEARNED_FILE in `folder`.

    Raises OSError if it cannot be written.
    """
    text = json.dumps(learned.payload(), ensure_ascii=False, separators=(",", ":"))
    (folder / LEARNED_FILE).write_bytes(text.encode("utf-8", "surrogatepass"))


def read_learned(folder: Path) -> Learned:
    """Return what `write_learned` wrote into `folder`, the folder of a generation.

    Raises IndexDamaged if the file is missing or `write_learned` cannot have written its content.
    """
    with wrap_damage(f"{folder.name}/{LEARNED_FILE}"):
        text = (folder / LEARNED_FILE).read_bytes().decode("utf-8", "surrogatepass")
        return Learned.from_payload(json.loads(text))


class WhooshLexicon:
    """The Lexicon protocol (`indexer.query.vocabulary.lexicon`) over the segments of a generation.

    Many threads may use it at once. The constructor and the methods raise IndexDamaged if a file is
    damaged. Deleted documents are not counted. Terms are lower-case and normalised as
    `indexer.analysis` makes them; an unknown one has the frequency 0.

    Parameters
    ----------
    folder : folder of the generation.
    segments : all segments of it, at least one, open; they must stay open while it is used.
    profile : what `archive.toml` states.
    """

    def __init__(
        self,
        folder: Path,
        segments: Sequence[Segment],
        profile: ArchiveProfile = NO_PROFILE,
    ) -> None:
        self._segments = segments
        self.profile = profile
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
            self._term_number = memoize_lru(self._tables.terms.find, _CACHED_FREQUENCIES)
        self._frequency = memoize_lru(
            partial(_frequency, self._tables, self._term_number), _CACHED_FREQUENCIES
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
        self._variants = memoize_lru(partial(_terms_with_fold, self._tables), _CACHED_FREQUENCIES)
        self._values = lru_cache(len(FACET_NAMES) + len(profile.fields))(
            partial(_facet_values, segments)
        )

    @property
    def documents(self) -> int:
        """Number of live documents."""
        return sum(segment.documents - len(segment.deleted) for segment in self._segments)

    @property
    def learned(self) -> Learned:
        """The abbreviations that documents define, with their long forms."""
        return self._learned

    def folds(self, limit: int) -> tuple[str, ...]:
        """Return at most `limit` folded syllables, the most frequent first, then by code point.

        The frequency of a fold is the sum of the document frequencies of its terms.
        """
        with wrap_damage("the syllables"):
            ends = self._tables.fold_ends.astype(np.int64)
            frequencies = self._tables.frequencies[self._tables.fold_terms].astype(np.int64)
            totals = np.diff(np.concatenate(([0], np.cumsum(frequencies)))[ends], prepend=0)
            order = np.argsort(-totals, kind="stable")[:limit]
            return tuple(self._tables.folds.get_many(order))

    def frequency(self, term: str) -> int:
        """Return the number of live documents with this syllable; 0 if it is unknown."""
        return int(self._frequency(term))

    def pair_frequency(self, first: str, second: str) -> int:
        """Return the number of live documents with the two syllables side by side, in this order;
        0 for unknown ones."""
        return int(self._pair_frequency(first, second))

    def pair_frequencies(self, firsts: Sequence[str], seconds: Sequence[str]) -> Ints:
        """Return `pair_frequency` of each of `firsts` with each of `seconds`.

        `(len(firsts), len(seconds))` int64.
        """
        total: Ints = self._segments[0].pair_frequencies(firsts, seconds)
        for segment in self._segments[1:]:
            total += segment.pair_frequencies(firsts, seconds)
        return total

    def word_frequency(self, word: str) -> int:
        """Return the number of live documents in which pyvi finds this word ("dân_vận"); 0 for an
        unknown one."""
        return int(self._word_frequency(word))

    def variants(self, folded: str) -> tuple[str, ...]:
        """Return the syllables that fold to `folded`, most frequent first, then by code point.

        Empty if there is none.
        """
        return self._variants(folded)

    def with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return at most `limit` syllables that begin with `prefix`, marks included; the most
        frequent first, then by code point."""
        with wrap_damage("the syllables"):
            first, last = self._tables.terms.prefix_range(prefix)
            return self._take_most_frequent(limit, np.arange(first, last))

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return at most `limit` syllables, with their marks, whose fold begins with `prefix`, the
        most frequent first, then by code point."""
        with wrap_damage("the syllables"):
            return self._take_most_frequent(
                limit, _numbers_with_folds(self._tables, *self._tables.folds.prefix_range(prefix))
            )

    def phrases(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        """Return at most `limit` phrases whose look-up keys begin with `key` (made by
        `phrase_key`).

        Those of most documents come first, equal ones ascending by key, then text.
        """
        with wrap_damage("the phrases"):
            return self._phrases.with_prefix(key, limit)

    def facet_values(self, facet: str) -> tuple[str, ...]:
        """Return the values of a facet that live documents have, ascending by code point; () for an
        unknown facet."""
        return self._values(facet) if facet in FACET_NAMES or is_own_facet(facet) else ()

    def _take_most_frequent(self, limit: int, numbers: Ints) -> tuple[str, ...]:
        """Return at most `limit` of the syllables with these term numbers, most frequent first.

        Equally frequent ones are ascending by code point. `numbers (n,)` int64, in any order.
        """
        best = most_frequent(numbers, self._tables.frequencies[numbers], limit)
        return tuple(self._tables.terms.get_many(best))


def is_single_without_deletes(segments: Sequence[Segment]) -> bool:
    """True if `segments`, all of a generation, are one segment without deleted documents.

    The tables of that segment then serve as those of the generation, and no merged ones are
    written.
    """
    return len(segments) == 1 and not len(segments[0].deleted)


def _facet_values(segments: Sequence[Segment], facet: str) -> tuple[str, ...]:
    """Return the values of a facet that at least one live document has, ascending by code point.

    Raises IndexDamaged if the table of values is damaged.
    """
    with wrap_damage("the facet values"):
        found: set[str] = set()
        for files in (segment.files for segment in segments):
            first, last = files.values.prefix_range(facet_key(facet, ""))
            live = np.flatnonzero(files.live_frequencies.values[first:last]) + first
            found.update(map(facet_value, files.values.get_many(live)))
        return tuple(sorted(found))


def _frequency(tables: TermTables, number_of: Callable[[str], int], term: str) -> int:
    """Return the number of live documents with a syllable, 0 if it is unknown.

    `number_of` returns the term number in `tables`, or -1. Raises IndexDamaged if the tables are
    damaged.
    """
    with wrap_damage("the syllables"):
        number = number_of(term)
        return int(tables.frequencies[number]) if number >= 0 else 0


def _terms_with_fold(tables: TermTables, folded: str) -> tuple[str, ...]:
    """Return the syllables whose fold is `folded`, most frequent first, then by code point.

    Empty if there is none. Raises IndexDamaged if the tables are damaged.
    """
    with wrap_damage("the syllables"):
        number = tables.folds.find(folded)
        if number < 0:
            return ()
        return tuple(tables.terms.get_many(_numbers_with_folds(tables, number, number + 1)))


def _numbers_with_folds(tables: TermTables, first: int, last: int) -> Ints:
    """Return the term numbers of the syllables whose fold has an index in `[first, last)`.

    The indexes are those of `tables.folds`. `(n,)` int64, fold by fold, and within a fold the most
    frequent first.
    """
    ends = tables.fold_ends
    start = int(ends[first - 1]) if first else 0
    stop = int(ends[last - 1]) if last else 0
    return tables.fold_terms[start:stop].astype(np.int64)

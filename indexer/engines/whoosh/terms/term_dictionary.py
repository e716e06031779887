"""The vocabulary of a generation: lookups in memory-mapped tables, counting live documents only.

If the generation is a single segment without deletes, its own tables are used. Otherwise the
syllables are those of one segment or of a merged table (`merged_terms`), with what changed since it
was made (`table_changes`), and the frequencies of words and pairs are added up over the segments at
each request. What was learned from documents is stored as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from indexer.analysis.memo import memoize, memoize_lru
from indexer.engines.damage import REBUILD_HINT, wrap_damage
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.string_table import facet_key, facet_value
from indexer.engines.whoosh.reader.segment import Segment
from indexer.engines.whoosh.reader.segment_files import SegmentFiles
from indexer.engines.whoosh.terms.merged_terms import MERGED_TERMS, TermTables, read_merged_terms
from indexer.engines.whoosh.terms.phrase_table import MERGED_PHRASES, PHRASES_PART, PhraseTable
from indexer.engines.whoosh.terms.table_changes import CHANGES_FILE, TableChanges, read_changes
from indexer.engines.whoosh.terms.vocabulary import Vocabulary
from indexer.errors import IndexDamaged
from indexer.facets import FACET_NAMES, is_own_facet
from indexer.profile.archive_profile import NO_PROFILE, ArchiveProfile
from indexer.query.vocabulary.learning import Learned
from indexer.query.vocabulary.lexicon import PhraseEntry

LEARNED_FILE = "learned.json"
"""File name of the learned abbreviations and names of a generation."""
_CACHED_FREQUENCIES = 1 << 15
"""Greatest number of entries in each cache of frequencies, term numbers or variants."""

T = TypeVar("T")


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

    `vocabulary` and `phrase_table` are its tables, with the `changes` since they were made; an
    update adds its own to these. `folder` is that of the generation, `segments` are all of it,
    open. The constructor and the methods raise IndexDamaged if a file is damaged, UnusableIndex if
    it cannot be read for another reason. Deleted documents are not counted. Terms are lower-case
    and normalised as `indexer.analysis` makes them; an unknown one has the frequency 0.
    """

    def __init__(
        self,
        folder: Path,
        segments: Sequence[Segment],
        profile: ArchiveProfile = NO_PROFILE,
    ) -> None:
        self.segments = segments
        self.profile = profile
        self.documents = sum(segment.documents - len(segment.deleted) for segment in segments)
        """Number of live documents."""
        self._learned = read_learned(folder)
        changes = TableChanges()
        if not is_single_without_deletes(segments):
            with wrap_damage(f"{folder.name}/{CHANGES_FILE}"):
                changes = read_changes(folder)
        else:
            changes = TableChanges(int(segments[0].stored.segid))
        base = base_segment(changes, segments)
        with wrap_damage(f"{folder.name}/{phrases_file(base)}"):
            self.phrase_table = PhraseTable(
                folder / phrases_file(base), changes.rows, changes.counts
            )
        with wrap_damage(f"{folder.name}/{MERGED_TERMS}"):
            tables = (
                read_merged_terms(folder / MERGED_TERMS) if base is None else _tables_of(base.files)
            )
            find = base.term_number if base else memoize(tables.terms.find, _CACHED_FREQUENCIES)
            self.vocabulary = Vocabulary(tables, changes, find)
        self.changes = changes
        self._frequency = memoize(
            partial(_in_syllables, self.vocabulary.frequency), _CACHED_FREQUENCIES
        )
        self._word_frequency = memoize(
            lambda word: sum(segment.frequency("words", word) for segment in segments),
            _CACHED_FREQUENCIES,
        )
        self._pair_frequency = memoize_lru(
            segments[0].pair_frequency
            if len(segments) == 1
            else lambda first, second: sum(s.pair_frequency(first, second) for s in segments),
            _CACHED_FREQUENCIES,
        )
        self._variants = memoize(
            partial(_in_syllables, self.vocabulary.variants), _CACHED_FREQUENCIES
        )
        self._values = lru_cache(len(FACET_NAMES) + len(profile.fields))(
            partial(_facet_values, segments)
        )

    @property
    def learned(self) -> Learned:
        """The abbreviations that documents define, with their long forms."""
        return self._learned

    def folds(self, limit: int) -> tuple[str, ...]:
        """Return at most `limit` folded syllables, the most frequent first, then by code point.

        The frequency of a fold is the sum of the document frequencies of its terms.
        """
        with wrap_damage("the syllables"):
            return self.vocabulary.folds(limit)

    def frequency(self, term: str) -> int:
        """Return the number of live documents with this syllable; 0 if it is unknown."""
        return self._frequency(term)

    def pair_frequency(self, first: str, second: str) -> int:
        """Return the number of live documents with the two syllables side by side, in this order;
        0 for unknown ones."""
        return self._pair_frequency(first, second)

    def pair_frequencies(self, firsts: Sequence[str], seconds: Sequence[str]) -> Ints:
        """Return `pair_frequency` for each of `firsts` with each of `seconds`, `(firsts, seconds)`
        int64."""
        total: Ints = self.segments[0].pair_frequencies(firsts, seconds)
        for segment in self.segments[1:]:
            total += segment.pair_frequencies(firsts, seconds)
        return total

    def word_frequency(self, word: str) -> int:
        """Return the number of live documents with this word of `analyze` ("dân_vận"); 0 for an
        unknown one."""
        return self._word_frequency(word)

    def variants(self, folded: str) -> tuple[str, ...]:
        """Return the syllables that fold to `folded`, most frequent first, then by code point.

        Empty if there is none.
        """
        return self._variants(folded)

    def with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return at most `limit` syllables that begin with `prefix`, marks included; the most
        frequent first, then by code point."""
        with wrap_damage("the syllables"):
            return self.vocabulary.with_prefix(prefix, limit)

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return at most `limit` syllables, with their marks, whose fold begins with `prefix`, the
        most frequent first, then by code point."""
        with wrap_damage("the syllables"):
            return self.vocabulary.folded_with_prefix(prefix, limit)

    def phrases(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        """Return at most `limit` phrases whose look-up keys begin with `key` (made by
        `phrase_key`).

        Those of most documents come first, equal ones ascending by key, then text.
        """
        with wrap_damage("the phrases"):
            return self.phrase_table.with_prefix(key, limit)

    def facet_values(self, facet: str) -> tuple[str, ...]:
        """Return the values of a facet that live documents have, ascending by code point; () for an
        unknown facet."""
        return self._values(facet) if facet in FACET_NAMES or is_own_facet(facet) else ()


def is_single_without_deletes(segments: Sequence[Segment]) -> bool:
    """True if `segments`, all of a generation, are one segment without deleted documents.

    The tables of that segment then serve as those of the generation; nothing has changed since they
    were made.
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


def base_segment(changes: TableChanges, segments: Sequence[Segment]) -> Segment | None:
    """Return the segment whose tables the changes refer to, None for the merged tables.

    Raises IndexDamaged if there is no such segment.
    """
    if changes.base is None:
        return None
    for segment in segments:
        if int(segment.stored.segid) == changes.base:
            return segment
    raise IndexDamaged(f"The index is damaged (there is no segment {changes.base}).", REBUILD_HINT)


def _tables_of(files: SegmentFiles) -> TermTables:
    """Return the syllables of a segment, deleted documents included."""
    return TermTables(
        files.terms, files.frequencies, files.folds, files.fold_ends, files.fold_terms
    )


def phrases_file(base: Segment | None) -> str:
    """Return the name of the phrase file of the segment `base`; None stands for the merged one."""
    return str(base.stored.make_filename(f".{PHRASES_PART}")) if base else MERGED_PHRASES


def _in_syllables(ask: Callable[[str], T], term: str) -> T:
    """Return `ask(term)`; the errors of a damaged table of syllables become IndexDamaged."""
    with wrap_damage("the syllables"):
        return ask(term)

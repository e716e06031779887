"""The phrases of documents: counted in runs, added up, selected, and looked up by prefix for
completion.

    <segment>.phrases    phrases, phrase_counts    phrases as `suggest.ngrams` writes them
                                                   ("dân_vận khéo"), ascending, and the number of
                                                   documents with each (unsigned)
                         keys, texts, documents    the fields of the PhraseEntry of each phrase
                                                   selected for completion, ascending by key, then
                                                   text; `documents` is uint32
    phrases.arrays       the same for several segments together

A segment keeps its file when documents of it are deleted; `.deletes` has the numbers of the phrases
in it whose counts are lower then (`reader.live_docs`). What changed since the selection was made is
in `changes.arrays` (`table_changes`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from indexer.engines.whoosh.postings.array_file import ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.list_merge import merge_sorted_strings
from indexer.engines.whoosh.postings.string_table import (
    StringTable,
    encode_term,
    most_frequent,
    write_strings,
)
from indexer.engines.whoosh.reader.live_docs import NO_DECREMENTS, Decrements
from indexer.query.vocabulary.lexicon import PhraseEntry
from indexer.suggest.ngrams import MIN_SYLLABLES
from indexer.suggest.selection import phrase_key, select_phrases, terms_of

PHRASES_PART = "phrases"
"""File name ending of the phrases of a segment."""
MERGED_PHRASES = "phrases.arrays"
"""File name of the phrases of a generation with several segments or deletes."""
MAX_PHRASES = 100_000
"""Greatest number of phrases that a file holds, which bounds its size and the time of an update;
the rarest ones of a large archive are left out."""


def write_phrase_counts(writer: ArrayWriter, counted: Mapping[str, int]) -> None:
    """Write phrases and their document counts into the file of a run or segment.

    Its arrays are then `phrases`, a string table ascending by code point, and `phrase_counts (n,)`,
    unsigned, the number of documents of each. `counted` maps each phrase to this number, as
    `count_phrases` returns it. Raises OSError if the disk cannot be written.
    """
    names = sorted(counted)
    write_strings(writer, "phrases", names)
    writer.put("phrase_counts", shrink_dtype(np.array([counted[name] for name in names], np.int64)))


def merge_phrases(
    target: Path,
    sources: Sequence[Path],
    former: Path | None = None,
    lowered: Sequence[Decrements] = (),
) -> None:
    """Add up the phrase counts of runs or segments; write them to `target`, with the phrases
    selected for completion.

    Only the MAX_PHRASES most frequent phrases are kept. A file at `target` is replaced. Raises
    ValueError if a source is damaged, OSError if a file cannot be read or written.

    Parameters
    ----------
    sources : paths of the runs, or of the `.phrases` files of the segments.
    former : the file with the selection of an earlier generation: phrases whose counts are those
        in it keep the selection made there. None selects among all phrases.
    lowered : by how much deleted documents lower the counts of each of the sources; none do if it
        is empty.
    """
    files = [ArrayFile(path) for path in sources]
    names, maps = merge_sorted_strings([StringTable(file, "phrases").all() for file in files])
    counts: Ints = np.zeros(len(names), np.int64)
    for file, numbers in zip(files, maps, strict=True):
        counts[numbers] += file["phrase_counts"]
    for numbers, (at, less) in zip(maps, lowered, strict=False):
        counts[numbers[at]] -= less
    counted = _most_common(names, counts)
    _write(
        target,
        counted,
        select_phrases(counted) if former is None else _reselect_changed(former, counted),
    )


def count_by_phrase(path: Path, lowered: Decrements = NO_DECREMENTS) -> dict[str, int]:
    """Return the phrases in a file with their document counts, without those of deleted documents:
    0 for a phrase that only these have.

    Raises ValueError if the file is damaged, OSError if it cannot be opened.
    """
    file = ArrayFile(path)
    counts = file["phrase_counts"].astype(np.int64)
    counts[lowered.at] -= lowered.less
    return dict(zip(StringTable(file, "phrases").all(), counts.tolist(), strict=True))


def phrases_at(path: Path, lowered: Decrements) -> dict[str, int]:
    """Return the phrases of a file whose counts are `lowered`, each with by how much (above 0).

    Raises ValueError if the file is damaged, OSError if it cannot be opened.
    """
    names = StringTable(ArrayFile(path), "phrases").get_many(lowered.at)
    return dict(zip(names, lowered.less.tolist(), strict=True))


def _read_counts(path: Path) -> Iterator[tuple[str, int]]:
    """Return pairs of each phrase of a file and its number of documents, ascending by phrase.

    Raises ValueError if the file is damaged, OSError if it cannot be opened.
    """
    file = ArrayFile(path)
    return zip(StringTable(file, "phrases").all(), file["phrase_counts"].tolist(), strict=True)


def _most_common(names: Sequence[str], counts: Ints) -> dict[str, int]:
    """Return phrase → count for the MAX_PHRASES phrases with the highest counts above 0.

    `names` are ascending, `counts (names,)` int64. The result is ascending by phrase; of equal
    counts at the limit, the first phrases are kept.
    """
    numbers = np.flatnonzero(counts > 0)
    if len(numbers) > MAX_PHRASES:
        numbers = np.sort(numbers[np.argsort(-counts[numbers], kind="stable")[:MAX_PHRASES]])
    return {names[number]: int(counts[number]) for number in numbers.tolist()}


def _reselect_changed(former: Path, counted: Mapping[str, int]) -> list[PhraseEntry]:
    """Return the phrases selected for completion among `counted`, in no particular order.

    Selection depends only on phrases that begin with the same MIN_SYLLABLES syllables (see
    `select_phrases`). Groups of such phrases whose counts equal those in the file `former` keep the
    selection made there; the others are selected again. Raises ValueError if the file is damaged.
    """
    before = dict(_read_counts(former))
    changed = {name for name, _ in before.items() ^ counted.items()}
    groups = {_group_of(name) for name in changed}
    file = ArrayFile(former)
    texts, keys = StringTable(file, "texts").all(), StringTable(file, "keys").all()
    columns = zip(texts, keys, file["documents"].tolist(), strict=True)
    unchanged = [PhraseEntry(*row) for row in columns if _group_of(row[0]) not in groups]
    return unchanged + select_phrases(
        {name: n for name, n in counted.items() if _group_of(name) in groups}
    )


def _group_of(written: str) -> tuple[str, ...]:
    """Return the first MIN_SYLLABLES terms of a phrase as `suggest.ngrams` writes it: ("dân",
    "vận") for "dân_vận khéo".

    Selection compares a phrase only with phrases that begin with the same terms.
    """
    return tuple(terms_of(written).split(" ")[:MIN_SYLLABLES])


def _write(target: Path, counted: Mapping[str, int], selected: Iterable[PhraseEntry]) -> None:
    """Write a file of phrases to `target`: all counts, and the selected phrases sorted by key, then
    text. Raises OSError if it cannot be written."""
    rows = sorted(selected, key=lambda phrase: (phrase.key, phrase.text))
    with ArrayWriter(target) as writer:
        write_phrase_counts(writer, counted)
        write_strings(writer, "keys", [phrase.key for phrase in rows])
        write_strings(writer, "texts", [phrase.text for phrase in rows])
        writer.put("documents", np.array([phrase.documents for phrase in rows], np.uint32))


class PhraseTable:
    """The phrases selected for completion, read from a `.phrases` or `phrases.arrays` file.

    A *row* is the index of a phrase in the order of the file. Raises ValueError if the file is
    damaged or lacks a row, OSError if it cannot be opened.

    Parameters
    ----------
    rows, counts : `(n,)` int64 each: rows whose number of documents changed since the file was
        written, and what it is now. Phrases of 0 documents are not offered.
    """

    def __init__(self, path: Path, rows: Ints | None = None, counts: Ints | None = None) -> None:
        file = ArrayFile(path)
        self._keys, self._texts = StringTable(file, "keys"), StringTable(file, "texts")
        self.documents = file["documents"]
        """`(rows,)`, the number of live documents with each phrase."""
        if not len(self._keys) == len(self._texts) == len(self.documents):
            raise ValueError("the phrases differ in number")
        if rows is not None and len(rows):
            if int(rows.max()) >= len(self.documents):
                raise ValueError("a phrase has changed that is not in the table")
            self.documents = self.documents.astype(np.int64)
            self.documents[rows] = counts

    def with_prefix(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        """Return at most `limit` phrases whose look-up keys begin with `key`.

        Those of most documents come first, equal ones ascending by key, then text. Empty if there
        is none. `key` is made by `indexer.suggest.selection.phrase_key`.
        """
        first, last = self._keys.prefix_range(key)
        live = np.flatnonzero(self.documents[first:last] > 0) + first
        best = most_frequent(live, self.documents[live], limit).tolist()
        return tuple(
            PhraseEntry(self._texts[n], self._keys[n], int(self.documents[n])) for n in best
        )

    def changed_rows(self, changes: Mapping[str, int]) -> dict[int, int]:
        """Return row → by how much its number of documents changes.

        `changes` maps phrases, written as in `count_phrases`, to by how much their counts change.
        Phrases that are not in the table are left out.
        """
        by_terms: Counter[str] = Counter()
        for written, change in changes.items():
            if change:
                by_terms[terms_of(written)] += change
        found = ((self._row_of(terms), change) for terms, change in by_terms.items() if change)
        return {row: change for row, change in found if row >= 0}

    def _row_of(self, terms: str) -> int:
        """Return the row of the phrase with these terms, joined by spaces; -1 if there is none."""
        key = phrase_key(terms.split(" "))
        row = self._keys.lower_bound(encode_term(key))
        while row < len(self._keys) and self._keys[row] == key:
            if terms_of(self._texts[row]) == terms:
                return row
            row += 1
        return -1

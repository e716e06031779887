"""The phrases of documents: counted in runs, added up, and looked up by their beginnings.

    <segment>.phrases    counted, counts          phrases as they are written, with their documents
                         keys, texts, documents   those that are select_phrases, ascending by key
    phrases.arrays       the same of several segments together

A segment of which documents die gets a file of its own anew, without what they had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from indexer.engines.whoosh.postings.array_file import ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.list_merge import merge_sorted_strings
from indexer.engines.whoosh.terms.string_table import StringTable, most_frequent, write_strings
from indexer.query.vocabulary.lexicon import PhraseEntry
from indexer.suggest.ngrams import SHORTEST
from indexer.suggest.selection import select_phrases, terms_of

PHRASES_PART = "phrases"
MERGED_PHRASES = "phrases.arrays"
MAX_PHRASES = 100_000
"""PhraseTable that are kept; the rarest ones of a large archive are not."""


def write_phrase_counts(writer: ArrayWriter, counted: Mapping[str, int]) -> None:
    """Write phrases and their numbers, ascending by phrase."""
    names = sorted(counted)
    write_strings(writer, "counted", names)
    writer.put("counts", shrink_dtype(np.array([counted[name] for name in names], np.int64)))


def merge_phrases(target: Path, sources: Sequence[Path], former: Path | None = None) -> None:
    """Write the phrases of runs, or of segments, together; `former` is such a file from before,
    with offers, which stay where nothing changed."""
    files = [ArrayFile(path) for path in sources]
    names, maps = merge_sorted_strings([StringTable(file, "counted").all() for file in files])
    counts: Ints = np.zeros(len(names), np.int64)
    for file, numbers in zip(files, maps, strict=True):
        counts[numbers] += file["counts"]
    kept = _most_common(names, counts)
    _write(
        target, kept, select_phrases(kept) if former is None else _reselect_changed(former, kept)
    )


def subtract_phrases(target: Path, all_: Path, dead: Path) -> None:
    """Write the phrases of one file without those of another; none is select_phrases from here, for a
    segment with dead documents is never all there is."""
    left = dict(_read_counts(all_))
    for name, count in _read_counts(dead):
        if name in left:
            left[name] -= count
    _write(target, _most_common(list(left), np.array(list(left.values()), np.int64)), ())


def _read_counts(path: Path) -> Iterator[tuple[str, int]]:
    file = ArrayFile(path)
    return zip(StringTable(file, "counted").all(), file["counts"].tolist(), strict=True)


def _most_common(names: Sequence[str], counts: Ints) -> dict[str, int]:
    """The commonest phrases; the names ascend."""
    kept = np.flatnonzero(counts > 0)
    if len(kept) > MAX_PHRASES:
        kept = np.sort(kept[np.argsort(-counts[kept], kind="stable")[:MAX_PHRASES]])
    return {names[number]: int(counts[number]) for number in kept.tolist()}


def _reselect_changed(former: Path, counted: Mapping[str, int]) -> list[PhraseEntry]:
    """The phrases that are select_phrases, thought over only where the counts differ from `former`."""
    before = dict(_read_counts(former))
    changed = {name for name, _ in before.items() ^ counted.items()}
    heads = {_group_of(name) for name in changed}
    file = ArrayFile(former)
    texts, keys = StringTable(file, "texts").all(), StringTable(file, "keys").all()
    columns = zip(texts, keys, file["documents"].tolist(), strict=True)
    stay = [PhraseEntry(*row) for row in columns if _group_of(row[0]) not in heads]
    return stay + select_phrases(
        {name: n for name, n in counted.items() if _group_of(name) in heads}
    )


def _group_of(written: str) -> tuple[str, ...]:
    """The syllables that say with which others a phrase is compared."""
    return tuple(terms_of(written).split(" ")[:SHORTEST])


def _write(target: Path, counted: Mapping[str, int], offers: Iterable[PhraseEntry]) -> None:
    """Write a file of phrases."""
    found = sorted(offers, key=lambda phrase: (phrase.key, phrase.text))
    with ArrayWriter(target) as writer:
        write_phrase_counts(writer, counted)
        write_strings(writer, "keys", [phrase.key for phrase in found])
        write_strings(writer, "texts", [phrase.text for phrase in found])
        writer.put("documents", np.array([phrase.documents for phrase in found], np.uint32))


class PhraseTable:
    """The phrases of an open generation. Raises ValueError where the file is none."""

    def __init__(self, path: Path) -> None:
        file = ArrayFile(path)
        self._keys, self._texts = StringTable(file, "keys"), StringTable(file, "texts")
        self._documents = file["documents"]
        if not len(self._keys) == len(self._texts) == len(self._documents):
            raise ValueError("the phrases differ in number")

    def with_prefix(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        """At most `limit` phrases whose keys begin so, those of most documents first, then
        ascending by key."""
        first, last = self._keys.prefix_range(key)
        best = most_frequent(np.arange(first, last), self._documents[first:last], limit).tolist()
        return tuple(
            PhraseEntry(self._texts[n], self._keys[n], int(self._documents[n])) for n in best
        )

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

from indexer.engines.whoosh.postings.array_file import ArrayFile, ArrayWriter, smallest
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.list_merge import joined_tables
from indexer.engines.whoosh.terms.string_table import Strings, most_frequent, write_strings
from indexer.query.vocabulary.lexicon import PhraseEntry
from indexer.suggest.ngrams import MIN_SYLLABLES
from indexer.suggest.selection import select_phrases, terms_of

PART = "phrases"
JOINT = "phrases.arrays"
KEPT = 100_000
"""Phrases that are kept; the rarest ones of a large archive are not."""


def write_counted(writer: ArrayWriter, counted: Mapping[str, int]) -> None:
    """Write phrases and their numbers, ascending by phrase."""
    names = sorted(counted)
    write_strings(writer, "counted", names)
    writer.put("counts", smallest(np.array([counted[name] for name in names], np.int64)))


def merge_phrases(target: Path, sources: Sequence[Path], former: Path | None = None) -> None:
    """Write the phrases of runs, or of segments, together; `former` is such a file from before,
    with offers, which stay where nothing changed."""
    files = [ArrayFile(path) for path in sources]
    names, maps = joined_tables([Strings(file, "counted").all() for file in files])
    counts: Ints = np.zeros(len(names), np.int64)
    for file, numbers in zip(files, maps, strict=True):
        counts[numbers] += file["counts"]
    kept = _kept(names, counts)
    _write(target, kept, select_phrases(kept) if former is None else _offered_since(former, kept))


def subtract_phrases(target: Path, all_: Path, dead: Path) -> None:
    """Write the phrases of one file without those of another; none is select_phrases from here, for a
    segment with dead documents is never all there is."""
    left = dict(_counted(all_))
    for name, count in _counted(dead):
        if name in left:
            left[name] -= count
    _write(target, _kept(list(left), np.array(list(left.values()), np.int64)), ())


def _counted(path: Path) -> Iterator[tuple[str, int]]:
    file = ArrayFile(path)
    return zip(Strings(file, "counted").all(), file["counts"].tolist(), strict=True)


def _kept(names: Sequence[str], counts: Ints) -> dict[str, int]:
    """The commonest phrases; the names ascend."""
    kept = np.flatnonzero(counts > 0)
    if len(kept) > KEPT:
        kept = np.sort(kept[np.argsort(-counts[kept], kind="stable")[:KEPT]])
    return {names[number]: int(counts[number]) for number in kept.tolist()}


def _offered_since(former: Path, counted: Mapping[str, int]) -> list[PhraseEntry]:
    """The phrases that are select_phrases, thought over only where the counts differ from `former`."""
    before = dict(_counted(former))
    changed = {name for name, _ in before.items() ^ counted.items()}
    heads = {_head(name) for name in changed}
    file = ArrayFile(former)
    texts, keys = Strings(file, "texts").all(), Strings(file, "keys").all()
    columns = zip(texts, keys, file["documents"].tolist(), strict=True)
    stay = [PhraseEntry(*row) for row in columns if _head(row[0]) not in heads]
    return stay + select_phrases({name: n for name, n in counted.items() if _head(name) in heads})


def _head(written: str) -> tuple[str, ...]:
    """The syllables that say with which others a phrase is compared."""
    return tuple(terms_of(written).split(" ")[:MIN_SYLLABLES])


def _write(target: Path, counted: Mapping[str, int], offers: Iterable[PhraseEntry]) -> None:
    """Write a file of phrases."""
    found = sorted(offers, key=lambda phrase: (phrase.key, phrase.text))
    with ArrayWriter(target) as writer:
        write_counted(writer, counted)
        write_strings(writer, "keys", [phrase.key for phrase in found])
        write_strings(writer, "texts", [phrase.text for phrase in found])
        writer.put("documents", np.array([phrase.documents for phrase in found], np.uint32))


class Phrases:
    """The phrases of an open generation. Raises ValueError where the file is none."""

    def __init__(self, path: Path) -> None:
        file = ArrayFile(path)
        self._keys, self._texts = Strings(file, "keys"), Strings(file, "texts")
        self._documents = file["documents"]
        if not len(self._keys) == len(self._texts) == len(self._documents):
            raise ValueError("the phrases differ in number")

    def beginning_with(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        """At most `limit` phrases whose keys begin so, those of most documents first, then
        ascending by key."""
        first, last = self._keys.with_prefix(key)
        best = most_frequent(np.arange(first, last), self._documents[first:last], limit).tolist()
        return tuple(
            PhraseEntry(self._texts[n], self._keys[n], int(self._documents[n])) for n in best
        )

"""How many documents have each syllable, pair, word, facet value and phrase: counted for a batch of
documents, added up and subtracted, and looked up by queries.

A *count table* is one file of arrays. That of a whole generation, `lexicon.arrays`, also has the
folds and the phrases that are offered; it is stored in the cluster with the generation, and each
front maps it into memory. An update adds the table of the new documents and subtracts that of the
ones that are gone, so an updated archive has the counts of a rebuilt one.

    terms, term_counts          syllables, ascending
    pairs, pair_counts          two term numbers (PAIR_SHIFT) in one number, ascending
    words, word_counts          "dân_vận"
    values, value_counts        "year=2019"
    phrases, phrase_counts      as `suggest.ngrams` writes them
    totals                      number of documents; sum of their lengths as BM25 counts them
    learned                     what the documents define, as JSON
    folds, fold_ends, fold_terms, keys, texts, documents
                                only in the table of a generation: see `terms.merged_terms` and
                                `terms.phrase_table`
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from indexer.analysis.batch import Columns
from indexer.engines.opensearch.storage.occurrences import Occurrences
from indexer.engines.whoosh.postings.array_file import ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.list_merge import merge_sorted_strings
from indexer.engines.whoosh.postings.string_table import StringTable, facet_key, write_strings
from indexer.engines.whoosh.terms.phrase_table import MAX_PHRASES, write_phrase_counts
from indexer.engines.whoosh.writer.run_merge import write_folds
from indexer.facets import values_by_facet
from indexer.models import Document
from indexer.query.vocabulary.learning import Learned, Learner, findings
from indexer.suggest.ngrams import count_phrases
from indexer.suggest.selection import select_phrases

Ints = np.ndarray[Any, np.dtype[np.int64]]

PAIR_SHIFT = 32
_TABLES = ("words", "values", "phrases")


def _counts_of(table: str) -> str:
    return f"{table.removesuffix('s')}_counts"


def _none() -> Ints:
    return np.zeros(0, np.int64)


class Counts(NamedTuple):
    """A count table in memory.

    Attributes
    ----------
    terms, words, values, phrases : strings, ascending by code point, each once.
    term_counts, word_counts, value_counts, phrase_counts : `(n,)` int64, the number of documents
        that have each, 1 or more.
    pairs : `(p,)` int64, ascending: `first << PAIR_SHIFT | second`, two indexes in `terms`.
    pair_counts : `(p,)` int64, the number of documents that have each pair.
    documents : number of documents.
    length : sum of their lengths in syllables, those of titles counted TITLE_WEIGHT times.
    learned : the abbreviations that they define and the foreign names that they explain.
    """

    terms: list[str]
    term_counts: Ints
    pairs: Ints
    pair_counts: Ints
    words: list[str]
    word_counts: Ints
    values: list[str]
    value_counts: Ints
    phrases: list[str]
    phrase_counts: Ints
    documents: int
    length: int
    learned: Learned

    @classmethod
    def empty(cls) -> Counts:
        """Return the counts of no documents."""
        return cls([], _none(), _none(), _none(), [], _none(), [], _none(), [], _none(), 0, 0,
                   Learned())  # fmt: skip


def count(
    documents: Sequence[Document], columns: Columns, found: Occurrences, length: int
) -> Counts:
    """Return the counts of a batch of documents.

    Parameters
    ----------
    columns : text 2n is the title of document n, text 2n + 1 its body.
    found : the terms in `columns`.
    length : sum of the lengths of the documents (`Counts.length`).
    """
    values: Counter[str] = Counter()
    learner = Learner()
    for document in documents:
        for facet, every in values_by_facet(document):
            values.update({facet_key(facet, value) for value in every})
        learner.add(findings(document))
    phrases = count_phrases(columns, [document.title for document in documents])
    return Counts(
        found.vocabulary,
        np.bincount(found.syllables.terms, minlength=len(found.vocabulary)),
        *np.unique(found.pairs.terms, return_counts=True),
        found.words,
        np.bincount(found.word_lists.terms, minlength=len(found.words)),
        *_columns(values),
        *_columns(phrases),
        len(documents),
        length,
        learner.learned(),
    )


def _columns(counted: Mapping[str, int]) -> tuple[list[str], Ints]:
    """Return the names, ascending by code point, and the count of each, `(n,)` int64."""
    names = sorted(counted)
    return names, np.array([counted[name] for name in names], np.int64)


def add(parts: Sequence[tuple[Counts, int]]) -> Counts:
    """Return the sum of count tables, each times its sign (1 or -1), without what becomes 0.

    `parts` are (table, sign) in any order. Raises ValueError if a count other than that of a phrase
    becomes negative, because something is subtracted that was not there. A phrase is left out then:
    the rare ones of a large batch are not counted, so it may be subtracted more often than it was
    added.
    """
    terms, maps = merge_sorted_strings([table.terms for table, _ in parts])
    term_counts = _sum([t.term_counts for t, _ in parts], maps, parts, len(terms))
    left = np.flatnonzero(term_counts)
    new_number = np.full(len(terms), -1, np.int64)
    new_number[left] = np.arange(len(left))
    pairs, pair_counts = _sum_pairs(parts, [new_number[numbers] for numbers in maps])
    columns: dict[str, Any] = {}
    for name in _TABLES:
        names, own = merge_sorted_strings([getattr(table, name) for table, _ in parts])
        # Phrases of which a large batch has one are not counted, so a rare one may be taken away
        # more often than it was added.
        counts = [getattr(table, _counts_of(name)) for table, _ in parts]
        sums = _sum(counts, own, parts, len(names), may_be_negative=name == "phrases")
        kept = np.flatnonzero(sums > 0)
        columns[name] = [names[number] for number in kept.tolist()]
        columns[_counts_of(name)] = sums[kept]
    return Counts(
        [terms[number] for number in left.tolist()],
        term_counts[left],
        pairs,
        pair_counts,
        **columns,
        documents=sum(sign * table.documents for table, sign in parts),
        length=sum(sign * table.length for table, sign in parts),
        learned=_sum_learned(parts),
    )


def _sum_learned(parts: Sequence[tuple[Counts, int]]) -> Learned:
    learner = Learner()
    for table, sign in parts:
        learner.add_all(table.learned, sign)
    return learner.learned()


def _sum(
    counts: Sequence[Ints],
    maps: Sequence[Ints],
    parts: Sequence[tuple[Counts, int]],
    size: int,
    *,
    may_be_negative: bool = False,
) -> Ints:
    """Return the signed sum of the columns `counts`, `(size,)` int64.

    `maps` gives for each column the index of its entries in the result. Raises ValueError for a
    negative sum, unless `may_be_negative`.
    """
    total = np.zeros(size, np.int64)
    for own, numbers, (_, sign) in zip(counts, maps, parts, strict=True):
        total[numbers] += sign * own
    if not may_be_negative:
        _check(total)
    return total


def _sum_pairs(parts: Sequence[tuple[Counts, int]], maps: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Return the pairs of all parts, ascending, and the signed sum of each, both `(p,)` int64.

    `maps` gives for each part the new numbers of its terms, -1 for those that no document has any
    more. Raises ValueError for a negative sum.
    """
    mask = (1 << PAIR_SHIFT) - 1
    keys, counts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for (table, sign), numbers in zip(parts, maps, strict=True):
        firsts, seconds = numbers[table.pairs >> PAIR_SHIFT], numbers[table.pairs & mask]
        gone = np.minimum(firsts, seconds) < 0  # of a term that no document has any more
        keys.append(np.where(gone, -1, firsts << PAIR_SHIFT | seconds))
        counts.append(sign * table.pair_counts)
    every, added = np.concatenate(keys), np.concatenate(counts)
    order = np.argsort(every, kind="stable")
    every, added = every[order], added[order]
    heads = np.flatnonzero(np.diff(every, prepend=-2))
    sums = np.add.reduceat(added, heads) if len(heads) else added
    _check(sums)
    kept = (sums > 0) & (every[heads] >= 0)
    return every[heads][kept], sums[kept]


def _check(sums: Ints) -> None:
    if len(sums) and int(sums.min()) < 0:
        raise ValueError("more documents were taken out than there were")


def write(path: Path, table: Counts, *, whole: bool = False) -> None:
    """Write a count table to the file `path`, which is replaced if it exists. Raises OSError.

    With `whole`, it is that of a generation: it gets the folds and the phrases that are offered,
    and of more than MAX_PHRASES phrases the most frequent ones only.
    """
    phrases = table.phrases, table.phrase_counts
    if whole and len(table.phrases) > MAX_PHRASES:
        best = np.sort(np.argsort(-table.phrase_counts, kind="stable")[:MAX_PHRASES])
        phrases = [table.phrases[n] for n in best.tolist()], table.phrase_counts[best]
    with ArrayWriter(path) as writer:
        write_strings(writer, "terms", table.terms)
        writer.put("term_counts", shrink_dtype(table.term_counts))
        writer.put("pairs", table.pairs.astype(np.uint64))
        writer.put("pair_counts", shrink_dtype(table.pair_counts))
        write_strings(writer, "words", table.words)
        writer.put("word_counts", shrink_dtype(table.word_counts))
        write_strings(writer, "values", table.values)
        writer.put("value_counts", shrink_dtype(table.value_counts))
        counted = dict(zip(phrases[0], phrases[1].tolist(), strict=True))
        write_phrase_counts(writer, counted)
        writer.put("totals", np.array([table.documents, table.length], np.int64))
        learned = json.dumps(table.learned.payload(), ensure_ascii=True).encode()
        writer.put("learned", np.frombuffer(learned, np.uint8))
        if whole:
            write_folds(writer, table.terms, table.term_counts)
            rows = sorted(select_phrases(counted), key=lambda phrase: (phrase.key, phrase.text))
            write_strings(writer, "keys", [phrase.key for phrase in rows])
            write_strings(writer, "texts", [phrase.text for phrase in rows])
            writer.put("documents", np.array([phrase.documents for phrase in rows], np.uint32))


def read(path: Path) -> Counts:
    """Return the count table in the file `path`, without folds and offered phrases.

    Raises ValueError if the file is damaged, OSError if it cannot be read.
    """
    file = ArrayFile(path)

    def numbers(name: str) -> Ints:
        return file[name].astype(np.int64)

    documents, length = file["totals"].tolist()
    strings = {name: StringTable(file, name).all() for name in ("terms", *_TABLES)}
    return Counts(
        strings["terms"],
        numbers("term_counts"),
        numbers("pairs"),
        numbers("pair_counts"),
        strings["words"],
        numbers("word_counts"),
        strings["values"],
        numbers("value_counts"),
        strings["phrases"],
        numbers("phrase_counts"),
        documents,
        length,
        read_learned(file),
    )


def read_learned(file: ArrayFile) -> Learned:
    """Return the abbreviations that the documents of a count table define.

    Raises ValueError if the file is damaged.
    """
    return Learned.from_payload(json.loads(file["learned"].tobytes()))

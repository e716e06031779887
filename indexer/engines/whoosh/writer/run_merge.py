"""Merge runs into the files of a segment, a slice of terms at a time.

Runs come in the order of their documents, so the merged list of a term is the concatenation of its
lists: a stable sort by term is all that is needed. Memory is bounded by the size of a slice and by
the tables of terms.

The `merge_…` functions take the paths of the runs, in the order of their documents, and the paths
of the files that they write (replaced if they exist). Each can run in a process of its own. They
raise ValueError if a run is damaged, OSError if a file cannot be read or written. Arrays that they
describe as "unsigned" have the narrowest unsigned dtype that holds their values.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np

from indexer.analysis import fold
from indexer.engines.whoosh.doc_store.text_writer import merge_texts
from indexer.engines.whoosh.doc_store.title_order import title_ranks
from indexer.engines.whoosh.postings.array_file import Array, ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.list_merge import (
    ListWriter,
    RunLists,
    merge_lists,
    merge_run_strings,
    slice_by_count,
    write_small_numbers,
)
from indexer.engines.whoosh.postings.positions import PositionWriter, position_widths
from indexer.engines.whoosh.postings.string_table import StringTable, write_strings
from indexer.engines.whoosh.writer.runs import PAIR_SHIFT


def _run_bases(runs: Sequence[Path]) -> list[tuple[int, int]]:
    """Return (documents, positions) before each run: how many all runs before it have.

    One pair per run, and a last pair with the sums over all runs.
    """
    bases = [(0, 0)]
    for path in runs:
        spans = ArrayFile(path)["span"]
        bases.append((bases[-1][0] + len(spans), bases[-1][1] + int(spans.sum(dtype=np.int64))))
    return bases


def merge_documents(target: Path, runs: Sequence[Path]) -> None:
    """Write `<segment>.docs`: ids, the values of each document, and the stored fields other than
    title and body.

    The arrays are those of a run (`writer.runs`), but `title_rank` (uint32), the rank of each
    document by title (`doc_store.title_order`), instead of `title_keys`; and `by_id` (uint32), the
    document numbers in ascending order of their ids. Stored fields stay compressed with the
    dictionary of their run: `dictionary_ends` and `dictionary_until` (uint32, one entry per run)
    are the byte of `dictionary` at which that of the run ends, and the number after the last
    document that uses it.
    """
    files = [ArrayFile(path) for path in runs]
    with ArrayWriter(target) as writer:
        ids = [name for file in files for name in StringTable(file, "ids").all()]
        write_strings(writer, "ids", ids)
        order = sorted(range(len(ids)), key=ids.__getitem__)
        writer.put("by_id", np.array(order, np.uint32))
        keys = [key for file in files for key in StringTable(file, "title_keys").all()]
        writer.put("title_rank", title_ranks(keys).astype(np.uint32))
        columns = {
            "digest": "u8", "day": "u4", "length": "u4", "body_start": "u4", "span": "u4",
            "text_digest": "u8", "sketch": "u1", "numbers": "u8",
        }  # fmt: skip
        for name, kind in columns.items():
            writer.begin(name, kind)
            for file in files:
                writer.append(file[name])
        writer.put("number_ends", _joined_ends(files, "numbers", "number_ends"))
        writer.begin("dictionary", "u1")
        for file in files:
            writer.append(file["dictionary"])
        writer.put(
            "dictionary_ends",
            np.cumsum([len(file["dictionary"]) for file in files], dtype=np.uint32),
        )
        writer.put(
            "dictionary_until", np.cumsum([len(file["day"]) for file in files], dtype=np.uint32)
        )
        writer.begin("records", "u1")
        for file in files:
            writer.append(file["records"])
            file.release_pages()
        writer.put("record_ends", _joined_ends(files, "records", "record_ends"))


def _joined_ends(files: Sequence[ArrayFile], values: str, ends: str) -> Array:
    """Return the indexes at which the parts of a joined array end, `(parts,)` unsigned.

    Each run has an array called `values`, and one called `ends` with the indexes at which the parts
    of the former end. The joined array is `values` of all runs, one after another.
    """
    sizes = [0, *accumulate(len(file[values]) for file in files)]
    parts = [file[ends] + before for file, before in zip(files, sizes, strict=False)]
    return shrink_dtype(np.concatenate([np.zeros(0, np.int64), *parts]))


def merge_stored_texts(target: Path, runs: Sequence[Path]) -> None:
    """Write `<segment>.texts`: titles and bodies, in the format of `doc_store.text_writer`."""
    _, term_maps = merge_run_strings(runs, "syllables")
    with ArrayWriter(target) as writer:
        merge_texts(writer, [ArrayFile(path) for path in runs], term_maps)


def merge_syllables(target: Path, positions_target: Path, runs: Sequence[Path]) -> None:
    """Write `<segment>.syllables`: terms, postings and folds of syllables; and to
    `positions_target` their positions, `<segment>.positions`.

    The two are separate files because most queries need only documents and weights, which take a
    fraction of the space of the positions. The arrays of the first, by term number:

        terms               the syllables, ascending
        postings            Elias-Fano lists (`ListWriter`) of the documents of each; a weight is
                            the number of occurrences in title and body
        titles              lists of the documents with occurrences in the title; a weight is their
                            number, so that a reader can count those TITLE_WEIGHT times
        frequencies, title_frequencies
                            the number of documents in the lists of both (unsigned)
        folds, fold_ends, fold_terms
                            the folded forms (`write_folds`)
    """
    terms, maps = merge_run_strings(runs, "syllables")
    bases = _run_bases(runs)
    begins, bodies, spans = _document_layout(runs)
    bits = position_widths(spans)
    sources = [
        RunLists(ArrayFile(path), "syllables", None, numbers, base[1], 0)
        for path, numbers, base in zip(runs, maps, bases, strict=False)
    ]
    frequencies, title_frequencies = np.zeros(len(terms), np.int64), np.zeros(len(terms), np.int64)
    titles = []
    with ArrayWriter(target) as writer, ArrayWriter(positions_target) as positions_writer:
        write_strings(writer, "terms", terms)
        lists = ListWriter(writer, "postings", max(bases[-1][0], 1))
        positions = PositionWriter(positions_writer)
        for keys, sizes, global_positions, _ in merge_lists(sources, len(terms)):
            documents = np.searchsorted(begins, global_positions, side="right") - 1
            positions.add(sizes, global_positions - begins[documents], bits[documents])
            owners = np.repeat(np.arange(len(keys)), sizes)
            document_heads = np.flatnonzero(np.diff(owners << 32 | documents, prepend=-1))
            document_counts = np.bincount(owners[document_heads], minlength=len(keys))
            lists.add(
                document_counts,
                documents[document_heads],
                np.diff(document_heads, append=len(global_positions)),
            )
            title_counts = np.add.reduceat(
                (global_positions < bodies[documents]).astype(np.int64), document_heads
            )
            has_title = np.flatnonzero(title_counts)
            frequencies[keys] = document_counts
            title_frequencies[keys] = np.bincount(
                owners[document_heads[has_title]], minlength=len(keys)
            )
            titles.append(
                (
                    title_frequencies[keys],
                    documents[document_heads[has_title]],
                    title_counts[has_title],
                )
            )
        lists.close()
        positions.close()
        title_lists = ListWriter(writer, "titles", max(bases[-1][0], 1))
        for part in titles:
            title_lists.add(*part)
        title_lists.close()
        writer.put("title_frequencies", shrink_dtype(title_frequencies))
        writer.put("frequencies", shrink_dtype(frequencies))
        write_folds(writer, terms, frequencies)


def merge_words(target: Path, runs: Sequence[Path]) -> None:
    """Write `<segment>.words`: the words as terms, their postings and document frequencies.

    `terms` are ascending, `postings` Elias-Fano lists (`ListWriter`), `frequencies` unsigned, both
    by the number of the word. Words have no positions; a weight counts occurrences in the title
    TITLE_WEIGHT times.
    """
    terms, sources, documents = _run_lists(runs, "words")
    counts = np.zeros(len(terms), np.int64)
    with ArrayWriter(target) as writer:
        write_strings(writer, "terms", terms)
        lists = ListWriter(writer, "postings", max(documents, 1))
        for keys, sizes, values, weights in merge_lists(sources, len(terms)):
            lists.add(sizes, values, weights)
            counts[keys] = sizes
        lists.close()
        writer.put("frequencies", shrink_dtype(counts))


def merge_facets(target: Path, runs: Sequence[Path]) -> None:
    """Write `<segment>.facets`: facet values ("year=2019"), their documents and document
    frequencies.

    `terms` are the values, ascending; `frequencies` (unsigned) has the number of documents of each;
    `documents` (uint32) the documents of each in turn, ascending. They are not encoded, because all
    of them are read when a segment is opened.
    """
    terms, sources, _ = _run_lists(runs, "facets")
    counts = np.zeros(len(terms), np.int64)
    with ArrayWriter(target) as writer:
        write_strings(writer, "terms", terms)
        writer.begin("documents", "u4")
        for keys, sizes, values, _ in merge_lists(sources, len(terms)):
            writer.append(values)
            counts[keys] = sizes
        writer.put("frequencies", shrink_dtype(counts))


def _run_lists(runs: Sequence[Path], name: str) -> tuple[list[str], list[RunLists], int]:
    """Return the merged terms of a field, its lists in each run, and the number of documents.

    `name` is "words" or "facets", whose lists have document numbers. The terms are ascending; their
    indexes are the term numbers of the segment.
    """
    terms, maps = merge_run_strings(runs, name)
    bases = _run_bases(runs)
    sources = [
        RunLists(ArrayFile(path), name, None, numbers, base[0], 0)
        for path, numbers, base in zip(runs, maps, bases, strict=False)
    ]
    return terms, sources, bases[-1][0]


def merge_pairs(target: Path, runs: Sequence[Path]) -> None:
    """Write `<segment>.pairs`: the postings of all pairs of neighbouring syllables.

    Pairs are numbered by the term number of the first syllable, then of the second; a *row* is all
    pairs with one first syllable. The arrays:

        postings            Elias-Fano lists of the documents of each pair, with weights, without
                            `postings_bits`
        row_ends, row_bits  by first syllable (unsigned): the number after its last pair, and the
                            bit in `postings` at which its first pair begins
        seconds             Elias-Fano lists (`ListWriter`) of the second syllables of each row
        frequencies, extra_weights
                            by pair (`write_small_numbers`): its document frequency, and the sum of
                            its weights minus that, from which the bits of its postings follow
    """
    terms, maps = merge_run_strings(runs, "syllables")
    bases = _run_bases(runs)
    files = [ArrayFile(path) for path in runs]
    sources = [
        RunLists(file, "pairs", file["pairs"], numbers, base[0], PAIR_SHIFT)
        for file, numbers, base in zip(files, maps, bases, strict=False)
    ]
    count = len(terms)
    rows = np.zeros(count, np.int64)
    seconds, sizes_parts, extra_parts = [], [], []
    with ArrayWriter(target) as writer:
        lists = ListWriter(writer, "postings", max(bases[-1][0], 1), bounds=False)
        row_bits = np.zeros(count, np.int64)
        for keys, sizes, documents, weights in merge_lists(sources, count):
            bounds = lists.add(sizes, documents, weights)
            firsts = keys >> PAIR_SHIFT
            heads = np.flatnonzero(np.diff(firsts, prepend=-1))
            row_bits[firsts[heads]] = bounds[heads]
            rows += np.bincount(firsts, minlength=count)
            seconds.append((keys & ((1 << PAIR_SHIFT) - 1)).astype(np.uint32))
            extra = np.add.reduceat(weights, np.cumsum(sizes) - sizes) - sizes
            sizes_parts.append(shrink_dtype(sizes))
            extra_parts.append(shrink_dtype(extra))
        lists.close()
        row_ends = np.cumsum(rows)
        ordered = np.concatenate([np.zeros(0, np.uint32), *seconds])
        second_lists = ListWriter(writer, "seconds", max(count, 1))
        for first, last in slice_by_count(rows):
            begin, end = row_ends[first] - rows[first], row_ends[last - 1]
            second_lists.add(rows[first:last], ordered[begin:end].astype(np.int64))
        second_lists.close()
        writer.put("row_ends", shrink_dtype(row_ends))
        writer.put("row_bits", shrink_dtype(row_bits))
        write_small_numbers(writer, "frequencies", sizes_parts)
        write_small_numbers(writer, "extra_weights", extra_parts)


def _document_layout(runs: Sequence[Path]) -> tuple[Ints, Ints, Ints]:
    """Return where each document of the runs lies in the global positions of the segment.

    Three int64 arrays `(documents,)`: the first global position of the document, the first of its
    body, and its number of positions.
    """
    files = [ArrayFile(path) for path in runs]
    spans, starts = (
        np.concatenate([np.zeros(0, np.int64), *(file[name] for file in files)])
        for name in ("span", "body_start")
    )
    begins = np.cumsum(spans) - spans
    return begins, begins + starts, spans


def write_folds(writer: ArrayWriter, terms: Sequence[str], frequencies: Ints) -> None:
    """Write the folded forms of `terms` and, for each, the numbers of the terms that have it.

    `terms` are ascending; `frequencies (terms,)` int64 are their document frequencies. Writes three
    arrays: `folds`, ascending; `fold_terms` (uint32), the term numbers of each fold in turn, most
    frequent first, then ascending; `fold_ends` (uint32), the index in `fold_terms` at which those
    of each fold end.
    """
    groups: dict[str, list[int]] = {}
    for number, term in enumerate(terms):
        groups.setdefault(fold(term), []).append(number)
    folds = sorted(groups)
    often = frequencies.tolist()
    order = [n for name in folds for n in sorted(groups[name], key=lambda n: (-often[n], n))]
    write_strings(writer, "folds", folds)
    writer.put("fold_ends", np.cumsum([len(groups[name]) for name in folds], dtype=np.uint32))
    writer.put("fold_terms", np.array(order, np.uint32))

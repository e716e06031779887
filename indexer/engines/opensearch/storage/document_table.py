"""The documents of a generation, in one file: ids, hashes and fingerprints.

    ids                     ascending by code point; all other columns have this order
    digest                  `engines.document_digest` of each, by which an update finds what changed
    length                  in syllables, those of the title counted TITLE_WEIGHT times
    text_digest, sketch, numbers, number_ends
                            fingerprints (`analysis.batch.fingerprints`), of which the groups of
                            copies are made

It is stored with the generation. An update reads it; a front reads it when it is asked for all ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from indexer.analysis.batch import SKETCH_BYTES, Fingerprints
from indexer.engines.copies import group_copies
from indexer.engines.whoosh.postings.array_file import ArrayFile, ArrayWriter
from indexer.engines.whoosh.postings.string_table import StringTable, write_strings

Ints = np.ndarray[Any, np.dtype[np.int64]]


class DocumentTable(NamedTuple):
    """n documents with the columns that the module docstring describes.

    `digests` are `(n,)` uint64, `lengths` `(n,)` int64, in syllables. In what `join` and `read`
    return, the ids ascend by code point; the rows of one batch have the order of the batch.
    """

    ids: list[str]
    digests: np.ndarray[Any, np.dtype[np.uint64]]
    lengths: Ints
    fingerprints: Fingerprints


def join(parts: Sequence[DocumentTable]) -> DocumentTable:
    """Return the documents of all parts, ascending by id. Raises ValueError if two have one id."""
    ids = [name for part in parts for name in part.ids]
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
    names = [ids[number] for number in order.tolist()]
    if len(set(names)) != len(names):
        raise ValueError("an id occurs twice")
    prints = [part.fingerprints for part in parts]
    sizes = [np.diff(found.number_ends.astype(np.int64), prepend=0) for found in prints]
    whole = Fingerprints(
        _joined([found.digests for found in prints], np.uint64),
        _joined([found.sketches for found in prints], np.uint8),
        _joined([found.numbers for found in prints], np.uint64),
        np.cumsum(_joined(sizes, np.int64)),
    )
    return DocumentTable(
        names,
        _joined([part.digests for part in parts], np.uint64)[order],
        _joined([part.lengths for part in parts], np.int64)[order],
        _take(whole, order),
    )


def select(table: DocumentTable, kept: Ints) -> DocumentTable:
    """Return the rows with the indexes `kept (k,)` int64, in that order."""
    return DocumentTable(
        [table.ids[number] for number in kept.tolist()],
        table.digests[kept],
        table.lengths[kept],
        _take(table.fingerprints, kept),
    )


def copies_of(table: DocumentTable) -> dict[str, tuple[str, str]]:
    """Return id → (text, leader) of the documents that have copies (`engines.copies`).

    `text` is the id of the first document with exactly this text, by descending length, then id;
    `leader` is the id of the first document of its group in that order.
    """
    ranks = np.empty(len(table.ids), np.int64)
    # The ids ascend, so a stable sort by length orders documents of one length by id.
    ranks[np.argsort(-table.lengths, kind="stable")] = np.arange(len(table.ids))
    texts, leaders = group_copies(table.fingerprints, ranks)
    copied = np.flatnonzero(np.bincount(leaders, minlength=len(leaders))[leaders] > 1)
    ids = table.ids
    return {
        ids[n]: (ids[text], ids[leader])
        for n, text, leader in zip(
            copied.tolist(), texts[copied].tolist(), leaders[copied].tolist(), strict=True
        )
    }


def write(path: Path, table: DocumentTable) -> None:
    """Write the table to the file `path`, which is replaced if it exists. Raises OSError."""
    with ArrayWriter(path) as writer:
        write_strings(writer, "ids", table.ids)
        writer.put("digest", table.digests)
        writer.put("length", table.lengths.astype(np.uint32))
        writer.put("text_digest", table.fingerprints.digests)
        writer.put("sketch", table.fingerprints.sketches)
        writer.put("numbers", table.fingerprints.numbers)
        writer.put("number_ends", table.fingerprints.number_ends.astype(np.uint64))


def read(path: Path) -> DocumentTable:
    """Return the table in the file `path`; its columns are mapped into memory.

    Raises ValueError if the file is damaged, OSError if it cannot be read.
    """
    file = ArrayFile(path)
    return DocumentTable(
        StringTable(file, "ids").all(),
        file["digest"],
        file["length"].astype(np.int64),
        Fingerprints(
            file["text_digest"],
            file["sketch"],
            file["numbers"],
            file["number_ends"].astype(np.int64),
        ),
    )


def read_ids(path: Path) -> list[str]:
    """Return the ids in the file `path`, ascending. Raises as `read` does."""
    return StringTable(ArrayFile(path), "ids").all()


def _joined(parts: Sequence[Any], dtype: type) -> Any:
    return np.concatenate([np.zeros(0, dtype), *parts]).astype(dtype)


def _take(prints: Fingerprints, order: Ints) -> Fingerprints:
    """Return the fingerprints with the indexes `order (k,)` int64, in that order."""
    ends = prints.number_ends.astype(np.int64)
    begins = np.append(np.zeros(1, np.int64), ends[:-1])[: len(ends)]
    sizes = ends[order] - begins[order]
    # For each number that is kept, where it was.
    starts = np.repeat(begins[order] - (np.cumsum(sizes) - sizes), sizes)
    at = starts + np.arange(int(sizes.sum()))
    return Fingerprints(
        prints.digests[order],
        prints.sketches.reshape(-1, SKETCH_BYTES)[order].ravel(),
        prints.numbers[at],
        np.cumsum(sizes),
    )

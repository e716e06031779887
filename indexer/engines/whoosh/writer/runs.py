"""A batch of documents becomes a run: its terms and postings, sorted, in one file of arrays.

Runs are what fits into memory; `merge` makes a segment of them. Numbers of documents, and places,
count from 0 in each run.

    ids, digest, day, length, body_start, span
                                           one entry per document
    known, records, record_ends            all other fields, compressed one by one, with `known`
    symbols, symbol_counts, stream, stream_ends
                                           the texts (see `texts`)
    text                                   strings; text_stops: the end of each one's places
    pairs (two numbers of `text` in one), words, facets ("year=2019")
                                           with <name>_stops, <name>_docs, <name>_weights
    counted, counts                        count_phrases and how many documents have them

Strings have their <name>_ends beside them (see `terms`).

A *place* is a position within all documents laid end to end: document d begins at the sum of the
spans before it. A span leaves one position free, so that no run of syllables crosses documents.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from indexer.analysis.batch import Columns, analyze_many
from indexer.engines.bm25 import TITLE_GAP, TITLE_WEIGHT
from indexer.engines.whoosh.doc_store.compression import compress, examples
from indexer.engines.whoosh.doc_store.text_writer import write_texts
from indexer.engines.whoosh.postings.array_file import ArrayWriter, smallest
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.terms.phrase_table import write_counted
from indexer.engines.whoosh.terms.string_table import write_strings
from indexer.facets import FACETS
from indexer.models import Document
from indexer.query.vocabulary.learning import Findings, findings
from indexer.suggest.ngrams import count_phrases

PAIR_SHIFT = 32
"""A pair of syllables is `first << PAIR_SHIFT | second`, numbers in the table of `text`: ascending
as "first second" does, for a space comes before all that terms are made of."""

_KNOWN = 8 << 10


def write_run(path: Path, documents: Sequence[Document]) -> list[Findings]:
    """Write the run of these documents; what they teach. Pure but for the file."""
    texts = [text for document in documents for text in (document.title, document.body)]
    columns = analyze_many(texts)
    counted = count_phrases(columns, [document.title for document in documents])
    with ArrayWriter(path) as writer:
        starts = _write_documents(writer, documents, columns)
        write_texts(writer, texts, columns)
        numbers = _write_text(writer, columns, starts)
        _write_pairs(writer, columns, numbers)
        _write_words(writer, columns)
        _write_facets(writer, documents)
        write_counted(writer, counted)
    return [findings(document) for document in documents]


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def digest(document: Document) -> int:
    """64 bits that tell whether a document changed."""
    return _digest(document.to_record())


def _digest(record: Mapping[str, Any]) -> int:
    return int.from_bytes(blake2b(_encoded(record), digest_size=8).digest(), "little")


def _encoded(record: Mapping[str, Any]) -> bytes:
    """A record as JSON: the same bytes for the same document."""
    return _JSON.encode(record).encode("utf-8", "surrogatepass")


def _write_documents(writer: ArrayWriter, documents: Sequence[Document], columns: Columns) -> Ints:
    """Write all but the texts; where each text (a title and a body for each document) begins among
    the places."""
    count = len(documents)
    last = np.full(2 * count, -1, np.int64)
    last[columns.texts] = columns.positions  # the last one of each text stays
    syllables = np.bincount(columns.texts, minlength=2 * count)
    body_start = last[::2] + TITLE_GAP + 1
    spans = body_start + last[1::2] + 2
    begins = np.cumsum(spans) - spans
    starts = np.repeat(begins, 2)
    starts[1::2] += body_start

    days = [document.date.toordinal() if document.date else 0 for document in documents]
    digests, records = [], []
    for document in documents:
        record = document.to_record()
        digests.append(_digest(record))
        # Title and body are kept in their own way.
        records.append(_encoded({k: v for k, v in record.items() if k not in ("title", "body")}))
    known = examples(records, _KNOWN)
    records = [compress(record, known) for record in records]
    write_strings(writer, "ids", [document.id for document in documents])
    writer.put("digest", np.array(digests, np.uint64))
    writer.put("day", np.array(days, np.uint32))
    writer.put("length", (TITLE_WEIGHT * syllables[::2] + syllables[1::2]).astype(np.uint32))
    writer.put("body_start", body_start.astype(np.uint32))
    writer.put("span", spans.astype(np.uint32))
    writer.put("known", np.frombuffer(known, np.uint8))
    writer.put("records", np.frombuffer(b"".join(records), np.uint8))
    writer.put("record_ends", np.cumsum(np.array(list(map(len, records)), np.int64)))
    return starts


def _write_text(writer: ArrayWriter, columns: Columns, starts: Ints) -> Ints:
    """Write terms and places; the number of each token's term."""
    order = sorted(range(len(columns.vocabulary)), key=columns.vocabulary.__getitem__)
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    numbers = ranks[columns.terms]
    places = starts[columns.texts] + columns.positions
    bits = _width(int(places.max(initial=0)))
    keys = np.sort(numbers << bits | places)
    write_strings(writer, "text", [columns.vocabulary[number] for number in order])
    writer.put("text_stops", np.cumsum(np.bincount(numbers, minlength=len(order))))
    writer.put("text_docs", (keys & ((1 << bits) - 1)).astype(np.uint32))
    return numbers


def _write_pairs(writer: ArrayWriter, columns: Columns, numbers: Ints) -> None:
    side = np.flatnonzero(
        (np.diff(columns.positions) == 1) & (columns.texts[1:] == columns.texts[:-1])
    )
    bits = _width(int(numbers.max(initial=0)))
    pairs = numbers[side] << bits | numbers[side + 1]
    kept = _write_lists(writer, "pairs", pairs, columns.texts[side] >> 1, ~columns.texts[side] & 1)
    writer.put("pairs", (kept >> bits << PAIR_SHIFT | kept & ((1 << bits) - 1)).astype(np.uint64))


def _write_words(writer: ArrayWriter, columns: Columns) -> None:
    names: dict[str, int] = {}
    numbers = np.empty(len(columns.firsts), np.int64)
    lengths = columns.lasts - columns.firsts
    bits = _width(len(columns.vocabulary))
    for length in np.unique(lengths).tolist():
        these = np.flatnonzero(lengths == length)
        rows = columns.terms[columns.firsts[these][:, np.newaxis] + np.arange(length)]
        if bits * length < 63:
            keys = rows[:, 0]
            for column in range(1, length):
                keys = keys << bits | rows[:, column]
            order = np.argsort(keys)
            fresh = np.diff(keys[order], prepend=-1) != 0
            examples = rows[order[fresh]]
            inverse = np.empty(len(these), np.int64)
            inverse[order] = np.cumsum(fresh) - 1
        else:
            examples, inverse = rows, np.arange(len(these))
        made = ["_".join([columns.vocabulary[n] for n in row]) for row in examples.tolist()]
        known = np.array([names.setdefault(word, len(names)) for word in made], np.int64)
        numbers[these] = known[inverse]
    words = list(names)
    order_ = sorted(range(len(words)), key=words.__getitem__)
    ranks = np.empty(len(words), np.int64)
    ranks[order_] = np.arange(len(words))
    texts = columns.texts[columns.firsts]
    _write_lists(writer, "words", ranks[numbers], texts >> 1, ~texts & 1)
    write_strings(writer, "words", [words[number] for number in order_])


def _write_facets(writer: ArrayWriter, documents: Sequence[Document]) -> None:
    found: dict[str, list[int]] = {}
    for number, document in enumerate(documents):
        for facet in FACETS:
            for value in dict.fromkeys(facet.values(document)):
                found.setdefault(facet_key(facet.name, value), []).append(number)
    names = sorted(found)
    counts = np.array([len(found[name]) for name in names], np.int64)
    docs = np.array([number for name in names for number in found[name]], np.int64)
    _write_lists(
        writer, "facets", np.repeat(np.arange(len(names)), counts), docs, np.zeros_like(docs)
    )
    write_strings(writer, "facets", names)


def facet_key(facet: str, value: str) -> str:
    """The term under which a facet value stands: unique, for no facet's name holds a "="."""
    return f"{facet}={value}"


def facet_value(key: str) -> str:
    """The value of a `facet_key`."""
    return key.partition("=")[2]


def _write_lists(writer: ArrayWriter, name: str, terms: Ints, docs: Ints, titles: Ints) -> Ints:
    """Write the documents and weights of terms, given once for each occurrence; `titles` is 1 for
    one in a title. Returns the terms that occur, ascending."""
    bits = _width(int(docs.max(initial=0)))
    keys = np.sort((terms << bits | docs) << 1 | titles)
    weights = np.where(keys & 1, TITLE_WEIGHT, 1)
    postings = keys >> 1
    fresh = np.flatnonzero(np.diff(postings, prepend=-1))
    if len(fresh):
        weights = np.add.reduceat(weights, fresh)
    postings = postings[fresh]
    found = postings >> bits
    heads = np.flatnonzero(np.diff(found, prepend=-1))
    writer.put(f"{name}_stops", np.append(heads[1:], len(found)) if len(heads) else heads)
    writer.put(f"{name}_docs", (postings & ((1 << bits) - 1)).astype(np.uint32))
    writer.put(f"{name}_weights", smallest(weights))
    return found[heads]


def _width(top: int) -> int:
    """Bits that hold numbers up to `top`."""
    return max(int(top).bit_length(), 1)

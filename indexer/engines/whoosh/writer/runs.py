"""Turn a batch of documents into a run: its terms and postings, sorted, in one file of arrays.

A run has as many documents as memory allows (`segment_builder`); `run_merge` merges runs into a
segment. Document numbers and global positions count from 0 in each run.

    ids, digest, day, length, body_start, span
                                           one entry per document: its id; its
                                           `document_digest.digest` (uint64); and as uint32 its date
                                           as `date.toordinal()`, 0 without one; its length as BM25
                                           counts it; the position of the first syllable of the
                                           body; the number of positions
    title_keys                             the `collation.title_key` of each document
    dictionary, records, record_ends       the other stored fields of each document as JSON,
                                           compressed one by one with `dictionary`; the byte of
                                           `records` at which each ends
    text_digest, sketch, numbers, number_ends
                                           fingerprints (see `analysis.batch.fingerprints`)
    symbols, symbol_counts, symbol_terms, stream, stream_ends
                                           the texts (see `doc_store.text_writer`)
    syllables                              terms; syllables_list_ends, syllables_values: their
                                           lists of global positions
    pairs, words, facets                   pairs (PAIR_SHIFT), words (`analyze`), facet values
                                           ("year=2019"); <name>_list_ends, <name>_values,
                                           <name>_weights: their lists of documents, with weights
    phrases, phrase_counts                 phrases (`suggest.ngrams.count_phrases`), and in how
                                           many documents each occurs

Terms, pairs, words, values and phrases are ascending. A list ends in <name>_values at the index in
<name>_list_ends. Strings have their <name>_ends beside them (see `postings.string_table`).

A *global position* is a position in the concatenation of all documents: document d begins at the
sum of the spans before it. A span leaves one position free at its end, so that no phrase spans
documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from indexer.analysis.batch import Columns, analyze_many, fingerprints
from indexer.analysis.collation import title_key
from indexer.engines.bm25 import TITLE_GAP, TITLE_WEIGHT
from indexer.engines.document_digest import encoded, record_digest
from indexer.engines.whoosh.doc_store.compression import compress, sample_dictionary
from indexer.engines.whoosh.doc_store.text_writer import write_texts
from indexer.engines.whoosh.postings.array_file import ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.string_table import facet_key, write_strings
from indexer.engines.whoosh.terms.phrase_table import write_phrase_counts
from indexer.facets import values_by_facet
from indexer.models import Document
from indexer.query.vocabulary.learning import Findings, findings
from indexer.suggest.ngrams import count_phrases

PAIR_SHIFT = 32
"""A pair of syllables is stored as the integer `first << PAIR_SHIFT | second` of their term
numbers. These integers sort as the strings "first second" do, because a space sorts before every
character of a term."""

_DICTIONARY_BYTES = 8 << 10
"""Greatest size of the preset dictionary with which the stored fields of a run are compressed."""


def write_run(path: Path, documents: Sequence[Document]) -> list[Findings]:
    """Write the run of these documents to `path`, and return the abbreviations that each defines,
    in the same order.

    It has no other side effect, so it can run in any process. A file at `path` is replaced. Raises
    OSError if it cannot be written, WordModelError if the word model cannot be loaded.
    """
    texts = [text for document in documents for text in (document.title, document.body)]
    columns = analyze_many(texts)
    counted = count_phrases(columns, [document.title for document in documents])
    with ArrayWriter(path) as writer:
        starts = _write_documents(writer, documents, columns)
        _write_fingerprints(writer, documents, columns)
        numbers = _write_syllables(writer, columns, starts)
        write_texts(writer, texts, columns, numbers)
        _write_pairs(writer, columns, numbers)
        _write_words(writer, columns)
        _write_facets(writer, documents)
        write_phrase_counts(writer, counted)
    return [findings(document) for document in documents]


def _write_documents(writer: ArrayWriter, documents: Sequence[Document], columns: Columns) -> Ints:
    """Write the values and stored fields of the documents, without title and body.

    `columns` are those of two texts per document, its title and its body in turn. Returns the
    global position at which each text begins, `(2 * documents,)` int64.
    """
    count = len(documents)
    last = np.full(2 * count, -1, np.int64)
    last[columns.texts] = columns.positions  # the last assignment of each text wins
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
        digests.append(record_digest(record))
        # `write_texts` writes title and body.
        records.append(encoded({k: v for k, v in record.items() if k not in ("title", "body")}))
    dictionary = sample_dictionary(records, _DICTIONARY_BYTES)
    records = [compress(record, dictionary) for record in records]
    write_strings(writer, "ids", [document.id for document in documents])
    write_strings(writer, "title_keys", [title_key(document.title) for document in documents])
    writer.put("digest", np.array(digests, np.uint64))
    writer.put("day", np.array(days, np.uint32))
    writer.put("length", (TITLE_WEIGHT * syllables[::2] + syllables[1::2]).astype(np.uint32))
    writer.put("body_start", body_start.astype(np.uint32))
    writer.put("span", spans.astype(np.uint32))
    writer.put("dictionary", np.frombuffer(dictionary, np.uint8))
    writer.put("records", np.frombuffer(b"".join(records), np.uint8))
    writer.put("record_ends", np.cumsum(np.array(list(map(len, records)), np.int64)))
    return starts


def _write_fingerprints(
    writer: ArrayWriter, documents: Sequence[Document], columns: Columns
) -> None:
    """Write the fingerprints of the documents, of which `columns` has titles and bodies in turn."""
    found = fingerprints(columns, [document.number for document in documents])
    writer.put("text_digest", found.digests)
    writer.put("sketch", found.sketches)
    writer.put("numbers", found.numbers)
    writer.put("number_ends", found.number_ends)


def _write_syllables(writer: ArrayWriter, columns: Columns, starts: Ints) -> Ints:
    """Write the distinct syllables, ascending, and the global positions of each.

    `starts (texts,)` int64 are the global positions at which the texts begin. Returns the term
    number of each token, `(tokens,)` int64 in text order: the index of its term among those
    written.
    """
    order = sorted(range(len(columns.vocabulary)), key=columns.vocabulary.__getitem__)
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    numbers = ranks[columns.terms]
    positions = starts[columns.texts] + columns.positions
    bits = _bits_for(int(positions.max(initial=0)))
    keys = np.sort(numbers << bits | positions)
    write_strings(writer, "syllables", [columns.vocabulary[number] for number in order])
    writer.put("syllables_list_ends", np.cumsum(np.bincount(numbers, minlength=len(order))))
    writer.put("syllables_values", (keys & ((1 << bits) - 1)).astype(np.uint32))
    return numbers


def _write_pairs(writer: ArrayWriter, columns: Columns, numbers: Ints) -> None:
    """Write the distinct pairs of neighbouring syllables, and the documents and weights of each.

    `numbers (tokens,)` int64 are the term numbers that `_write_syllables` returned. Two tokens are
    neighbours if their positions differ by one, so no pair spans two sentences.
    """
    firsts = np.flatnonzero(
        (np.diff(columns.positions) == 1) & (columns.texts[1:] == columns.texts[:-1])
    )
    bits = _bits_for(int(numbers.max(initial=0)))
    pairs = numbers[firsts] << bits | numbers[firsts + 1]
    distinct = _write_lists(
        writer, "pairs", pairs, columns.texts[firsts] >> 1, ~columns.texts[firsts] & 1
    )
    writer.put(
        "pairs",
        (distinct >> bits << PAIR_SHIFT | distinct & ((1 << bits) - 1)).astype(np.uint64),
    )


def _write_words(writer: ArrayWriter, columns: Columns) -> None:
    """Write the distinct words ("dân_vận"), ascending, and the documents and weights of each.

    Each distinct sequence of terms is joined to a string only once, because joining is slow.
    """
    names: dict[str, int] = {}
    numbers = np.empty(len(columns.firsts), np.int64)
    lengths = columns.lasts - columns.firsts
    bits = _bits_for(len(columns.vocabulary))
    for length in np.unique(lengths).tolist():
        these = np.flatnonzero(lengths == length)
        rows = columns.terms[columns.firsts[these][:, np.newaxis] + np.arange(length)]
        if bits * length < 63:
            keys = rows[:, 0]
            for column in range(1, length):
                keys = keys << bits | rows[:, column]
            order = np.argsort(keys)
            fresh = np.diff(keys[order], prepend=-1) != 0
            distinct_rows = rows[order[fresh]]
            inverse = np.empty(len(these), np.int64)
            inverse[order] = np.cumsum(fresh) - 1
        else:
            distinct_rows, inverse = rows, np.arange(len(these))
        joined = ["_".join([columns.vocabulary[n] for n in row]) for row in distinct_rows.tolist()]
        word_numbers = np.array([names.setdefault(word, len(names)) for word in joined], np.int64)
        numbers[these] = word_numbers[inverse]
    words = list(names)
    order_ = sorted(range(len(words)), key=words.__getitem__)
    ranks = np.empty(len(words), np.int64)
    ranks[order_] = np.arange(len(words))
    texts = columns.texts[columns.firsts]
    _write_lists(writer, "words", ranks[numbers], texts >> 1, ~texts & 1)
    write_strings(writer, "words", [words[number] for number in order_])


def _write_facets(writer: ArrayWriter, documents: Sequence[Document]) -> None:
    """Write the facet values of the documents ("year=2019"), ascending, and the documents with
    each."""
    documents_of: dict[str, list[int]] = {}
    for number, document in enumerate(documents):
        for facet, values in values_by_facet(document):
            for value in dict.fromkeys(values):
                documents_of.setdefault(facet_key(facet, value), []).append(number)
    names = sorted(documents_of)
    counts = np.array([len(documents_of[name]) for name in names], np.int64)
    docs = np.array([number for name in names for number in documents_of[name]], np.int64)
    _write_lists(
        writer, "facets", np.repeat(np.arange(len(names)), counts), docs, np.zeros_like(docs)
    )
    write_strings(writer, "facets", names)


def _write_lists(writer: ArrayWriter, name: str, terms: Ints, docs: Ints, titles: Ints) -> Ints:
    """Write, for each term, the documents that contain it and its weight in each.

    `terms`, `docs` and `titles` are `(occurrences,)` int64: for each occurrence, in any order, the
    term number (or any other integer that sorts as the terms do), the document number, and 1 if it
    is in a title, else 0. A weight is the number of occurrences, those in a title counted
    TITLE_WEIGHT times. Writes `<name>_list_ends`, `<name>_values` (uint32) and `<name>_weights`.
    Returns the distinct terms, `(terms,)` int64 ascending, which is the order of the lists.
    """
    bits = _bits_for(int(docs.max(initial=0)))
    keys = np.sort((terms << bits | docs) << 1 | titles)
    weights = np.where(keys & 1, TITLE_WEIGHT, 1)
    postings = keys >> 1
    fresh = np.flatnonzero(np.diff(postings, prepend=-1))
    if len(fresh):
        weights = np.add.reduceat(weights, fresh)
    postings = postings[fresh]
    terms_of = postings >> bits
    heads = np.flatnonzero(np.diff(terms_of, prepend=-1))
    writer.put(f"{name}_list_ends", np.append(heads[1:], len(terms_of)) if len(heads) else heads)
    writer.put(f"{name}_values", (postings & ((1 << bits) - 1)).astype(np.uint32))
    writer.put(f"{name}_weights", shrink_dtype(weights))
    return terms_of[heads]


def _bits_for(top: int) -> int:
    """Return the number of bits that hold every integer from 0 to `top`, at least 1."""
    return max(int(top).bit_length(), 1)

"""Which terms the documents of a batch have, and how often: the input of records and counts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from indexer.analysis.batch import Columns
from indexer.engines.bm25 import TITLE_WEIGHT

Ints = np.ndarray[Any, np.dtype[np.int64]]


class DocumentTerms(NamedTuple):
    """The terms of documents: three arrays `(n,)` int64, ascending by document, then by term.

    Attributes
    ----------
    documents : index of a document in its batch.
    terms : number of a term that it has, each once; see `Occurrences`.
    weights : occurrences of the term in the body, plus TITLE_WEIGHT times those in the title; 1 or
        more.
    """

    documents: Ints
    terms: Ints
    weights: Ints


class Occurrences(NamedTuple):
    """The terms of a batch of documents.

    Attributes
    ----------
    vocabulary, words : the distinct syllables, and the distinct words as "dân_vận"; both ascending
        by code point.
    syllables : its terms are indexes in `vocabulary`.
    pairs : its terms are two neighbouring syllables, `first << 32 | second`, both indexes in
        `vocabulary`.
    word_lists : its terms are indexes in `words`.
    lengths : `(documents,)` int64, the length of each document in syllables, those of the title
        counted TITLE_WEIGHT times.
    """

    vocabulary: list[str]
    words: list[str]
    syllables: DocumentTerms
    pairs: DocumentTerms
    word_lists: DocumentTerms
    lengths: Ints


def find_occurrences(columns: Columns, documents: int) -> Occurrences:
    """Return the terms of a batch of documents.

    Text 2n of `columns` is the title of document n, text 2n + 1 its body; `documents` is their
    number, for the last ones may be empty.
    """
    order = sorted(range(len(columns.vocabulary)), key=columns.vocabulary.__getitem__)
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    numbers = ranks[columns.terms]
    title_factor = np.where(columns.texts & 1, 1, TITLE_WEIGHT)
    owners = columns.texts >> 1
    firsts = np.flatnonzero(
        (np.diff(columns.positions) == 1) & (columns.texts[1:] == columns.texts[:-1])
    )
    words, word_numbers = _words(columns)
    starts = columns.firsts
    return Occurrences(
        [columns.vocabulary[number] for number in order],
        words,
        _summed(owners, numbers, title_factor),
        _summed(owners[firsts], numbers[firsts] << 32 | numbers[firsts + 1], title_factor[firsts]),
        _summed(owners[starts], word_numbers, title_factor[starts]),
        np.bincount(owners, title_factor, documents).astype(np.int64),
    )


def _words(columns: Columns) -> tuple[list[str], Ints]:
    """Return the distinct words of the texts, ascending, and for each word in the texts, in the
    order of `columns.firsts`, its index in them, `(words,)` int64."""
    terms, vocabulary = columns.terms.tolist(), columns.vocabulary
    names: dict[tuple[int, ...], int] = {}
    found = [
        names.setdefault(tuple(terms[first:last]), len(names))
        for first, last in zip(columns.firsts.tolist(), columns.lasts.tolist(), strict=True)
    ]
    joined = ["_".join([vocabulary[term] for term in name]) for name in names]
    words = sorted(set(joined))
    at = {word: number for number, word in enumerate(words)}
    ranks = np.array([at[word] for word in joined], np.int64)
    return words, ranks[np.array(found, np.int64)] if found else np.zeros(0, np.int64)


def _summed(owners: Ints, terms: Ints, weights: Ints) -> DocumentTerms:
    """Return the occurrences with the weights of one term in one document added up.

    The parameters are `(n,)` int64, one entry for each occurrence, in any order: the index of the
    document, the number of the term, and 1 or, in a title, TITLE_WEIGHT.
    """
    order = np.lexsort((terms, owners))
    owners, terms, weights = owners[order], terms[order], weights[order]
    heads = np.flatnonzero((np.diff(owners, prepend=-1) != 0) | (np.diff(terms, prepend=-1) != 0))
    if len(heads):
        weights = np.add.reduceat(weights, heads)
    return DocumentTerms(owners[heads], terms[heads], weights)

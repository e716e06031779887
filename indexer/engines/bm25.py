"""The score of a document: BM25 over title and body as one stream of syllables, and its constants.

Every engine uses this formula. For a feature with weight w, and `tf` as the docstring of
`indexer.query.plan.Feature` defines it, a document gets

    w * tf * (k1 + 1) / (tf + k1 * (1 - B + B * length / average_length))

with length = TITLE_WEIGHT * syllables in the title + syllables in the body, average_length its mean
over all live documents, and k1 = k1(average_length). This is BM25 (Robertson and Zaragoza 2009,
"The probabilistic relevance framework") with the title counted TITLE_WEIGHT times, that is, BM25F
with one B for both fields.
"""

from __future__ import annotations

import math

_K1_OF_SHORT, _K1_OF_LONG = 0.5, 1.2
"""Bounds of `k1`, whose docstring gives the reason for each."""
_SHORT_LENGTH = 55
"""Average length, in syllables, up to which k1 is least: that of passages of two or three
sentences."""
B = 0.75
"""Strength of the length normalisation, 0 to 1; the usual value (Robertson and Zaragoza 2009,
section 3.5), which is also Lucene's default."""
TITLE_WEIGHT = 2
"""Number of occurrences in the body that one in the title counts for."""
TITLE_GAP = 100
"""Unused positions between the last syllable of the title and the first of the body, so that no
phrase with a smaller slop spans both."""


def k1(average_length: float) -> float:
    """Return the k1 of BM25 for an archive: 0.5 to 1.2, by its average length in syllables.

    k1 is the term frequency at which a document of average length gets half of the largest gain. A
    repeated term says less in short passages, which rarely repeat one by design, than in long
    documents. By Heaps' law the number of distinct words of a text grows with about the square root
    of its length (Heaps 1978, "Information Retrieval"), and so does how often each of them occurs
    on average; therefore k1 = 0.5 * sqrt(average_length / _SHORT_LENGTH). It stays between 0.5, so
    that a passage with every part of the query outranks one that repeats a single part, and the
    usual 1.2 (Robertson and Zaragoza 2009, section 3.5).
    """
    follows = _K1_OF_SHORT * math.sqrt(average_length / _SHORT_LENGTH)
    return min(max(follows, _K1_OF_SHORT), _K1_OF_LONG)

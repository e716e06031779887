"""The score of a document: BM25 over title and body as one stream of syllables, and its constants.

Every engine uses this formula. For a feature with weight w, and `tf` as the docstring of
`indexer.query.plan.Feature` defines it, a document gets

    w * tf * (K1 + 1) / (tf + K1 * (1 - B + B * length / average_length))

with length = TITLE_WEIGHT * syllables in the title + syllables in the body, and average_length its
mean over all live documents. This is BM25 (Robertson and Zaragoza 2009, "The probabilistic
relevance framework") with the title counted TITLE_WEIGHT times, that is, BM25F with one B for both
fields.
"""

from __future__ import annotations

K1 = 0.5
"""Low, so that a document with every part of the query outranks one that repeats a single part.
Values from 0.4 to 0.6 are equally good on every set of judged queries that was tried; 1.2 is worse
on all."""
B = 0.75
TITLE_WEIGHT = 2
TITLE_GAP = 100
"""Unused positions between the last syllable of the title and the first of the body, so that no
phrase spans both."""

"""The score of a document: BM25 over one stream of title and body, and its constants.

Every engine scores alike. For a feature with weight w, and `tf` as its docstring defines it, a
document gets

    w * tf * (K1 + 1) / (tf + K1 * (1 - B + B * length / average_length))

with length = TITLE_WEIGHT * syllables in the title + syllables in the body, and average_length
its mean over all documents: BM25 (Robertson and Zaragoza 2009, "The probabilistic relevance
framework") with the title counted TITLE_WEIGHT times, which is BM25F with one shared B.
"""

from __future__ import annotations

K1 = 0.5
"""Low, so that having all of what was asked for counts more than having some of it often; 0.4 to
0.6 are as good on every set of judged queries that was tried, 1.2 is worse on all of them."""
B = 0.75
TITLE_WEIGHT = 2
TITLE_GAP = 100
"""Positions left free between the last syllable of the title and the first of the body, so that
no run spans both."""

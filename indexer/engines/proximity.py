"""How near to each other a document has the terms of a query, and what it adds to the score.

The *closeness* of a document looks for the place at which most of the query stands together. At a
position p of the document, a term t (`indexer.query.plan.NearTerm`) counts

    x_t(p) = weight_t * max(0, 1 - d_t(p) / REACH)

where d_t(p) is the number of positions from p to the nearest occurrence of t, and

    closeness = max over p of  sum over pairs s, t of x_s(p) * x_t(p)
                             / sum over pairs s, t of weight_s * weight_t

with p at any occurrence of any of the terms, and each pair of two different terms once. It is 0 to
1: 0 if no two terms are within REACH of a place, 1 if all stand at one place. Fewer than two terms
have no closeness.

    score = score of the features * (1 + closeness)

holds for the first DEPTH hits in the order of the features (after pinned documents are put first
and copies are grouped), which are then sorted by it. The hits below keep their order and their
scores. Since closeness only adds, no hit falls below them, and pages continue each other.

Sources: a kernel around each position is the positional language model of Lv and Zhai (2009,
"Positional language models for information retrieval"), whose best-position strategy takes the
maximum. That pairs are what proximity is about is the finding of Tao and Zhai (2007, "An
exploration of proximity measures in information retrieval"), and idf-weighted pairs are those of
Rasolofo and Savoy (2003, "Term proximity scoring for keyword-based retrieval systems").
"""

from __future__ import annotations

REACH = 32
"""Distance in positions from which on a term does not count; at half of it, a term counts half.
That half is the window of eight words of the sequential dependence model (Metzler and Croft 2005),
for a Vietnamese word has about two syllables."""
DEPTH = 20
"""Number of first hits that are ranked by closeness too. More of them change nothing above the
tenth place."""

"""The places of terms in hits (`indexer.engines.proximity`), from the syllables that the cluster
returned with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.engines.opensearch.reader.exact_scores import Row
from indexer.engines.opensearch.storage.mapping import token
from indexer.engines.proximity import Placement, TermPlaces, placements
from indexer.query.plan import NearTerm


class _Texts:
    """The titles and bodies of some hits, as `proximity.placements` reads them.

    The number of a document is there its index in `rows`. `lengths (rows,)` int64 are the lengths
    of title and body together, in positions.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self.lengths = np.array([len(row.title) + len(row.body) for row in rows], np.int64)

    def term_places(self, numbers: Sequence[int], terms: Sequence[str]) -> TermPlaces:
        """Return where these terms occur in title and body of the hits with these numbers.

        Text 2n is the title of the hit with index n in `numbers`, text 2n + 1 its body.
        """
        index = {token(term): number for number, term in enumerate(terms)}
        found = [
            (2 * at + part, position, index[name])
            for at, number in enumerate(numbers)
            for part, names in enumerate((self._rows[number].title, self._rows[number].body))
            for position, name in enumerate(names)
            if name in index
        ]
        columns = np.array(found, np.int64).reshape(-1, 3).T
        return TermPlaces(columns[0], columns[1], columns[2])


def placements_of(terms: Sequence[NearTerm], rows: Sequence[Row]) -> list[Placement]:
    """Return the closeness and earliness of each hit, in the order of `rows`.

    `terms` are those of the plan (`Plan.near`); with fewer than two, all are 0. Raises
    SearchTimeout if the time limit of the thread has passed.
    """
    return placements(terms, _Texts(rows), range(len(rows)))

"""The closeness of hits (`indexer.engines.proximity`), from the texts that came with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.analysis import tokens
from indexer.engines.proximity import TermPlaces, closeness
from indexer.models import Document
from indexer.query.plan import NearTerm


class _Texts:
    """The texts of some documents, as the embedded engine's formula reads them from a segment."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._texts = [
            tokens(text) for document in documents for text in (document.title, document.body)
        ]
        sizes = np.array(list(map(len, self._texts)), np.int64)
        self.lengths = sizes[::2] + sizes[1::2]

    def term_places(self, numbers: Sequence[int], terms: Sequence[str]) -> TermPlaces:
        """Return where these terms occur in title and body of these documents."""
        index = {term: number for number, term in enumerate(terms)}
        found = [
            (2 * at + part, token.position, index[token.term])
            for at, number in enumerate(numbers)
            for part in (0, 1)
            for token in self._texts[2 * number + part]
            if token.term in index
        ]
        columns = np.array(found, np.int64).reshape(-1, 3).T
        return TermPlaces(columns[0], columns[1], columns[2])


def closeness_of(terms: Sequence[NearTerm], documents: Sequence[Document]) -> list[float]:
    """Return the closeness of each document. Raises SearchTimeout."""
    found: list[float] = closeness(terms, _Texts(documents), range(len(documents))).tolist()
    return found

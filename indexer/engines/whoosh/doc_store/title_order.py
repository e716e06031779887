"""Number documents in the alphabetical order of their titles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.engines.whoosh.postings.elias_fano import Ints


def title_ranks(keys: Sequence[str]) -> Ints:
    """Return the rank of each key, `(n,)` int64 from 0 on; equal keys have the same rank.

    `keys (n,)` are the `indexer.analysis.collation.title_key` of each title.
    """
    ranks = {key: rank for rank, key in enumerate(sorted(set(keys)))}
    return np.fromiter(map(ranks.__getitem__, keys), np.int64, len(keys))

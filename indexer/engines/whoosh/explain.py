"""What each feature of a plan adds to the score of one document.

Beside `evaluate.scores`, which adds up many documents at once and keeps only the sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from indexer.engines.whoosh.columns import Wanted, saturated
from indexer.engines.whoosh.evaluate import FIELDS
from indexer.engines.whoosh.segment import Segment
from indexer.query.plan import Feature, FeatureScore


def feature_scores(
    features: Iterable[Feature], segment: Segment, number: int
) -> Iterator[FeatureScore]:
    """The features that the document with this number has, in order."""
    wanted = Wanted(np.array([number]), segment.norms)
    for feature in features:
        tf = np.zeros(1)
        for term, weight in feature.variants:
            segment.column(FIELDS[feature.kind], term).add_tf(tf, wanted, weight)
        if tf[0]:
            points = saturated(tf, wanted.norms, feature.weight)
            yield FeatureScore(feature, float(tf[0]), float(points[0]))

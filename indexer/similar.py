"""More like this: documents about what one document is about.

The words that say most of a document (often in it, rare elsewhere) are asked for, each weighing as
it says; documents with most of that come first. Lucene's MoreLikeThis does the same with terms.
"""

from __future__ import annotations

import heapq
from collections import Counter

from indexer.analysis import analyze, fold
from indexer.engines.base import SearchEngine
from indexer.engines.bm25 import TITLE_WEIGHT
from indexer.models import Document
from indexer.query.plan import AtLeast, Feature, FeatureKind, Phrase, Plan
from indexer.query.ranking import idf
from indexer.query.vocabulary.lexicon import Lexicon

_WORDS = 24
_CHARACTERS = 8000
"""As much of a body is read: what a page is about is said by then."""
_SHARE = 0.2
"""A document is like another that has at least so much of the weight of its words."""
_OFTEN = 2.0
"""What repetition adds levels off at, as in BM25 with this K1."""


def similar(engine: SearchEngine, document: Document, limit: int) -> tuple[Document, ...]:
    """At most `limit` other documents, the most alike first."""
    chosen = _telling(document, engine.lexicon)
    if not chosen or limit < 1:
        return ()
    runs = [(Phrase(tuple((s,) for s in word.split("_"))), weight) for weight, word in chosen]
    enough = AtLeast(tuple(runs), _SHARE * sum(weight for weight, _ in chosen))
    features = tuple(Feature(FeatureKind.WORD, ((word, 1.0),), weight) for weight, word in chosen)
    found = engine.find(Plan(enough, features), filters={}, limit=limit + 1, with_facets=False)
    others = [name for name, _ in found.hits if name != document.id]
    return tuple(map(engine.document, others[:limit]))


def _telling(document: Document, lexicon: Lexicon) -> list[tuple[float, str]]:
    """The words that say most of a document, with what they weigh, the heaviest first."""
    counts: Counter[str] = Counter()
    for text, weight in ((document.title, TITLE_WEIGHT), (document.body[:_CHARACTERS], 1)):
        for word in analyze(text).words:
            if "_" in word.term and not fold(word.term).replace("_", "").isdecimal():
                counts[word.term] += weight
    weighed = (
        (often / (often + _OFTEN) * idf(frequency, lexicon.documents), word)
        for word, often in counts.items()
        if (frequency := lexicon.word_frequency(word)) > 1  # in this one alone, it finds nothing
    )
    return heapq.nlargest(_WORDS, weighed)

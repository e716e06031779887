"""Find documents about the same subject as a given one ("more like this").

The words most characteristic of the document (frequent in it, rare elsewhere) become a plan, each
with its weight; documents with enough of the total weight match, the highest score first. Lucene's
MoreLikeThis does the same with terms.
"""

from __future__ import annotations

import heapq
from collections import Counter

from indexer.analysis import analyze, fold
from indexer.copies import group_of
from indexer.engines.base import SearchEngine
from indexer.engines.bm25 import TITLE_WEIGHT
from indexer.models import Document
from indexer.query.plan import AtLeast, Feature, FeatureKind, Phrase, Plan, whole_weight
from indexer.query.ranking import idf
from indexer.query.vocabulary.lexicon import Lexicon

_MAX_WORDS = 24
"""Greatest number of words that are searched; Lucene's MoreLikeThis takes 25 terms."""
_MAX_CHARACTERS = 8000
"""Number of code points of a body that are read; they are enough to tell its subject."""
_MIN_WEIGHT_SHARE = 0.2
"""Least share of the total weight of the words that a similar document must have."""
_SATURATION = 2.0
"""Frequency of a word in the document at which its weight is half of the greatest possible, as k1
in BM25."""


def similar(engine: SearchEngine, document: Document, limit: int) -> tuple[Document, ...]:
    """Return at most `limit` other documents about the same subject, the most similar first.

    `document` need not be in the index. Its copies are left out, and of others that are copies of
    each other only the most similar is returned. () if it has no characteristic word, one of two
    syllables or more that two documents have, or if `limit` is less than 1.
    Raises IndexDamaged if the index cannot be read, SearchTimeout once the time limit of the thread
    has passed, WordModelError if the word model cannot be loaded.
    """
    words = _characteristic_words(document, engine.lexicon)
    if not words or limit < 1:
        return ()
    phrases = [
        (Phrase(tuple((s,) for s in word.split("_"))), whole_weight(weight))
        for weight, word in words
    ]
    enough = AtLeast(tuple(phrases), _MIN_WEIGHT_SHARE * sum(weight for _, weight in phrases))
    features = tuple(Feature(FeatureKind.WORD, ((word, 1.0),), weight) for weight, word in words)
    matches = engine.find(
        Plan(enough, features), filters={}, limit=limit + 1, with_facets=False, grouped=True
    )
    own = group_of(engine, document.id)
    others = [name for name, _ in matches.hits if name not in own]
    return tuple(map(engine.document, others[:limit]))


def _characteristic_words(document: Document, lexicon: Lexicon) -> list[tuple[float, str]]:
    """Return (weight, word) of the _MAX_WORDS most characteristic words of a document, heaviest
    first.

    Words are those of `analyze` with two syllables or more ("dân_vận") that two documents or more
    have, but not numbers. The weight is f / (f + _SATURATION) * idf, with the frequency f in the
    title and the first _MAX_CHARACTERS of the body, occurrences in the title counted TITLE_WEIGHT
    times.
    """
    counts: Counter[str] = Counter()
    for text, weight in ((document.title, TITLE_WEIGHT), (document.body[:_MAX_CHARACTERS], 1)):
        for word in analyze(text).words:
            if "_" in word.term and not fold(word.term).replace("_", "").isdecimal():
                counts[word.term] += weight
    weighed = (
        (count / (count + _SATURATION) * idf(frequency, lexicon.documents), word)
        for word, count in counts.items()
        if (frequency := lexicon.word_frequency(word)) > 1  # a word of one document finds no other
    )
    return heapq.nlargest(_MAX_WORDS, weighed)

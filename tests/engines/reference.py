"""The SearchEngine protocol implemented as literally as possible: dictionaries and loops, no index.

It is the oracle of the conformance suite: if it and another engine differ, one of them
implements `indexer.engines.base` wrongly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from indexer.analysis import Token, analyze, fold, pairs, tokens
from indexer.analysis.batch import analyze_many
from indexer.engines.base import DocumentTokens, Filters, Matches
from indexer.engines.bm25 import K1, TITLE_WEIGHT, B
from indexer.errors import DocumentNotFound
from indexer.facets import FACETS
from indexer.models import Document, Sort
from indexer.query.plan import (
    All,
    Any,
    AtLeast,
    Feature,
    FeatureKind,
    FeatureScore,
    HasValue,
    Node,
    Not,
    Phrase,
    Plan,
    TextField,
)
from indexer.query.vocabulary.learning import Learned, Learner, findings
from indexer.query.vocabulary.lexicon import Ints, PhraseEntry
from indexer.suggest.ngrams import count_phrases
from indexer.suggest.selection import select_phrases


@dataclass(frozen=True)
class Entry:
    """A document and its terms."""

    document: Document

    @cached_property
    def title(self) -> tuple[Token, ...]:
        return analyze(self.document.title).syllables

    @cached_property
    def body(self) -> tuple[Token, ...]:
        return analyze(self.document.body).syllables

    @cached_property
    def length(self) -> int:
        return TITLE_WEIGHT * len(self.title) + len(self.body)

    @cached_property
    def counts(self) -> dict[FeatureKind, Counter[str]]:
        """Occurrences of every term per kind of feature; those in the title count TITLE_WEIGHT
        times."""
        counted: dict[FeatureKind, Counter[str]] = {kind: Counter() for kind in FeatureKind}
        fields = ((self.document.title, TITLE_WEIGHT), (self.document.body, 1))
        for text, weight in fields:
            analysis = analyze(text)
            terms = {
                FeatureKind.SYLLABLE: [token.term for token in analysis.syllables],
                FeatureKind.PAIR: list(pairs(analysis.syllables)),
                FeatureKind.WORD: [token.term for token in analysis.words],
            }
            for kind, found in terms.items():
                for term in found:
                    counted[kind][term] += weight
        return counted

    @cached_property
    def values(self) -> dict[str, tuple[str, ...]]:
        """Values per facet, each once."""
        return {f.name: tuple(dict.fromkeys(f.values(self.document))) for f in FACETS}


class ReferenceLexicon:
    """The Lexicon protocol, by counting in all documents at every call."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._frequencies = {
            kind: Counter(term for entry in entries for term in entry.counts[kind])
            for kind in FeatureKind
        }
        self._entries = entries

    @property
    def documents(self) -> int:
        return len(self._entries)

    @property
    def learned(self) -> Learned:
        learner = Learner()
        for entry in self._entries:
            learner.add(findings(entry.document))
        return learner.learned()

    def terms(self) -> list[str]:
        return sorted(self._frequencies[FeatureKind.SYLLABLE])

    def folds(self, limit: int) -> tuple[str, ...]:
        totals: Counter[str] = Counter()
        for term, count in self._frequencies[FeatureKind.SYLLABLE].items():
            totals[fold(term)] += count
        return tuple(sorted(totals, key=lambda folded: (-totals[folded], folded))[:limit])

    def frequency(self, term: str) -> int:
        return self._frequencies[FeatureKind.SYLLABLE][term]

    def pair_frequency(self, first: str, second: str) -> int:
        return self._frequencies[FeatureKind.PAIR][f"{first} {second}"]

    def pair_frequencies(self, firsts: Sequence[str], seconds: Sequence[str]) -> Ints:
        rows = [[self.pair_frequency(first, second) for second in seconds] for first in firsts]
        return np.array(rows, np.int64).reshape(len(firsts), len(seconds))

    def word_frequency(self, word: str) -> int:
        return self._frequencies[FeatureKind.WORD][word]

    def variants(self, folded: str) -> tuple[str, ...]:
        return self._ordered(lambda term: fold(term) == folded)

    def with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        return self._ordered(lambda term: term.startswith(prefix))[:limit]

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        return self._ordered(lambda term: fold(term).startswith(prefix))[:limit]

    def phrases(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        counted: Counter[str] = Counter()
        for entry in self._entries:
            document = entry.document
            columns = analyze_many([document.title, document.body])
            counted.update(count_phrases(columns, [document.title]))
        found = [phrase for phrase in select_phrases(counted) if phrase.key.startswith(key)]
        return tuple(sorted(found, key=lambda p: (-p.documents, p.key, p.text))[:limit])

    def facet_values(self, facet: str) -> tuple[str, ...]:
        return tuple(sorted({v for entry in self._entries for v in entry.values.get(facet, ())}))

    def _ordered(self, accept) -> tuple[str, ...]:
        counted = self._frequencies[FeatureKind.SYLLABLE]
        found = [term for term in counted if accept(term)]
        return tuple(sorted(found, key=lambda term: (-counted[term], term)))


class ReferenceEngine:
    """The SearchEngine protocol over a list of documents."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._entries = [Entry(document) for document in documents]
        self._lexicon = ReferenceLexicon(self._entries)

    @property
    def lexicon(self) -> ReferenceLexicon:
        return self._lexicon

    def find(
        self,
        plan: Plan,
        *,
        filters: Filters,
        sort: Sort = Sort.RELEVANCE,
        offset: int = 0,
        limit: int = 10,
        with_facets: bool = True,
    ) -> Matches:
        matched = [entry for entry in self._entries if matches(plan.match, entry)]
        kept = [entry for entry in matched if passes(entry, filters)]
        scored = [(entry, self.score(plan.features, entry)) for entry in kept]
        scored.sort(key=lambda pair: order(sort, *pair))
        facets: dict[str, dict[str, int]] = {}
        if with_facets:
            for facet in FACETS:
                others = {name: values for name, values in filters.items() if name != facet.name}
                counted = Counter(
                    value
                    for entry in matched
                    if passes(entry, others)
                    for value in entry.values[facet.name]
                )
                facets[facet.name] = dict(counted)
        hits = tuple((e.document.id, score) for e, score in scored[offset : offset + limit])
        return Matches(len(matched), len(kept), hits, facets)

    def score(self, features: Sequence[Feature], entry: Entry) -> float:
        return sum((s.points for s in self.feature_scores(features, entry)), 0.0)

    def explain(self, plan: Plan, document_id: str) -> list[FeatureScore]:
        entry = Entry(self.document(document_id))
        return list(self.feature_scores(plan.features, entry))

    def feature_scores(self, features: Sequence[Feature], entry: Entry) -> Iterator[FeatureScore]:
        average = sum(e.length for e in self._entries) / len(self._entries)
        for feature in features:
            counted = entry.counts[feature.kind]
            tf = sum(weight * counted[term] for term, weight in feature.variants)
            if tf:
                norm = K1 * (1 - B + B * entry.length / average)
                yield FeatureScore(feature, tf, feature.weight * tf * (K1 + 1) / (tf + norm))

    def document(self, document_id: str) -> Document:
        for entry in self._entries:
            if entry.document.id == document_id:
                return entry.document
        raise DocumentNotFound(f"No document has the id {document_id!r}.")

    def matched_tokens(self, document_ids: Sequence[str], terms: Set[str]) -> list[DocumentTokens]:
        return [
            DocumentTokens(
                document,
                [token for token in tokens(document.title) if token.term in terms],
                [token for token in tokens(document.body) if token.term in terms],
            )
            for document in map(self.document, document_ids)
        ]

    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(entry.document.id for entry in self._entries))

    def close(self) -> None:
        pass


def matches(node: Node, entry: Entry) -> bool:
    """Return True if the document matches."""
    match node:
        case Phrase():
            fields = {
                TextField.TITLE: (entry.title,),
                TextField.BODY: (entry.body,),
                TextField.TEXT: (entry.title, entry.body),
            }
            return not node.slots or any(contains_phrase(node, t) for t in fields[node.field])
        case HasValue(facet, values):
            return not set(values).isdisjoint(entry.values.get(facet, ()))
        case All(children):
            return all(matches(child, entry) for child in children)
        case Any(children):
            return any(matches(child, entry) for child in children)
        case Not(child):
            return not matches(child, entry)
        case AtLeast(children, minimum):
            return sum(weight for child, weight in children if matches(child, entry)) >= minimum


def contains_phrase(phrase: Phrase, tokens: Sequence[Token]) -> bool:
    """Return True if the slots can be placed in order, within the slop; tries every way to place
    them."""
    span = len(phrase.slots) - 1 + phrase.slop

    def place(slot: int, first: int, last: int) -> bool:
        if slot == len(phrase.slots):
            return True
        return any(
            token.term in phrase.slots[slot] and place(slot + 1, first, token.position)
            for token in tokens
            if last < token.position <= first + span
        )

    return any(
        token.term in phrase.slots[0] and place(1, token.position, token.position)
        for token in tokens
    )


def passes(entry: Entry, filters: Filters) -> bool:
    """Return True if the document has one of the chosen values of every facet that is filtered."""
    return all(
        not set(values).isdisjoint(entry.values.get(name, ())) for name, values in filters.items()
    )


def order(sort: Sort, entry: Entry, score: float) -> tuple[float, float, str]:
    """Return the sort key of a hit, ascending."""
    date = entry.document.date
    if sort is Sort.RELEVANCE:
        first = 0.0
    elif date is None:
        first = float("inf")
    else:
        first = date.toordinal() * (-1.0 if sort is Sort.NEWEST else 1.0)
    return first, -score, entry.document.id

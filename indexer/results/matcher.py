"""Find where the phrases of a match tree stand in a document: the words to highlight.

The tree is the one that found the document, so a highlight obeys the accent rule of the match: a
search for `đông` does not highlight `động`. The occurrences also tell, without the index, which of
the match trees of a query, one for each rung, the document satisfies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from functools import cached_property
from typing import NamedTuple

from indexer.facets import facet_values
from indexer.models import Document, Range, TokenSpan
from indexer.query.plan import (
    All,
    Any,
    AtLeast,
    HasValue,
    Node,
    Not,
    Phrase,
    Slot,
    TextField,
    positive_phrases,
)
from indexer.query.ranking import idf
from indexer.query.vocabulary.lexicon import Lexicon

_MAX_STEPS = 1 << 19
"""Greatest number of steps of work for one text. A token costs one step, and each place where a
phrase of several slots may begin as many as the phrase may span."""


Occurrence = tuple[int, int, int, tuple[Range, ...]]
"""One occurrence of a phrase in a text: (start, end, number of the phrase, ranges to highlight).

`[start, end)` and the ranges are in code points of the text, the ranges ascending; the number is
the index of the phrase in the sequence of phrases that was searched for.
"""


class PhraseFinder:
    """Finds where phrases occur, in one text after another.

    An occurrence names its phrase by the index in `phrases`. A phrase without slots never occurs.
    The fields of the phrases are ignored; the caller gives the text of the right field.
    """

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._single: dict[str, list[int]] = {}
        """Term → numbers of the phrases of one slot that accept it."""
        self._longer: dict[str, list[tuple[int, Sequence[frozenset[str]], int]]] = {}
        """Term → number, slots and slop of the other phrases whose first slot accepts it."""
        self._outside = {
            number: phrase.outside for number, phrase in enumerate(phrases) if phrase.outside
        }
        for number, phrase in enumerate(phrases):
            if len(phrase.slots) == 1 and not phrase.outside:
                for term in dict.fromkeys(phrase.slots[0]):
                    self._single.setdefault(term, []).append(number)
                continue
            slots = [frozenset(slot) for slot in phrase.slots]
            for term in slots[0] if slots else ():
                self._longer.setdefault(term, []).append((number, slots, phrase.slop))

    def occurrences(self, tokens: Sequence[TokenSpan]) -> list[Occurrence]:
        """Return all occurrences of the phrases in the tokens of one text, ascending.

        Of a phrase with slop, one occurrence is returned for each token at which it can begin, the
        one that ends first. `tokens` are in text order; those with terms that no phrase accepts may
        be left out. Of a text with hundreds of thousands of tokens only the beginning is searched,
        as far as _MAX_STEPS reach.
        """
        if not tokens:
            return []
        single, longer = self._single, self._longer
        # Nearly all occurrences of a long query are single syllables.
        found: list[Occurrence] = [
            (start, end, number, ((start, end),))
            for term, start, end, _ in tokens[:_MAX_STEPS]
            if term in single
            for number in single[term]
        ]
        steps_left = _MAX_STEPS
        starts = (at for at, token in enumerate(tokens) if token[0] in longer)
        for first in starts if longer else ():
            for number, slots, slop in longer[tokens[first][0]]:
                steps_left -= len(slots) + slop
                indices = _match_from(tokens, slots, first, slop)
                if indices is not None and not (
                    number in self._outside
                    and _is_inside(tokens, indices[0], indices[-1], self._outside[number])
                ):
                    found.append(_occurrence(tokens, indices, number, near=slop > 0))
            if steps_left <= 0:
                break
        found.sort()
        return found


def merge(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Return the ranges `[start, end)` ascending, with overlapping ones joined; ranges that only
    touch stay apart."""
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _occurrence(
    tokens: Sequence[TokenSpan], indices: Sequence[int], number: int, *, near: bool
) -> Occurrence:
    """Return the occurrence of phrase `number` at the tokens with these indices, ascending.

    It has one range that covers all of them; with `near`, which means that other syllables may
    stand between, it has one range per token.
    """
    spans = [tokens[index][1:3] for index in indices]
    start, end = spans[0][0], spans[-1][1]
    return start, end, number, tuple(spans) if near else ((start, end),)


def _match_from(
    tokens: Sequence[TokenSpan], slots: Sequence[frozenset[str]], first: int, slop: int
) -> list[int] | None:
    """Return the indices of the tokens of a phrase that begins at token `first`, or None.

    There is one index per slot, each the earliest possible; token `first` must fit the first slot.
    Without slop, the positions of the tokens must increase by one; with it, that of the last may be
    at most `len(slots) - 1 + slop` after that of the first.
    """
    indices = [first]
    reached = tokens[first][3]
    last = reached + len(slots) - 1 + slop
    for slot in slots[1:]:
        for index in range(indices[-1] + 1, len(tokens)):
            term, _, _, position = tokens[index]
            if position > (last if slop else reached + 1):
                return None
            if term in slot:
                break
            if not slop:
                return None
        else:
            return None
        indices.append(index)
        reached = position
    return indices


def _is_inside(
    tokens: Sequence[TokenSpan], first: int, last: int, outside: Sequence[Sequence[Slot]]
) -> bool:
    """True if the tokens `first` to `last` stand within one of the longer phrases `outside`."""
    for slots in outside:
        for start in range(max(last - len(slots) + 1, 0), first + 1):
            found = tokens[start : start + len(slots)]
            if (
                len(found) == len(slots)
                and found[-1][3] - found[0][3] == len(slots) - 1
                and all(token[0] in slot for token, slot in zip(found, slots, strict=True))
            ):
                return True
    return False


def document_matches(document: Document, node: Node, has_phrase: Callable[[Phrase], bool]) -> bool:
    """True if a document satisfies a match tree; each `Not` counts as satisfied.

    Parameters
    ----------
    has_phrase : returns True if the phrase occurs in the field of the document that it asks for.
    """
    match node:
        case Phrase():
            return has_phrase(node)
        case HasValue(name, values):
            return not set(values).isdisjoint(facet_values(document, name))
        case All(children):
            return all(document_matches(document, child, has_phrase) for child in children)
        case Any(children):
            return any(document_matches(document, child, has_phrase) for child in children)
        case Not():
            return True
        case AtLeast(weighted, minimum):
            matched = (
                weight
                for child, weight in weighted
                if document_matches(document, child, has_phrase)
            )
            return sum(matched) >= minimum


class Occurrences(NamedTuple):
    """The occurrences of phrases in the title and in the body of a document, each list ascending.

    Offsets are code points of the title or body; the number of a phrase is its index in
    `DocumentMatcher.title_phrases` or `body_phrases`.
    """

    title: list[Occurrence]
    body: list[Occurrence]


class DocumentMatcher:
    """Finds the phrases of one match tree in one document after another.

    The look-up tables are built on first use, because most rungs have few hits.

    Attributes
    ----------
    match : the match tree.
    title_phrases, body_phrases : the phrases that are searched in the title and in the body,
        without excluded ones; an occurrence names its phrase by the index in these lists.
    terms : all terms of these phrases and of the longer ones in which they do not count.
    """

    def __init__(self, match: Node, lexicon: Lexicon) -> None:
        self.match = match
        self._lexicon = lexicon
        phrases = positive_phrases(match)
        self.title_phrases = [phrase for phrase in phrases if phrase.field is not TextField.BODY]
        self.body_phrases = [phrase for phrase in phrases if phrase.field is not TextField.TITLE]
        self.terms = frozenset(
            term
            for phrase in phrases
            for slots in (phrase.slots, *phrase.outside)
            for slot in slots
            for term in slot
        )

    @cached_property
    def weights(self) -> list[float]:
        """The weight of each of `body_phrases` when a snippet is chosen: the sum over its slots of
        the inverse document frequency (`indexer.query.ranking.idf`) of the most frequent term."""
        return [
            sum(
                idf(max(map(self._lexicon.frequency, slot), default=0), self._lexicon.documents)
                for slot in phrase.slots
            )
            for phrase in self.body_phrases
        ]

    @cached_property
    def _finders(self) -> tuple[PhraseFinder, PhraseFinder]:
        """The finders of `title_phrases` and of `body_phrases`."""
        title = PhraseFinder(self.title_phrases)
        if self.body_phrases == self.title_phrases:
            return title, title
        return title, PhraseFinder(self.body_phrases)

    def occurrences(self, title: Sequence[TokenSpan], body: Sequence[TokenSpan]) -> Occurrences:
        """Return the occurrences of the phrases in the title and in the body of a document.

        `title` and `body` are their tokens in text order; those whose terms are not in `terms` may
        be left out.
        """
        title_finder, body_finder = self._finders
        return Occurrences(title_finder.occurrences(title), body_finder.occurrences(body))

    def may_match(self, document: Document, terms: Set[str]) -> bool:
        """False if a document of which `terms` are all terms cannot satisfy the match tree.

        True does not mean that it does, because the positions of the terms are not compared.
        """

        def may_have(phrase: Phrase) -> bool:
            return not any(map(terms.isdisjoint, phrase.slots))

        return document_matches(document, self.match, may_have)

    def matches(self, document: Document, occurrences: Occurrences) -> bool:
        """True if a document with these occurrences satisfies the match tree.

        `occurrences` are those that this matcher found in it. Each `Not` counts as satisfied,
        because exclusions are the same on every rung, and the document is a hit.
        """
        present = {self.title_phrases[number] for _, _, number, _ in occurrences.title}
        present |= {self.body_phrases[number] for _, _, number, _ in occurrences.body}
        return document_matches(document, self.match, present.__contains__)


def tightest_match(
    matchers: Sequence[DocumentMatcher],
    document: Document,
    title: Sequence[TokenSpan],
    body: Sequence[TokenSpan],
) -> tuple[int, Occurrences]:
    """Return the index of the first matcher whose match tree the document satisfies, and the
    occurrences that this matcher finds.

    If no tree before the last is satisfied, the last is taken without a test.

    Parameters
    ----------
    matchers : at least one, one for each rung, in the order of the ladder.
    title, body : tokens of the document as `DocumentMatcher.occurrences` takes them.
    """
    terms = {term for term, *_ in (*title, *body)} if len(matchers) > 1 else frozenset()
    for at, matcher in enumerate(matchers[:-1]):
        # Most documents are ruled out by their terms, without a search for positions.
        if matcher.may_match(document, terms):
            found = matcher.occurrences(title, body)
            if matcher.matches(document, found):
                return at, found
    return len(matchers) - 1, matchers[-1].occurrences(title, body)

"""Which of the phrases that were counted are worth to be select_phrases as completions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from indexer.analysis import fold, terms_in
from indexer.analysis.memo import memoize
from indexer.analysis.orthography import place_tones
from indexer.analysis.syllables import term_of
from indexer.query.vocabulary.lexicon import PhraseEntry
from indexer.suggest.completeness import is_complete
from indexer.suggest.ngrams import LONGEST, SHORTEST

# Half a phrase: this share of its documents go on to the same longer one.
_HALF = 0.7
_PLAIN = re.compile(r"[^\W_]+(?: [^\W_]+)*")


def phrase_key(terms: Iterable[str]) -> str:
    """What phrases are looked up by: folded syllables, with one letter for i and y (kiểm, kỹ)."""
    return " ".join(map(fold, terms)).replace("y", "i")


def select_phrases(counted: Mapping[str, int]) -> list[PhraseEntry]:
    """The phrases that are worth to be select_phrases, one for each way to read them.

    Of several spellings (hòa, hoà; Huyện ủy, huyện ủy) it is the commonest, of equal ones that of
    fewer words. What is no is_complete (`indexer.suggest.completeness`) is left out. So is half a phrase: most
    documents that have it go on to the same longer one ("thi đua yêu" nước; "huyện Mỹ" Xuyên), or
    it is a name that goes on in many ways ("Nguyễn Văn"). So is what a single document puts side
    by side, but for titles and names.

    Law: whether a phrase is select_phrases depends on those alone that begin with the same two syllables.
    """
    counts: Counter[str] = Counter()
    best: dict[str, str] = {}
    for written, count in counted.items():
        terms = terms_of(written)
        counts[terms] += count
        other = best.setdefault(terms, written)
        if other is not written:
            forms = (written, other)
            best[terms] = max(forms, key=lambda form: (counted[form], form.count("_"), form))
    halves = _halves(best, counts)
    return [
        PhraseEntry(written.replace("_", " "), phrase_key(terms.split(" ")), counts[terms])
        for terms, written in best.items()
        if terms not in halves and (counts[terms] > 1 or _telling(written)) and is_complete(written)
    ]


def _halves(best: Mapping[str, str], counts: Mapping[str, int]) -> set[str]:
    """Of phrases, by their terms, those that are but half of longer ones."""
    longest: Counter[str] = Counter()
    named: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for terms, longer in _going_on(best):
        count, written = counts[longer], best[longer]
        longest[terms] = max(longest[terms], count)
        capitals = [piece[:1].isupper() for piece in written.replace("_", " ").split(" ")]
        names[terms] += count * (" " not in written and all(capitals))
        cut, size = terms.count(" ") + 1, longer.count(" ") + 1
        if len(capitals) == size <= LONGEST and all(capitals[cut - 1 : cut + 1]):
            named[terms] = max(named[terms], count)
    found = set()
    for terms, most in longest.items():
        word = " " not in best[terms]
        if (
            1 < most >= _HALF * counts[terms]
            or named[terms] >= _HALF * counts[terms]
            or (word and names[terms] >= counts[terms])
        ) and not (word and best[terms].islower()):
            found.add(terms)
    return found


def _going_on(phrases: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each phrase of SHORTEST syllables or more with each that begins with it and goes on."""
    begun: list[str] = []
    # A space comes before all that terms are made of, so those that go on follow at once.
    for terms in sorted(phrases):
        while begun and not terms.startswith(f"{begun[-1]} "):
            begun.pop()
        for first in begun:
            yield first, terms
        if terms.count(" ") + 1 >= SHORTEST:
            begun.append(terms)


def _telling(written: str) -> bool:
    """Whether one document is enough: a word, a title, or only names after the first word."""
    _, *rest = written.split(" ")
    return not any(word.islower() for word in rest)


def terms_of(written: str) -> str:
    """The syllables of a phrase, a space between each two."""
    plain = written.replace("_", " ")
    return " ".join(map(term, plain.split(" ")) if _PLAIN.fullmatch(plain) else terms_in(plain))


def _term(piece: str) -> str:
    return term_of(place_tones(piece))


term = memoize(_term, 1 << 16)
"""The term of a syllable as it is written."""

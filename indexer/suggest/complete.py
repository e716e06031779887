"""Completions of what is being typed: phrases of the archive that it may be the beginning of.

The last syllable may be half typed, and marks may be missing; those that were typed are binding.
Phrases that take up more of what was typed come first, among them those of more documents. What
stands before a phrase stays as it was typed; then phrases count that this index has after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indexer.analysis import Token, fold, has_marks, strip_marks, terms_in, tokens
from indexer.analysis.normalize import normalize
from indexer.query.expansion import terms_with_prefix
from indexer.query.grammar import MAX_CHARACTERS
from indexer.query.vocabulary.accent_compatibility import begins, carries, parts
from indexer.query.vocabulary.lexicon import Lexicon, PhraseEntry
from indexer.suggest.ngrams import LONGEST_TITLE
from indexer.suggest.selection import phrase_key, term
from indexer.suggest.telex_vni import telex, vni

_TAIL = 200
"""Characters at the end of the text that are looked at."""
_PHRASES = 64
_MARKED_PHRASES = 256
"""Phrases that are looked at; more where marks choose among them (few of those in va are in vạ)."""
_RARE = 0.01
"""A phrase is not offered that counts less than this beside the best one."""
_FOLLOWING = 64
"""Phrases, or syllables, of which it is asked whether they follow what stands before."""
_LIKELY = 0.5
"""Documents that have a phrase after what stands before it, about; of fewer it may be none."""
_FORMS = 6
"""Forms of the syllable before that are tried where it was typed without marks."""
_MORE_MARKS = 0.1
"""What a phrase counts that has further marks on a syllable typed with some (công: cộng)."""


class _Typed(NamedTuple):
    """The end of a text: syllables with nothing but a space between, the last one half typed."""

    text: str
    syllables: Sequence[Token]

    def last(self, count: int) -> list[str]:
        """The last syllables as they are written, in lower case."""
        return [self.text[t.start : t.end].lower() for t in self.syllables[-count:]]


def complete(text: str, lexicon: Lexicon, limit: int) -> tuple[str, ...]:
    """At most `limit` whole query texts that `text` may be the beginning of, likeliest first."""
    if len(text) > MAX_CHARACTERS:
        return ()
    whole = normalize(text).text
    head, tail = whole[:-_TAIL], whole[-_TAIL:]
    if not tail[-1:].isalnum():
        return ()
    typed = _typed(tail, lexicon)
    best: dict[str, str] = {}
    for completion in _completions(typed, lexicon, limit):
        best.setdefault(strip_marks(completion.lower()), head + completion)
        if len(best) == limit:
            break
    return tuple(best.values())


def _typed(text: str, lexicon: Lexicon) -> _Typed:
    """What is to be completed, raw Telex and VNI decoded; `text` ends in a syllable."""
    found = tokens(text)
    out, at = [], 0
    for token in found:
        out += [text[at : token.start], _meant(text, token, lexicon, last=token is found[-1])]
        at = token.end
    text = "".join(out)
    found = tokens(text)
    begin = len(found) - 1
    while begin and text[found[begin - 1].end : found[begin].start] == " ":
        begin -= 1
    return _Typed(text, found[max(begin, len(found) - LONGEST_TITLE) :])


def _meant(text: str, token: Token, lexicon: Lexicon, *, last: bool) -> str:
    """The syllable decoded, if it is nothing, and begins nothing, that this index has."""
    typed = text[token.start : token.end]
    if typed == "OR":
        return typed  # the sign for alternatives, not ỏ
    known = lexicon.variants(fold(token.term)) or (
        last and lexicon.folded_with_prefix(strip_marks(typed.lower()), 1)
    )
    return typed if known else telex(typed) or vni(typed) or typed


def _completions(typed: _Typed, lexicon: Lexicon, limit: int) -> Iterator[str]:
    """Completions, best first.

    What follows a syllable is known from the phrases that take up more of what was typed (biển số
    xe), so none begins at a syllable to which they have led already (biển, and số lượng).
    """
    some = 0
    led: set[str] = set()
    for size in range(len(typed.syllables), 0, -1):
        found = list(_agreeing(typed, size, lexicon))
        if size < len(typed.syllables):
            found = [item for item in found if _syllables_of(item[1].text)[size - 1] not in led]
            found = _following(typed.syllables[-size - 1], found[:_FOLLOWING], lexicon)
        start = typed.syllables[-size].start
        ranked = sorted(found, key=lambda item: -item[0])
        for counts, phrase in ranked:
            if counts < _RARE * ranked[0][0]:
                break
            yield typed.text[:start] + _cased(typed.text[start:], phrase.text)
        some += len(found)
        led.update(_syllables_of(phrase.text)[size - 1] for _, phrase in found)
        if some >= limit:
            return
    if not some:
        yield from _syllables(typed, lexicon, limit)


def _agreeing(typed: _Typed, size: int, lexicon: Lexicon) -> Iterator[tuple[float, PhraseEntry]]:
    """Phrases that the last `size` syllables may be the beginning of, each with what it counts."""
    *whole, last = typed.last(size)
    beginning = phrase_key(
        [*(token.term for token in typed.syllables[-size:-1]), strip_marks(last)]
    )
    marked = list(map(has_marks, whole))
    limit = _MARKED_PHRASES if has_marks(last) or any(marked) else _PHRASES
    for phrase in lexicon.phrases(beginning, limit):
        syllables = _syllables_of(phrase.text)
        if not begins(last, syllables[size - 1]) or not all(map(carries, whole, syllables)):
            continue
        same = [parts(a) == parts(b) for a, b in zip(whole, syllables, strict=False)]
        if len(syllables) == size and all(same) and parts(last) == parts(syllables[-1]):
            continue  # it is what was typed
        as_typed = all(same[at] for at in range(size - 1) if marked[at])
        yield phrase.documents * (1.0 if as_typed else _MORE_MARKS), phrase


def _following(
    before: Token, found: Sequence[tuple[float, PhraseEntry]], lexicon: Lexicon
) -> list[tuple[float, PhraseEntry]]:
    """Those that this index has after a syllable, with in how many documents they stand there,
    about: as many as have the first syllable there, and not as the end of a word: nảy sinh is no
    nảy before sinh viên."""
    forms = _forms(before, lexicon)
    firsts = {phrase: term(_syllables_of(phrase.text)[0]) for _, phrase in found}
    if not any(map(lexicon.frequency, forms)):
        return list(found)  # nothing is known of what follows it
    shares = {
        first: max(_apart(form, first, lexicon) for form in forms)
        / max(lexicon.frequency(first), 1)
        for first in dict.fromkeys(firsts.values())
    }
    weighed = [(counts * shares[firsts[phrase]], phrase) for counts, phrase in found]
    return [item for item in weighed if item[0] > _LIKELY]


def _apart(first: str, second: str, lexicon: Lexicon) -> int:
    """In how many documents they stand side by side, about, and are no word together."""
    together = lexicon.pair_frequency(first, second)
    word = lexicon.word_frequency(f"{first}_{second}")
    return together - word if 2 * word < together else 0


def _forms(syllable: Token, lexicon: Lexicon) -> Sequence[str]:
    """What a syllable that was typed may stand for."""
    if has_marks(syllable.term):
        return (syllable.term,)
    return lexicon.variants(fold(syllable.term))[:_FORMS] or (syllable.term,)


def _syllables(typed: _Typed, lexicon: Lexicon, limit: int) -> Iterator[str]:
    """The last syllable alone, in an archive that has no phrase for it; after a syllable that the
    index has before it where there is one."""
    text, last = typed.text, typed.syllables[-1]
    (begun,) = typed.last(1)
    ends = [
        end
        for end in terms_with_prefix(text, last, lexicon, _MARKED_PHRASES, folded=True)
        if begins(begun, end) and parts(begun) != parts(end)
    ][:_FOLLOWING]
    if len(typed.syllables) > 1:
        before = typed.syllables[-2]
        weighed = [
            (lexicon.pair_frequency(first, end), first, end)
            for first in _forms(before, lexicon)
            for end in ends
        ]
        best = sorted((item for item in weighed if item[0]), key=lambda item: -item[0])
        for _, first, end in best[:limit]:
            yield f"{text[: before.start]}{first} {end}"
        if best:
            return
    for end in ends[:limit]:
        yield text[: last.start] + end


def _syllables_of(phrase: str) -> Sequence[str]:
    lower = phrase.lower()
    if lower.replace(" ", "").isalnum():
        return lower.split(" ")
    return terms_in(phrase)


def _cased(typed: str, phrase: str) -> str:
    """The phrase in capitals, or with one, where it was typed so."""
    if typed.isupper() and len(typed) > 1:
        return phrase.upper()
    return phrase[0].upper() + phrase[1:] if typed[0].isupper() else phrase

"""Complete the text being typed with phrases of the archive that begin with it.

The last syllable may be incomplete, and marks may be missing; marks that were typed are binding.
Phrases that begin with more of the typed syllables come first, among them those of more documents.
If a phrase begins with only some of the typed syllables, the text before it stays as typed, and the
phrase is ranked by how often the index has it after that text. `indexer.archive` calls `complete`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from indexer.analysis import Token, fold, has_marks, strip_marks, terms_in, tokens
from indexer.analysis.decompounding import words_like
from indexer.analysis.normalize import normalize
from indexer.query.entities.dictionary import PLACE_KINDS, Terms
from indexer.query.expansion import terms_with_prefix
from indexer.query.function_words import function_words
from indexer.query.grammar import MAX_CHARACTERS, OPERATORS
from indexer.query.interpret import match_case
from indexer.query.vocabulary.accent_compatibility import may_be, may_begin, parts
from indexer.query.vocabulary.accent_restoration import Form, restore
from indexer.query.vocabulary.lexicon import Lexicon, PhraseEntry
from indexer.suggest.ngrams import MAX_TITLE_SYLLABLES
from indexer.suggest.right_words import is_foreign
from indexer.suggest.selection import phrase_key, syllable_term
from indexer.suggest.telex_vni import telex, vni

_TAIL = 200
"""Number of code points at the end of the text that are read; a completion depends on nothing
before them."""
_MAX_PHRASES = 64
"""Greatest number of phrases under one look-up key that are read if nothing was typed with
marks."""
_MAX_MARKED_PHRASES = 256
"""Greatest number of phrases under one look-up key that are read if something was typed with marks.
Keys have no marks, so most of these phrases do not agree with what was typed (most in "va" do not
with vạ)."""
_MIN_SHARE_OF_BEST = 0.01
"""Least score of a phrase that is offered, as a share of that of the best one."""
_MAX_CANDIDATES = 64
"""Greatest number of phrases, or syllables, whose frequency after the text before them is looked
up."""
_MIN_EXPECTED_DOCUMENTS = 0.5
"""Estimated number of documents with a phrase after the text before it, above which it is offered;
with fewer there may be none."""
_MAX_FORMS = 6
"""Greatest number of forms of an unmarked syllable before a phrase that are tried, the most
frequent ones."""
_MORE_MARKS_FACTOR = 0.1
"""Factor of the score of a phrase that has more marks on a syllable than were typed, if some were
(công may be cộng)."""

_Scored = tuple[float, PhraseEntry]
"""(score, phrase); the score is a number of documents, exact or estimated."""


class _Typed(NamedTuple):
    """The end of the text being typed, taken apart.

    Attributes
    ----------
    text : the last _TAIL code points, normalised, with raw Telex and VNI decoded.
    syllables : the last syllables of `text`, at least one, at most MAX_TITLE_SYLLABLES, with a
        single space between them; the last may be incomplete. Spans are code points of `text`.
    place_type : if an abbreviated kind of a place with a full stop stands before these syllables,
        the terms of the kind ("thành", "phố" for "tp."); else ().
    are_names : True if capitals within the text are those of names.
    """

    text: str
    syllables: Sequence[Token]
    place_type: Terms = ()
    are_names: bool = True

    def capitals(self) -> frozenset[int]:
        """Return the indexes of the syllables that begin with a capital because a name does: not
        the first of the text, and none in capitals."""
        written = [self.text[token.start : token.end] for token in self.syllables]
        return frozenset(
            at
            for at, syllable in enumerate(written)
            if self.are_names
            and self.syllables[at].start
            and syllable[0].isupper()
            and (len(syllable) == 1 or not syllable.isupper())
        )

    def last_spellings(self, count: int) -> list[str]:
        """Return the last `count` syllables as they are written in `text`, in lower case."""
        return [self.text[t.start : t.end].lower() for t in self.syllables[-count:]]


def complete(text: str, lexicon: Lexicon, limit: int) -> tuple[str, ...]:
    """Return at most `limit` query texts that continue `text`, each a whole text, the likeliest
    first.

    Empty if `text` is longer than MAX_CHARACTERS or does not end with a letter or digit, or if the
    archive has nothing to offer. Of texts that differ only in marks and capitals, the first is
    returned. Accepts any string; the result is normalised (`analysis.normalize`), and may have
    marks that `text` lacks. Raises IndexDamaged if the vocabulary cannot be read.
    """
    if len(text) > MAX_CHARACTERS:
        return ()
    whole = normalize(text).text
    head, tail = whole[:-_TAIL], whole[-_TAIL:]
    if not tail[-1:].isalnum():
        return ()
    typed = _decoded(tail, lexicon)
    best: dict[str, str] = {}
    found = _completions(typed, lexicon, limit)
    first = next(found, None)
    if first is None and typed.capitals():
        typed = typed._replace(are_names=False)
        found = _completions(typed, lexicon, limit)
        first = next(found, None)
    if first is None and not typed.place_type:
        found = _complete_syllable(typed, lexicon, limit)
    for completion in chain(() if first is None else (first,), found):
        best.setdefault(strip_marks(completion.lower()), head + completion)
        if len(best) == limit:
            break
    return tuple(best.values())


def _decoded(text: str, lexicon: Lexicon) -> _Typed:
    """Return the text being typed, taken apart, with raw Telex and VNI decoded.

    `text` is normalised and ends with a letter or digit.
    """
    found = tokens(text)
    out, at = [], 0
    for token in found:
        is_last = token is found[-1]
        out += [text[at : token.start], _decoded_syllable(text, token, lexicon, is_last=is_last)]
        at = token.end
    text = "".join(out)
    found = tokens(text)
    begin = len(found) - 1
    while begin and _continues(text, found[begin - 1], found[begin]):
        begin -= 1
    place_type: Terms = ()
    if begin and text[found[begin - 1].end : found[begin].start] in (".", ". "):
        place_type = PLACE_KINDS.get(found[begin - 1].term, ())
    return _Typed(text, found[max(begin, len(found) - MAX_TITLE_SYLLABLES) :], place_type)


def _continues(text: str, before: Token, token: Token) -> bool:
    """True if a phrase may contain two neighbouring tokens of `text`: only a space is between them,
    and the first is no operator (OR), or all of `text` is in capitals."""
    is_operator = text[before.start : before.end] in OPERATORS and not text.isupper()
    return text[before.end : token.start] == " " and not is_operator


def _decoded_syllable(text: str, token: Token, lexicon: Lexicon, *, is_last: bool) -> str:
    """Return the spelling of a syllable, decoded from raw Telex or VNI if the index has only what
    it decodes to.

    `token` is a token of `text`. The last syllable, which may be incomplete, is kept as typed if
    the index has a longer one, and so is an operator ("OR").
    """
    typed = text[token.start : token.end]
    if typed in OPERATORS:
        return typed  # not Telex for ỏ
    known = lexicon.variants(fold(token.term)) or (
        is_last and lexicon.folded_with_prefix(strip_marks(typed.lower()), 1)
    )
    if known:
        return typed
    for decoded in filter(None, (telex(typed), vni(typed))):
        found = tokens(decoded)
        if len(found) == 1 and (is_last or lexicon.variants(fold(found[0].term))):
            return decoded
    return typed  # a foreign name that the index lacks: Messi is not Telex for mési


def _completions(typed: _Typed, lexicon: Lexicon, limit: int) -> Iterator[str]:
    """Yield completions of `typed.text`, each with all of that text, the likeliest first.

    Phrases that begin with more of the typed syllables come first; those that begin with fewer
    follow, except those that complete the last typed syllable to one that a phrase before does: if
    biển số xe is offered for "biển s", số lượng is not offered after "biển".
    """
    if typed.place_type:
        yield from _places(typed, lexicon)
        return
    offered = 0
    continued: set[str] = set()
    words = _words(typed, lexicon)
    for size in range(len(typed.syllables), 0, -1):
        if len(typed.syllables) - size - 1 in words:
            continue  # in "tai nan g", "nan" is part of tai nạn, not of nan giải
        found = list(_matching_phrases(typed, size, lexicon))
        if size < len(typed.syllables):
            found = [item for item in found if _syllables(item[1].text)[size - 1] not in continued]
            after = _phrases_after(typed.syllables[-size - 1], found[:_MAX_CANDIDATES], lexicon)
            # Two syllables begin few phrases: "sân b" is sân bay, whatever stands before it.
            is_lost = size == 1 or is_foreign(typed.syllables[-size - 1].term)
            found = after if after or is_lost else found
        start = typed.syllables[-size].start
        ranked = sorted(found, key=lambda item: -item[0])
        for score, phrase in ranked:
            if score < _MIN_SHARE_OF_BEST * ranked[0][0]:
                break
            head = _restored_head(typed, size, phrase.text, words, lexicon)
            yield head + _match_case(typed.text[start:], phrase.text)
        offered += len(found)
        continued.update(_syllables(phrase.text)[size - 1] for _, phrase in found)
        if offered >= limit:
            return


def _words(typed: _Typed, lexicon: Lexicon) -> dict[int, Terms]:
    """Return index of a syllable → the word of the dictionary that it and the next one probably
    are, read from left to right: {0: ("tai", "nạn")} for "tai nan g".

    Marks may be missing; of several such words, it is the most frequent. The last syllable, which
    may be incomplete, is not looked at.
    """
    whole = typed.last_spellings(len(typed.syllables))[:-1]
    found: dict[int, Terms] = {}
    for at in range(len(whole) - 1):
        pair = whole[at : at + 2]
        words = [
            word
            for word in (words_like([fold(term) for term in pair]) if at - 1 not in found else ())
            if all(map(may_be, pair, word))
        ]
        if words:
            found[at] = max(words, key=lambda word: lexicon.pair_frequency(*word))
    return found


def _restored_head(
    typed: _Typed, size: int, phrase: str, words: Mapping[int, Terms], lexicon: Lexicon
) -> str:
    """Return the text before the last `size` syllables, to put `phrase` after it.

    If the phrase has marks, or `words` before it are of the dictionary, the syllables without marks
    get those that were probably meant, so that a completion is never half accented ("benh vien ban
    đầu"). Only those in `typed.syllables` do, and only if the index has all of them.
    """
    before, start = typed.syllables[:-size], typed.syllables[-size].start
    head = typed.text[:start]
    if not before or not (words or has_marks(phrase.lower())):
        return head
    forms = [_forms(token, lexicon) for token in before]
    for at, word in words.items():
        forms[at : at + 2] = [(term,) for term in word[: len(before) - at]]
    if not all(forms):
        return head
    first = syllable_term(_syllables(phrase)[0])
    slots = [[Form(term) for term in slot] for slot in (*forms, (first,))]
    terms = [item.term for item in restore(slots, lexicon)[:-1]]
    out = [head[: before[0].start]]
    for token, term in zip(before, terms, strict=True):
        written = typed.text[token.start : token.end]
        is_typed = fold(term) == term or term == token.term
        out.append(written if is_typed else match_case(written, term))
    return " ".join([out[0] + out[1], *out[2:]]) + " "


def _places(typed: _Typed, lexicon: Lexicon) -> Iterator[str]:
    """Yield the text completed with names of places of `typed.place_type` ("tp.h" as "tp.Hà Nội"),
    those of most documents first."""
    *whole, last = typed.last_spellings(len(typed.syllables))
    key = phrase_key([*typed.place_type, *map(strip_marks, whole), strip_marks(last)])
    size = len(typed.place_type)
    for phrase in lexicon.phrases(key, _MAX_MARKED_PHRASES):
        name = phrase.text.split(" ")[size:]
        begun = [syllable.lower() for syllable in name]
        if (
            len(name) > len(whole)
            and all(syllable[:1].isupper() for syllable in name)
            and may_begin(last, begun[len(whole)])
            and all(map(may_be, whole, begun))
        ):
            yield typed.text[: typed.syllables[0].start] + " ".join(name)


def _matching_phrases(typed: _Typed, size: int, lexicon: Lexicon) -> Iterator[_Scored]:
    """Yield the phrases that begin with the last `size` syllables, with their scores.

    The score is the number of documents, times _MORE_MARKS_FACTOR if the phrase adds marks to a
    syllable that was typed with some. The typed text itself is left out, and so are phrases without
    the capitals of a name that is being typed: khoa học after "Phan Văn K".
    """
    first = len(typed.syllables) - size
    capitals = [at - first for at in typed.capitals() if at >= first]
    *whole, last = typed.last_spellings(size)
    key = phrase_key([*(token.term for token in typed.syllables[-size:-1]), strip_marks(last)])
    marked = list(map(has_marks, whole))
    limit = _MAX_MARKED_PHRASES if has_marks(last) or any(marked) else _MAX_PHRASES
    for phrase in lexicon.phrases(key, limit):
        syllables = _syllables(phrase.text)
        if not may_begin(last, syllables[size - 1]) or not all(map(may_be, whole, syllables)):
            continue
        written = phrase.text.split(" ")
        if capitals and not all(written[at][0].isupper() for at in capitals if at < len(written)):
            continue
        same = [parts(a) == parts(b) for a, b in zip(whole, syllables, strict=False)]
        if len(syllables) == size and all(same) and parts(last) == parts(syllables[-1]):
            continue  # it is the typed text itself
        as_typed = all(same[at] for at in range(size - 1) if marked[at])
        yield phrase.documents * (1.0 if as_typed else _MORE_MARKS_FACTOR), phrase


def _phrases_after(before: Token, found: Sequence[_Scored], lexicon: Lexicon) -> list[_Scored]:
    """Return those of the phrases that the index has after the syllable `before`, with new scores.

    A score is multiplied by the share of the documents with the phrase's first syllable in which
    that stands after `before` and is not in one word with it: the "nảy" of "nảy sinh" does not
    count as standing before "sinh viên". Phrases whose score is then _MIN_EXPECTED_DOCUMENTS or
    less are left out. If the index lacks `before`, all phrases and scores stay, because it may be
    misspelt; but none after a foreign name that the index lacks, for no page has both.
    """
    forms = _forms(before, lexicon)
    firsts = {phrase: syllable_term(_syllables(phrase.text)[0]) for _, phrase in found}
    if not any(map(lexicon.frequency, forms)):
        return [] if is_foreign(before.term) else list(found)
    shares = {
        first: max(_adjacent_documents(form, first, lexicon) for form in forms)
        / max(lexicon.frequency(first), 1)
        for first in dict.fromkeys(firsts.values())
    }
    weighted = [(score * shares[firsts[phrase]], phrase) for score, phrase in found]
    return [item for item in weighted if item[0] > _MIN_EXPECTED_DOCUMENTS]


def _adjacent_documents(first: str, second: str, lexicon: Lexicon) -> int:
    """Return the estimated number of documents with the terms side by side and not in one word.

    0 if they form one word in at least half of the documents that have them side by side.
    """
    together = lexicon.pair_frequency(first, second)
    word = lexicon.word_frequency(f"{first}_{second}")
    return together - word if 2 * word < together else 0


def _forms(syllable: Token, lexicon: Lexicon) -> Sequence[str]:
    """Return the terms that a typed syllable may stand for, most frequent first: at least one, at
    most _MAX_FORMS."""
    if has_marks(syllable.term):
        return (syllable.term,)
    return lexicon.variants(fold(syllable.term))[:_MAX_FORMS] or (syllable.term,)


def _complete_syllable(typed: _Typed, lexicon: Lexicon, limit: int) -> Iterator[str]:
    """Yield at most `limit` texts in which only the last syllable is completed, the most frequent
    completion first.

    It is used if the archive has no phrase for the text. If a syllable stands before the last, only
    completions are offered that the index has after a form of it, no function words among them, and
    that syllable gets the marks of this form.
    """
    text, last = typed.text, typed.syllables[-1]
    (begun,) = typed.last_spellings(1)
    ends = [
        end
        for end in terms_with_prefix(text, last, lexicon, _MAX_MARKED_PHRASES, folded=True)
        if may_begin(begun, end) and parts(begun) != parts(end)
    ][:_MAX_CANDIDATES]
    if len(typed.syllables) > 1:
        # A text that ends with a function word is a piece of a sentence (Messi với).
        ends = [end for end in ends if end not in function_words()]
        before = typed.syllables[-2]
        pairs = [
            (lexicon.pair_frequency(first, end), first, end)
            for first in _forms(before, lexicon)
            for end in ends
        ]
        best = sorted((item for item in pairs if item[0]), key=lambda item: -item[0])
        for _, first, end in best[:limit]:
            written = text[before.start : before.end]
            yield f"{text[: before.start]}{match_case(written, first)} {end}"
        return
    for end in ends[:limit]:
        yield text[: last.start] + end


def _syllables(phrase: str) -> Sequence[str]:
    """Return the syllables of a phrase in lower case, as they are written; if it has signs other
    than spaces, as terms."""
    lower = phrase.lower()
    if lower.replace(" ", "").isalnum():
        return lower.split(" ")
    return terms_in(phrase)


def _match_case(typed: str, phrase: str) -> str:
    """Return the phrase in capitals, or with a capital first letter, if `typed` is written so.

    Neither may be empty.
    """
    if typed.isupper() and len(typed) > 1:
        return phrase.upper()
    return phrase[0].upper() + phrase[1:] if typed[0].isupper() else phrase

"""Select the counted phrases that are offered as completions, and make their look-up keys.

The phrase table of an engine calls `select_phrases` at a rebuild and at an update; `complete.py`
uses the keys.
"""

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
from indexer.suggest.ngrams import MAX_SYLLABLES, MIN_SYLLABLES

_FRAGMENT_SHARE = 0.7
"""Least share of the documents with a phrase in which one and the same longer phrase continues it,
with which the phrase is a fragment."""
_PLAIN = re.compile(r"[^\W_]+(?: [^\W_]+)*")
"""Matches words of letters and digits with single spaces between them."""


def phrase_key(terms: Iterable[str]) -> str:
    """Return the look-up key of a phrase, given its terms: folded, joined by spaces, with i for y.

    "kiểm tra kỹ" has the key "kiem tra ki". The beginning of a phrase has the beginning of its key.
    """
    return " ".join(map(fold, terms)).replace("y", "i")


def select_phrases(counted: Mapping[str, int]) -> list[PhraseEntry]:
    """Return the phrases that are offered, one for all spellings of the same terms, in any order.

    Of several spellings (hòa, hoà; Huyện ủy, huyện ủy) the most frequent is offered; of equally
    frequent ones that of fewer words. Left out are:

    - incomplete phrases (`indexer.suggest.completeness`);
    - fragments: phrases that one longer phrase continues in most of their documents ("thi đua yêu"
      before "nước"; "huyện Mỹ" before "Xuyên"), and names that continue in many ways ("Nguyễn
      Văn");
    - phrases of a single document, except titles and names.

    Law: whether a phrase is selected depends only on the phrases that begin with the same two
    syllables (MIN_SYLLABLES). Raises WordModelError if the word model cannot be loaded.

    Parameters
    ----------
    counted : phrase → number of documents, as `count_phrases` returns it, added up over all
        batches.
    """
    counts: Counter[str] = Counter()
    best: dict[str, str] = {}
    for written, count in counted.items():
        terms = terms_of(written)
        counts[terms] += count
        other = best.setdefault(terms, written)
        if other is not written:
            spellings = (written, other)
            best[terms] = max(spellings, key=lambda form: (counted[form], form.count("_"), form))
    fragments = _fragments(best, counts)
    return [
        PhraseEntry(written.replace("_", " "), phrase_key(terms.split(" ")), counts[terms])
        for terms, written in best.items()
        if terms not in fragments
        and (counts[terms] > 1 or _is_title_or_name(written))
        and is_complete(written)
    ]


def _fragments(best: Mapping[str, str], counts: Mapping[str, int]) -> set[str]:
    """Return the phrases that are only the beginning of longer ones, as terms joined by spaces.

    Parameters
    ----------
    best : terms of a phrase → the spelling that is offered.
    counts : terms of a phrase → number of documents.
    """
    longest: Counter[str] = Counter()  # documents of the most frequent longer phrase
    name_longest: Counter[str] = Counter()  # the same of phrases that a name continues
    name_total: Counter[str] = Counter()  # documents of all longer names
    for terms, longer in _continuations(best):
        count, written = counts[longer], best[longer]
        longest[terms] = max(longest[terms], count)
        capitals = [piece[:1].isupper() for piece in written.replace("_", " ").split(" ")]
        name_total[terms] += count * (" " not in written and all(capitals))
        cut, size = terms.count(" ") + 1, longer.count(" ") + 1
        if len(capitals) == size <= MAX_SYLLABLES and all(capitals[cut - 1 : cut + 1]):
            name_longest[terms] = max(name_longest[terms], count)
    fragments = set()
    for terms, most in longest.items():
        is_word = " " not in best[terms]
        if (
            1 < most >= _FRAGMENT_SHARE * counts[terms]
            or name_longest[terms] >= _FRAGMENT_SHARE * counts[terms]
            or (is_word and name_total[terms] >= counts[terms])
        ) and not (is_word and best[terms].islower()):
            fragments.add(terms)
    return fragments


def _continuations(phrases: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (phrase, longer phrase that begins with it) for all pairs of `phrases`.

    Phrases are terms joined by spaces; only one of MIN_SYLLABLES or more counts as a beginning.
    """
    open_phrases: list[str] = []
    # A space sorts before all characters of terms, so the continuations of a phrase follow it.
    for terms in sorted(phrases):
        while open_phrases and not terms.startswith(f"{open_phrases[-1]} "):
            open_phrases.pop()
        for beginning in open_phrases:
            yield beginning, terms
        if terms.count(" ") + 1 >= MIN_SYLLABLES:
            open_phrases.append(terms)


def _is_title_or_name(written: str) -> bool:
    """True if a phrase is offered even if a single document has it.

    That is a title or any other phrase of one word, and one in which no word in small letters
    follows the first ("thủ_tướng Phan_Văn_Khải").
    """
    _, *rest = written.split(" ")
    return not any(word.islower() for word in rest)


def terms_of(written: str) -> str:
    """Return the terms of a phrase that `count_phrases` wrote, joined by spaces: "dân vận khéo" for
    "dân_vận khéo"."""
    plain = written.replace("_", " ")
    return " ".join(
        map(syllable_term, plain.split(" ")) if _PLAIN.fullmatch(plain) else terms_in(plain)
    )


def _syllable_term(piece: str) -> str:
    return term_of(place_tones(piece))


syllable_term = memoize(_syllable_term, 1 << 16)
"""Return the term of one syllable in NFC as it is written. Cached."""

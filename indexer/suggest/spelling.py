"""Correct syllables that look misspelt, with a noisy channel model, for `did_you_mean.py`.

The model is that of Kernighan, Church and Gale 1990, "A spelling correction program": of all
sequences of syllables of the index, the one with the highest product of its probability in the
index and the probability of the typed text given it. The former is a bigram model over the
syllables of the index; the latter is given by the constants below. Only syllables that look wrong
(unknown, or never beside their neighbours) may change, so a query that the index knows stays as it
is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from string import ascii_lowercase
from weakref import WeakKeyDictionary

import numpy as np
from rapidfuzz.distance import OSA

from indexer.analysis import fold, has_marks
from indexer.analysis.folding import could_have_marks
from indexer.query.model import Syllable
from indexer.query.vocabulary.lexicon import Lexicon

# Probabilities of a typed syllable if another was meant. Studies of typing find one slip in
# a hundred syllables (Grudin 1983; Norvig 2009 uses a similar rate); a given slip is one of many.
_WRONG_MARK = 1e-2
"""Probability of one given wrong mark."""
_SLIP = 3e-3
"""Probability of one given slip in a letter."""
_MARKS_LEFT_OUT = 0.3
"""Probability that one syllable lacks its marks in a query with marks elsewhere; 1 in a query
without."""
_BIGRAM_SHARE = 0.9
"""Share of a syllable's probability that the one before it decides, as in `restore`."""
_DOCUMENT_SYLLABLES = 100
"""Syllables of a document, roughly: makes frequencies of syllables comparable to those of pairs."""
_KNOWN_SHARE = 1e-4
"""Share of the documents (and at least one) that must have a pair for it to be known."""
LARGE_ARCHIVE = 1000
"""Documents from which on it is significant that two known syllables never stand side by side."""
_MAX_CANDIDATES = 24
"""Candidates for a syllable besides its forms."""
_MAX_FOLDS = 20_000
"""Folded syllables of the index that a slip may be corrected to."""
_MAX_SYLLABLES = 32
"""Syllables side by side up to which they are corrected."""

_folds: WeakKeyDictionary[Lexicon, frozenset[str]] = WeakKeyDictionary()


def correct(syllables: Sequence[Syllable], lexicon: Lexicon) -> tuple[str, ...]:
    """Return the term that was probably meant by each of several syllables side by side.

    A syllable that needs no correction keeps its typed term. More than _MAX_SYLLABLES syllables are
    returned as typed.
    """
    typed = tuple(syllable.term for syllable in syllables)
    if not syllables or len(syllables) > _MAX_SYLLABLES:
        return typed
    marked = any(syllable.marked for syllable in syllables)
    slots = [_forms(syllable, marked) for syllable in syllables]
    suspects = _suspects(slots, lexicon)
    slots = [
        _candidates(syllable, slot, lexicon, marked) if at in suspects else slot
        for at, (syllable, slot) in enumerate(zip(syllables, slots, strict=True))
    ]
    return _likeliest_sequence(slots, lexicon) if any(len(slot) > 1 for slot in slots) else typed


def _forms(syllable: Syllable, marked: bool) -> dict[str, float]:
    """Return the terms that a correctly typed syllable may stand for, as term → probability.

    The probability is that of typing the syllable if the term is meant. `marked` is True if any
    syllable of the query has marks.
    """
    if syllable.literal or syllable.marked or not could_have_marks(syllable.term):
        return {syllable.term: 1.0}
    chance = _MARKS_LEFT_OUT if marked else 1.0
    return {form: 1.0 if form == syllable.term else chance for form in syllable.forms[:16]}


def _suspects(slots: Sequence[Mapping[str, float]], lexicon: Lexicon) -> frozenset[int]:
    """Return the indices of the syllables that look misspelt.

    These have no form in the index, or none that the index has beside a neighbour. `slots` are the
    forms of each syllable, from `_forms`.
    """
    enough = max(1.0, _KNOWN_SHARE * lexicon.documents)
    fine: set[int] = set()
    for at, (left, right) in enumerate(pairwise(slots)):
        if (lexicon.pair_frequencies(list(left), list(right)) >= enough).any():
            fine.update((at, at + 1))
    is_single = len(slots) == 1
    return frozenset(
        at
        for at, slot in enumerate(slots)
        if _can_be_misspelt(next(iter(slot)))
        and (not any(map(lexicon.frequency, slot)) or (at not in fine and not is_single))
    )


def _can_be_misspelt(term: str) -> bool:
    """Return True if a term has only letters, at most 12, so that it may be a syllable with a
    slip."""
    return term.isalpha() and len(term) <= 12


def _candidates(
    syllable: Syllable, forms: Mapping[str, float], lexicon: Lexicon, marked: bool
) -> dict[str, float]:
    """Return the terms that a syllable may stand for if it is misspelt, as term → probability.

    These are the `forms` (from `_forms`), and the likeliest terms with other marks or one slip.
    """
    if syllable.literal:
        return dict(forms)
    chances = dict(forms)
    known = any(map(lexicon.frequency, forms))
    doubt = min(1.0, lexicon.documents / LARGE_ARCHIVE) if known else 1.0
    for form in syllable.forms:
        chances.setdefault(form, _WRONG_MARK * doubt)
    # Wrong marks are the commonest slip in Vietnamese, so a small archive considers them too; it
    # considers slips in letters only of unknown syllables.
    near = _near(fold(syllable.term), lexicon) if doubt == 1.0 else ()
    for folded in near:
        for form in lexicon.variants(folded):
            chance = _SLIP
            # A slip in a letter leaves the marks as typed, in a query that has marks.
            if marked and has_marks(form) and OSA.distance(syllable.term, form) > 1:
                chance *= 0.1
            chances.setdefault(form, chance)
    ranked = sorted(chances, key=lambda form: -chances[form] * (lexicon.frequency(form) + 0.01))
    return {form: chances[form] for form in (*forms, *ranked[:_MAX_CANDIDATES])}


def _near(folded: str, lexicon: Lexicon) -> list[str]:
    """Return the folded syllables of the index that are one slip away from `folded`, ascending.

    A slip is a letter dropped, added, swapped with its neighbour, or wrong.
    """
    return sorted(_vocabulary(lexicon).intersection(_one_slip_away(folded)))


def _one_slip_away(typed: str) -> set[str]:
    """Return all strings one slip away from `typed` (Norvig 2009, "Natural language corpus data").

    They are fewer than the syllables of an index, so looking them up is faster than comparing all.
    """
    cuts = [(typed[:at], typed[at:]) for at in range(len(typed) + 1)]
    dropped = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    wrong = {a + letter + b[1:] for a, b in cuts if b for letter in ascii_lowercase}
    added = {a + letter + b for a, b in cuts for letter in ascii_lowercase}
    return (dropped | swapped | wrong | added) - {typed}


def _vocabulary(lexicon: Lexicon) -> frozenset[str]:
    """Return the folded syllables that a slip may be corrected to, cached per lexicon.

    Of a large index only the _MAX_FOLDS most frequent.
    """
    folds = _folds.get(lexicon)
    if folds is None:
        folds = frozenset(filter(_can_be_misspelt, lexicon.folds(_MAX_FOLDS)))
        _folds[lexicon] = folds
    return folds


def _likeliest_sequence(slots: Sequence[Mapping[str, float]], lexicon: Lexicon) -> tuple[str, ...]:
    """Return the likeliest sequence of terms, one from each slot (Viterbi 1967).

    A slot maps the terms that a syllable may stand for to probabilities, as `_forms` returns them.
    """
    total = max(lexicon.documents, 1) * _DOCUMENT_SYLLABLES
    terms = [list(slot) for slot in slots]
    frequencies = [np.array(list(map(lexicon.frequency, slot))) for slot in terms]
    chances = [np.log(list(slot.values())) for slot in slots]
    unigrams = [(counts + 0.01) / total for counts in frequencies]
    scores, backpointers = chances[0] + np.log(unigrams[0]), []
    for at in range(1, len(slots)):
        pairs = lexicon.pair_frequencies(terms[at - 1], terms[at])
        bigrams = pairs / np.maximum(frequencies[at - 1], 1)[:, np.newaxis]
        transitions = np.log(_BIGRAM_SHARE * bigrams + (1 - _BIGRAM_SHARE) * unigrams[at])
        paths = scores[:, np.newaxis] + transitions
        backpointers.append(paths.argmax(axis=0))
        scores = paths.max(axis=0) + chances[at]
    best = [int(scores.argmax())]
    for previous in reversed(backpointers):
        best.append(int(previous[best[-1]]))
    return tuple(slot[at] for slot, at in zip(terms, reversed(best), strict=True))

"""What was meant where a syllable looks mistyped.

The noisy channel (Kernighan, Church and Gale 1990, "A spelling correction program").

Of all sequences of syllables of this index, the one that makes `index has it x it was typed so`
the most likely. How the index writes is a bigram model over its syllables; how people mistype is
in the constants below. Only syllables that look wrong (unknown, or never beside their neighbours)
may become others, so that a query that the index understands stays as it is.
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

# How likely a syllable is typed so when another was meant. One slip in a hundred syllables is what
# studies of typing find (Grudin 1983; Norvig 2009 uses the like); it is one of many possible slips.
_WRONG_MARK = 1e-2
_SLIP = 3e-3
# Marks left out of one syllable in a query that has marks elsewhere; in one without they cost none.
_MARKS_LEFT_OUT = 0.3
# Share of a syllable's probability that it owes to the one before it, as in `restore`.
_NEIGHBOUR = 0.9
# Syllables in a document, about: the unit of single frequencies beside pairs.
_LENGTH = 100
# A pair is known where this share of the documents has it (and at least one).
_KNOWN_SHARE = 1e-4
# In fewer documents than this, that two known syllables never meet says little.
TELLING = 1000
_MAX_CANDIDATES = 24
_MAX_FOLDS = 20_000
_MAX_SYLLABLES = 32

_folds: WeakKeyDictionary[Lexicon, frozenset[str]] = WeakKeyDictionary()


def correct(syllables: Sequence[Syllable], lexicon: Lexicon) -> tuple[str, ...]:
    """The terms probably meant by syllables that stand side by side, one for each."""
    typed = tuple(syllable.term for syllable in syllables)
    if not syllables or len(syllables) > _MAX_SYLLABLES:
        return typed
    marked = any(syllable.marked for syllable in syllables)
    slots = [_forms(syllable, marked) for syllable in syllables]
    wrong = _suspects(slots, lexicon)
    slots = [
        _candidates(syllable, slot, lexicon, marked) if at in wrong else slot
        for at, (syllable, slot) in enumerate(zip(syllables, slots, strict=True))
    ]
    return _best(slots, lexicon) if any(len(slot) > 1 for slot in slots) else typed


def _forms(syllable: Syllable, marked: bool) -> dict[str, float]:
    """What the syllable may stand for if it is no slip, each with how likely it is typed so."""
    if syllable.literal or syllable.marked or not could_have_marks(syllable.term):
        return {syllable.term: 1.0}
    cost = _MARKS_LEFT_OUT if marked else 1.0
    return {form: 1.0 if form == syllable.term else cost for form in syllable.forms[:16]}


def _suspects(slots: Sequence[Mapping[str, float]], lexicon: Lexicon) -> frozenset[int]:
    """The places where the index knows neither the syllable nor any pair with a neighbour."""
    enough = max(1.0, _KNOWN_SHARE * lexicon.documents)
    fine: set[int] = set()
    for at, (left, right) in enumerate(pairwise(slots)):
        if (lexicon.pair_frequencies(list(left), list(right)) >= enough).any():
            fine.update((at, at + 1))
    alone = len(slots) == 1
    return frozenset(
        at
        for at, slot in enumerate(slots)
        if _spellable(next(iter(slot)))
        and (not any(map(lexicon.frequency, slot)) or (at not in fine and not alone))
    )


def _spellable(term: str) -> bool:
    return term.isalpha() and len(term) <= 12


def _candidates(
    syllable: Syllable, forms: Mapping[str, float], lexicon: Lexicon, marked: bool
) -> dict[str, float]:
    """The forms and what else may have been meant: other marks, one slip."""
    if syllable.literal:
        return dict(forms)
    found = dict(forms)
    known = any(map(lexicon.frequency, forms))
    doubt = min(1.0, lexicon.documents / TELLING) if known else 1.0
    for form in syllable.forms:
        found.setdefault(form, _WRONG_MARK * doubt)
    # Wrong marks are the commonest slip of Vietnamese and are weighed in a small archive too.
    near = _near(fold(syllable.term), lexicon) if doubt == 1.0 else ()
    for folded in near:
        for form in lexicon.variants(folded):
            chance = _SLIP
            # A slip in a letter leaves the marks as they are, but where there were none to see.
            if marked and has_marks(form) and OSA.distance(syllable.term, form) > 1:
                chance *= 0.1
            found.setdefault(form, chance)
    ranked = sorted(found, key=lambda form: -found[form] * (lexicon.frequency(form) + 0.01))
    return {form: found[form] for form in (*forms, *ranked[:_MAX_CANDIDATES])}


def _near(folded: str, lexicon: Lexicon) -> list[str]:
    """Folded syllables of the index one slip away (dropped, added, swapped or wrong letter)."""
    known = _vocabulary(lexicon)
    return sorted(known.intersection(_one_slip_away(folded)))


def _one_slip_away(typed: str) -> set[str]:
    """Norvig 2009, "Natural language corpus data": fewer than the syllables of an index."""
    cuts = [(typed[:at], typed[at:]) for at in range(len(typed) + 1)]
    dropped = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    wrong = {a + letter + b[1:] for a, b in cuts if b for letter in ascii_lowercase}
    added = {a + letter + b for a, b in cuts for letter in ascii_lowercase}
    return (dropped | swapped | wrong | added) - {typed}


def _vocabulary(lexicon: Lexicon) -> frozenset[str]:
    """The folded syllables that a slip may lead to, the most frequent ones of a large index."""
    known = _folds.get(lexicon)
    if known is None:
        known = frozenset(filter(_spellable, lexicon.folds(_MAX_FOLDS)))
        _folds[lexicon] = known
    return known


def _best(slots: Sequence[Mapping[str, float]], lexicon: Lexicon) -> tuple[str, ...]:
    """The likeliest sequence (Viterbi 1967), one candidate of each slot."""
    running = max(lexicon.documents, 1) * _LENGTH
    terms = [list(slot) for slot in slots]
    often = [np.array(list(map(lexicon.frequency, slot))) for slot in terms]
    chances = [np.log(list(slot.values())) for slot in slots]
    own = [(counts + 0.01) / running for counts in often]
    scores, came = chances[0] + np.log(own[0]), []
    for at in range(1, len(slots)):
        pairs = lexicon.pair_frequencies(terms[at - 1], terms[at])
        after = pairs / np.maximum(often[at - 1], 1)[:, np.newaxis]
        steps = np.log(_NEIGHBOUR * after + (1 - _NEIGHBOUR) * own[at])
        paths = scores[:, np.newaxis] + steps
        came.append(paths.argmax(axis=0))
        scores = paths.max(axis=0) + chances[at]
    best = [int(scores.argmax())]
    for before in reversed(came):
        best.append(int(before[best[-1]]))
    return tuple(slot[at] for slot, at in zip(terms, reversed(best), strict=True))

"""What was meant where a syllable looks mistyped.

The noisy channel (Kernighan, Church and Gale 1990, "A spelling correction program").

Of all sequences of syllables of this index, the one that makes `index has it x it was typed so`
the most likely. How the index writes is a bigram model over its syllables; how people mistype is
in the constants below. Only syllables that look wrong (unknown, or never beside their neighbours)
may become others, so that a query that the index understands stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from weakref import WeakKeyDictionary

from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from indexer.analysis import fold, has_marks
from indexer.analysis.folding import could_have_marks
from indexer.query.lexicon import Lexicon
from indexer.query.parts import Syllable

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
_TELLING = 1000
_MAX_CANDIDATES = 48
_MAX_FOLDS = 20_000
_MAX_SYLLABLES = 16

_folds: WeakKeyDictionary[Lexicon, tuple[str, ...]] = WeakKeyDictionary()


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
        if any(lexicon.pair_frequency(a, b) >= enough for a in left for b in right):
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
    doubt = min(1.0, lexicon.documents / _TELLING) if known else 1.0
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


def _near(folded: str, lexicon: Lexicon) -> Iterator[str]:
    """Folded syllables of the index one slip away (dropped, added, swapped or wrong letter)."""
    known = _vocabulary(lexicon)
    if not known:
        return
    # One row of distances; beyond the cutoff they read cutoff + 1.
    distances = cdist([folded], known, scorer=OSA.distance, score_cutoff=1)[0]
    for at in (distances == 1).nonzero()[0].tolist():
        yield known[at]


def _vocabulary(lexicon: Lexicon) -> tuple[str, ...]:
    """The folded syllables that a slip may lead to, the most frequent ones of a large index."""
    known = _folds.get(lexicon)
    if known is None:
        known = tuple(filter(_spellable, lexicon.folds(_MAX_FOLDS)))
        _folds[lexicon] = known
    return known


def _best(slots: Sequence[Mapping[str, float]], lexicon: Lexicon) -> tuple[str, ...]:
    """The likeliest sequence (Viterbi 1967), one candidate of each slot."""
    running = max(lexicon.documents, 1) * _LENGTH
    pair = lru_cache(None)(lexicon.pair_frequency)

    def own(term: str) -> float:
        return (lexicon.frequency(term) + 0.01) / running

    paths: dict[str, tuple[float, tuple[str, ...]]] = {
        term: (math.log(chance * own(term)), (term,)) for term, chance in slots[0].items()
    }
    for slot in slots[1:]:
        following = {}
        for term, chance in slot.items():
            single = (1 - _NEIGHBOUR) * own(term)
            score, path = max(
                (
                    before
                    + math.log(
                        _NEIGHBOUR * pair(last, term) / max(lexicon.frequency(last), 1) + single
                    ),
                    path,
                )
                for last, (before, path) in paths.items()
            )
            following[term] = (score + math.log(chance), (*path, term))
        paths = following
    return max(paths.values())[1]

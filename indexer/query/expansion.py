"""Expand a syllable to terms: the forms that each rung of the ladder accepts, and prefixes.

`as_typed`, `bare_any_form`, `marks_added`, `any_form` and `likely_forms` are the acceptance rules
of the rungs, from strict to loose. None of them returns an empty slot. `terms_with_prefix` serves
the query operator `dân*` and completions.
"""

from __future__ import annotations

from collections.abc import Callable

from indexer.analysis import Token, fold, strip_marks
from indexer.query.model import Syllable
from indexer.query.plan import Slot
from indexer.query.vocabulary.lexicon import Lexicon

Accept = Callable[[Syllable], Slot]
"""The rule of a rung: a function that returns the terms accepted for a syllable."""

_MIN_LIKELIHOOD = 0.05
"""Least probability of a form on the rung approximate, as a share of that of the likeliest form."""


def as_typed(syllable: Syllable) -> Slot:
    """Return the typed term only, as on the rung "exact"."""
    return (syllable.term,)


def bare_any_form(syllable: Syllable) -> Slot:
    """Return all forms of a syllable that was typed without marks, else only the typed term.

    This is the first step of the rung "partial". Forms are in the order of `Syllable.forms`.
    """
    return syllable.forms if syllable.may_lack_marks else (syllable.term,)


def marks_added(syllable: Syllable) -> Slot:
    """Return the forms that have at least the typed marks (vân, vấn and vận for vân).

    Only the typed term for a literal. This is the second step of the rung "partial".
    """
    return (
        syllable.forms_with_typed_marks()
        if syllable.marked and not syllable.literal
        else bare_any_form(syllable)
    )


def any_form(syllable: Syllable) -> Slot:
    """Return all forms with the fold of the syllable, as on the rung "folded"; only the typed term
    for a literal."""
    return syllable.forms


def likely_forms(syllable: Syllable) -> Slot:
    """Return the forms that were probably meant, as on the rung "approximate".

    These are the forms whose probability is at least _MIN_LIKELIHOOD times that of the likeliest
    one; only the typed term for a literal, and for a syllable with marks that the index has.
    """
    if syllable.literal:
        return (syllable.term,)
    probabilities = syllable.restored.probabilities
    most = max(probabilities.values())
    likely = {form for form, p in probabilities.items() if p >= _MIN_LIKELIHOOD * most}
    if syllable.marked and likely == {syllable.term}:
        return (syllable.term,)
    return tuple(form for form in syllable.forms if form in likely)


def terms_with_prefix(
    text: str, token: Token, lexicon: Lexicon, limit: int, *, folded: bool
) -> tuple[str, ...]:
    """Return at most `limit` terms of the index that begin with a syllable of `text`.

    The most frequent terms come first, equally frequent ones ascending; () if there are none. The
    index has one spelling of i and y (the term of "ki" is "ky"), so "ki" is looked up as it was
    typed as the beginning of longer syllables (kiểm), and by its term as a whole syllable. Raises
    IndexDamaged if the vocabulary cannot be read.

    Parameters
    ----------
    token : the syllable, with its span in `text` in code points.
    folded : True to ignore marks.
    """
    typed = text[token.start : token.end].lower()
    if folded:
        longer = lexicon.folded_with_prefix(strip_marks(typed), limit)
        whole = lexicon.variants(fold(token.term))
    else:
        longer = lexicon.with_prefix(typed, limit)
        whole = (token.term,) if lexicon.frequency(token.term) else ()
    terms = dict.fromkeys((*longer, *whole))
    return tuple(sorted(terms, key=lambda term: (-lexicon.frequency(term), term))[:limit])

"""Expand a syllable to terms: the forms that each rung of the ladder accepts, and prefixes.

`as_typed`, `bare_any_form`, `marks_added`, `any_form` and `likely_forms` are the acceptance rules
of the rungs, from strict to loose. `terms_with_prefix` serves the query operator `dân*` and
completions.
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
"""Probability, relative to the likeliest form, that the rung approximate demands of a form."""


def as_typed(syllable: Syllable) -> Slot:
    """Return the typed term only, as on the rung "exact"."""
    return (syllable.term,)


def bare_any_form(syllable: Syllable) -> Slot:
    """Return all forms of a syllable that may lack marks, else only the typed term.

    This is the first step of the rung "partial". The most frequent form comes first.
    """
    return syllable.forms if syllable.may_lack_marks else (syllable.term,)


def marks_added(syllable: Syllable) -> Slot:
    """Return the forms that have at least the typed marks (vân: vân, vấn, vận …).

    A literal has only itself. This is the second step of the rung "partial".
    """
    return (
        syllable.forms_with_typed_marks()
        if syllable.marked and not syllable.literal
        else bare_any_form(syllable)
    )


def any_form(syllable: Syllable) -> Slot:
    """Return all forms with the fold of the syllable, as on the rung "folded"; a literal has only
    itself."""
    return syllable.forms


def likely_forms(syllable: Syllable) -> Slot:
    """Return the forms that were probably meant, as on the rung "approximate".

    These are the forms whose probability is at least _MIN_LIKELIHOOD of the likeliest one's; a
    literal has only itself, and so has a syllable with marks that the index knows.
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

    The most frequent terms come first, equally frequent ones ascending. The index keeps one
    spelling of i and y ("ki" is stored as "ky"), so the beginning of a longer syllable (ki: kiểm)
    is looked up as typed and a whole syllable by its term.

    Parameters
    ----------
    token : the syllable, with its span in `text`.
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

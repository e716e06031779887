"""Which forms of a syllable a rung of the ladder accepts."""

from __future__ import annotations

from collections.abc import Callable

from indexer.query.parts import Syllable
from indexer.query.plan import Slot

Accept = Callable[[Syllable], Slot]

# A form is taken for an approximate hit where it is at least this likely beside the likeliest.
_LIKELY = 0.05


def as_typed(syllable: Syllable) -> Slot:
    """Rung exact."""
    return (syllable.term,)


def bare_any_form(syllable: Syllable) -> Slot:
    """Rung partial: marked ones stay as typed."""
    return syllable.forms if syllable.bare else (syllable.term,)


def marks_added(syllable: Syllable) -> Slot:
    """Rung partial, wider: marked ones may have further marks."""
    return (
        syllable.containing()
        if syllable.marked and not syllable.literal
        else bare_any_form(syllable)
    )


def any_form(syllable: Syllable) -> Slot:
    """Rung folded."""
    return syllable.forms


def likely_forms(syllable: Syllable) -> Slot:
    """Rung approximate: what was typed where the index has it so, else what may have been meant."""
    if syllable.literal:
        return (syllable.term,)
    probabilities = syllable.restored.probabilities
    most = max(probabilities.values())
    likely = {form for form, p in probabilities.items() if p >= _LIKELY * most}
    if syllable.marked and likely == {syllable.term}:
        return (syllable.term,)
    return tuple(form for form in syllable.forms if form in likely)

"""Which forms of a syllable a rung of the ladder accepts."""

from __future__ import annotations

from collections.abc import Callable

from indexer.analysis import Token, fold, strip_marks
from indexer.query.model import Syllable
from indexer.query.plan import Slot
from indexer.query.vocabulary.lexicon import Lexicon

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


# MERGED DOC: """The syllables that begin as typed: what `dân*` asks for, and what a completion offers.
#
# The index keeps one spelling of i and y (ki is kept as ky), so the beginning of a longer syllable
# (ki: kiểm) is looked up as typed, and a whole syllable as it is kept.
# """


def terms_with_prefix(
    text: str, token: Token, lexicon: Lexicon, limit: int, *, folded: bool
) -> tuple[str, ...]:
    """At most `limit` terms that begin with the syllable `token` of `text`, most frequent first.

    With `folded`, whatever their marks.
    """
    typed = text[token.start : token.end].lower()
    if folded:
        longer = lexicon.folded_with_prefix(strip_marks(typed), limit)
        whole = lexicon.variants(fold(token.term))
    else:
        longer = lexicon.with_prefix(typed, limit)
        whole = (token.term,) if lexicon.frequency(token.term) else ()
    found = dict.fromkeys((*longer, *whole))
    return tuple(sorted(found, key=lambda term: (-lexicon.frequency(term), term))[:limit])

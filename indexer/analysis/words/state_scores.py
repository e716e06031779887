"""What each piece adds to the score of "a word goes on here" (I_W) against "a word begins" (B_W).

pyvi's features see a piece, its neighbours, their case, and which two or three in a row are words
of its dictionary. Each is of one piece or of one such row, so a piece's score is a sum of few parts
that depend on the piece alone and can be kept. With two labels only their difference matters.
"""

from __future__ import annotations

import functools
import string
from typing import TYPE_CHECKING, NamedTuple

from indexer.analysis.words.word_model import word_model

if TYPE_CHECKING:  # short texts never need NumPy
    import numpy as np
    import numpy.typing as npt

DOUBT = 1e-6
"""A label that hangs on a smaller difference is left to `exact`.

CRFsuite adds up totals over the whole text, some 10 per piece, each sum rounded at 2⁻⁵³ of it:
after a million pieces some 10⁻⁹ a step. Differences of a few steps ago are forgotten (`carry`).
"""


class Piece(NamedTuple):
    """What is known of a piece by itself; scores are I_W's minus B_W's."""

    lower: str
    own: float
    """Adds to the piece's own score."""
    to_next: float
    """Adds to the score of the piece after it."""
    to_previous: float
    """Adds to the score of the piece before it."""
    may_join: bool
    """No punctuation and no number: pyvi joins these to nothing, whatever the labels."""
    is_title: bool
    """Begins with a capital: pyvi joins it only to such another."""


class Joins(NamedTuple):
    """The model's weights that belong to no piece; scores are I_W's minus B_W's."""

    pair_to_second: float
    """Two pieces in a row are a word: adds to the second's score, and so on."""
    pair_to_first: float
    triple_to_third: float
    triple_to_first: float
    from_begin: float
    """The score after a piece that surely has B_W adds this."""
    from_inside: float
    """The score after a piece that surely has I_W adds this."""
    low: float
    """At a score up to `low`, a piece has B_W whatever the label after it."""
    high: float
    """At a score over `high`, a piece has I_W whatever the label after it; between the two, it has
    the label that the piece after it has not."""

    def carry(self, score: float) -> float:
        """What a piece with this score adds to the score of the piece after it.

        Viterbi: max(B + t_BI, I + t_II) - max(B + t_BB, I + t_IB) for I - B = `score`.
        """
        return self.from_begin + self.low - min(max(score, self.low), self.high)

    def carries(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """`carry` of each of `scores`; of NaN, NaN."""
        return self.from_begin + self.low - scores.clip(self.low, self.high)


@functools.cache
def joins() -> Joins:
    """The weights of `Joins`, from the model, in which `low` is less than `high`."""
    model = word_model()
    (begin_begin, begin_inside), (inside_begin, inside_inside) = model.crf.transitions
    return Joins(
        pair_to_second=model.weight("-1:word.bi_gram()"),
        pair_to_first=model.weight("+1:word.bi_gram()"),
        triple_to_third=model.weight("-2:word.tri_gram()"),
        triple_to_first=model.weight("+2:word.tri_gram()"),
        from_begin=begin_inside - begin_begin,
        from_inside=inside_inside - inside_begin,
        low=begin_begin - inside_begin,
        high=begin_inside - inside_inside,
    )


def describe(piece: str) -> Piece:
    """What is known of `piece`."""
    lower = piece.lower()
    # CRFsuite looks features up as C strings, which end at the first NUL.
    own, to_next, to_previous = _lower_scores().get(lower.partition("\0")[0], (0.0, 0.0, 0.0))
    case = piece.istitle(), piece.isupper(), piece.isdigit()
    case_own, case_to_next, case_to_previous = _case_scores(case)
    return Piece(
        lower=lower,
        own=own + case_own,
        to_next=to_next + case_to_next,
        to_previous=to_previous + case_to_previous,
        # pyvi asks for a substring, so that a run such as "()" would count; no piece is one.
        may_join=piece not in string.punctuation and not piece[0].isdigit(),
        is_title=piece[0].istitle(),
    )


_Scores = tuple[float, float, float]
"""What adds to a piece's own score, to that of the piece after it, to that of the one before."""


@functools.cache
def _lower_scores() -> dict[str, _Scores]:
    """Lower-case piece → what its letters add."""
    found: dict[str, list[float]] = {}
    for attribute, (begins, goes_on) in word_model().crf.states.items():
        feature, colon, lower = attribute.partition("word.lower():")
        if colon:
            scores = found.setdefault(lower, [0.0, 0.0, 0.0])
            scores[("", "-1:", "+1:").index(feature)] = goes_on - begins
    return {lower: (own, to_next, before) for lower, (own, to_next, before) in found.items()}


@functools.cache
def _case_scores(case: tuple[bool, bool, bool]) -> _Scores:
    """What it adds that a piece is (title case, upper case, digits), and that it is a piece."""
    weight = word_model().weight
    names = [f"word.is{name}()" for name, is_so in zip(_CASES, case, strict=True) if is_so]
    # Of its neighbours' digits a piece sees nothing: no such feature is in the model.
    own, to_next, to_previous = (
        sum(weight(w + name) for name in names) for w in ("", "-1:", "+1:")
    )
    return own + weight("bias"), to_next, to_previous


_CASES = ("title", "upper", "digit")

"""Scores of pieces for the label I_W (continues a word) relative to B_W (begins a word).

pyvi's features describe a piece and its neighbours: their letters, their case, and whether two or
three in a row are a word of its dictionary. Each feature depends on one piece or one such word, so
the score of a piece is the sum of a few parts, which are cached by piece. With two labels only the
difference of their scores matters: each score here is that of I_W minus that of B_W, in log odds.
"""

from __future__ import annotations

import functools
import string
from typing import TYPE_CHECKING, NamedTuple

from indexer.analysis.words.word_model import word_model

if TYPE_CHECKING:  # short texts never need NumPy
    import numpy as np
    import numpy.typing as npt

TIE_MARGIN = 1e-6
"""A label that depends on a smaller difference of scores is left to `exact_viterbi`.

CRFsuite adds up the scores of the whole text, some 10 per piece, and rounds each sum by up to 2⁻⁵³
of it: after a million pieces by some 10⁻⁹ in each step. Errors do not add up over many steps,
because `carry` keeps what passes from piece to piece within two bounds.
"""


class Piece(NamedTuple):
    """Scores and properties that depend on a piece alone.

    A score is that of label I_W minus that of B_W; if it is above 0, it favours I_W.
    """

    lower: str
    """The piece in lower case."""
    own: float
    """Added to the score of the piece itself."""
    to_next: float
    """Added to the score of the piece after it."""
    to_previous: float
    """Added to the score of the piece before it."""
    may_join: bool
    """False for a sign of ASCII, and for a piece that begins with a digit: pyvi never joins them,
    regardless of their labels. Other signs (… –) may be joined."""
    is_title: bool
    """True if it begins with a capital: pyvi joins it only to another piece that does."""


class SharedWeights(NamedTuple):
    """Weights of the model that do not depend on the piece; those of I_W minus those of B_W."""

    pair_to_second: float
    """Added to the score of the second of two pieces that are a word of the dictionary."""
    pair_to_first: float
    """Added to the score of the first of two pieces that are a word of the dictionary."""
    triple_to_third: float
    """Added to the score of the third of three pieces that are a word of the dictionary."""
    triple_to_first: float
    """Added to the score of the first of three pieces that are a word of the dictionary."""
    from_begin: float
    """Added to the score of a piece if the one before it has B_W for certain."""
    from_inside: float
    """Added to the score of a piece if the one before it has I_W for certain."""
    low: float
    """A piece with a total of at most `low` has B_W, regardless of the label after it."""
    high: float
    """A piece with a total above `high` has I_W, regardless of the label after it. Between the two,
    it has the label that the piece after it does not have."""

    def carry(self, score: float) -> float:
        """Return what a piece with the total `score` adds to the score of the piece after it.

        It is Viterbi's recursion for the difference of two labels: max(B + t_BI, I + t_II) - max(B
        + t_BB, I + t_IB) with I - B = `score`, where B and I are the totals of the two labels and
        t_XY is the weight of the transition from X to Y.
        """
        return self.from_begin + self.low - min(max(score, self.low), self.high)

    def carries(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return `carry` of each of `scores`, same shape, float64; NaN for NaN."""
        return self.from_begin + self.low - scores.clip(self.low, self.high)


@functools.cache
def shared_weights() -> SharedWeights:
    """Return the weights, read from the model; `low` is less than `high`. Cached.

    Raises WordModelError if the model files are missing or changed.
    """
    model = word_model()
    (begin_begin, begin_inside), (inside_begin, inside_inside) = model.crf.transitions
    return SharedWeights(
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
    """Return the scores and properties of a piece, which is not empty.

    Raises WordModelError if the word model cannot be loaded.
    """
    lower = piece.lower()
    # CRFsuite looks up features as C strings, which end at the first NUL.
    own, to_next, to_previous = _lower_scores().get(lower.partition("\0")[0], (0.0, 0.0, 0.0))
    case = piece.istitle(), piece.isupper(), piece.isdigit()
    case_own, case_to_next, case_to_previous = _case_scores(case)
    return Piece(
        lower=lower,
        own=own + case_own,
        to_next=to_next + case_to_next,
        to_previous=to_previous + case_to_previous,
        # pyvi tests for a substring, so "()" would count; but no piece of several signs ("...",
        # "->") is one.
        may_join=piece not in string.punctuation and not piece[0].isdigit(),
        is_title=piece[0].istitle(),
    )


_Scores = tuple[float, float, float]
"""What a feature adds to the score of the piece itself, of the piece after it, and of the piece
before it."""


@functools.cache
def _lower_scores() -> dict[str, _Scores]:
    """Return lower-case piece → what the features "word.lower():<piece>" add to scores. Cached."""
    found: dict[str, list[float]] = {}
    for attribute, (begins, goes_on) in word_model().crf.states.items():
        feature, colon, lower = attribute.partition("word.lower():")
        if colon:
            scores = found.setdefault(lower, [0.0, 0.0, 0.0])
            scores[("", "-1:", "+1:").index(feature)] = goes_on - begins
    return {lower: (own, to_next, before) for lower, (own, to_next, before) in found.items()}


@functools.cache
def _case_scores(case: tuple[bool, bool, bool]) -> _Scores:
    """Return what the features of a piece's case add to scores, plus the bias of every piece.

    `case` says if the piece is in title case, in capitals, and all digits (_CASES). Cached.
    """
    weight = word_model().weight
    names = [f"word.is{name}()" for name, is_so in zip(_CASES, case, strict=True) if is_so]
    # The model has no feature for the digits of neighbours.
    own, to_next, to_previous = (
        sum(weight(w + name) for name in names) for w in ("", "-1:", "+1:")
    )
    return own + weight("bias"), to_next, to_previous


_CASES = ("title", "upper", "digit")
"""Names of the cases in pyvi's features ("word.istitle()"), in the order of `_case_scores`."""

"""What each piece adds to the score of "a word goes on here" (I_W) against "a word begins" (B_W).

pyvi's features see a piece, its neighbours, their case, and which two or three in a row are words
of its dictionary. Each is of one piece or of one such row, so a piece's score is a sum of few parts
that depend on the piece alone and can be kept. With two labels only their difference matters.
"""

from __future__ import annotations

import functools
import string
from typing import TYPE_CHECKING, NamedTuple

from indexer.analysis.words_model import word_model

if TYPE_CHECKING:
    from indexer.analysis.words_tables import Floats


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

    def carries(self, scores: Floats) -> Floats:
        """`carry` of each of `scores`; of NaN, NaN."""
        return self.from_begin + self.low - scores.clip(self.low, self.high)


@functools.cache
def joins() -> Joins:
    """The weights of `Joins`, from the model."""
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
    weight = word_model().weight
    lower = piece.lower()
    case = [name for name in ("title", "upper", "digit") if getattr(piece, f"is{name}")()]

    def total(where: str, cases: tuple[str, ...]) -> float:
        names = [f"word.lower():{lower}", *(f"word.is{name}()" for name in case if name in cases)]
        return sum(weight(where + name) for name in names)

    return Piece(
        lower=lower,
        own=weight("bias") + total("", ("title", "upper", "digit")),
        to_next=total("-1:", ("title", "upper")),
        to_previous=total("+1:", ("title", "upper")),
        # pyvi asks for a substring, so that a run such as "()" would count; no piece is one.
        may_join=piece not in string.punctuation and not piece[0].isdigit(),
        is_title=piece[0].istitle(),
    )

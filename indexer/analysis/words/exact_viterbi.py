"""Label the pieces of a text by the Viterbi algorithm, as pyvi's library CRFsuite does it: the same
sums of doubles, added in the same order, so that they round alike.

A label says whether a piece begins a word (B_W) or continues one (I_W). The faster segmenters add
the same weights in another order; they call `exact_labels` for a text in which the scores of two
labellings differ by so little that rounding could decide (`benchmarks/words_identity.py` counts how
often).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.analysis.words.word_model import WordModel, word_model


def exact_labels(pieces: Sequence[str]) -> list[bool]:
    """Return, for each of `pieces`, True if its label is I_W (it continues a word), False for B_W.

    `pieces` are all the pieces of one text, in order, as written; [] for none. Raises
    WordModelError if the model files are missing or changed.
    """
    model = word_model()
    ((begin_begin, begin_inside), (inside_begin, inside_inside)) = model.crf.transitions
    begins = inside = 0.0
    back: list[tuple[bool, bool]] = []
    lowered = [piece.lower() for piece in pieces]
    for at in range(len(pieces)):
        state_begins = state_inside = 0.0
        for attribute in _attributes(model, pieces, lowered, at):
            weights = model.crf.states.get(attribute.partition("\0")[0])
            if weights is not None:
                state_begins += weights[0]
                state_inside += weights[1]
        if at == 0:
            begins, inside = state_begins, state_inside
            continue
        # If both are equal, CRFsuite keeps the first label, B_W.
        to_begin = inside + inside_begin > begins + begin_begin
        to_inside = inside + inside_inside > begins + begin_inside
        back.append((to_begin, to_inside))
        begins, inside = (
            (inside + inside_begin if to_begin else begins + begin_begin) + state_begins,
            (inside + inside_inside if to_inside else begins + begin_inside) + state_inside,
        )
    label = inside > begins
    labels = [label]
    for choice in reversed(back):
        label = choice[label]
        labels.append(label)
    return labels[::-1] if pieces else []


def _attributes(
    model: WordModel, pieces: Sequence[str], lowered: Sequence[str], at: int
) -> Iterator[str]:
    """Yield the names of pyvi's features of the piece at index `at`, in pyvi's order.

    They are those of `word2features` in pyvi's ViTokenizer. `lowered` are the pieces in lower case.
    """
    last = len(pieces) - 1
    yield "bias"
    yield f"word.lower():{lowered[at]}"
    yield from _case("", pieces[at], ("upper", "title", "digit"))
    if at > 0:
        yield f"-1:word.lower():{lowered[at - 1]}"
        yield from _case("-1:", pieces[at - 1], ("title", "upper"))
        if _is_word(model, lowered[at - 1 : at + 1]):
            yield "-1:word.bi_gram()"
    if at > 1 and _is_word(model, lowered[at - 2 : at + 1]):
        yield "-2:word.tri_gram()"
    if at < last:
        yield f"+1:word.lower():{lowered[at + 1]}"
        yield from _case("+1:", pieces[at + 1], ("title", "upper"))
        if _is_word(model, lowered[at : at + 2]):
            yield "+1:word.bi_gram()"
    if at < last - 1 and _is_word(model, lowered[at : at + 3]):
        yield "+2:word.tri_gram()"


def _case(where: str, piece: str, cases: tuple[str, ...]) -> Iterator[str]:
    """Yield the name of a feature for each of `cases` ("upper", "title", "digit") that the piece
    has.

    `where` is the prefix of the names: "" for the piece itself, "-1:" and "+1:" for neighbours.
    """
    for name in cases:
        if getattr(piece, f"is{name}")():
            yield f"{where}word.is{name}()"


def _is_word(model: WordModel, lowered: Sequence[str]) -> bool:
    """True if two or three pieces, in lower case, are a word of pyvi's dictionary."""
    pair = model.pairs.get(lowered[0], {}).get(lowered[1])
    if pair is None:
        return False
    return pair.is_word if len(lowered) == 2 else lowered[2] in pair.thirds

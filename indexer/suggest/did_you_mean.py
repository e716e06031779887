"""What to try instead: the query text as this index would have it written.

Marks left out are restored, slips are corrected_text, and what was typed with the input method switched
off (Telex, VNI) is decoded where the text as it stands finds next to nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.analysis import fold, has_marks, tokens
from indexer.analysis.normalize import Normalized
from indexer.query.grammar import EITHER, LeafKind
from indexer.query.interpret import match_case
from indexer.query.model import Clause, Query, Syllable
from indexer.query.question_words import question_syllables
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.suggest.spelling import TELLING, correct
from indexer.suggest.telex_vni import telex, vni

# With this many hits or fewer for the text as typed, it may be raw typing.
_NEXT_TO_NOTHING = 3
_JOINTS = ("-", "/")


@dataclass(frozen=True, slots=True)
class QueryText:
    """A query text as it was typed, and its normalised form."""

    text: str
    normalized: Normalized

    def changed(self, changes: Sequence[Change]) -> str:
        """What was typed, composed (NFC), with the changes (in order) put in."""
        out, at = [], 0
        for start, end, new in changes:
            begins, ends = self.normalized.source_span(start, end)
            out += [self.text[at:begins], new]
            at = ends
        return unicodedata.normalize("NFC", "".join([*out, self.text[at:]])).strip()


Change = tuple[int, int, str]
"""`[start, end)` of a normalised text, and what is to stand there."""


def suggestion(
    query: Query, lexicon: Lexicon, exact_hits: int, written: QueryText | None = None
) -> str | None:
    """The query text respelled; None where it is fine as it is.

    Everything that is no whole syllable (quotes, signs, the beginning in `dan*`) stays as typed,
    and so does the spelling of every syllable that is fine (hòa stays hòa).

    Parameters
    ----------
    exact_hits : number of documents that have the text as it was typed.
    written : what was typed, where that is not `query.text` itself.
    """
    written = written or QueryText(query.text, Normalized(query.text))
    coded = any(entity.number for clause in query.clauses() for entity in clause.entities)
    if exact_hits <= _NEXT_TO_NOTHING and not coded:  # 42-NQ/TW is no TƯ
        for decode in (telex, vni):
            changes = _decoded(query.text, decode, lexicon)
            if changes:
                return written.changed(changes)
    changes = [
        (syllable.start, syllable.end, match_case(syllable.typed, term))
        for syllable, term in _meant(query, lexicon, exact_hits)
        if term != syllable.term and (syllable.named or lexicon.frequency(term))
    ]
    return written.changed(sorted(changes)) if changes else None


def corrected_text(query: Query, lexicon: Lexicon) -> str | None:
    """The (normalised) text of a query with slips in letters corrected_text; None where there are none.

    A small archive does not know most words, and next to each stands some other that it does:
    there only what makes a compound with a neighbour is taken for meant.
    """
    large = lexicon.documents >= TELLING
    meant = list(_meant(query, lexicon, 0))
    terms = ["", *(term for _, term in meant), ""]
    changes = [
        (syllable.start, syllable.end, match_case(syllable.typed, term))
        for at, (syllable, term) in enumerate(meant, 1)
        if fold(term) != fold(syllable.term)
        and not syllable.named
        and (
            large
            or any(
                lexicon.word_frequency(f"{first}_{second}")
                for first, second in pairwise(terms[at - 1 : at + 2])
            )
        )
    ]
    return (
        QueryText(query.text, Normalized(query.text)).changed(sorted(changes)) if changes else None
    )


def _meant(query: Query, lexicon: Lexicon, exact_hits: int) -> Iterator[tuple[Syllable, str]]:
    """Each syllable that was typed to its end, with the term probably meant."""
    for clause in query.clauses():
        if clause.facet or clause.leaf.kind is LeafKind.LITERAL:
            continue
        whole = clause.syllables[:-1] if clause.leaf.kind is LeafKind.PREFIX else clause.syllables
        if exact_hits and _stands(clause, whole, lexicon):
            continue
        codes = {at for m in clause.entities if m.number for at in range(m.start, m.end)}
        asks = question_syllables(clause)
        for at, (syllable, term) in enumerate(zip(whole, correct(whole, lexicon), strict=True)):
            spared = at in asks or at in codes or _in_code(query.text, syllable)
            if spared and fold(term) != fold(syllable.term):
                # No slip, whether the index has it or not: 05-CT/TW, and what answers don't say.
                term = syllable.term
            yield syllable, syllable.named or term


def _in_code(text: str, syllable: Syllable) -> bool:
    """Whether a sign joins the syllable to what stands beside it in characters without spaces,
    a digit among them: 55/UBND-VX is a code, whatever kind of document it names."""
    before, after = text[: syllable.start], text[syllable.end :]
    joined = before.endswith(_JOINTS) or after.startswith(_JOINTS)
    beside = re.split(r"\s", before)[-1] + re.split(r"\s", after, maxsplit=1)[0]
    return joined and any(map(str.isdigit, beside))


def _stands(clause: Clause, syllables: tuple[Syllable, ...], lexicon: Lexicon) -> bool:
    """Whether the index has the syllables side by side as they were typed."""
    return all(
        lexicon.pair_frequency(first.term, second.term) for first, second in pairwise(syllables)
    )


def _decoded(text: str, decode: Callable[[str], str | None], lexicon: Lexicon) -> list[Change]:
    """Every syllable of raw typing decoded; none where the index does not know all of them.

    Who types a mark has the input method on (bằng lái xe A1), and raw typing has pieces that are no
    words (not: quán bar).
    """
    found = [token for token in tokens(text) if text[token.start : token.end] not in EITHER]
    if any(has_marks(token.term) for token in found) or all(
        lexicon.frequency(token.term) for token in found
    ):
        return []
    changes = []
    for token in found:
        typed = text[token.start : token.end]
        made = decode(typed)
        term = tokens(made)[0].term if made and len(tokens(made)) == 1 else None
        if term and lexicon.frequency(term):
            changes.append((token.start, token.end, match_case(typed, term)))
        elif not lexicon.frequency(token.term):
            return []
    return changes

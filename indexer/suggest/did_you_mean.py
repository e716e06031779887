"""Suggest another query text ("Ý bạn là"): the typed one with marks restored and slips corrected.

Text typed with the input method switched off (Telex, VNI) is decoded if the text as typed has at
most _MAX_RAW_HITS hits. `indexer.search` offers the suggestion; `indexer.relaxation` uses the
corrected text on its last rung.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.analysis import fold, has_marks, tokens
from indexer.analysis.normalize import Normalized
from indexer.query.grammar import OPERATORS, LeafKind
from indexer.query.interpret import match_case
from indexer.query.model import Query, Syllable
from indexer.query.question_words import question_syllables
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.suggest.spelling import LARGE_ARCHIVE, correct
from indexer.suggest.telex_vni import telex, vni

_MAX_RAW_HITS = 3
"""Hits of the text as typed up to which it may be raw Telex or VNI."""
_CODE_JOINERS = ("-", "/")


@dataclass(frozen=True, slots=True)
class QueryText:
    """A query text as it was typed, and its normalised form, to which all offsets refer."""

    text: str
    normalized: Normalized

    def with_changes(self, changes: Sequence[Change]) -> str:
        """Return the typed text in NFC with the changes applied, without white space at its ends.

        The changes are ascending and do not overlap.
        """
        out, at = [], 0
        for start, end, new in changes:
            source_start, source_end = self.normalized.source_span(start, end)
            out += [self.text[at:source_start], new]
            at = source_end
        return unicodedata.normalize("NFC", "".join([*out, self.text[at:]])).strip()


Change = tuple[int, int, str]
"""(start, end, replacement) of the span `[start, end)` of the normalised text, in code points."""


def suggestion(
    query: Query, lexicon: Lexicon, exact_hits: int, typed: QueryText | None = None
) -> str | None:
    """Return the query text with marks restored and slips corrected; None if nothing changes.

    Text that is not a whole syllable (quotes, signs, the beginning in `dan*`) stays as typed, and
    so does the spelling of every syllable that needs no change (hòa stays hòa).

    Parameters
    ----------
    exact_hits : number of documents on the rung "exact", without filters.
    typed : the text as typed, if it differs from `query.text`, which is normalised.
    """
    typed = typed or QueryText(query.text, Normalized(query.text))
    has_code = any(entity.number for clause in query.clauses() for entity in clause.entities)
    if exact_hits <= _MAX_RAW_HITS and not has_code:  # TW in 42-NQ/TW is not Telex for TƯ
        for decode in (telex, vni):
            changes = _decode_raw_typing(query.text, decode, lexicon)
            if changes:
                return typed.with_changes(changes)
    changes = [
        (syllable.start, syllable.end, match_case(syllable.typed, term))
        for syllable, term in _corrected_syllables(query, lexicon, exact_hits)
        if term != syllable.term and (syllable.name_term or lexicon.frequency(term))
    ]
    return typed.with_changes(sorted(changes)) if changes else None


def corrected_text(query: Query, lexicon: Lexicon) -> str | None:
    """Return the normalised query text with slips in letters corrected; None if there are none.

    A small archive lacks most words of the language, and nearly every missing word is one letter
    away from a word that it has. In an archive of fewer than LARGE_ARCHIVE documents a correction
    is therefore made only if the result forms a word of the index with a neighbour.
    """
    is_large = lexicon.documents >= LARGE_ARCHIVE
    corrected = list(_corrected_syllables(query, lexicon, 0))
    terms = ["", *(term for _, term in corrected), ""]
    changes = [
        (syllable.start, syllable.end, match_case(syllable.typed, term))
        for at, (syllable, term) in enumerate(corrected, 1)
        if fold(term) != fold(syllable.term)
        and not syllable.name_term
        and (
            is_large
            or any(
                lexicon.word_frequency(f"{first}_{second}")
                for first, second in pairwise(terms[at - 1 : at + 2])
            )
        )
    ]
    if not changes:
        return None
    return QueryText(query.text, Normalized(query.text)).with_changes(sorted(changes))


def _corrected_syllables(
    query: Query, lexicon: Lexicon, exact_hits: int
) -> Iterator[tuple[Syllable, str]]:
    """Yield (syllable, term that was probably meant) for each syllable, clause by clause.

    Left out are facet values, literals, the beginning in `dan*`, and, if `exact_hits` is not 0,
    clauses all of whose neighbours the index has side by side.
    """
    for clause in query.clauses():
        if clause.facet or clause.leaf.kind is LeafKind.LITERAL:
            continue
        whole = clause.syllables[:-1] if clause.leaf.kind is LeafKind.PREFIX else clause.syllables
        if exact_hits and _has_all_pairs(whole, lexicon):
            continue
        in_citations = {at for e in clause.entities if e.number for at in range(e.start, e.end)}
        questions = question_syllables(clause)
        for at, (syllable, term) in enumerate(zip(whole, correct(whole, lexicon), strict=True)):
            keeps_letters = at in questions or at in in_citations or _in_code(query.text, syllable)
            if keeps_letters and fold(term) != fold(syllable.term):
                # Not a slip, whether the index has it or not: 05-CT/TW, and words of a question,
                # which answers do not contain.
                term = syllable.term
            yield syllable, syllable.name_term or term


def _in_code(text: str, syllable: Syllable) -> bool:
    """Return True if a syllable is part of a code with a digit, of any type of document:
    55/UBND-VX.

    A code is a run of characters of `text` without spaces in which "-" or "/" joins the syllable to
    others.
    """
    before, after = text[: syllable.start], text[syllable.end :]
    is_joined = before.endswith(_CODE_JOINERS) or after.startswith(_CODE_JOINERS)
    neighbours = re.split(r"\s", before)[-1] + re.split(r"\s", after, maxsplit=1)[0]
    return is_joined and any(map(str.isdigit, neighbours))


def _has_all_pairs(syllables: tuple[Syllable, ...], lexicon: Lexicon) -> bool:
    """Return True if the index has every two neighbours side by side, with the marks as typed."""
    return all(
        lexicon.pair_frequency(first.term, second.term) for first, second in pairwise(syllables)
    )


def _decode_raw_typing(
    text: str, decode: Callable[[str], str | None], lexicon: Lexicon
) -> list[Change]:
    """Return the changes that decode a text of raw typing, ascending; [] if it is not raw typing.

    A text with a mark was typed with the input method on (bằng lái xe A1). Raw typing has syllables
    that the index does not know ("quán bar" has none), and decoding must make all of them known.

    Parameters
    ----------
    text : a normalised query text.
    decode : `telex` or `vni`.
    """
    found = [token for token in tokens(text) if text[token.start : token.end] not in OPERATORS]
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

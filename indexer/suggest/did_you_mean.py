"""Suggest another query text ("Ý bạn là", "did you mean"): the typed one with marks restored and
slips corrected.

Text typed with the input method switched off (Telex, VNI) is decoded if the text as typed has at
most _MAX_RAW_HITS hits, or is one token with a digit that the index lacks. `indexer.search` offers
the suggestion; `indexer.relaxation` uses the corrected text on its last rung.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from indexer.analysis import fold, has_marks, tokens
from indexer.analysis.decompounding import in_dictionary, words_like
from indexer.analysis.normalize import Normalized
from indexer.query.function_words import function_words
from indexer.query.grammar import OPERATORS, LeafKind
from indexer.query.interpret import match_case
from indexer.query.model import Query, Syllable
from indexer.query.question_words import question_syllables
from indexer.query.vocabulary.accent_compatibility import is_compatible, parts
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.suggest.right_words import (
    LARGE_ARCHIVE,
    forms_word,
    is_right_syllable,
    known_documents,
)
from indexer.suggest.spelling import correct
from indexer.suggest.telex_vni import telex, vni

_MAX_RAW_HITS = 3
"""Greatest number of hits of the text as typed with which it may still be raw Telex or VNI: a few
documents may have the same strings."""
_STOPS = ("p", "t", "c", "ch")
"""The final consonants of syllables that only have the tones sắc and nặng."""
_CODE_JOINERS = ("-", "/")
"""The signs that join the parts of a code ("42-NQ/TW")."""


@dataclass(frozen=True, slots=True)
class QueryText:
    """A query text as it was typed, and its normalised form, to which all offsets refer."""

    text: str
    normalized: Normalized

    def with_changes(self, changes: Sequence[Change]) -> str:
        """Return the typed text in NFC with the changes applied, without white space at its ends.

        The changes are of the normalised text, ascending, and do not overlap.
        """
        out, at = [], 0
        for start, end, new in changes:
            source_start, source_end = self.normalized.source_span(start, end)
            out += [self.text[at:source_start], new]
            at = source_end
        return unicodedata.normalize("NFC", "".join([*out, self.text[at:]])).strip()


Change = tuple[int, int, str]
"""(start, end, replacement) of the span `[start, end)` of the normalised text, in code points."""


class Suggestion(NamedTuple):
    """A query text to try instead of the typed one.

    Attributes
    ----------
    text : the typed text with its changes.
    replaces : True if the typed text is raw Telex or VNI, or the index has none of its content
        words but one of the suggestion; then `text` is to be answered instead if no document has
        all words as typed.
    """

    text: str
    replaces: bool


def suggestion(
    query: Query, lexicon: Lexicon, exact_hits: int, typed: QueryText | None = None
) -> Suggestion | None:
    """Return the query text with marks restored and slips corrected; None if nothing changes.

    Text that is not a whole syllable (quotes, signs, the beginning in `dan*`) stays as typed, and
    so does the spelling of every syllable that needs no change (hòa stays hòa). Raises IndexDamaged
    if the vocabulary cannot be read, WordModelError if the word model cannot be loaded,
    SearchTimeout once the time limit of the thread has passed.

    Parameters
    ----------
    exact_hits : number of documents on the rung "exact", without filters.
    typed : the text as typed, if it differs from `query.text`, which is normalised.
    """
    typed = typed or QueryText(query.text, Normalized(query.text))
    # TW in 42-NQ/TW is not Telex for TƯ; but da94 is VNI for đã, although it may be a code.
    has_code = any(e.number and e.end - e.start > 1 for c in query.clauses() for e in c.entities)
    is_rare = exact_hits <= max(_MAX_RAW_HITS, known_documents(lexicon))
    if (is_rare or _is_unknown_code(query, lexicon)) and not has_code:
        for decode in (telex, vni):
            changes = _decode_raw_typing(query, decode, lexicon)
            if changes:
                return Suggestion(typed.with_changes(changes), replaces=True)
    changed = [
        (syllable, term)
        for syllable, term in _corrected_syllables(query, lexicon, exact_hits)
        if term != syllable.term and (syllable.name_term or lexicon.frequency(term))
    ]
    if not changed:
        return None
    changes = sorted((s.start, s.end, match_case(s.typed, term)) for s, term in changed)
    finds_content = any(term not in function_words() for _, term in changed)
    replaces = finds_content and not has_content_word(query, lexicon)
    return Suggestion(typed.with_changes(changes), replaces)


def _is_unknown_code(query: Query, lexicon: Lexicon) -> bool:
    """True if the query is one token with a digit that the index lacks: its hits have a word and a
    number side by side ("quốc gia 1" for gia1), which says nothing of what was typed."""
    terms = [token.term for token in tokens(query.text)]
    if len(terms) != 1 or not any(map(str.isdigit, terms[0])):
        return False
    return not lexicon.frequency(terms[0])


def has_content_word(query: Query, lexicon: Lexicon) -> bool:
    """True if the index has a syllable of the query, with any marks, that is neither a function
    word nor part of a question word.

    Raises IndexDamaged if the vocabulary cannot be read.
    """
    return any(
        at not in questions
        and syllable.restored.term not in function_words()
        and any(map(lexicon.frequency, syllable.forms))
        for clause in query.clauses()
        for questions in (question_syllables(clause),)
        for at, syllable in enumerate(clause.syllables)
    )


def corrected_text(query: Query, lexicon: Lexicon) -> str | None:
    """Return the normalised query text with slips in letters corrected; None if there are none.

    Marks are not restored. A small archive lacks most words of the language, and nearly every
    missing word is one letter away from a word that it has. In an archive of fewer than
    LARGE_ARCHIVE documents a correction is therefore made only if the result forms a word of the
    index with a neighbour. Raises IndexDamaged if the vocabulary cannot be read, WordModelError if
    the word model cannot be loaded, SearchTimeout once the time limit of the thread has passed.
    """
    is_large = lexicon.documents >= LARGE_ARCHIVE
    corrected = list(_corrected_syllables(query, lexicon, 0, is_added=True))
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
    query: Query, lexicon: Lexicon, exact_hits: int, *, is_added: bool = False
) -> Iterator[tuple[Syllable, str]]:
    """Yield (syllable, term that was probably meant) for each syllable, clause by clause.

    Left out are facet values, literals, the beginning in `dan*`, and, if `exact_hits` is not 0,
    clauses without marks all of whose neighbours the index has side by side. `is_added` is as in
    `correct`.
    """
    is_lost = not has_content_word(query, lexicon)
    for clause in query.clauses():
        if clause.facet or clause.leaf.kind is LeafKind.LITERAL:
            continue
        whole = clause.syllables[:-1] if clause.leaf.kind is LeafKind.PREFIX else clause.syllables
        if exact_hits and not has_marks(clause.leaf.text) and _has_all_pairs(whole, lexicon):
            continue
        in_citations = {at for e in clause.entities if e.number for at in range(e.start, e.end)}
        questions = question_syllables(clause)
        is_found = exact_hits > 0
        terms = correct(
            whole, query.text, lexicon, is_found=is_found, is_lost=is_lost, is_added=is_added
        )
        for at, (syllable, term) in enumerate(zip(whole, terms, strict=True)):
            keeps_letters = at in questions or at in in_citations or _in_code(query.text, syllable)
            if keeps_letters and fold(term) != fold(syllable.term):
                # Not a slip, whether the index has it or not: 05-CT/TW, and words of a question,
                # which answers do not contain.
                term = syllable.term
            if syllable.name_term and (syllable.is_capitalized or not forms_word(terms, at)):
                # Names are typed with capitals more often than words: thuy điên is thủy điện.
                term = syllable.name_term
            yield syllable, term


def _in_code(text: str, syllable: Syllable) -> bool:
    """True if a syllable is part of a code with a digit: 55/UBND-VX.

    Here, a code is a run of characters of `text`, the query text, without spaces, in which "-" or
    "/" joins the syllable to others; the type of the document need not be known.
    """
    before, after = text[: syllable.start], text[syllable.end :]
    is_joined = before.endswith(_CODE_JOINERS) or after.startswith(_CODE_JOINERS)
    if not is_joined:
        return False
    neighbours = re.split(r"\s", before)[-1] + re.split(r"\s", after, maxsplit=1)[0]
    return any(map(str.isdigit, neighbours))


def _has_all_pairs(syllables: tuple[Syllable, ...], lexicon: Lexicon) -> bool:
    """True if at least `known_documents` documents have each two neighbours side by side, as typed,
    or any document if they are a word of the dictionary."""
    enough = known_documents(lexicon)
    return all(
        lexicon.pair_frequency(*pair) >= (1 if in_dictionary(pair) else enough)
        for pair in pairwise([syllable.term for syllable in syllables])
    )


def _decode_raw_typing(
    query: Query, decode: Callable[[str], str | None], lexicon: Lexicon
) -> list[Change]:
    """Return the changes that decode a query of raw typing, ascending; [] if it is not raw typing.

    It is raw typing if it has no mark (a text with one, such as "bằng lái xe A1", was typed with
    the input method on), has syllables that the index hardly has, and decoding makes most of these
    known. Then strings that the index has as a foreign word ("vor", also Telex for với) are decoded
    too, if that gives a syllable of the language.

    Parameters
    ----------
    query : an interpreted query text.
    decode : `telex` or `vni`.
    """
    text = query.text
    found = [token for token in tokens(text) if text[token.start : token.end] not in OPERATORS]
    enough = known_documents(lexicon)
    words = {  # quan sooc: quần soóc
        at
        for at, pair in enumerate(pairwise([fold(token.term) for token in found]))
        if words_like(pair)
    }
    in_words = {found[place].term for at in words for place in (at, at + 1)}
    unknown = {t.term for t in found if lexicon.frequency(t.term) < enough} - in_words
    if not unknown or any(has_marks(token.term) for token in found):
        return []
    changes, decoded, unread = [], 0, 0
    for token in found:
        typed = text[token.start : token.end]
        term = _decoded_term(decode(typed), lexicon)
        is_known = token.term not in unknown
        if term and (not is_known or is_right_syllable(term, lexicon)):
            changes.append((token.start, token.end, match_case(typed, term)))
            decoded += not is_known
        elif not is_known:
            unread += 1
    return changes if decoded > unread else []


def _decoded_term(decoded: str | None, lexicon: Lexicon) -> str | None:
    """Return the term that raw typing probably means, given what it decodes to; None if `decoded`
    was probably not meant.

    It is the term of `decoded` if at least `known_documents` documents have it; else the most
    frequent term of the index with at least its marks ("benhj" decodes to bẹnh, and bệnh was
    meant), None if there is none. A syllable that ends with a stop has the tone sắc or nặng (Đoàn
    Thiện Thuật 1977, "Ngữ âm tiếng Việt"), so one without a tone that the index lacks was not meant
    (ôt for "oto").
    """
    found = tokens(decoded) if decoded else ()
    if len(found) != 1:
        return None
    term = found[0].term
    if term.endswith(_STOPS) and not parts(term)[1] and not lexicon.frequency(term):
        return None
    best = next((v for v in lexicon.variants(fold(term)) if is_compatible(term, v)), None)
    return term if lexicon.frequency(term) >= known_documents(lexicon) else best

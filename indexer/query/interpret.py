"""The tree of what was typed → a Query: syllables, their forms, and the words they make.

Nothing is decided here about matching; the ladder does that, rung by rung, from what is interpret here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from weakref import WeakKeyDictionary

from indexer.analysis import Token, analyze, fold, has_marks, tokens
from indexer.analysis.folding import could_have_marks
from indexer.analysis.orthography import unify_i_y
from indexer.models import Range
from indexer.query.abbreviations import synonyms
from indexer.query.entities import find_entities
from indexer.query.entities.facet_values import value_length
from indexer.query.expansion import bare_any_form, terms_with_prefix
from indexer.query.grammar import MAX_CHARACTERS, Excluded, Group, Leaf, LeafKind, parse
from indexer.query.model import Clause, Conjunction, Disjunction, Entity, Query, Syllable
from indexer.query.vocabulary.accent_restoration import Form, restore
from indexer.query.vocabulary.lexicon import Lexicon

MAX_SYLLABLES = 64
MAX_FORMS = 16
MAX_EXPANSIONS = 64

# The next page, a value of a facet, a hit that is opened: all ask with the same text again. So many
# readings are kept for each vocabulary, of texts of so many characters at most. No `Memo`, for its
# function would hold the vocabulary that it is to be forgotten with.
_KEPT, _LONGEST = 512, 256

# A typed form is a likely form: how much likelier than its frequency says, where the rest of the
# query carries marks (whoever types marks types most of them).
_TYPED_AMONG_MARKED = 5.0

_readings: WeakKeyDictionary[Lexicon, dict[str, Query]] = WeakKeyDictionary()


def interpret(text: str, lexicon: Lexicon) -> Query:
    """Read a query text; the same text again is interpret at once. Total: any string.

    Parameters
    ----------
    text : normalised (`indexer.analysis.normalize`).
    """
    text = text[:MAX_CHARACTERS]
    kept = _readings.setdefault(lexicon, {})
    query = kept.get(text)
    if query is None:
        query = Query(text, _Reader(lexicon, has_marks(text)).group(parse(text)))
        if len(text) <= _LONGEST:
            if len(kept) >= _KEPT:
                kept.clear()  # what is in use comes back at once
            kept[text] = query
    return query


class _Reader:
    def __init__(self, lexicon: Lexicon, marked: bool) -> None:
        self.lexicon = lexicon
        self.marked = marked
        self.left = MAX_SYLLABLES

    def group(self, group: Group) -> Disjunction:
        rows = (self.row(row) for row in group.alternatives)
        return Disjunction(tuple(row for row in rows if row.must or row.must_not))

    def row(self, parts: Sequence[Leaf | Group | Excluded]) -> Conjunction:
        must: list[Clause | Disjunction] = []
        must_not: list[Clause | Disjunction] = []
        for part in parts:
            inner, side = (part.part, must_not) if isinstance(part, Excluded) else (part, must)
            if isinstance(inner, Group):
                rows = self.group(inner)
                if rows.alternatives:
                    side.append(rows)
                continue
            clause = self.clause(inner)
            if clause is None:
                continue
            if clause.facet and inner.kind is LeafKind.WORDS:
                head, tail = self.split_value(clause, clause.facet, excluded=inner.negative_head)
            elif inner.negative_head:
                head, tail = _split(clause, self.head(clause))
            else:
                head, tail = clause, []
            (must_not if inner.negative_head else side).append(head)
            must.extend(tail)
        return Conjunction(tuple(must), tuple(must_not))

    def clause(self, leaf: Leaf) -> Clause | None:
        every = tokens(leaf.text)
        found = every[: self.left]
        if not found:
            return None
        if len(found) < len(every):  # what is beyond them is not interpret at all
            leaf = replace(leaf, text=leaf.text[: found[-1].end])
        self.left -= len(found)
        syllables = self.syllables(leaf, found)
        if leaf.kind is LeafKind.PREFIX:
            literal, folded = (
                terms_with_prefix(leaf.text, found[-1], self.lexicon, MAX_EXPANSIONS, folded=folded)
                for folded in (False, True)
            )
            return Clause(
                leaf,
                syllables,
                ((0, len(syllables)),),
                expansions=literal,
                folded_expansions=folded,
            )
        meant = analyze(_respelled(leaf.text, found, syllables))
        words = {(w.start, w.end): w.term for w in meant.words}
        spans = _index_spans(meant.syllables[: len(found)], words)
        parts: tuple[Range, ...] = ((0, len(found)),)
        entities: tuple[Entity, ...] = ()
        if leaf.kind is LeafKind.WORDS:
            gaps = _gaps(leaf.text, found)
            terms = [syllable.restored.term for syllable in syllables]
            touching = [False, *map(str.isspace, gaps[1:])]
            entities = tuple(find_entities(syllables, gaps, self.lexicon))
            parts = _fitted(word_spans(terms, touching, tuple(spans), self.lexicon), entities)
            syllables = _named(syllables, entities)
        known = tuple((i, j, term) for (i, j), term in spans.items())
        return Clause(leaf, syllables, parts, known, entities)

    def head(self, clause: Clause) -> int:
        """Where the first word ends; what initials stand for is one (-uỷ ban nhân dân)."""
        slots = [bare_any_form(syllable) for syllable in clause.syllables]
        longer = (other.end for other in synonyms(clause, slots, self.lexicon) if not other.start)
        return max((clause.word_spans[0][1], *longer))

    def split_value(
        self, clause: Clause, facet: str, *, excluded: bool
    ) -> tuple[Clause, list[Clause]]:
        """The words that name a value of a facet, and those after them as words of the text.

        Where no page has such a value, nothing is found; but where it is excluded, what follows its
        first word is asked for all the same.
        """
        terms = [syllable.term for syllable in clause.syllables]
        at = value_length(terms, facet, self.lexicon)
        if not at:
            at = self.head(clause) if excluded else len(terms)
        head, tail = _split(clause, at)
        return head, [replace(rest, leaf=replace(rest.leaf, field=None)) for rest in tail]

    def syllables(self, leaf: Leaf, found: Sequence[Token]) -> tuple[Syllable, ...]:
        literal = leaf.kind is LeafKind.LITERAL
        forms = [(token.term,) if literal else self.forms(token.term) for token in found]
        lattice = [
            self.lattice_slot(token.term, slot) for token, slot in zip(found, forms, strict=True)
        ]
        return tuple(
            Syllable(
                token.term,
                leaf.start + token.start,
                leaf.start + token.end,
                leaf.text[token.start : token.end],
                slot,
                restored,
                literal,
            )
            for token, slot, restored in zip(
                found, forms, restore(lattice, self.lexicon), strict=True
            )
        )

    def forms(self, term: str) -> tuple[str, ...]:
        known = self.lexicon.variants(fold(term))
        return known if term in known else (term, *known)

    def lattice_slot(self, term: str, forms: Sequence[str]) -> list[Form]:
        """A marked syllable that the index knows is meant as typed; synonyms may be any form."""
        if (has_marks(term) and self.lexicon.frequency(term)) or not could_have_marks(term):
            return [Form(term)]
        likely = [form for form in forms[:MAX_FORMS] if form != term]
        return [Form(term, _TYPED_AMONG_MARKED if self.marked else 1.0), *map(Form, likely)]


def _gaps(text: str, found: Sequence[Token]) -> list[str]:
    """What stands before each token; before the first, nothing."""
    return ["", *(text[a.end : b.start] for a, b in pairwise(found))]


def _fitted(spans: Iterable[Range], entities: Sequence[Entity]) -> tuple[Range, ...]:
    """The word_spans `spans`, cut where a entity begins or ends; a entity is one unit."""
    ends = {at for _, at in spans} | {at for m in entities for at in (m.start, m.end)} - {0}
    inside = {at for m in entities for at in range(m.start + 1, m.end)}
    return tuple(pairwise([0, *sorted(ends - inside)]))


def _named(syllables: tuple[Syllable, ...], entities: Sequence[Entity]) -> tuple[Syllable, ...]:
    """The syllables, with what the names they belong to have in their place."""
    names = dict(name for entity in entities for name in entity.names)
    if not names:
        return syllables
    return tuple(replace(s, named=names.get(at)) for at, s in enumerate(syllables))


def _index_spans(
    found: Sequence[Token], words: dict[tuple[int, int], str]
) -> dict[tuple[int, int], str]:
    """Spans of characters → spans `[i, j)` of syllables."""
    starts = {token.start: at for at, token in enumerate(found)}
    ends = {token.end: at + 1 for at, token in enumerate(found)}
    return {
        (starts[start], ends[end]): term
        for (start, end), term in words.items()
        if start in starts and end in ends
    }


def _respelled(text: str, found: Sequence[Token], syllables: Sequence[Syllable]) -> str:
    """The text with each syllable as it was probably meant."""
    out, at = [], 0
    for token, syllable in zip(found, syllables, strict=True):
        out += [text[at : token.start], match_case(syllable.typed, syllable.restored.term)]
        at = token.end
    return "".join([*out, text[at:]])


def match_case(typed: str, term: str) -> str:
    """What was meant, in capitals where it was typed in capitals; as typed where that was meant."""
    if term == unify_i_y(typed.lower()):
        return typed
    if typed.isupper() and len(typed) > 1:
        return term.upper()
    return term.capitalize() if typed[:1].isupper() else term


def _split(clause: Clause, at: int) -> tuple[Clause, list[Clause]]:
    """The first `at` syllables of a clause as one unit, and the rest of it if there is any."""
    within = tuple(entity for entity in clause.entities if entity.end <= at)
    head = replace(
        clause, syllables=clause.syllables[:at], word_spans=((0, at),), words=(), entities=within
    )
    if at == len(clause.syllables):
        return head, []
    rest = replace(
        clause,
        syllables=clause.syllables[at:],
        word_spans=tuple((max(i, at) - at, j - at) for i, j in clause.word_spans if j > at),
        words=tuple((i - at, j - at, term) for i, j, term in clause.words if i >= at),
        entities=tuple(entity.moved(-at) for entity in clause.entities if entity.start >= at),
    )
    return head, [rest]


# MERGED DOC: """Which syllables typed are one word: they must stand side by side in what is found.
#
# pyvi's words are a first guess; the index has the last word. Names and places that pyvi does not
# know are word_spans too where this index uses them so.
# """


# Two neighbours are a unit of this index where the rarer of them stands in at least this share of
# its documents beside the other.
_SHARE = 0.5


def word_spans(
    terms: Sequence[str], touching: Sequence[bool], words: Sequence[Range], lexicon: Lexicon
) -> Iterator[Range]:
    """Spans `[i, j)` of the syllables, side by side and together all of them.

    pyvi's words are split where this index never has them side by side, and single syllables joined
    to a neighbour where it nearly always does.

    Parameters
    ----------
    terms : the syllables as they were probably meant, at least one.
    touching : whether nothing but space stands before each of them.
    words : spans of pyvi's words, and of the words inside its long compounds.
    """
    # A long compound with words inside it is a phrase: its words make the word_spans.
    plain = [
        (i, j)
        for i, j in words
        if not any(i <= k and m <= j and 1 < m - k < j - i for k, m in words)
    ]
    joined = {at for start, end in plain for at in range(start + 1, end)}
    begin = 0
    for at in range(1, len(terms)):
        first, second = terms[at - 1], terms[at]
        together = lexicon.pair_frequency(first, second)
        if at in joined:
            if together:
                continue
        elif touching[at] and (at - 1 not in joined or at + 1 not in joined):
            rarer = min(lexicon.frequency(first), lexicon.frequency(second))
            if together and together >= _SHARE * rarer:
                continue
        yield begin, at
        begin = at
    yield begin, len(terms)

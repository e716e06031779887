"""Interpret the syntax tree of a query text: syntax tree → Query of clauses, for `indexer.search`.

Each syllable gets its possible forms and the form that was probably meant, and syllables are joined
to words and entities. `match_tree.py` then decides for each rung which forms a document must have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from weakref import WeakKeyDictionary

from indexer.analysis import Token, analyze, fold, has_marks, tokens
from indexer.analysis.folding import could_have_marks
from indexer.analysis.orthography import unify_i_y
from indexer.facets import DATE, facet_schema
from indexer.models import Range
from indexer.query.abbreviations import synonyms
from indexer.query.entities import find_entities, find_numbers
from indexer.query.entities.facet_values import value_length
from indexer.query.entities.name_forms import countries_meant
from indexer.query.entities.periods import range_values
from indexer.query.expansion import bare_any_form, terms_with_prefix
from indexer.query.grammar import (
    MAX_CHARACTERS,
    TEXT_FIELDS,
    Excluded,
    Group,
    Leaf,
    LeafKind,
    parse,
)
from indexer.query.model import Clause, Conjunction, Disjunction, Entity, Query, Syllable
from indexer.query.vocabulary.accent_compatibility import is_compatible
from indexer.query.vocabulary.accent_restoration import Form, restore
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.query.vocabulary.question_model import asked_forms

MAX_SYLLABLES = 64
"""Number of syllables of a query that are interpreted; the rest is ignored."""
MAX_FORMS = 16
"""Greatest number of forms of a syllable among which accent restoration chooses, the most frequent
ones."""
MAX_EXPANSIONS = 64
"""Greatest number of terms of a prefix (`dân*`), the most frequent ones."""

_MAX_CACHED = 512
"""Greatest number of queries that are cached per lexicon: the next page, a facet value and an
opened hit repeat the query text. The cache is not a `Memo`, because the function of a Memo would
keep the lexicon alive, and the cache must be freed together with it."""
_MAX_CACHED_LENGTH = 256
"""Length in code points of the longest query text that is cached."""

_TYPED_PRIOR_AMONG_MARKED = 50.0
"""`Form.prior` of the typed form of an unmarked syllable if the query has marks elsewhere: a person
who types marks leaves them out of one syllable in fifty (`suggest.slip_model` assumes the same). 25
to 100 rank equally well, also queries of which half of the marks are missing."""

_COUNTRY_PRIOR = 20.0
"""`Form.unpaired_prior` of a country after a word that says so (thủ tướng, tiếng): among all
syllables after such words, countries are 4 to 40 times as frequent as elsewhere."""

_MIN_JOINT_SHARE = 0.5
"""Two neighbours are one word span if they stand side by side in at least this share of the
documents with the rarer of them."""

_cache: WeakKeyDictionary[Lexicon, dict[str, Query]] = WeakKeyDictionary()
"""Lexicon → query text → its Query."""


def interpret(text: str, lexicon: Lexicon) -> Query:
    """Return the Query of a query text: its syntax tree with syllables, words and entities
    interpreted.

    Accepts any string. Cached per lexicon; offsets in the result are code points of `text`. Raises
    IndexDamaged if the vocabulary cannot be read, WordModelError if the word model cannot be
    loaded.

    Parameters
    ----------
    text : normalised (`indexer.analysis.normalize`); the rest after MAX_CHARACTERS is ignored.
    """
    text = text[:MAX_CHARACTERS]
    cached = _cache.setdefault(lexicon, {})
    query = cached.get(text)
    if query is None:
        own = facet_schema(lexicon.profile.fields).own_query_fields
        query = Query(text, _Interpreter(lexicon, has_marks(text)).disjunction(parse(text, own)))
        if len(text) <= _MAX_CACHED_LENGTH:
            if len(cached) >= _MAX_CACHED:
                cached.clear()  # queries in use are soon cached again
            cached[text] = query
    return query


class _Interpreter:
    """Interprets one query text; use it once.

    `marked` is True if the text has any mark, which makes it likelier that syllables without marks
    are meant without.
    """

    def __init__(self, lexicon: Lexicon, marked: bool) -> None:
        self.lexicon = lexicon
        self.marked = marked
        self.syllables_left = MAX_SYLLABLES

    def disjunction(self, group: Group) -> Disjunction:
        rows = (self.conjunction(row) for row in group.alternatives)
        return Disjunction(tuple(row for row in rows if row.must or row.must_not))

    def conjunction(self, parts: Sequence[Leaf | Group | Excluded]) -> Conjunction:
        must: list[Clause | Disjunction] = []
        must_not: list[Clause | Disjunction] = []
        for part in parts:
            inner, side = (part.part, must_not) if isinstance(part, Excluded) else (part, must)
            if isinstance(inner, Group):
                rows = self.disjunction(inner)
                if rows.alternatives:
                    side.append(rows)
                continue
            clause = self.clause(inner)
            if clause is None:
                continue
            if clause.facet and clause.leaf.kind is LeafKind.WORDS:
                head, tail = self.split_value(clause, clause.facet, excluded=inner.negative_head)
            elif inner.negative_head:
                head, tail = _split(clause, self.first_word_end(clause))
            else:
                head, tail = clause, []
            (must_not if inner.negative_head else side).append(head)
            must.extend(tail)
        return Conjunction(tuple(must), tuple(must_not))

    def clause(self, leaf: Leaf) -> Clause | None:
        """Return the clause of a leaf, without syllables beyond MAX_SYLLABLES of the query.

        None if the leaf has no syllable, or if the limit is already reached.
        """
        every = tokens(leaf.text)
        found = every[: self.syllables_left]
        if not found:
            return None
        if len(found) < len(every):  # words are found in the interpreted part only
            leaf = replace(leaf, text=leaf.text[: found[-1].end])
        self.syllables_left -= len(found)
        if leaf.kind is LeafKind.RANGE:
            values = range_values(leaf.text, leaf.field or DATE, self.lexicon)
            if values is not None:
                return Clause(leaf, self.syllables(leaf, found), ((0, len(found)),), values=values)
            leaf = replace(leaf, kind=LeafKind.WORDS)
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
        restored = analyze(_restored_text(leaf.text, found, syllables))
        words = {(w.start, w.end): w.term for w in restored.words}
        spans = _syllable_spans(restored.syllables[: len(found)], words)
        parts: tuple[Range, ...] = ((0, len(found)),)
        entities: tuple[Entity, ...] = ()
        if leaf.kind is LeafKind.WORDS:
            gaps = _gaps(leaf.text, found)
            terms = [syllable.restored.term for syllable in syllables]
            touching = [False, *map(str.isspace, gaps[1:])]
            entities = tuple(find_entities(syllables, gaps, self.lexicon))
            parts = _fit_to_entities(
                word_spans(terms, touching, tuple(spans), self.lexicon), entities
            )
            syllables = _with_name_terms(syllables, entities)
        elif leaf.kind is LeafKind.PHRASE and not leaf.slop and leaf.field in TEXT_FIELDS:
            entities = tuple(find_numbers(syllables, _gaps(leaf.text, found), self.lexicon))
        pyvi_words = tuple((i, j, term) for (i, j), term in spans.items())
        return Clause(leaf, syllables, parts, pyvi_words, entities)

    def first_word_end(self, clause: Clause) -> int:
        """Return the number of syllables of the first word of a clause.

        A long form of an abbreviation at the beginning counts as a word (uỷ ban nhân dân).
        """
        slots = [bare_any_form(syllable) for syllable in clause.syllables]
        longer = (other.end for other in synonyms(clause, slots, self.lexicon) if not other.start)
        return max((clause.word_spans[0][1], *longer))

    def split_value(
        self, clause: Clause, facet: str, *, excluded: bool
    ) -> tuple[Clause, list[Clause]]:
        """Split a clause into the syllables that name a value of `facet` and the text after them.

        Returns the clause of the value, and a list of at most one clause of text. If the first
        syllable names no value, the whole clause is taken as the value, so that nothing is found;
        with `excluded`, only its first word is, and the text after it must match.
        """
        terms = [syllable.term for syllable in clause.syllables]
        at = value_length(terms, facet, self.lexicon)
        if not at:
            at = self.first_word_end(clause) if excluded else len(terms)
        head, tail = _split(clause, at)
        return head, [replace(rest, leaf=replace(rest.leaf, field=None)) for rest in tail]

    def syllables(self, leaf: Leaf, found: Sequence[Token]) -> tuple[Syllable, ...]:
        literal = leaf.kind is LeafKind.LITERAL
        forms = [(token.term,) if literal else self.forms(token.term) for token in found]
        lattice = [
            self.lattice_slot(token.term, slot, () if literal else countries_meant(found, at))
            for at, (token, slot) in enumerate(zip(found, forms, strict=True))
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
        """Return the terms of the index with the fold of `term`, most frequent first.

        If the index lacks `term` itself, that is put first.
        """
        known = self.lexicon.variants(fold(term))
        return known if term in known else (term, *known)

    def lattice_slot(
        self, term: str, forms: Sequence[str], countries: Sequence[str] = ()
    ) -> list[Form]:
        """Return the forms that `restore` chooses from, the typed one first: at most MAX_FORMS of
        the index, and those of question words and of `countries`, which the index may lack.

        `forms` are all forms of `term`, the most frequent first. Returns the typed form alone if it
        has marks and the index has it, or if it cannot have marks.
        """
        if (has_marks(term) and self.lexicon.frequency(term)) or not could_have_marks(term):
            return [Form(term)]
        typed = Form(term, _TYPED_PRIOR_AMONG_MARKED) if self.marked else Form(term, is_bare=True)
        asked = (form for form in asked_forms(fold(term)) if is_compatible(term, form))
        others = dict.fromkeys((*forms[:MAX_FORMS], *asked, *countries))
        return [
            typed,
            *(
                Form(form, unpaired_prior=_COUNTRY_PRIOR if form in countries else 1.0)
                for form in others
                if form != term
            ),
        ]


def _gaps(text: str, found: Sequence[Token]) -> list[str]:
    """Return, for each token, the text between it and the one before; "" for the first."""
    return ["", *(text[a.end : b.start] for a, b in pairwise(found))]


def _fit_to_entities(spans: Iterable[Range], entities: Sequence[Entity]) -> tuple[Range, ...]:
    """Return the word spans `[i, j)`, joined and cut so that each entity is exactly one span.

    `spans` and the result are of indexes of syllables, in order, and cover all of the clause.
    """
    ends = {at for _, at in spans} | {at for e in entities for at in (e.start, e.end)} - {0}
    inside = {at for e in entities for at in range(e.start + 1, e.end)}
    return tuple(pairwise([0, *sorted(ends - inside)]))


def _with_name_terms(
    syllables: tuple[Syllable, ...], entities: Sequence[Entity]
) -> tuple[Syllable, ...]:
    """Return the syllables of a clause; those that an entity names get `name_term`, the term that
    the name has at their place (`Entity.name_terms`)."""
    terms = dict(item for entity in entities for item in entity.name_terms)
    if not terms:
        return syllables
    return tuple(replace(s, name_term=terms.get(at)) for at, s in enumerate(syllables))


def _syllable_spans(
    found: Sequence[Token], words: dict[tuple[int, int], str]
) -> dict[tuple[int, int], str]:
    """Return span of syllables `[i, j)` → word, given span of code points `[start, end)` → word.

    `i` and `j` are indexes of `found`. A word that does not begin and end with a token is left out.
    """
    starts = {token.start: at for at, token in enumerate(found)}
    ends = {token.end: at + 1 for at, token in enumerate(found)}
    return {
        (starts[start], ends[end]): term
        for (start, end), term in words.items()
        if start in starts and end in ends
    }


def _restored_text(text: str, found: Sequence[Token], syllables: Sequence[Syllable]) -> str:
    """Return `text` with each syllable replaced by its restored form, with the capitals that were
    typed. `found` and `syllables` are those of `text`, in order."""
    out, at = [], 0
    for token, syllable in zip(found, syllables, strict=True):
        out += [text[at : token.start], match_case(syllable.typed, syllable.restored.term)]
        at = token.end
    return "".join([*out, text[at:]])


def match_case(typed: str, term: str) -> str:
    """Return `term` with the capitals of `typed`: all letters, the first one, or none.

    If `typed` differs from `term` only in case or in i and y, it is returned unchanged.
    """
    if term == unify_i_y(typed.lower()):
        return typed
    if typed.isupper() and len(typed) > 1:
        return term.upper()
    return term.capitalize() if typed[:1].isupper() else term


def _split(clause: Clause, at: int) -> tuple[Clause, list[Clause]]:
    """Return the first `at` syllables of a clause as a clause of one word span, and the rest.

    The rest is a list of one clause, or empty. pyvi's words of the first part, and entities that
    the cut divides, are dropped.
    """
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
        entities=tuple(entity.shifted(-at) for entity in clause.entities if entity.start >= at),
    )
    return head, [rest]


def word_spans(
    terms: Sequence[str], touching: Sequence[bool], words: Sequence[Range], lexicon: Lexicon
) -> Iterator[Range]:
    """Yield the spans `[i, j)` of syllables that must stand side by side; they cover all, in order.

    A pyvi word is one span, but is split between two syllables that the index never has side by
    side. Single syllables are joined if the index mostly has them side by side (_MIN_JOINT_SHARE),
    as in names and places that pyvi does not know.

    Parameters
    ----------
    terms : the terms of the syllables as they were probably meant, at least one.
    touching : for each syllable, True if only white space stands between it and the one before.
    words : spans `[i, j)` of syllables of pyvi's words, and of the words inside its long compounds.
    """
    # A long compound with words inside it is a phrase: the words inside it are the spans.
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
            if together and together >= _MIN_JOINT_SHARE * rarer:
                continue
        yield begin, at
        begin = at
    yield begin, len(terms)

"""Parser of the query language: any string → a syntax tree.

    dân vận             words, all of which must match
    "dân vận khéo"      phrase; also “ ” and « »
    "dân khéo"~5        near: in this order, with at most five other positions in between
    -"sơ kết"  -hội     exclusion
    A OR B, A HOẶC B    disjunction; binds looser than juxtaposition; parentheses group
    A AND B, A VÀ B     both, as A B; A NOT B, A KHÔNG B: as A -B
    dân*                prefix: syllables that begin with these letters
    =dân                literal: exactly these marks, on every rung of the ladder
    tiêu_đề:khéo        only in this field (see FIELDS); applies to the words that follow it
    năm:2021            this facet value; the words that follow the value are text again
    năm:2010-2015       a range: also 2010 - 2015, 2010..2015, ..2015, >2020, <=3/2019; without a
                        field, of dates

Nothing is an error: text that matches no rule is parsed as words. The parser makes one pass with an
explicit stack, so long or deeply nested texts need neither much time nor recursion.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from enum import StrEnum

from indexer.analysis import strip_marks
from indexer.facets import DATE, QUERY_FIELDS

MAX_CHARACTERS = 10_000
"""Number of code points of a query text that are parsed; the rest is ignored."""
MAX_LEAVES = 64
"""Greatest number of leaves of a tree; the rest of the text is ignored."""
MAX_DEPTH = 16
"""Greatest number of nested parentheses; deeper ones are ignored, but not the text inside them."""
MAX_SLOP = 50
"""Largest slop in positions; a larger number is reduced to it."""


class LeafKind(StrEnum):
    """How the text of a leaf must match.

    WORDS      every word, anywhere
    PHRASE     the syllables as a sequence; typed in quotes
    PREFIX     a syllable that begins with the text; typed with * at its end
    LITERAL    the syllable with exactly these marks; typed after =
    RANGE      a value of the facet `field` between two ends, or above or below one; typed as in the
               docstring of the module
    """

    WORDS = "words"
    PHRASE = "phrase"
    PREFIX = "prefix"
    LITERAL = "literal"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A piece of the query text, with the way in which it must match.

    Attributes
    ----------
    text : as typed, without quotes, *, = and field name.
    start : offset of `text` in the query text, in code points.
    field : "title", "body", the name of a facet, or None for any text.
    slop : of a phrase, in positions (`indexer.query.plan.Phrase`); 0 for other kinds.
    negative_head : only with WORDS. If True, the first *word* is excluded and the others must
        match; `interpret` finds where the first word ends (`-hội nghị 2020` excludes "hội nghị").
    """

    kind: LeafKind
    text: str
    start: int
    field: str | None = None
    slop: int = 0
    negative_head: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A disjunction in the syntax tree, with a conjunction for each of its alternatives.

    A document matches if all parts of at least one conjunction match. No conjunction is empty; a
    query text without any word has none.
    """

    alternatives: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    """A part of a conjunction that must not match; typed with -, NOT or KHÔNG before it."""

    part: Leaf | Group


Part = Leaf | Group | Excluded

FIELDS: dict[str, str] = {**QUERY_FIELDS}
"""Name of a field in the query language → `title`, `body` or the name of a facet. The names have
marks; they may be typed without."""

_BARE_FIELDS = {strip_marks(name): target for name, target in FIELDS.items()}
"""Field name without marks → its target in FIELDS."""

TEXT_FIELDS = (None, "title", "body")
"""Fields of a leaf that are text; any other is the name of a facet."""

OR_OPERATORS = ("OR", "HOẶC")
"""The words that separate alternatives; only in capitals."""
AND_OPERATORS = ("AND", "VÀ")
"""The words that join parts; only in capitals, and not in a text without small letters."""
NOT_OPERATORS = ("NOT", "KHÔNG")
"""The words that exclude what follows, under the same conditions."""
OPERATORS = (*OR_OPERATORS, *AND_OPERATORS, *NOT_OPERATORS)
"""All words that are operators where they are typed in capitals."""

_RANGE = re.compile(r"[<>]=?[\d.,/+-]+|[\d.,/+-]*(?:\.\.|…|–)[\d.,/+-]*|[\d/.]+-[\d/.]+")
"""Matches what may be a range after the name of a facet; `query.entities.periods` decides."""
_SPACED_RANGE = re.compile(r"[\d./]+\s+[-–]\s+[\d./]+(?=[\s)]|$)|[<>]=?\s+[\d./]+(?=[\s)]|$)")
"""Matches a range with spaces around its sign (2010 - 2015), after the name of a facet."""
_DAY = r"(?:\d{1,2}/){0,2}\d{4}"
"""A date in a range of dates: 2010, 3/2010 or 15/3/2010."""
_DATE_RANGE = re.compile(rf"[<>]=?{_DAY}|{_DAY}\.\.{_DAY}")
"""Matches a range of dates that is typed without a field."""

_TOKEN = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<area>\(0\d{{1,3}}\)(?=\s?\d))
    | (?P<open>\() | (?P<close>\))
    | (?P<phrase>"(?P<q1>[^"]*)"|[“„](?P<q2>[^“”„"]*)[”“"]|«(?P<q3>[^«»]*)»)
      (?:~(?P<slop>\d{{1,9}}))?
    | (?P<stray>["“”„«»])
    | (?P<not>(?<!\S)-(?=[^\s-])|(?<=\()-(?=[^\s-]))
    | (?P<or>(?:{"|".join(OR_OPERATORS)})(?=[\s(]|$))
    | (?P<and>(?:{"|".join(AND_OPERATORS)})(?=\s+[^\s)]|\())
    | (?P<no>(?:{"|".join(NOT_OPERATORS)})(?:\s+(?=[^\s)])|(?=\()))
    | (?P<field>[^\W\d]\w*):(?=[^\s:/)])
    | (?P<literal>=(?=[^\W_]))
    | (?P<word>[^\s()"“”„«»]+)
    """,
    re.VERBOSE,
)


@dataclass
class _Frame:
    """An open parenthesis, or the whole query text.

    Attributes
    ----------
    excluded : True if its group is excluded (`-(…)`).
    field : the field that applies before and after the parenthesis, as in `Leaf`.
    alternatives : the conjunctions read so far; parts are added to the last one.
    """

    excluded: bool = False
    field: str | None = None
    alternatives: list[list[Part]] = default(default_factory=lambda: [[]])


def parse(text: str, own_fields: Mapping[str, str] = {}) -> Group:
    """Return the syntax tree of a query text. Accepts any string; the time is linear in its length.

    `text` is in NFC. `own_fields` maps the names of the archive's own fields in the query language
    to their facets. Beyond MAX_CHARACTERS or MAX_LEAVES the rest of the text is ignored, beyond
    MAX_DEPTH the parentheses.
    """
    return _Parser(text[:MAX_CHARACTERS], own_fields).run()


class _Parser:
    def __init__(self, text: str, own_fields: Mapping[str, str]) -> None:
        self.text = text
        self.own_fields = own_fields
        self.frames = [_Frame()]
        self.ignored_depth = 0  # open parentheses beyond MAX_DEPTH, to skip their closing ones
        self.leaves = 0
        self.excluded = False
        self.field: str | None = None
        self.literal = False
        self.has_operators = any(map(str.islower, text))
        self.words: tuple[int, int] | None = None  # span of the words that are not yet a leaf

    def run(self) -> Group:
        at = 0
        while at < len(self.text) and self.leaves < MAX_LEAVES:
            is_value = self.field not in TEXT_FIELDS and not self.words
            if is_value and (spaced := _SPACED_RANGE.match(self.text, at)):
                self._add(LeafKind.RANGE, spaced[0], at)
                at = spaced.end()
                continue
            match = _TOKEN.match(self.text, at)
            if match is None:  # a character that no rule matches
                at += 1
                continue
            self._consume(match)
            at = match.end()
        while len(self.frames) > 1:
            self._close()
        self._end_words()
        return _group(self.frames[0])

    def _consume(self, match: re.Match[str]) -> None:
        kind = match.lastgroup
        if kind == "space" or kind == "stray":
            return
        if match["word"] is not None:
            self._word(match["word"], match.start())
            return
        if match["area"]:  # (024) 3825 1234
            self._extend_words(*match.span())
            return
        operator = match["and"] or match["no"]
        if operator and not (self.has_operators and (match["no"] or self._has_left())):
            self._word(operator.rstrip(), match.start())
            return
        field = self._field_named(match["field"]) if match["field"] else None
        if match["field"] and not field:
            # A colon between words, as in headlines (Hà Nội:mưa lớn), belongs to the words.
            self.literal = False
            self._extend_words(*match.span("field"))
            return
        self._end_words()
        if match["phrase"] is not None:
            phrase = next(g for g in ("q1", "q2", "q3") if match[g] is not None)
            slop = min(int(match["slop"] or 0), MAX_SLOP)
            self._add(LeafKind.PHRASE, match[phrase], match.start(phrase), slop)
            self.field = self.frames[-1].field
        elif match["open"]:
            self._open()
        elif match["close"]:
            self._close()
        elif match["or"]:
            if self.frames[-1].alternatives[-1]:
                self.frames[-1].alternatives.append([])
            self.field = self.frames[-1].field
        elif match["not"] or match["no"]:
            self.excluded, self.field = True, self.frames[-1].field
        elif match["literal"]:
            self.literal = True
        elif field:
            self.field = field

    def _field_named(self, typed: str) -> str | None:
        """Return `title`, `body` or the facet that the field name `typed` stands for, or None if it
        is no field name.

        A name counts with all its marks (nơi) or none (noi). A capitalised name without marks is a
        field only if no words stand before it: "Nam" in "Việt Nam:thắng" is part of a name.
        """
        name = typed.lower()
        if name in FIELDS or (typed[0].isupper() and self.words):
            return FIELDS.get(name) or self.own_fields.get(name)
        if name in self.own_fields:
            return self.own_fields[name]
        bare = _BARE_FIELDS.get(name)
        if bare is None and self.own_fields:
            bare = {strip_marks(own): facet for own, facet in self.own_fields.items()}.get(name)
        return bare

    def _has_left(self) -> bool:
        """True if the conjunction being read has a part, or words that are not yet a leaf."""
        return bool(self.words or self.frames[-1].alternatives[-1])

    def _word(self, word: str, start: int) -> None:
        if self.field not in TEXT_FIELDS and not self.words and _RANGE.fullmatch(word):
            self._add(LeafKind.RANGE, word, start)
        elif self.field is None and _DATE_RANGE.fullmatch(word):
            self._end_words()
            self.field = DATE
            self._add(LeafKind.RANGE, word, start)
        elif self.literal:
            self.literal = False
            self._add(LeafKind.LITERAL, word, start)
        elif len(word) > 1 and word.endswith("*") and "*" not in word[:-1]:
            self._end_words()
            self._add(LeafKind.PREFIX, word[:-1], start)
        else:
            self._extend_words(start, start + len(word))

    def _extend_words(self, start: int, end: int) -> None:
        """Add the range `[start, end)` of the query text to the words that will become one leaf."""
        self.words = (self.words[0] if self.words else start, end)

    def _end_words(self) -> None:
        if self.words:
            start, end = self.words
            self.words = None
            self._add(LeafKind.WORDS, self.text[start:end], start)
        self.literal = False

    def _add(self, kind: LeafKind, text: str, start: int, slop: int = 0) -> None:
        excluded, self.excluded = self.excluded, False
        if self.leaves == MAX_LEAVES:
            return
        self.leaves += 1
        row = self.frames[-1].alternatives[-1]
        if excluded and kind is LeafKind.WORDS:
            row.append(Leaf(kind, text, start, self.field, negative_head=True))
        else:
            leaf = Leaf(kind, text, start, self.field, slop)
            row.append(Excluded(leaf) if excluded else leaf)
        if self.field not in TEXT_FIELDS:
            self.field = self.frames[-1].field

    def _open(self) -> None:
        if len(self.frames) > MAX_DEPTH:
            self.ignored_depth += 1
            return
        self.frames.append(_Frame(self.excluded, self.field))
        self.excluded = False

    def _close(self) -> None:
        self._end_words()
        if self.ignored_depth:
            self.ignored_depth -= 1
        elif len(self.frames) > 1:
            frame = self.frames.pop()
            group = _group(frame)
            if group.alternatives:
                row = self.frames[-1].alternatives[-1]
                row.append(Excluded(group) if frame.excluded else group)
            self.field = self.frames[-1].field


def _group(frame: _Frame) -> Group:
    return Group(tuple(tuple(row) for row in frame.alternatives if row))

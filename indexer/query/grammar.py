"""The query language: any string at all → a tree of what was typed.

    dân vận             words: all of them
    "dân vận khéo"      phrase; also “ ” and « »
    "dân khéo"~5        near: in this order, at most five syllables more than side by side
    -"sơ kết"  -hội     not
    A OR B, A HOẶC B    either; binds looser than standing side by side; parentheses group
    dân*                syllables that begin so
    =dân                exactly this accent, whatever the ladder does
    tiêu_đề:khéo        only in this field (see FIELDS); holds for the words that follow it
    năm:2021            has this value; what follows it is text again

Everything is optional and nothing is an error: what cannot be parsed is taken as words. The parser
is one pass with a stack of its own, so that neither length nor nesting can hurt it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field as default
from enum import StrEnum

from indexer.analysis import strip_marks
from indexer.facets import FACETS

MAX_CHARACTERS = 10_000
MAX_LEAVES = 64
MAX_DEPTH = 16
MAX_SLOP = 50


class LeafKind(StrEnum):
    """What a leaf asks of its text."""

    WORDS = "words"
    PHRASE = "phrase"
    PREFIX = "prefix"
    LITERAL = "literal"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A piece of the query text: `start` is its offset there. `field` is a name of FIELDS or None.

    `negative_head` on WORDS: the first *word* is excluded, the others are asked for; only the
    reading knows where the first word ends (`-hội nghị 2020` excludes "hội nghị").
    """

    kind: LeafKind
    text: str
    start: int
    field: str | None = None
    slop: int = 0
    negative_head: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives, each a row of parts that are all asked for."""

    alternatives: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    """What must not be there."""

    part: Leaf | Group


Part = Leaf | Group | Excluded

FIELDS: dict[str, str] = {
    "tiêu_đề": "title", "title": "title",
    "nội_dung": "body", "body": "body",
    **{name: facet.name for facet in FACETS for name in facet.query_fields},
}  # fmt: skip
"""Field names → `title`, `body` or the name of a facet; they may be typed without marks."""

_BARE_FIELDS = {strip_marks(name): target for name, target in FIELDS.items()}

TEXT_FIELDS = (None, "title", "body")

EITHER = ("OR", "HOẶC")
"""What joins alternatives, in capitals only."""

_TOKEN = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<open>\() | (?P<close>\))
    | (?P<phrase>"(?P<q1>[^"]*)"|[“„](?P<q2>[^“”„"]*)[”“"]|«(?P<q3>[^«»]*)»)
      (?:~(?P<slop>\d{{1,9}}))?
    | (?P<stray>["“”„«»])
    | (?P<not>(?<!\S)-(?=[^\s-])|(?<=\()-(?=[^\s-]))
    | (?P<or>(?:{"|".join(EITHER)})(?=[\s(]|$))
    | (?P<field>[^\W\d]\w*):(?=[^\s:/)])
    | (?P<literal>=(?=[^\W_]))
    | (?P<word>[^\s()"“”„«»]+)
    """,
    re.VERBOSE,
)


@dataclass
class _Frame:
    """An open parenthesis, and what is to be done with the group when it closes."""

    excluded: bool = False
    field: str | None = None
    alternatives: list[list[Part]] = default(default_factory=lambda: [[]])


def parse(text: str) -> Group:
    """The tree of a query text; total, and linear in its length.

    `text` is in any case NFC already (`indexer.analysis.normalize`); beyond MAX_CHARACTERS,
    MAX_LEAVES and MAX_DEPTH the rest is left out, or the parentheses are.
    """
    return _Parser(text[:MAX_CHARACTERS]).run()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.frames = [_Frame()]
        self.unopened = 0  # parentheses beyond MAX_DEPTH, whose closing ones are passed over
        self.leaves = 0
        self.excluded = False
        self.field: str | None = None
        self.literal = False
        self.words: tuple[int, int] | None = None

    def run(self) -> Group:
        at = 0
        while at < len(self.text) and self.leaves < MAX_LEAVES:
            match = _TOKEN.match(self.text, at)
            if match is None:  # a sign no rule wants
                at += 1
                continue
            self._take(match)
            at = match.end()
        while len(self.frames) > 1:
            self._close()
        self._end_words()
        return _group(self.frames[0])

    def _take(self, match: re.Match[str]) -> None:
        kind = match.lastgroup
        if kind == "space" or kind == "stray":
            return
        if match["word"] is not None:
            self._word(match)
            return
        field = self._field_named(match["field"]) if match["field"] else None
        if match["field"] and not field:
            # A colon between words, as headlines have it (Hà Nội:mưa lớn).
            self.literal = False
            self._go_on(*match.span("field"))
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
        elif match["not"]:
            self.excluded, self.field = True, self.frames[-1].field
        elif match["literal"]:
            self.literal = True
        elif field:
            self.field = field

    def _field_named(self, typed: str) -> str | None:
        """The field of this name, which has all its marks or none: Nội is not nơi. Without any it
        is no field in a name (Việt Nam:thắng), only where the text begins with that capital."""
        name = typed.lower()
        if name in FIELDS or (typed[0].isupper() and self.words):
            return FIELDS.get(name)
        return _BARE_FIELDS.get(name)

    def _word(self, match: re.Match[str]) -> None:
        word, start = match["word"], match.start()
        if self.literal:
            self.literal = False
            self._add(LeafKind.LITERAL, word, start)
        elif len(word) > 1 and word.endswith("*") and "*" not in word[:-1]:
            self._end_words()
            self._add(LeafKind.PREFIX, word[:-1], start)
        else:
            self._go_on(start, match.end())

    def _go_on(self, start: int, end: int) -> None:
        """Take what lies there for a word beside those before it."""
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
            self.unopened += 1
            return
        self.frames.append(_Frame(self.excluded, self.field))
        self.excluded = False

    def _close(self) -> None:
        self._end_words()
        if self.unopened:
            self.unopened -= 1
        elif len(self.frames) > 1:
            frame = self.frames.pop()
            group = _group(frame)
            if group.alternatives:
                row = self.frames[-1].alternatives[-1]
                row.append(Excluded(group) if frame.excluded else group)
            self.field = self.frames[-1].field


def _group(frame: _Frame) -> Group:
    return Group(tuple(tuple(row) for row in frame.alternatives if row))

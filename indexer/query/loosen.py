"""Loosen a query text: phrases and exact syllables become plain words, everything else stays.

The page offers the result if a query with quotes or signs finds nothing. The text is written from
the syntax tree, so that fields and exclusions keep their meaning.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from indexer.analysis import tokens
from indexer.facets import OWN_PREFIX
from indexer.query.grammar import (
    FIELDS,
    OPERATORS,
    TEXT_FIELDS,
    Excluded,
    Group,
    Leaf,
    LeafKind,
    Part,
    parse,
)

_FIELD_NAMES = {target: name for name, target in reversed(FIELDS.items())}
"""`title`, `body` or the name of a facet → the first name in FIELDS that stands for it."""

_QUOTES = frozenset('"“”„«»')


def loosen(text: str, own_fields: Mapping[str, str] = {}) -> str | None:
    """Return a query text in which the phrases of `text` are words; None if it has none to loosen.

    A phrase in quotes and an exact syllable (`=dân`) become words of the same field, also inside
    parentheses; prefixes, facet values and exclusions stay. Accepts any string; the result is in
    NFC.
    `own_fields` is as in `grammar.parse`.

    Law: `parse(loosen(text))` has the same exclusions, and in every alternative the same syllables
    in each field, as `parse(text)`.
    """
    tree = parse(unicodedata.normalize("NFC", text), own_fields)
    if not _can_loosen(tree):
        return None
    return _group(tree, loose=True)


def _can_loosen(group: Group) -> bool:
    return any(
        _can_loosen(part)
        if isinstance(part, Group)
        else isinstance(part, Leaf) and _is_strict_text(part)
        for row in group.alternatives
        for part in row
    )


def _is_strict_text(leaf: Leaf) -> bool:
    """True if the leaf is a phrase or an exact syllable that is searched in title or body.

    A facet value in quotes is not searched there.
    """
    return leaf.kind in (LeafKind.PHRASE, LeafKind.LITERAL) and leaf.field in TEXT_FIELDS


def _group(group: Group, *, loose: bool) -> str:
    return " OR ".join(filter(None, (_row(row, loose=loose) for row in group.alternatives)))


def _row(row: Sequence[Part], *, loose: bool) -> str:
    """Return a query text that is parsed to these parts of a conjunction, but in another order.

    A field applies to what follows it, and words after an exclusion are part of it; so parts for
    any text come first, then those of each field, then exclusions. With `loose`, phrases and exact
    syllables are written as words. Parts without syllables are left out; "" if none is left.
    """
    words: dict[str | None, list[str]] = {None: []}
    others: list[str] = []
    fielded: list[str] = []
    exclusions: list[str] = []
    for part in row:
        if not _has_syllables(part):
            continue
        if isinstance(part, Excluded):
            exclusions.append(f"-{_strict(part.part)}")
        elif isinstance(part, Group):
            others.append(f"({_group(part, loose=loose)})")
        elif part.negative_head:
            exclusions.append(f"-{_strict(part)}")
        elif part.field in TEXT_FIELDS and (
            part.kind is LeafKind.WORDS or (loose and _is_strict_text(part))
        ):
            words.setdefault(part.field, []).extend(_plain_words(part.text))
        elif part.field in TEXT_FIELDS and part.field:
            fielded.append(_strict(part))
        else:
            others.append(_strict(part))
    fielded += [
        _prefix(field) + " ".join(texts) for field, texts in words.items() if texts and field
    ]
    return " ".join([*words[None], *others, *fielded, *exclusions])


def _has_syllables(part: Part) -> bool:
    if isinstance(part, Excluded):
        return _has_syllables(part.part)
    if isinstance(part, Group):
        return any(_has_syllables(inner) for row in part.alternatives for inner in row)
    return bool(tokens(part.text))


def _strict(part: Leaf | Group) -> str:
    """Return a part as query text, with phrases in quotes and exact syllables after "="."""
    if isinstance(part, Group):
        return f"({_group(part, loose=False)})"
    head = _prefix(part.field)
    if part.kind is LeafKind.PHRASE:
        first, last = '""' if '"' not in part.text else "«»"
        near = f"~{part.slop}" if part.slop else ""
        return f"{head}{first}{part.text}{last}{near}"
    if part.kind is LeafKind.PREFIX:
        return f"{head}{'-'.join(_plain_words(part.text))}*"
    if part.kind is LeafKind.RANGE:
        return head + part.text
    if part.kind is LeafKind.LITERAL:
        return f"{head}={'-'.join(_plain_words(part.text))}"
    return head + " ".join(_plain_words(part.text))


def _prefix(field: str | None) -> str:
    if not field:
        return ""
    return f"{_FIELD_NAMES.get(field, field.removeprefix(OWN_PREFIX))}:"


def _plain_words(text: str) -> Iterator[str]:
    """Yield the words of a text in such a form that the parser reads each of them as a plain word,
    in order.

    The text is split at white space. A part that the parser would not read as a word, because of
    quotes, a colon or another sign of the query language, is yielded as its syllables without the
    signs, and an operator (OR) in lower case.
    """
    for piece in text.split():
        if _is_plain(piece):
            yield piece
            continue
        for token in tokens(piece):
            word = piece[token.start : token.end]
            yield word.lower() if word in OPERATORS else word


def _is_plain(piece: str) -> bool:
    """True if the parser reads `piece`, a string without spaces, as a word wherever it stands."""
    if not piece[0].isalnum() or piece in OPERATORS or _QUOTES.intersection(piece):
        return False
    return parse(piece) == Group(((Leaf(LeafKind.WORDS, piece, 0),),))

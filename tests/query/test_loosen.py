"""Loosening opens phrases and leaves fields and exclusions as they are."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_grammar import QUERIES

from indexer.analysis import terms_in
from indexer.query.grammar import Excluded, Group, Leaf, LeafKind, parse
from indexer.query.loosen import loosen


@pytest.mark.parametrize(
    ("text", "loosened"),
    [
        ('"khéo vận dân"~5', "khéo vận dân"),
        ('tiêu_đề:"dân vận khéo"', "tiêu_đề:dân vận khéo"),
        ('-("sơ kết" (quý)) "vận dân khéo"', 'vận dân khéo -("sơ kết" (quý))'),
        ('"dân vận" khéo', "dân vận khéo"),
        ('tiêu_đề:"dân vận" khéo', "khéo tiêu_đề:dân vận"),
        ('title:"a b" body:"c d" e', "e tiêu_đề:a b nội_dung:c d"),
        ("=dân vận", "dân vận"),
        ('"dân vận" -"sơ kết"~3', 'dân vận -"sơ kết"~3'),
        ('-hội nghị "dân vận"', "dân vận -hội nghị"),
        ('năm:2021 "sơ kết"', "sơ kết năm:2021"),
        ('("dân vận" OR "sơ kết") khéo', "khéo (dân vận OR sơ kết)"),
        ('"dân vận" OR "sơ kết" x', "dân vận OR sơ kết x"),
        ('"A OR B (c) -d năm:1"', "A or B c d năm 1"),
        ('«nói "có"» -«nói "không"»', 'nói có -«nói "không"»'),
        ('"42/NQ-CP"', "42/NQ-CP"),
        ('dân* "vận khéo"', "vận khéo dân*"),
    ],
)
def test_phrases_become_words_and_all_else_stays(text: str, loosened: str) -> None:
    assert loosen(text) == loosened


@pytest.mark.parametrize(
    "text", ["", "dân vận", "dân* -hội", '-"sơ kết" dân', "(a OR b) tiêu_đề:c"]
)
def test_a_text_without_phrases_is_not_loosened(text: str) -> None:
    assert loosen(text) is None


def demands(group: Group, *, loose: bool = False) -> list[object]:
    """Return what each alternative of a group asks for: its syllables by field, and its other parts
    and exclusions.

    With `loose`, phrases count as single syllables.
    """
    found: list[object] = []
    for row in group.alternatives:
        words: Counter[tuple[str | None, str]] = Counter()
        others: Counter[object] = Counter()
        for part in row:
            inside = part.part if isinstance(part, Excluded) else part
            if isinstance(inside, Leaf) and not terms_in(inside.text):
                continue
            if isinstance(part, Excluded):
                if inner := demand(part.part):
                    others["not", str(inner)] += 1
            elif isinstance(part, Group):
                if inner := demands(part, loose=loose):
                    others[str(inner)] += 1
            elif is_words(part, loose=loose):
                words.update((part.field, term) for term in terms_in(part.text))
            else:
                others[str(demand(part))] += 1
        if words or others:
            found.append((sorted(words.items(), key=str), sorted(others.items(), key=str)))
    return found


def is_words(leaf: Leaf, *, loose: bool) -> bool:
    """Return True if a leaf asks for its syllables as plain words; with `loose`, also for a phrase
    or an exact syllable."""
    if leaf.negative_head or is_facet(leaf):
        return False
    return leaf.kind is LeafKind.WORDS or (
        loose and leaf.kind in (LeafKind.PHRASE, LeafKind.LITERAL)
    )


def demand(part: Leaf | Group) -> object:
    if isinstance(part, Group):
        return demands(part)
    return part.kind, part.field, terms_in(part.text), part.slop, part.negative_head


def is_facet(leaf: Leaf) -> bool:
    return leaf.field not in (None, "title", "body")


SIGNS = st.lists(
    st.sampled_from(
        '"a b"|“c d”|«e "f"»|tiêu_đề:|năm:|nơi:|-|(|)| OR | |dân|vận|x*|=y|"~3|Noi:|OR|HOẶC |title:'
        "|:|~2|42/NQ-CP".split("|")
    ),
    max_size=14,
).map("".join)


@given(QUERIES | SIGNS)
@settings(max_examples=400)
@example('tiêu_đề:"a" b')
@example('-"a" =b')
def test_the_loosened_text_asks_for_the_same_with_phrases_opened(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    loosened = loosen(text)
    if loosened is not None:
        assert demands(parse(loosened)) == demands(parse(text), loose=True)

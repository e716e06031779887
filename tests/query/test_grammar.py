"""The parser of the query language."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from texts import ANYTHING, LONG_RUNS, VIETNAMESE, long_run

from indexer.analysis import strip_marks
from indexer.facets import FACET_NAMES
from indexer.query.grammar import (
    FIELDS,
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_LEAVES,
    MAX_SLOP,
    Excluded,
    Group,
    Leaf,
    parse,
)

OPERATORS = st.lists(
    st.sampled_from(
        'dân vận "sơ kết" ( ) " “ ” « » - OR HOẶC * ~5 ~ = : title: tiêu_đề: năm:2021 x: -( =a a* '
        "http://a.vn 7/1/2021 --a -* _ AND VÀ NOT KHÔNG năm:2010-2015 >2020 2010..2015 \n".split(
            " "
        )
    )
    | st.just(" "),
    max_size=30,
).map("".join)
QUERIES = OPERATORS | VIETNAMESE | ANYTHING


def as_line(part: Leaf | Group | Excluded) -> str:
    """Return a tree as one line: `kind[field]:text~slop`.

    `-` marks an exclusion, `!` one of only the first word.
    """
    if isinstance(part, Excluded):
        return f"-{as_line(part.part)}"
    if isinstance(part, Group):
        return "(" + " | ".join(" ".join(map(as_line, row)) for row in part.alternatives) + ")"
    field = f"[{part.field}]" if part.field else ""
    slop = f"~{part.slop}" if part.slop else ""
    return f"{'!' if part.negative_head else ''}{part.kind}{field}:{part.text}{slop}"


def leaves(part: Leaf | Group | Excluded) -> list[Leaf]:
    if isinstance(part, Excluded):
        return leaves(part.part)
    if isinstance(part, Group):
        return [leaf for row in part.alternatives for child in row for leaf in leaves(child)]
    return [part]


def depth(part: Leaf | Group | Excluded) -> int:
    if isinstance(part, Excluded):
        return depth(part.part)
    if isinstance(part, Group):
        return 1 + max((depth(child) for row in part.alternatives for child in row), default=0)
    return 0


TABLE = {
    # words
    "dân vận": "(words:dân vận)",
    "  dân \n vận ": "(words:dân \n vận)",
    "": "()",
    "42/NQ-CP 7/1/2021": "(words:42/NQ-CP 7/1/2021)",
    "A or B": "(words:A or B)",
    "ORB HOẶCB": "(words:ORB HOẶCB)",
    # phrases
    '"dân vận" khéo': "(phrase:dân vận words:khéo)",
    "“dân vận”": "(phrase:dân vận)",
    "„dân vận“": "(phrase:dân vận)",
    "«dân vận»": "(phrase:dân vận)",
    '“dân vận"': "(phrase:dân vận)",
    '"dân vận': "(words:dân vận)",
    'dân "vận': '(words:dân "vận)',
    'dân" vận': '(words:dân" vận)',
    '""': "(phrase:)",
    # slop
    '"dân khéo"~5': "(phrase:dân khéo~5)",
    '"dân khéo"~999999': f"(phrase:dân khéo~{MAX_SLOP})",
    '"dân khéo"~': "(phrase:dân khéo words:~)",
    '"dân khéo" ~5': "(phrase:dân khéo words:~5)",
    # exclusion
    'dân -"sơ kết"': "(words:dân -phrase:sơ kết)",
    "dân -hội nghị": "(words:dân !words:hội nghị)",
    "-hội": "(!words:hội)",
    "dân - vận": "(words:dân - vận)",
    "chính trị-xã hội": "(words:chính trị-xã hội)",
    "Covid-19": "(words:Covid-19)",
    "--a": "(words:--a)",
    "-(a b)": "(-(words:a b))",
    "(-a)": "((!words:a))",
    "-dân*": "(-prefix:dân)",
    # disjunction and groups
    "a OR b": "(words:a | words:b)",
    "a HOẶC b c": "(words:a | words:b c)",
    "a OR OR b": "(words:a | words:b)",
    "a AND b VÀ c": "(words:a words:b words:c)",
    "a NOT b c": "(words:a !words:b c)",
    "a KHÔNG (b c)": "(words:a -(words:b c))",
    "NOT b a": "(!words:b a)",
    "AND a AND": "(words:AND a AND)",
    "a and b not c": "(words:a and b not c)",
    "TO BE AND NOT TO BE": "(words:TO BE AND NOT TO BE)",
    "VÀ KHÔNG GÌ": "(words:VÀ KHÔNG GÌ)",
    "năm:2010-2015 a": "(range[year]:2010-2015 words:a)",
    "năm:>2010 a": "(range[year]:>2010 words:a)",
    "a 2010..2015 b": "(words:a range[date]:2010..2015 words:b)",
    "a -năm:..2015": "(words:a -range[year]:..2015)",
    "a >5 b": "(words:a >5 b)",
    "OR a OR": "(words:a)",
    "(a OR b) c": "((words:a | words:b) words:c)",
    "a (b": "(words:a (words:b))",
    "a) b": "(words:a words:b)",
    "()": "()",
    '"a"OR b': "(phrase:a | words:b)",
    # prefix
    "dân* vận": "(prefix:dân words:vận)",
    "*": "(words:*)",
    "d*n": "(words:d*n)",
    "dân**": "(words:dân**)",
    # literal
    "=dân vận": "(literal:dân words:vận)",
    "= dân": "(words:= dân)",
    "a=b": "(words:a=b)",
    # fields
    "tiêu_đề:khéo": "(words[title]:khéo)",
    "TITLE:khéo dân": "(words[title]:khéo dân)",
    'title:"dân vận" khéo': "(phrase[title]:dân vận words:khéo)",
    "title:dân*": "(prefix[title]:dân)",
    "title:=dân": "(literal[title]:dân)",
    "title:(a b) c": "((words[title]:a b) words:c)",
    "title:a OR b": "(words[title]:a | words:b)",
    "năm:2021": "(words[year]:2021)",
    "năm:2021 dân*": "(words[year]:2021 prefix:dân)",
    'năm:2021 "dân vận"': "(words[year]:2021 phrase:dân vận)",
    'nơi:"kiên giang" dân': "(phrase[place]:kiên giang words:dân)",
    "năm:(2020 OR 2021) x": "((words[year]:2020 | words[year]:2021) words:x)",
    "năm:(2020 2021) x": "((words[year]:2020 2021) words:x)",
    "title:(a OR b)": "((words[title]:a | words[title]:b))",
    'title:("a b" c -d)': "((phrase[title]:a b words[title]:c !words[title]:d))",
    "-năm:2021 dân": "(!words[year]:2021 dân)",
    "dân -năm:2021": "(words:dân !words[year]:2021)",
    "Nam:2021 dân": "(words[year]:2021 dân)",
    "dân Năm:2021": "(words:dân words[year]:2021)",
    "Hà Nội:mưa lớn": "(words:Hà Nội:mưa lớn)",
    "Việt Nam:thắng": "(words:Việt Nam:thắng)",
    "=dân nội:x": "(literal:dân words:nội:x)",
    "14:49": "(words:14:49)",
    "https://x.vn": "(words:https://x.vn)",
    "title: khéo": "(words:title: khéo)",
    "(title:)": "((words:title:))",
}


@pytest.mark.parametrize(("text", "tree"), TABLE.items())
def test_a_text_is_parsed_to_its_tree(text: str, tree: str) -> None:
    assert as_line(parse(text)) == tree


@given(QUERIES)
def test_any_text_is_parsed_and_every_leaf_is_a_piece_of_it(text: str) -> None:
    tree = parse(text)
    for leaf in leaves(tree):
        assert text[leaf.start : leaf.start + len(leaf.text)] == leaf.text
        assert leaf.field is None or leaf.field in FIELDS.values()
        assert 0 <= leaf.slop <= MAX_SLOP
    starts = [leaf.start for leaf in leaves(tree)]
    assert starts == sorted(starts)
    assert depth(tree) <= MAX_DEPTH + 1


FIELD_NAMES = {strip_marks(name) for name in FIELDS}
"""They are known in any case, with or without marks."""


@given(QUERIES)
@example("OR(OR")
@example("NAM:0")
def test_only_the_letters_and_digits_of_operators_are_in_no_leaf(text: str) -> None:
    tree = parse(text)
    covered = {i for leaf in leaves(tree) for i in range(leaf.start, leaf.start + len(leaf.text))}
    uncovered = "".join(c if i not in covered else " " for i, c in enumerate(text)).split()
    names = {piece for word in uncovered for piece in re.split("[~:()]", word)}
    operators = {"OR", "HOẶC", "AND", "VÀ", "NOT", "KHÔNG", "5"}
    stray = {n.strip('()-="“”«»„') for n in names} - operators
    stray = {name for name in stray if strip_marks(name.lower()) not in FIELD_NAMES}
    assert not [name for name in stray if any(c.isalnum() for c in name)]


@pytest.mark.parametrize("piece", LONG_RUNS)
def test_a_long_text_is_parsed_within_the_limits(piece: str) -> None:
    tree = parse(long_run(piece))
    assert len(leaves(tree)) <= MAX_LEAVES
    assert depth(tree) <= MAX_DEPTH + 1
    assert all(leaf.start + len(leaf.text) <= MAX_CHARACTERS for leaf in leaves(tree))


def test_parentheses_beyond_the_depth_are_ignored_and_their_words_kept() -> None:
    many = MAX_DEPTH * 3
    tree = parse("(" * many + "dân" + ")" * many + " vận")
    assert [leaf.text for leaf in leaves(tree)] == ["dân", "vận"]
    assert isinstance(tree.alternatives[0][-1], Leaf)  # every parenthesis was closed again


def test_every_field_is_the_title_the_body_or_a_facet() -> None:
    assert set(FIELDS.values()) <= {"title", "body", *FACET_NAMES}
    assert set(FACET_NAMES) <= set(FIELDS.values())


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_may_be_named_without_marks(name: str) -> None:
    # A letter with its marks is one character, so the offsets are equal too.
    assert parse(f"{strip_marks(name)}:x") == parse(f"{name}:x") != parse("other:x")

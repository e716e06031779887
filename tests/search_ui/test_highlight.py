"""Laws of highlighting: no text is lost, and no letter is separated from its marks."""

from __future__ import annotations

import itertools
import re
import unicodedata
from html import escape, unescape

from hypothesis import given, settings
from hypothesis import strategies as st

from search_ui.parts.highlight import anchor, highlight_spans, highlighted, paragraphs

texts = st.text(st.sampled_from("aâđv \n\u0323\u0302.<&") | st.characters(), max_size=60)
ranges = st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=8)


@settings(deadline=None)
@given(texts, ranges)
def test_marks_are_sorted_apart_and_on_whole_letters(
    text: str, found: list[tuple[int, int]]
) -> None:
    marks = highlight_spans(text, found)
    for start, end in marks:
        assert 0 <= start < end <= len(text)
        assert start == 0 or not unicodedata.category(text[start]).startswith("M")
        assert end == len(text) or not unicodedata.category(text[end]).startswith("M")
    assert all(left[1] < right[0] for left, right in itertools.pairwise(marks))


@settings(deadline=None)
@given(texts, ranges)
def test_marks_cover_every_range(text: str, found: list[tuple[int, int]]) -> None:
    covered = {at for start, end in highlight_spans(text, found) for at in range(start, end)}
    for start, end in found:
        assert covered >= set(range(max(start, 0), min(end, len(text))))


@settings(deadline=None)
@given(texts, ranges)
def test_paragraphs_lose_only_white_space(text: str, found: list[tuple[int, int]]) -> None:
    cut = paragraphs(text, found)
    joined = "".join(text[start:end] for start, end, _ in cut)
    assert "".join(joined.split()) == "".join(text.split())
    covered = {at for span in highlight_spans(text, found) for at in range(*span)}
    for start, end, marks in cut:
        assert {at for span in marks for at in range(*span)} == covered & set(range(start, end))
        assert all(one < other for one, other in marks)


def highlighted_texts(text: str, found: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in highlight_spans(text, found)]


def test_syllables_side_by_side_are_one_mark() -> None:
    assert highlighted_texts("công tác dân vận, dân", [(9, 12), (13, 16), (18, 21)]) == [
        "dân vận",
        "dân",
    ]


def test_ranges_may_touch_and_overlap() -> None:
    assert highlight_spans("abcdef", [(0, 2), (2, 3), (1, 4)]) == [(0, 4)]
    assert highlight_spans("abcdef", [(0, 5), (1, 2)]) == [(0, 5)]


def test_decomposed_letters_stay_whole() -> None:
    text = unicodedata.normalize("NFD", "vận")
    assert len(text) == 5
    assert highlighted_texts(text, [(0, 2)]) == [unicodedata.normalize("NFD", "vậ")]


@given(texts, ranges)
def test_as_html_nothing_of_the_text_is_markup(text: str, found: list[tuple[int, int]]) -> None:
    marks = highlight_spans(text, found)
    html = highlighted(text, marks)
    assert re.sub("</?mark>", "", html) == escape(text, quote=False)
    between = re.findall("<mark>(.*?)</mark>", html, re.DOTALL)
    assert [unescape(part) for part in between] == [text[start:end] for start, end in marks]
    ids = re.findall('<mark id="([^"]*)">', highlighted(text, marks, ids=True))
    assert ids == [anchor(start) for start, _ in marks]


@given(texts, ranges, st.integers(0, 60), st.integers(0, 60))
def test_a_stretch_is_a_part_of_the_whole(
    text: str, found: list[tuple[int, int]], start: int, end: int
) -> None:
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    marks = [span for span in highlight_spans(text, found) if start <= span[0] and span[1] <= end]
    html = highlighted(text, marks, (start, end))
    assert re.sub("</?mark>", "", html) == escape(text[start:end], quote=False)


def test_blank_lines_part_paragraphs_else_lines_do() -> None:
    cut = [[text[start:end] for start, end, _ in paragraphs(text, ())] for text in (
        "một\nhai\n \nba\n", "một\nhai\n  ba\n",
    )]  # fmt: skip
    assert cut == [["một\nhai", "ba\n"], ["một", "hai", "ba"]]

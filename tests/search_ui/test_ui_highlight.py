"""Laws of marking: nothing is lost, nothing is torn."""

from __future__ import annotations

import itertools
import re
import unicodedata
from html import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from search_ui.highlight import Piece, marked, paragraphs, pieces, spans

texts = st.text(st.sampled_from("aâđv \n\u0323\u0302.<&") | st.characters(), max_size=60)
ranges = st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=8)


@settings(deadline=None)
@given(texts, ranges)
def test_the_pieces_are_the_text(text: str, found: list[tuple[int, int]]) -> None:
    assert "".join(piece.text for piece in pieces(text, found)) == text


@settings(deadline=None)
@given(texts, ranges)
def test_marks_are_sorted_apart_and_on_whole_letters(
    text: str, found: list[tuple[int, int]]
) -> None:
    marked = spans(text, found)
    for start, end in marked:
        assert 0 <= start < end <= len(text)
        assert start == 0 or not unicodedata.category(text[start]).startswith("M")
        assert end == len(text) or not unicodedata.category(text[end]).startswith("M")
    assert all(left[1] < right[0] for left, right in itertools.pairwise(marked))


@settings(deadline=None)
@given(texts, ranges)
def test_marks_cover_every_range(text: str, found: list[tuple[int, int]]) -> None:
    covered = {at for start, end in spans(text, found) for at in range(start, end)}
    for start, end in found:
        assert covered >= set(range(max(start, 0), min(end, len(text))))


@settings(deadline=None)
@given(texts, ranges)
def test_paragraphs_lose_only_white_space(text: str, found: list[tuple[int, int]]) -> None:
    cut = paragraphs(text, found)
    joined = "".join(piece.text for paragraph in cut for piece in paragraph)
    assert "".join(joined.split()) == "".join(text.split())
    numbers = [piece.mark for paragraph in cut for piece in paragraph if piece.mark]
    assert numbers == list(range(1, len(numbers) + 1))


def test_syllables_side_by_side_are_one_mark() -> None:
    assert pieces("công tác dân vận, dân", [(9, 12), (13, 16), (18, 21)]) == (
        Piece("công tác "),
        Piece("dân vận", 1, "c9"),
        Piece(", "),
        Piece("dân", 2, "c18"),
    )


def test_ranges_may_touch_and_overlap() -> None:
    assert pieces("abcdef", [(0, 2), (2, 3), (1, 4)]) == (Piece("abcd", 1, "c0"), Piece("ef"))


def test_decomposed_letters_stay_whole() -> None:
    text = unicodedata.normalize("NFD", "vận")
    assert len(text) == 5
    whole = unicodedata.normalize("NFD", "vậ")
    assert pieces(text, [(0, 2)]) == (Piece(whole, 1, "c0"), Piece("n"))


def test_an_anchor_counts_from_the_beginning_of_the_body() -> None:
    assert pieces("dân vận", [(4, 7)], 100)[1].anchor == "c104"


@given(texts, ranges)
def test_as_html_nothing_of_the_text_is_markup(text: str, found: list[tuple[int, int]]) -> None:
    cut = pieces(text, found)
    html = marked(cut)
    assert re.sub("</?mark>", "", html) == escape(text, quote=False)
    assert html.count("<mark>") == html.count("</mark>") == sum(piece.mark > 0 for piece in cut)
    ids = re.findall('<mark id="([^"]*)">', marked(cut, ids=True))
    assert ids == [piece.anchor for piece in cut if piece.mark]


def test_blank_lines_part_paragraphs_else_lines_do() -> None:
    shown = [["".join(p.text for p in cut) for cut in paragraphs(text, ())] for text in (
        "một\nhai\n \nba\n", "một\nhai\n  ba\n",
    )]  # fmt: skip
    assert shown == [["một\nhai", "ba\n"], ["một", "hai", "ba"]]

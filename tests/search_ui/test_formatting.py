"""Numbers, dates, places and titles as they are written in Vietnamese."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import Document, Place
from search_ui.parts import formatting


def test_numbers_times_and_dates() -> None:
    assert formatting.number(0) == "0"
    assert formatting.number(1234567) == "1.234.567"
    assert formatting.seconds(12.3) == "0,012 giây"
    assert formatting.seconds(0.08) == "dưới 0,001 giây"
    assert formatting.day(date(2021, 1, 8)) == "08/01/2021"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((), ""),
        ((Place("Sóc Trăng", None, "Cần Thơ"),), "Sóc Trăng (nay là Cần Thơ)"),
        (
            (Place("Kiên Giang", "Giang Thành", "An Giang"),),
            "Giang Thành, Kiên Giang (nay là An Giang)",
        ),
        ((Place("Ninh Bình", "Gia Viễn", "Ninh Bình"),), "Gia Viễn, Ninh Bình"),
        (
            (Place("Đồng Tháp", "Tam Nông"), Place("Phú Thọ", "Tam Nông")),
            "Tam Nông, Đồng Tháp hoặc Phú Thọ",
        ),
        ((Place("A", "X"), Place("B", "Y"), Place("C")), "X, A hoặc Y, B hoặc C"),
    ],
)
def test_places(found: tuple[Place, ...], said: str) -> None:
    assert formatting.places(found) == said


def test_a_document_always_has_a_title_to_show() -> None:
    assert formatting.display_title(Document("x", title=" Có ")) == "Có"
    assert formatting.display_title(Document("x", body="ngắn\n gọn")) == "ngắn gọn"
    assert formatting.display_title(Document("x")) == "x"
    long = formatting.display_title(Document("x", body="từ, " * 1000))
    assert long.endswith("từ…")
    assert len(long) <= formatting.TITLE_LENGTH + 1


@settings(deadline=None)
@given(st.text(max_size=300), st.integers(1, 100))
def test_shortening_never_lengthens(text: str, length: int) -> None:
    assert len(formatting.shorten(text, length)) <= length + 1


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 byte"), (999, "999 byte"), (1000, "1 kB"), (1234, "1,2 kB"), (12_345, "12 kB"),
        (999_949, "1000 kB"), (999_950, "1 MB"), (1_240_000, "1,2 MB"), (3_000_000_000, "3 GB"),
        (12_000_000_000_000, "12000 GB"),
    ],
)  # fmt: skip
def test_sizes_of_files(count: int, shown: str) -> None:
    assert formatting.size(count) == shown


@given(st.text(alphabet="aạ ,.\n", max_size=60), st.integers(1, 20))
def test_the_beginning_of_a_text_is_whole_words(text: str, length: int) -> None:
    start, end = formatting.beginning(text, length)
    shown = text[start:end]
    assert shown == shown.strip()
    assert len(shown) <= length
    assert not text[:start].strip()
    assert shown or not text.strip()

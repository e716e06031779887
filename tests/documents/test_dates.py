"""Dates of records and cells are read to the precision that they state, and no further."""

from __future__ import annotations

import copy
import pickle
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents.text.dates import parse_archive_date
from indexer.models import Document
from indexer.partial_date import (
    FIRST_YEAR,
    LAST_YEAR,
    PartialDate,
    format_date,
    parse_iso,
    precision_of,
    years_of,
)

STATED = """
15/3/1998 | 1998-03-15
15-3-1998 | 1998-03-15
15.3.1998 | 1998-03-15
1998-03-15 | 1998-03-15
1998-03-15T10:20:30+07:00 | 1998-03-15
19980315 | 1998-03-15
ngày 15 tháng 3 năm 1998 | 1998-03-15
Hà Nội, ngày 15 tháng 3 năm 1998 | 1998-03-15
thứ Hai, 15/3/1998 08:30 | 1998-03-15
15 tháng Ba năm 1998 | 1998-03-15
Tháng Ba 15, 1998 | 1998-03-15
Tháng Mười Hai 5, 1998 | 1998-12-05
Sun, 15 Mar 1998 10:00:00 +0700 | 1998-03-15
March 15, 1998 | 1998-03-15
1998-06 | 1998-06
1998/06 | 1998-06
6-1998 | 1998-06
tháng 6 năm 1998 | 1998-06
tháng sáu năm 1998 | 1998-06
tháng Giêng 1950 | 1950-01
June 1998 | 1998-06
1998 | 1998
năm 1500 | 1500
c1998 | 1998
Nxb. Văn học, 1998 | 1998
cuối năm 1998 | 1998
khoảng 1930 | 1930~
khoảng tháng 6/1930 | 1930-06~
[khoảng 1930] | 1930~
ca. 1930 | 1930~
~1930 | 1930~
1930? | 1930~
1930-1935 | 1930/1935
1930–1935 | 1930/1935
1930-35 | 1930/1935
từ năm 1930 đến năm 1935 | 1930/1935
khoảng 1930-1935 | 1930~/1935
từ tháng 6/1930 đến tháng 8/1935 | 1930-06/1935-08
năm học 2020-2021 | 2020/2021
15/3/1998 - 20/3/1998 | 1998-03-15/1998-03-20
15-20/3/1998 | 1998-03-15/1998-03-20
quý I/2022 | 2022-01/2022-03
quý 4 năm 2022 | 2022-10/2022-12
thập niên 1930 | 1930/1939
những năm 30 của thế kỷ XX | 1930/1939
1930s | 1930/1939
193- | 1930/1939
thế kỷ XIX | 1801/1900
19-- | 1900/1999
31/2/1998 | 1998-02
ngày 31 tháng 2 năm 1998 | 1998-02
1998-02-30 | 1998-02
1998-13-01 | 1998
31/13/1998 | 1998
00/00/1998 | 1998
1998-06-00 | 1998-06
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [tuple(row.split(" | ")) for row in STATED.strip().splitlines()],
)
def test_a_date_is_kept_as_far_as_it_is_known(text: str, expected: str) -> None:
    found = parse_archive_date(text)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "text", ["", "không rõ", "n.d.", "1499", "2100", "trước 1945", "sau 1975", "15/3", "số 12", "٠"]
)
def test_a_text_that_states_no_date_gives_none(text: str) -> None:
    assert parse_archive_date(text) is None


@given(st.text(max_size=90) | st.from_regex(r"[\d/.\-–~ tháng năm XVIse]{1,20}", fullmatch=True))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    found = parse_archive_date(text)
    assert found is None or FIRST_YEAR <= years_of(found)[0] <= years_of(found)[-1] <= LAST_YEAR


@st.composite
def partial_dates(draw: st.DrawFn) -> date:
    def one(first: date, **more: object) -> date:
        month = draw(st.integers(0, 2))
        return PartialDate(
            first.year,
            first.month if month else None,
            first.day if month == 2 else None,
            **more,  # type: ignore[arg-type]
        )

    days = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
    first, last = sorted((draw(days), draw(days)))
    until = one(last) if draw(st.booleans()) else None
    begin = one(first, approximate=draw(st.booleans()))
    if until is not None and until >= begin:
        return PartialDate(
            begin.year,
            begin.month if precision_of(begin) != "year" else None,
            begin.day if precision_of(begin) == "day" else None,
            approximate=begin.approximate,  # type: ignore[attr-defined]
            until=until,
        )
    return begin


@given(partial_dates())
def test_every_date_survives_writing_copying_and_storing(value: date) -> None:
    text = value.isoformat()
    assert parse_iso(text).isoformat() == text
    assert pickle.loads(pickle.dumps(value)).isoformat() == text
    assert copy.deepcopy(value).isoformat() == text
    stored = Document.from_record(Document("x", published=value).to_record())
    assert stored.published is not None
    assert stored.published.isoformat() == text
    assert precision_of(stored.published) == precision_of(value)


@given(partial_dates())
def test_a_date_is_read_back_as_it_is_shown_and_as_it_is_written(value: date) -> None:
    for text in (value.isoformat(), format_date(value)):
        found = parse_archive_date(text)
        assert found is not None
        assert found.isoformat() == value.isoformat()


@given(st.lists(partial_dates()))
def test_dates_sort_by_the_first_day_that_they_can_be(values: list[date]) -> None:
    days = [date(value.year, value.month, value.day) for value in sorted(values)]
    assert days == sorted(days)

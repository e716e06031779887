"""Ranges of dates and numbers, typed after a field or in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from archives import build
from hypothesis import given, settings
from hypothesis import strategies as st
from lexicons import DictLexicon

from indexer import Archive, SearchRequest
from indexer.query.entities.periods import range_values

DATES = ["1998", "2004-12", "2005", "2010-03-15", "2012-06", "2015-12-31", "2016-01-01",
         "2019-03-31",
         "2019-04-01", "2020", "2021-05-02"]  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    index = tmp_path_factory.mktemp("periods") / "index"
    documents = [{"id": day, "date": day, "text": "mưa lớn"} for day in DATES]
    documents.append({"id": "text", "text": "mưa lớn từ 2010 đến 2015 và trước 2005, sau 3/2019"})
    build(index, *documents)
    with Archive.open(index) as opened:
        yield opened


RANGES = {
    "2010-2015": DATES[3:6],
    "2010..2015": DATES[3:6],
    "2010–2015": DATES[3:6],
    "..2004": DATES[:2],
    "2019..": DATES[7:],
    ">2019": DATES[9:],
    ">=2019": DATES[7:],
    "<2005": DATES[:2],
    "<=2005": DATES[:3],
    ">3/2019": DATES[8:],
    ">=15/3/2010": DATES[3:],
    ">15/3/2010": DATES[4:],
    "1/1/2016..31/3/2019": DATES[6:8],
    "2016-01-01..2019-03": DATES[6:8],
    "3/2010-6/2012": DATES[3:5],
    "2010 - 2015": DATES[3:6],
    "3/2010 – 6/2012": DATES[3:5],
    "> 2019": DATES[9:],
}


@pytest.mark.parametrize("field", ["năm", "nam", "tháng", "ngày", "date"])
@pytest.mark.parametrize("text", RANGES)
def test_a_field_of_the_date_takes_a_range(archive: Archive, field: str, text: str) -> None:
    found = archive.search(SearchRequest(f"{field}:{text} mưa", size=50))
    assert sorted(hit.document.id for hit in found.hits) == RANGES[text]
    without = archive.search(SearchRequest(f"mưa -{field}:{text}", size=50))
    assert found.total + without.total == len(DATES) + 1


@pytest.mark.parametrize("text", ["2010..2015", ">2019", "<2005", ">=2019", ">3/2019"])
def test_a_range_without_a_field_is_one_of_dates(archive: Archive, text: str) -> None:
    found = archive.search(SearchRequest(f"mưa {text}", size=50))
    assert sorted(hit.document.id for hit in found.hits) == RANGES[text]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("từ 2010 đến 2015", "2010-2015"),
        ("từ năm 2010 đến năm 2015", "2010-2015"),
        ("tu nam 2010 den 2015", "2010-2015"),
        ("trước 2005", "<2005"),
        ("trước năm 2005", "<2005"),
        ("sau 3/2019", ">3/2019"),
        ("sau tháng 3/2019", ">3/2019"),
        ("từ 1/1/2016 tới 31/3/2019", "1/1/2016..31/3/2019"),
        ("từ ngày 1 tháng 1 năm 2016 đến 31-3-2019", "1/1/2016..31/3/2019"),
        ("sau tháng 3 năm 2019", ">3/2019"),
        ("sau tháng ba năm 2019", ">3/2019"),
        ("từ 2019 đến nay", "2019.."),
        ("từ năm 2019 trở đi", "2019.."),
    ],
)
def test_a_period_in_words_matches_by_date_or_by_text(
    archive: Archive, text: str, same: str
) -> None:
    found = {h.document.id for h in archive.search(SearchRequest(f"mưa {text}", size=50)).hits}
    assert found - {"text"} == set(RANGES[same])
    assert ("text" in found) == (text in "từ 2010 đến 2015 và trước 2005, sau 3/2019")


@pytest.mark.parametrize("text", ["năm:2010-13", "năm:x..y", "năm:..", "năm:>x", "nơi:1..2"])
def test_what_is_no_range_is_a_value(archive: Archive, text: str) -> None:
    assert archive.search(SearchRequest(text)).total == 0


def test_a_single_day_can_be_asked_for(archive: Archive) -> None:
    for text in ("ngày:15/3/2010", "ngày:2010-03-15"):
        assert [h.document.id for h in archive.search(SearchRequest(text)).hits] == ["2010-03-15"]


@settings(deadline=None)
@given(st.lists(st.dates(date(1900, 1, 1), date(2030, 1, 1))), st.dates(), st.dates())
def test_days_in_a_range_are_those_between_its_ends(
    days: list[date], first: date, last: date
) -> None:
    values = sorted({day.isoformat() for day in days})
    years = sorted({day[:4] for day in values})
    lexicon = DictLexicon([], {"date": values, "year": years})
    found = range_values(f"{first.isoformat()}..{last.isoformat()}", "year", lexicon)
    if not 1500 <= first.year <= 2099 or not 1500 <= last.year <= 2099:
        assert found is None
        return
    assert found is not None
    covered = {day for day in values if day[:4] in found.get("year", ())}
    covered |= set(found.get("date", ()))
    assert covered == {day for day in values if first.isoformat() <= day <= last.isoformat()}

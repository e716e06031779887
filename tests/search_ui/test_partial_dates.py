"""A date of which only a part is known is shown, counted, sorted and exported as it is."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from archives import build
from flask.testing import FlaskClient
from pages import app_of, read

from indexer import Archive, SearchRequest, Sort, cli

DATES = ("1998", "1998-06", "1998-03-15", "1930~", "1930/1935", "1998-03-15~")
ORDER = ("1930~", "1930/1935", "1998", "1998-03-15", "1998-03-15~", "1998-06")
SHOWN = {
    "1998": "1998",
    "1998-06": "6/1998",
    "1998-03-15": "15/03/1998",
    "1930~": "khoảng 1930",
    "1930/1935": "1930–1935",
    "1998-03-15~": "khoảng 15/03/1998",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    records = [
        {"id": f"d{number}", "title": "Dân vận khéo", "text": "Dân vận khéo.", "published": stated}
        for number, stated in enumerate(DATES)
    ]
    return build(tmp_path_factory.mktemp("partial") / "index", *records)


@pytest.fixture
def archive(index: Path) -> Iterator[Archive]:
    with Archive.open(index) as archive:
        yield archive


@pytest.fixture
def client(archive: Archive) -> FlaskClient:
    return app_of(archive).test_client()


def dates_of(archive: Archive, sort: Sort) -> list[str]:
    hits = archive.search(SearchRequest("dân vận", sort=sort)).hits
    return [hit.document.date.isoformat() if hit.document.date else "" for hit in hits]


def test_the_order_is_that_of_the_first_possible_day(archive: Archive) -> None:
    oldest = dates_of(archive, Sort.OLDEST)
    assert sorted(oldest) == sorted(ORDER)
    assert [text[:4] for text in oldest] == [text[:4] for text in ORDER]
    assert [text[:4] for text in dates_of(archive, Sort.NEWEST)] == [t[:4] for t in ORDER[::-1]]
    assert oldest[-1] == "1998-06"


def test_years_count_every_date_and_months_only_known_ones(archive: Archive) -> None:
    facets = {facet.name: facet for facet in archive.search(SearchRequest("dân vận")).facets}
    years = {value.value: value.count for value in facets["year"].values}
    assert years == {"1998": 4, "1930": 2, "1931": 1, "1932": 1, "1933": 1, "1934": 1, "1935": 1}
    narrowed = archive.search(SearchRequest("dân vận", filters={"year": ("1998",)}))
    assert narrowed.total == 4
    months = {facet.name: facet for facet in narrowed.facets}["month"].values
    assert {value.value: value.count for value in months} == {"1998-06": 1, "1998-03": 2}


@pytest.mark.parametrize("number", range(len(DATES)))
def test_a_page_shows_what_is_known(client: FlaskClient, number: int) -> None:
    stated = DATES[number]
    text = client.get(f"/doc/d{number}").text
    assert SHOWN[stated] in text


def test_a_result_has_a_valid_machine_readable_date(client: FlaskClient) -> None:
    page = read(client.get("/?q=dân+vận").text)
    found = [time.attributes["datetime"] for time in page.all("time")]
    assert sorted(map(str, found)) == sorted(
        ["1998", "1998-06", "1998-03-15", "1930", "1930", "1998-03-15"]
    )


def test_a_feed_has_the_first_possible_time_of_a_partial_date(client: FlaskClient) -> None:
    feed = ElementTree.fromstring(client.get("/atom.xml?q=dân+vận").data)
    updated = [
        entry.findtext("{http://www.w3.org/2005/Atom}updated")
        for entry in feed.iter("{http://www.w3.org/2005/Atom}entry")
    ]
    assert sorted(map(str, updated)) == [
        "1930-01-01T00:00:00Z",
        "1930-01-01T00:00:00Z",
        "1998-01-01T00:00:00Z",
        "1998-03-15T00:00:00Z",
        "1998-03-15T00:00:00Z",
        "1998-06-01T00:00:00Z",
    ]


def test_tables_and_the_interface_keep_the_precision(client: FlaskClient) -> None:
    rows = list(
        csv.reader(io.StringIO(client.get("/api/export.csv?q=dân+vận").text.lstrip("\ufeff")))
    )
    column = next(at for at, cell in enumerate(rows[0]) if set(DATES) & {r[at] for r in rows})
    assert sorted(row[column] for row in rows[1:]) == sorted(DATES)
    assert '"1930~"' in client.get("/api/documents/d3").text


def test_the_command_line_shows_what_is_known(
    index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tracuu", "search", "dân vận", "--index", str(index)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert not left.value.code
    printed = capsys.readouterr().out
    assert [shown for shown in SHOWN.values() if shown not in printed] == []

"""Ranges of dates and own fields, and what is in force, on both engines."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from archives import write_jsonl
from opensearch_support import environment, remove, running_node, settings_for
from test_opensearch_searches import assert_same

from indexer import Archive, SearchRequest, rebuild
from indexer.engines.opensearch.reader import plan_query

NAME = "ranges"
TOML = """
[fields.so_trang]
type = "number"
label.vi = "Số trang"
facet = true
[fields.nhap]
type = "date"
label.vi = "Ngày nhập"
facet = true
[fields.kho]
type = "hierarchy"
label.vi = "Kho"
facet = true
"""
MOST = 16
"""Values of one `terms` query in these tests, in the cluster and in the engine."""


def write_records(folder: Path) -> None:
    """Write 90 documents with dates of every precision, own fields, and periods of validity that
    begin or end near today."""
    chance = random.Random(7)
    today = date.today()
    near = [str(today + timedelta(days)) for days in (-400, -1, 0, 1, 400)]
    records = [
        {
            "id": f"d{at}",
            "title": f"Nghị định {at}/2020/NĐ-CP về công tác dân vận",
            "text": f"Văn bản thứ {at} về công tác dân vận khéo.",
            "number": f"{at}/2020/NĐ-CP",
            "effective": chance.choice([*near, None]),
            "expires": chance.choice([*near, None, None]),
            "date": chance.choice([f"{2000 + at % 20}", f"2015-{1 + at % 12:02}", "2016-05-31"]),
            "so_trang": chance.choice([at, at + 0.5, -at, None]),
            "nhap": chance.choice(["2009", f"2010-{1 + at % 12:02}", f"2011-03-{1 + at % 28:02}"]),
            "kho": f"Kho {at % 3}/Giá {at % 7}",
        }
        for at in range(90)
    ]
    (folder / "archive.toml").write_text(TOML, "utf-8")
    write_jsonl(folder / "a.jsonl", *records)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, Archive]]:
    """The archive on both engines."""
    node = running_node()
    folder = tmp_path_factory.mktemp("both")
    (folder / "source").mkdir()
    write_records(folder / "source")
    rebuild([folder / "source"], folder / "embedded")
    with environment(settings_for(NAME, node) | {"TRACUU_OPENSEARCH_SHARDS": "2"}):
        rebuild([folder / "source"], folder / "front")
        distributed = Archive.open(folder / "front")
    node.ask("PUT", f"/{NAME}-*/_settings", {"index.max_terms_count": MOST})
    with Archive.open(folder / "embedded") as embedded, distributed:
        yield embedded, distributed
    remove(node, NAME)


@pytest.mark.parametrize("text", ["", "dân vận", "cong tac dan van", '"dân vận khéo"'])
@pytest.mark.parametrize(
    "narrowed",
    [
        {"ranges": {"field.so_trang": ("-20", "60.5")}},
        {"ranges": {"field.so_trang": (None, "12")}, "filters": {"field.kho": ("Kho 1",)}},
        {"ranges": {"field.nhap": ("2010-06", None)}},
        {"ranges": {"field.nhap": ("2010", "2011-03-09"), "field.so_trang": ("1", None)}},
        {"date_from": "2015-06", "date_to": "2016"},
        {"filters": {"validity": ("in_force",)}},
        {"filters": {"validity": ("expired", "not_yet")}, "date_from": "2010"},
    ],
)
def test_narrowed_searches_are_the_same_on_both_engines(
    archives: tuple[Archive, Archive],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    narrowed: dict[str, object],
) -> None:
    monkeypatch.setattr(plan_query, "MAX_TERMS", MOST)
    embedded, distributed = archives
    assert 0 < embedded.search(SearchRequest(text, **narrowed)).total < 90  # type: ignore[arg-type]
    for page in (1, 2):
        assert_same(embedded, distributed, SearchRequest(text, page, **narrowed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "năm:2005-2014", "dân vận từ 2010 đến 2015", "dân vận trước 2016", "dân vận sau 3/2015",
        "hiệu_lực:còn", "dân vận -hiệu_lực:hết", "so_trang:10..50", "so_trang:>40", "nhap:2010",
        "dan van so_trang:<20",
    ],
)  # fmt: skip
def test_typed_ranges_are_the_same_on_both_engines(
    archives: tuple[Archive, Archive], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(plan_query, "MAX_TERMS", MOST)
    embedded, distributed = archives
    assert embedded.search(SearchRequest(text)).total < 90
    assert_same(embedded, distributed, SearchRequest(text, explain=True))

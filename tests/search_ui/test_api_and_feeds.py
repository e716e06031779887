"""Feeds, exports, OpenAPI and OpenSearch, metrics, statistics, compression."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest
from fakes import DOCUMENTS, HOSTILE, KIEN_GIANG, FakeArchive, many
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import app_of, query, read
from prometheus_client.parser import text_string_to_metric_families
from schemas import faults

from indexer import Rung, SettingError
from search_ui.api import exports, openapi

ROOT = Path(__file__).parents[2]
ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
GZIP = {"Accept-Encoding": "gzip"}


def test_a_browser_can_add_the_archive(client: FlaskClient) -> None:
    link = read(client.get("/").text).one("link", rel="search").attributes["href"] or ""
    answer = client.get(link)
    assert answer.mimetype == "application/opensearchdescription+xml"
    root = ElementTree.fromstring(answer.data)
    assert len(root.findtext(f"{OPENSEARCH}ShortName") or "") <= 16
    urls = {url.get("type"): url.get("template") or "" for url in root.iter(f"{OPENSEARCH}Url")}
    for template in urls.values():
        assert client.get(template.replace("{searchTerms}", "giang")).status_code == 200
    suggestions = client.get(
        urls["application/x-suggestions+json"].replace("{searchTerms}", "giang")
    )
    assert json.loads(suggestions.data) == ["giang", [KIEN_GIANG.title]]


def test_a_search_as_a_feed(client: FlaskClient) -> None:
    page = read(client.get("/?q=dân&year=2021").text)
    link = page.one("link", rel="alternate").attributes["href"] or ""
    assert page.link("Theo dõi") == link
    answer = client.get(link)
    assert answer.mimetype == "application/atom+xml"
    root = ElementTree.fromstring(answer.data)
    (entry,) = root.iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == KIEN_GIANG.title
    assert entry.findtext(f"{ATOM}id") == "http://localhost/doc/000_kien-giang"
    assert entry.findtext(f"{ATOM}updated") == "2021-01-08T00:00:00Z"
    assert root.findtext(f"{ATOM}updated") == "2025-01-01T00:00:00Z"
    for needed in ("id", "title", "updated", "author"):
        assert root.find(f"{ATOM}{needed}") is not None


def test_a_feed_is_xml_whatever_the_documents_hold() -> None:
    odd = replace(HOSTILE, title="dân \x00\x1b ]]> \ud800 &", body="dân \x0b <b>\uffff")
    root = ElementTree.fromstring(app_of(FakeArchive((odd,))).test_client().get("/atom.xml").data)
    assert "]]>" in (root.findtext(f"{ATOM}entry/{ATOM}title") or "")
    client = app_of(FakeArchive()).test_client()
    ElementTree.fromstring(client.get("/atom.xml", query_string={"q": "dân \x00<&\uffff"}).data)


def test_the_csv_export_has_a_row_for_each_hit(client: FlaskClient) -> None:
    answer = client.get("/api/export.csv?q=dân")
    assert answer.mimetype == "text/csv"
    assert 'filename="tra-cuu.csv"' in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert {row["id"] for row in rows} == {document.id for document in DOCUMENTS}
    assert rows[0]["title"] == KIEN_GIANG.title
    assert rows[0]["date"] == "2021-01-08"


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "  =1+1",
        "\u00a0=1",
        "\u200b@SUM(A1)",
        "＝1+1",
        " ＠x",
        "﹣1",
        "\n=1",
    ],
)
def test_a_table_holds_no_formulas(formula: str) -> None:
    client = app_of(FakeArchive((replace(KIEN_GIANG, title=formula),))).test_client()
    row = list(csv.reader(io.StringIO(client.get("/api/export.csv").text, newline="")))[1]
    assert row[1] == f"'{formula}"


def test_an_export_is_whole_and_bounded() -> None:
    client = app_of(FakeArchive(many(1_250))).test_client()
    found = client.get("/api/export.json?q=dân&page=7&size=3").get_json()
    assert found["total"] == 1_250
    assert len({hit["id"] for hit in found["hits"]}) == 1_000
    assert client.get("/api/export.csv?q=dân").text.count("\r\n") == 1_001


def test_the_administrator_exports_all() -> None:
    client = app_of(FakeArchive(many(1_250))).test_client()
    table = client.get("/api/export-all.csv?q=dân&person=Người+7")
    assert table.data.startswith(b"\xef\xbb\xbf")
    assert table.text.count("\r\n") == 2
    assert client.get("/api/export-all.csv").text.count("\r\n") == 1_251
    lines = client.get("/api/export-all.jsonl?q=dân")
    assert lines.mimetype == "application/jsonl"
    found = [json.loads(line) for line in lines.text.splitlines()]
    assert len({document["id"] for document in found}) == 1_250
    assert found[0]["text"] == KIEN_GIANG.body
    assert client.get("/api/export-all.jsonl?sort=x").status_code == 400
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    for kind in ("csv", "jsonl"):
        answer = client.get(f"/api/export-all.{kind}", environ_overrides=elsewhere)
        assert answer.status_code == 403


def test_an_export_of_too_much_says_how_to_part_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "EVERYTHING", 3)
    answer = app_of(FakeArchive()).test_client().get("/api/export-all.csv")
    assert answer.status_code == 400
    assert "?from=" in answer.get_json()["error"]["hint"]


def test_an_export_without_hits_has_no_rows(client: FlaskClient) -> None:
    assert client.get("/api/export.json?q=zzz").get_json()["hits"] == []
    assert client.get("/api/export.csv?q=zzz").text.count("\r\n") == 1


def test_an_export_refuses_like_a_search(client: FlaskClient) -> None:
    for kind in ("csv", "json"):
        answer = client.get(f"/api/export.{kind}?sort=x")
        assert (answer.status_code, answer.mimetype) == (400, "application/json")


@pytest.mark.parametrize(
    "url", ["/", "/?q=dân", "/static/base.css", "/api/search?q=dân", "/api/export.csv", "/atom.xml"]
)
def test_text_is_compressed_for_clients_that_accept_gzip(client: FlaskClient, url: str) -> None:
    plain, packed = client.get(url), client.get(url, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    took = re.compile(rb'"took_ms": [\d.]+')
    assert took.sub(b"", gzip.decompress(packed.data)) == took.sub(b"", plain.data)
    assert len(packed.data) < len(plain.data)
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]
    if tag := packed.headers.get("ETag"):
        again = client.get(url, headers={**GZIP, "If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")


def test_the_compressed_first_page_is_small(client: FlaskClient) -> None:
    for url in ("/", "/?q=dân+vận", "/doc/000_kien-giang"):
        html = client.get(url, headers=GZIP)
        page = read(gzip.decompress(html.data).decode())
        sheets = [e.attributes["href"] for e in page.all("link", rel="stylesheet")]
        icons = [e.attributes["href"] for e in page.all("link", rel="icon")]
        scripts = [e.attributes["src"] for e in page.all("script", type="module")]
        parts = [client.get(part or "", headers=GZIP).data for part in sheets + icons + scripts]
        assert len(html.data) + sum(map(len, parts)) <= 25_000


def test_metrics_count_and_time_answers_for_prometheus(client: FlaskClient) -> None:
    for url in ("/?q=dân", "/?q=dân", "/x", "/?page=0"):
        client.get(url)
    figures = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
    }
    assert figures["tracuu_requests_total", "200", "pages.search"] == 2
    assert figures["tracuu_requests_total", "400", "pages.search"] == 1
    assert figures["tracuu_requests_total", "404", "none"] == 1
    assert figures["tracuu_request_seconds_count", "pages.search"] == 3
    assert figures["tracuu_documents",] == 4
    assert figures["tracuu_index_built_timestamp_seconds",] == 1735689600
    assert {name for name, *_ in figures} == {
        "tracuu_requests_total",
        "tracuu_request_seconds_bucket",
        "tracuu_request_seconds_count",
        "tracuu_request_seconds_sum",
        "tracuu_documents",
        "tracuu_index_built_timestamp_seconds",
        "tracuu_index_damaged",
    }


@pytest.mark.parametrize(("damage", "figure"), [(None, 0), ("x is damaged", 1)])
def test_figures_say_that_the_index_is_damaged(damage: str | None, figure: int) -> None:
    archive = FakeArchive()
    archive.damage = damage  # type: ignore[assignment]
    text = app_of(archive).test_client().get("/metrics").text
    assert f"\ntracuu_index_damaged {figure}.0\n" in text


_COUNT_ANSWERS = """
import sys
from search_ui.api import exports
from search_ui.http.metrics import Metrics
Metrics().record("pages.search", 200, 0.01)
"""


def test_figures_of_several_processes_are_added_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    for _ in range(2):
        subprocess.run([sys.executable, "-c", _COUNT_ANSWERS], cwd=ROOT, check=True)
    text = app_of(FakeArchive()).test_client().get("/metrics").text
    assert 'tracuu_requests_total{endpoint="pages.search",status="200"} 2.0' in text


def test_there_are_no_statistics_unless_asked_for(client: FlaskClient) -> None:
    assert client.get("/thong-ke").status_code == 404


def test_the_statistics_page_counts_searches_without_visitors(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = tmp_path / "log.jsonl"
    monkeypatch.setenv("TRACUU_STATS", "1")
    monkeypatch.setenv("TRACUU_QUERY_LOG", str(log))
    client = app_of(FakeArchive()).test_client()
    page = read(client.get("/thong-ke").text)
    assert "Chưa có lượt tìm nào." in page.one("main").text
    for url in ("/?q=Dân++vận", "/api/search?q=dân+vận", "/?q=zzz", "/", "/?q=dân&page=2"):
        client.get(url, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    entries = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [entry["text"] for entry in entries] == ["dân vận", "dân vận", "zzz"]
    assert "203.0.113.9" not in log.read_text("utf-8")
    with log.open("a") as file:
        file.write('{"text": "cut sho')
    client = app_of(FakeArchive()).test_client()  # reads the log of before the restart
    page = read(client.get("/thong-ke").text)
    frequent, without = page.all("table")
    rows = [[cell.text for cell in row.all("td")] for row in frequent.one("tbody").all("tr")]
    assert rows == [["dân vận", "2"], ["zzz", "1"]]
    assert [a.text for a in without.all("a")] == ["zzz"]
    facts = {row.one("dt").text: row.one("dd").text for row in page.one("dl").all("div")}
    assert facts["Số lượt tìm"] == "3"
    assert facts["Thời gian tìm (trung vị)"] == "0,012 giây"


@pytest.mark.parametrize(("hours", "age"), [(5, "5 giờ"), (47, "47 giờ"), (50, "2 ngày")])
def test_statistics_tell_the_age_of_the_index(
    monkeypatch: pytest.MonkeyPatch, hours: int, age: str
) -> None:
    monkeypatch.setenv("TRACUU_STATS", "1")
    archive = FakeArchive()
    built = (datetime.now(UTC) - timedelta(hours=hours, minutes=30)).isoformat()
    status = replace(archive.status(), built_at=built)
    monkeypatch.setattr(archive, "status", lambda: status)
    page = read(app_of(archive).test_client().get("/thong-ke").text)
    facts = {row.one("dt").text: row.one("dd").text for row in page.one("dl").all("div")}
    assert facts["Đã lập cách đây"] == age


def test_searches_are_logged_without_the_statistics_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRACUU_QUERY_LOG", str(tmp_path / "log"))
    client = app_of(FakeArchive()).test_client()
    client.get("/?q=dân")
    assert client.get("/thong-ke").status_code == 404
    assert (tmp_path / "log").read_text("utf-8").count("\n") == 1


def test_a_log_that_cannot_be_written_is_refused_at_the_start_and_ignored_later(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRACUU_QUERY_LOG", str(tmp_path / "none" / "log"))
    with pytest.raises(SettingError, match="cannot be noted"):
        app_of(FakeArchive())
    monkeypatch.setenv("TRACUU_QUERY_LOG", str(tmp_path / "log"))
    client = app_of(FakeArchive()).test_client()
    (tmp_path / "log").unlink()
    (tmp_path / "log").mkdir()  # cannot be written any more, as with a full disk
    assert client.get("/?q=dân").status_code == client.get("/?q=vận").status_code == 200


# Values that the OpenAPI document allows for a parameter, and a few that it forbids.
def values(schema: dict[str, Any]) -> st.SearchStrategy[list[str]]:
    text = st.text(max_size=20)
    if "anyOf" in schema:
        return st.one_of(map(values, schema["anyOf"]))
    if "const" in schema:
        return st.just([schema["const"]])
    if schema["type"] == "array":
        return st.lists(text | st.sampled_from(["2021", "tổng kết", "a/b"]), max_size=3)
    if "enum" in schema:
        return st.lists(st.sampled_from(schema["enum"]) | text, max_size=2)
    if schema["type"] == "integer":
        return st.lists(st.integers(-1, schema["maximum"] + 1).map(str) | text, max_size=2)
    return st.lists(text | st.sampled_from(["dân vận", "dan", '"', "-", "tiêu_đề:"]), max_size=2)


OPERATIONS = openapi.document()["paths"]


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a path of the OpenAPI document, and a URL of this path with random parameters."""
    path = draw(st.sampled_from(sorted(OPERATIONS)))
    url, pairs = path, []
    for parameter in OPERATIONS[path]["get"]["parameters"]:
        if parameter["in"] == "path":
            known = st.sampled_from([document.id for document in DOCUMENTS])
            some = draw(known | st.text(min_size=1, max_size=12))
            url = url.replace("{id}", quote(some, safe="", errors="replace"))
        elif draw(st.booleans()):
            pairs += [(parameter["name"], value) for value in draw(values(parameter["schema"]))]
    return path, f"{url}?{urlencode(pairs, errors='replace')}"


@cache
def server() -> FlaskClient:
    return app_of(FakeArchive()).test_client()


@settings(deadline=None, max_examples=250)
@given(calls())
def test_the_server_does_what_its_description_says(call: tuple[str, str]) -> None:
    path, url = call
    check(server(), path, url)


def check(client: FlaskClient, path: str, url: str) -> None:
    answer = client.get(url)
    known = OPERATIONS[path]["get"]["responses"]
    assert str(answer.status_code) in known, (url, answer.status_code)
    ((media, content),) = known[str(answer.status_code)]["content"].items()
    assert answer.mimetype == media
    value = json.loads(answer.data) if media == "application/json" else answer.text
    assert faults(value, content["schema"]) == []


def test_an_empty_parameter_before_another_counts_as_absent() -> None:
    archive = FakeArchive()
    client = app_of(archive).test_client()
    for url, explain in (("explain=&explain=1", True), ("explain=", False)):
        assert client.get(f"/api/search?q=dân&{url}").status_code == 200
        assert archive.asked[-1].explain is explain


def test_the_description_names_where_the_app_is_mounted() -> None:
    assert openapi.document()["servers"] == [{"url": "/"}]
    assert openapi.document("/tim")["servers"] == [{"url": "/tim"}]


def test_the_description_is_served(client: FlaskClient) -> None:
    assert client.get("/api/openapi.json").get_json() == json.loads(json.dumps(openapi.document()))
    rules = {rule.rule for rule in client.application.url_map.iter_rules()}
    described = {re.sub(r"\{id\}", "<any_id:document_id>", path) for path in OPERATIONS}
    helpers = {"/api/openapi.json", "/api/opensearch-suggest", "/api/<path:_rest>"}
    assert described == {rule for rule in rules if rule.startswith("/api/")} - helpers


@pytest.mark.parametrize("address", ["/api/search", "/api/export.json"])
def test_the_url_of_a_suggestion_keeps_the_filters(
    client: FlaskClient, archive: FakeArchive, address: str
) -> None:
    archive.replies["dan"] = (Rung.FOLDED, "dân")
    answer = client.get(f"{address}?q=dan&year=2021&from=2020&sort=newest&page=1&size=1")
    url = answer.get_json(force=True)["query"]["suggestion"]["url"]
    assert query(url) == {"q": ["dân"], "year": ["2021"], "from": ["2020"], "sort": ["newest"]}


def test_the_opensearch_description_varies_by_language(client: FlaskClient) -> None:
    assert "Cookie" in client.get("/opensearch.xml").headers["Vary"]

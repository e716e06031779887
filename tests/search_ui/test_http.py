"""Status codes, headers, JSON, caching."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from fakes import KIEN_GIANG, FakeArchive
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import app_of, read

from indexer import FACET_NAMES, Rung
from search_ui.http.middleware.headers import SECURITY

ADDRESSES = (
    "/",
    "/?q=dân+vận",
    "/doc/000_kien-giang",
    "/huong-dan",
    "/api/search?q=dân",
    "/api/documents/000_kien-giang",
    "/api/suggest?q=giang",
    "/api/export.csv?q=dân",
    "/api/openapi.json",
    "/atom.xml?q=dân",
    "/opensearch.xml",
    "/healthz",
    "/static/base.css",
)


@pytest.mark.parametrize("url", [*ADDRESSES, "/metrics", "/x", "/?page=0", "/doc/x", "/api/x"])
def test_every_answer_has_the_security_headers(client: FlaskClient, url: str) -> None:
    headers = client.get(url).headers
    for name, value in SECURITY.items():
        assert headers[name] == value
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Cache-Control" in headers


@pytest.mark.parametrize("url", ADDRESSES)
def test_head_is_get_without_a_body(client: FlaskClient, url: str) -> None:
    head, get = client.head(url), client.get(url)
    assert head.status_code == get.status_code == 200
    assert head.data == b""
    assert head.content_length == get.content_length
    assert head.mimetype == get.mimetype


@pytest.mark.parametrize("url", ADDRESSES)
def test_only_reading_is_allowed(client: FlaskClient, url: str) -> None:
    response = client.post(url)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("query", ["page=0", "page=x", "size=101", "sort=x", "exact=x"])
def test_bad_parameters(client: FlaskClient, query: str) -> None:
    page = client.get(f"/?{query}")
    assert page.status_code == 400
    assert "Địa chỉ không hợp lệ" in read(page.text).one("h1").text
    answer = client.get(f"/api/search?{query}")
    assert answer.status_code == 400
    error = answer.get_json()["error"]
    assert error["code"] == "bad_parameter"
    assert repr(query.split("=")[0]) in error["message"]
    assert error["hint"]


@pytest.mark.parametrize("url", ["/x", "/doc/", "/doc/x", "/doc/../x", "/static/x"])
def test_missing_pages(client: FlaskClient, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 404
    assert read(response.text).one("h1").text.startswith("Không có")


@pytest.mark.parametrize("url", ["/api", "/api/", "/api/x", "/api/documents/x", "/api/x/y"])
def test_missing_data(client: FlaskClient, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 404
    assert set(response.get_json()["error"]) == {"code", "message", "hint"}
    assert response.get_json()["error"]["code"] == "not_found"


def test_without_an_index(tmp_path: Path) -> None:
    client = app_of(index_dir=tmp_path / "none").test_client()
    for url in ("/", "/?q=x", "/doc/x"):
        response = client.get(url)
        assert response.status_code == 503
        assert "tracuu rebuild" in read(response.text).one("main").text
        assert response.headers["Retry-After"]
        assert response.headers["Cache-Control"] == "no-store"
    for url in ("/api/search", "/api/documents/x", "/api/suggest?q=x"):
        response = client.get(url)
        assert response.status_code == 503
        assert response.get_json()["error"]["code"] == "index_missing"
    health = client.get("/healthz")
    assert health.status_code == 503
    assert health.get_json()["status"] == "unavailable"
    assert client.get("/huong-dan").status_code == 200


def test_an_internal_error_shows_no_stack_trace(app: Flask, archive: FakeArchive) -> None:
    def broken(request: object) -> None:
        raise RuntimeError("bí mật")

    archive.search = broken  # type: ignore[assignment,method-assign]
    app.testing = False
    app.logger.disabled = True
    client = app.test_client()
    for url in ("/?q=x", "/api/search?q=x"):
        response = client.get(url)
        assert response.status_code == 500
        assert "bí mật" not in response.text
        assert "Traceback" not in response.text
    assert response.get_json()["error"]["code"] == "internal_server_error"


def test_health(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.get_json() == {
        "status": "ok",
        "generation": "g1",
        "documents": 4,
        "built_at": "2025-01-01T00:00:00Z",
    }
    assert response.headers["Cache-Control"] == "no-store"


def test_the_json_of_a_search(client: FlaskClient, archive: FakeArchive) -> None:
    archive.replies["dan van"] = (Rung.FOLDED, "dân vận")
    found = client.get("/api/search?q=dan+van&size=2&year=2021&year=2020").get_json()
    assert found["query"]["rung"] == "folded"
    assert found["query"]["text"] == "dan van"
    assert found["query"]["suggestion"] == {
        "text": "dân vận",
        "url": "/?q=d%C3%A2n+v%E1%BA%ADn&year=2021&year=2020",
    }
    assert {"total", "took_ms", "page", "size", "hits", "facets"} <= set(found)
    assert (found["total"], found["page"], found["size"]) == (2, 1, 2)
    hit = found["hits"][0]
    assert {"id", "title", "title_ranges", "url", "score", "rung", "fields", "snippet"} <= set(hit)
    assert hit["url"] == "/doc/000_kien-giang"
    for text, ranges in (
        (hit["title"], hit["title_ranges"]),
        (hit["snippet"]["text"], hit["snippet"]["ranges"]),
    ):
        assert {text[start:end].lower() for start, end in ranges} <= {"dân", "vận", "văn"}
    year = next(facet for facet in found["facets"] if facet["name"] == "year")
    assert set(year["values"][0]) == {"value", "label", "count", "selected"}
    assert [v["value"] for v in year["values"] if v["selected"]] == ["2020", "2021"]


def test_the_json_of_a_document(client: FlaskClient) -> None:
    response = client.get("/api/documents/000_kien-giang")
    assert response.get_json()["id"] == KIEN_GIANG.id
    assert "công tác dân vận" in response.text  # readable, not escaped


def test_suggestions(client: FlaskClient) -> None:
    assert client.get("/api/suggest?q=giang").get_json() == {
        "query": "giang",
        "suggestions": [KIEN_GIANG.title],
    }
    assert client.get("/api/suggest").get_json()["suggestions"] == []
    assert client.get("/api/suggest?q=" + "x" * 1_001).status_code == 400


def test_an_answer_is_fetched_again_only_when_the_index_changes(
    client: FlaskClient, archive: FakeArchive
) -> None:
    first = client.get("/?q=dân")
    tag = {"If-None-Match": first.headers["ETag"]}
    asked = len(archive.asked)
    again = client.get("/?q=dân", headers=tag)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(archive.asked) == asked
    archive.generation = "g2"
    assert client.get("/?q=dân", headers=tag).status_code == 200
    assert "no-cache" in first.headers["Cache-Control"]


def test_static_files_are_kept_for_ever_under_their_own_address(client: FlaskClient) -> None:
    page = read(client.get("/").text)
    sheet = page.all("link", rel="stylesheet")[0].attributes["href"] or ""
    assert "immutable" in client.get(sheet).headers["Cache-Control"]
    assert "no-cache" in client.get(sheet.split("?")[0]).headers["Cache-Control"]
    assert "no-cache" in client.get(sheet.split("?")[0] + "?v=x").headers["Cache-Control"]


def test_below_a_prefix_every_link_has_it(archive: FakeArchive) -> None:
    client = app_of(archive).test_client()
    page = read(client.get("/?q=dân", environ_overrides={"SCRIPT_NAME": "/kho"}).text)
    links = [e.attributes.get("href") or "" for e in page.walk() if "href" in e.attributes]
    assert [link for link in links if not link.startswith(("/kho", "#"))] == []


names = st.sampled_from(["q", "page", "size", "sort", "exact", "id", "v", "loc", *FACET_NAMES])
values = st.text(max_size=30) | st.sampled_from(["1", "0", "oldest", "-1", "<b>", '"', "../"])


@cache
def reader() -> FlaskClient:
    """Return a client of one app for all examples of a test, because each app compiles all
    templates."""
    return app_of(FakeArchive()).test_client()


@settings(deadline=None)
@given(
    st.sampled_from(
        ["/", "/doc/000_kien-giang", "/doc/", "/chon/person", "/api/search", "/api/suggest"]
    ),
    st.lists(st.tuples(names, values), max_size=6),
)
def test_any_parameters_get_an_answer_or_a_refusal(path: str, pairs: list[tuple[str, str]]) -> None:
    response = reader().get(f"{path}?{urlencode(pairs, errors='surrogatepass')}")
    assert response.status_code in (200, 400, 404)
    if response.mimetype == "text/html":
        read(response.text)


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_address_gets_an_answer_or_a_refusal(path: str) -> None:
    for prefix in ("/", "/doc/", "/chon/", "/api/", "/api/documents/", "/static/"):
        # The test client would take "//x" for the host x, and refuse some hosts itself.
        url = prefix + quote(path.lstrip("/"), errors="surrogatepass")
        assert reader().get(url).status_code in (200, 308, 400, 404)


def test_settings_reach_the_page(monkeypatch: pytest.MonkeyPatch, archive: FakeArchive) -> None:
    monkeypatch.setenv("TRACUU_PAGE_SIZE", "2")
    client = app_of(archive).test_client()
    found = json.loads(client.get("/api/search?q=dân").data)
    assert (found["size"], len(found["hits"])) == (2, 2)
    tag = {"If-None-Match": client.get("/?q=dân").headers["ETag"]}
    assert client.get("/?q=dân", headers=tag).status_code == 304
    monkeypatch.setenv("TRACUU_PAGE_SIZE", "3")
    assert app_of(archive).test_client().get("/?q=dân", headers=tag).status_code == 200

"""Hosts, proxies and prefixes: which address a response gives for the site."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from browsing import SEEDS
from fakes import FakeArchive
from hypothesis import given
from hypothesis import strategies as st
from test_serve import LIMIT, serving

from indexer import SettingError, rebuild
from search_ui import create_app
from search_ui.http.middleware.proxy import is_host

VALID = ["a", "localhost:8000", "tim.example.vn", "a.vn.:443", "xn--tra-cu-vn.vn", "[::1]:80"]
INVALID = ["", " ", "a b", "a,b", "a, b", "a/b", "a@b", "a:b", "a:0", "a:99999", "[::1", "a?b"]
INVALID += ["é.vn", "a\\b", "-a"]


@pytest.mark.parametrize("host", VALID)
def test_valid_hosts(host: str) -> None:
    assert is_host(host, "HTTP/1.1")


@pytest.mark.parametrize("host", INVALID)
@pytest.mark.parametrize("path", ["/", "/atom.xml?q=a", "/api/search?q=a", "/x"])
def test_an_invalid_host_is_answered_with_400(host: str, path: str) -> None:
    client = create_app(FakeArchive()).test_client()  # type: ignore[arg-type]
    response = client.get(path, environ_overrides={"HTTP_HOST": host})
    assert response.status_code == 400
    assert "Traceback" not in response.text


@given(st.text(max_size=12))
def test_a_valid_host_has_no_character_that_ends_an_address(host: str) -> None:
    if is_host(host, "HTTP/1.1"):
        assert urlsplit(f"http://{host}/x").path == "/x"
        assert not re.search(r"[\s/@?#<>\"'&]", host)


def addresses(client, **environ: str) -> set[str]:  # type: ignore[no-untyped-def]
    """Return scheme, host and prefix of all absolute addresses in the feed and the OpenSearch
    XML."""
    found = set()
    for path in ("atom.xml?q=a", "opensearch.xml"):
        response = client.get(environ.pop("base", "/") + path, environ_overrides=environ)
        assert response.status_code == 200
        text = response.text.replace("http://www.w3.org/", "").replace("http://a9.com/", "")
        found |= set(re.findall(r"https?://[^/\"<]+/(?:tim/)?", text))
    return found


def app(monkeypatch: pytest.MonkeyPatch, **settings: str):  # type: ignore[no-untyped-def]
    for name, value in settings.items():
        monkeypatch.setenv(f"TRACUU_{name}", value)
    return create_app(FakeArchive()).test_client()  # type: ignore[arg-type]


FORWARDED = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.9",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "tim.example.vn",
    "HTTP_X_FORWARDED_PREFIX": "/tim",
}


def test_headers_of_a_proxy_are_believed_only_if_it_is_trusted(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    assert addresses(app(monkeypatch), **FORWARDED) == {"http://localhost/"}
    trusting = app(monkeypatch, TRUSTED_PROXIES="1")
    assert addresses(trusting, **FORWARDED) == {"https://tim.example.vn/tim/"}
    spoofed = FORWARDED | {"HTTP_X_FORWARDED_HOST": "evil.example, tim.example.vn"}
    assert addresses(trusting, **spoofed) == {"https://tim.example.vn/tim/"}
    bad = FORWARDED | {"HTTP_X_FORWARDED_HOST": "a b"}
    assert trusting.get("/", environ_overrides=bad).status_code == 400


def test_the_public_address_is_used_whatever_the_request_names(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    client = app(monkeypatch, PUBLIC_URL="https://example.vn/tim/")
    for environ in ({}, {"HTTP_HOST": "evil.example"}, FORWARDED):
        assert addresses(client, **environ) == {"https://example.vn/tim/"}
    page = client.get("/tim/?q=a")  # a proxy that passes the prefix on
    assert page.status_code == 200
    assert 'action="/tim/"' in page.text
    assert client.get("/tim").status_code in (200, 308)
    assert client.get("/timkiem").status_code == 404


def test_a_response_to_a_foreign_host_is_not_cached(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    client = app(monkeypatch, PUBLIC_URL="https://example.vn/")
    for path in ("/", "/?q=a", "/atom.xml?q=a", "/opensearch.xml"):
        foreign = client.get(path, environ_overrides={"HTTP_HOST": "evil.example"})
        assert foreign.headers["Cache-Control"] == "no-store"
        own = client.get(path, environ_overrides={"HTTP_HOST": "Example.vn"})
        assert "no-store" not in own.headers.get("Cache-Control", "")


@pytest.mark.parametrize(
    "url",
    ["example.vn", "ftp://example.vn", "https://", "https://a b/", "https://a/?x", "http://[::1"],
)
def test_a_public_address_that_is_none_is_refused(monkeypatch, url: str) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("TRACUU_PUBLIC_URL", url)
    with pytest.raises(SettingError, match="TRACUU_PUBLIC_URL"):
        create_app(FakeArchive())  # type: ignore[arg-type]


REQUESTS = [
    b"GET http://[::1 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: \r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    b"GET http://a:b:c/ HTTP/1.1\r\nHost: a:b:c\r\n\r\n",
    b"GET\r\n\r\n",
    b"\x00\xff\r\n\r\n",
    b"GET /?q=\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /api/search?q=a&\xc3=%C3 HTTP/1.1\r\nHost: a\r\n\r\n",
]


def test_malformed_requests_are_answered_with_400(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text('{"id": "a", "text": "dân vận"}\n')
    rebuild([source], tmp_path / "index")
    with serving(tmp_path / "index", "--workers", "1") as server:
        host, _, port = server.address.removeprefix("http://").strip("/").partition(":")
        for raw in REQUESTS:
            with socket.create_connection((host, int(port)), timeout=LIMIT) as client:
                client.sendall(raw)
                client.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda client=client: client.recv(1 << 16), b""))
            assert re.match(rb"HTTP/1\.[01] 400 ", answer), (raw, answer[:80])
        with socket.create_connection((host, int(port)), timeout=LIMIT) as client:
            # Nothing is uploaded here, so nobody may fill the disk.
            client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
            assert client.recv(1 << 16).startswith(b"HTTP/1.1 413 ")
        with socket.create_connection((host, int(port)), timeout=LIMIT) as client:
            client.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            assert client.recv(1 << 16).startswith(b"HTTP/1.0 200 ")
        server.process.terminate()
        _, errors = server.process.communicate(timeout=LIMIT)
        assert "Traceback" not in errors
        assert "exception" not in errors


PASSED_ON = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "tim.example.vn",
}


def ask(address: str, path: str) -> tuple[int, str]:
    """Send a request as a proxy passes it on; return the status and the text of the response."""
    try:
        with urlopen(Request(address + path, headers=PASSED_ON), timeout=LIMIT) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, ""


def test_the_server_believes_the_headers_of_a_trusted_proxy(tmp_path: Path) -> None:
    rebuild([SEEDS], tmp_path / "index")
    with serving(tmp_path / "index", "--workers", "1", TRACUU_TRUSTED_PROXIES="1") as server:
        assert "https://tim.example.vn/" in ask(server.address, "atom.xml?q=dan+van")[1]
        assert ask(server.address, "metrics")[0] == 403


def test_a_visitor_behind_an_unknown_proxy_on_this_machine_is_not_the_administrator(
    tmp_path: Path,
) -> None:
    rebuild([SEEDS], tmp_path / "index")
    with serving(tmp_path / "index", "--workers", "1") as server:
        assert "tim.example.vn" not in ask(server.address, "atom.xml?q=dan+van")[1]
        assert ask(server.address, "metrics")[0] == 403

"""Requests made of hostile pieces, sent to a real server as bytes: none is answered with a 5xx but
503 with advice, none with a traceback, and the server goes on.

TRACUU_TEST_FUZZ sets how many are sent; 10,000 take some minutes.
"""

from __future__ import annotations

import os
import random
import re
import socket
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest
from browsing import SEEDS
from test_serve import LIMIT, serving

from indexer import rebuild
from search_ui.access.passwords import hash_password, login_line

REQUESTS = int(os.environ.get("TRACUU_TEST_FUZZ", "500"))

PATHS = ("/", "/doc/", "/doc/x", "/chon/year", "/chon/", "/ban-goc/", "/trich-dan/", "/tuy-chon",
         "/huong-dan", "/robots.txt", "/sitemap.xml", "/sitemap-1.xml", "/sitemap-999999999999.xml",
         "/api/search", "/api/suggest", "/api/documents/", "/api/export.csv", "/api/export.json",
         "/api/export-all.csv", "/api/export-all.jsonl", "/api/openapi.json", "/atom.xml",
         "/opensearch.xml", "/api/opensearch-suggest", "/thong-ke", "/healthz", "/metrics",
         "/static/base.css", "/static/../base.py", "/dang-nhap", "/dang-xuat", "/bieu-trung",
         "/mau-nhan.css", "/favicon.ico", "//", "/%00", "*", "http://x/",
         "http://[::1")  # fmt: skip
NAMES = ("q", "page", "size", "sort", "exact", "from", "to", "grouped", "copies", "year", "month",
         "date", "place", "person", "cited", "number", "field.x", "loc", "xem", "dang", "tim",
         "explain", "lang", "theme", "list", "back", "id", "v", "unknown", "")  # fmt: skip
PIECES = (
    "dân vận", "dan van kheo", '"', "“", "(", ")", "-", "=", "*", "~5", "OR", "HOẶC", "AND", "NOT",
    "năm:", "năm:2010..2015", ">=", "tiêu_đề:", "người:", "2/9/1945", "42/NQ-CP", "\0", "\r\n",
    "\u0301", "a\u0323\u0302", "\u202e", "\u200b", "\ud800", "\U0010ffff", "%", "%zz", "%ff", "+",
    "&", ";", "<script>", "'", "\\", "../../etc/passwd", "{{7*7}}", "0", "-1", "1e9", "9" * 20,
    "NaN", "true", "newest", "2021-02-30", "31/2/2020", "٣", "x" * 300, "dân " * 200, "((" * 100,
    "dân* " * 50, "en", "dark", "//evil.example/", "/doc/x?q=y",
)  # fmt: skip
HEADERS = (
    b"Host: 127.0.0.1", b"Host:", b"Host: a b", b"Host: [::1", b"Host: x:99999", b"Host: \xff",
    b"If-None-Match: *", b'If-None-Match: W/"x", "', b"If-Modified-Since: x", b"If-Range: \xc3",
    b"Range: bytes=0-1", b"Range: bytes=9-1", b"Range: bytes=-0,5-", b"Range: x" + b"," * 500,
    b"Accept-Encoding: gzip;q=x", b"Accept-Encoding: gzip", b"Cookie: tracuu_lang=\xff; =;;",
    b"Cookie: tracuu_size=99999999; tracuu_list=x", b"Authorization: Basic",
    b"Authorization: Basic !!", b"Authorization: Basic eDp5", b"Authorization: Bearer x",
    b"X-Forwarded-For: \xff,,",
    b"X-Forwarded-Host: a/b", b"X-Forwarded-Prefix: //x", b"Forwarded: for=", b"Origin: null",
    b"Accept: \xff", b"Content-Length: 3", b"Content-Length: -1", b"Transfer-Encoding: x",
 b"Accept-Language: " + b"vi," * 300,
)  # fmt: skip
METHODS = (
    *[b"GET"] * 12,
    b"HEAD",
    b"POST",
    b"PUT",
    b"OPTIONS",
    b"DELETE",
    b"TRACE",
    b"get",
    b"X\xff",
)


def request(dice: random.Random) -> bytes:
    """Return a request of random pieces."""

    def text() -> str:
        return "".join(dice.choices(PIECES, k=dice.choice((0, 1, 1, 2, 5))))

    def encoded(value: str) -> str:
        raw = value.encode("utf-8", "surrogatepass")
        return quote(raw, safe="" if dice.random() < 0.8 else "%&=/?#")

    target = dice.choice(PATHS)
    if target.endswith("/") and dice.random() < 0.5:
        target += encoded(text())
    pairs = [(dice.choice(NAMES), text()) for _ in range(dice.choice((0, 1, 1, 2, 4)))]
    if pairs:
        target += "?" + "&".join(f"{name}={encoded(value)}" for name, value in pairs)
    lines = [b" ".join((dice.choice(METHODS), target.encode(), b"HTTP/1.1"))]
    if dice.random() < 0.9:
        lines.append(b"Host: 127.0.0.1")
    lines += dice.sample(HEADERS, k=dice.choice((0, 0, 1, 3)))
    body = b"xyz" if b"Content-Length: 3" in lines else b""
    return b"\r\n".join([*lines, b"Connection: close", b"", body])


def damaged(dice: random.Random, raw: bytes) -> bytes:
    """Return a request with one byte changed."""
    changed = bytearray(raw)
    changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def sent(host: str, port: int, raw: bytes, *, ends: bool) -> bytes:
    """Send a request; return the answer up to the end of the connection, b"" if there is none.

    `ends` is True to say that nothing comes after it, as a request that is not whole needs.
    """
    with socket.create_connection((host, port), timeout=LIMIT) as client:
        try:
            client.sendall(raw)
            if ends:
                client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(1 << 16), b""))
        except ConnectionError:
            return b""
        except TimeoutError:
            raise AssertionError(f"no answer to {raw!r}") from None


@pytest.mark.slow
def test_no_request_makes_the_server_fail(tmp_path: Path) -> None:
    index, readers = tmp_path / "index", tmp_path / "readers"
    rebuild([SEEDS], index)
    readers.write_text(login_line("an", hash_password("x")), encoding="utf-8")
    settings = {"TRACUU_PASSWORD_FILE": str(readers), "TRACUU_GUESTS": "1", "TRACUU_STATS": "1"}
    dice = random.Random(19)
    statuses: Counter[int] = Counter()
    with serving(index, "--workers", "1", **settings) as server:
        host, _, port = server.address.removeprefix("http://").strip("/").partition(":")
        for _ in range(REQUESTS):
            raw = request(dice)
            is_damaged = dice.random() < 0.05
            if is_damaged:
                raw = damaged(dice, raw)
            answer = sent(host, int(port), raw, ends=is_damaged)
            found = re.match(rb"HTTP/1\.[01] (\d{3}) ", answer)
            status = int(found[1]) if found else 0
            statuses[status] += 1
            # A connection that is closed before its body was read may be reset.
            assert status or is_damaged or raw.endswith(b"xyz"), raw
            # waitress knows neither trailers nor other codings of a body (501).
            assert status < 500 or status in (501, 503), (raw, answer[:300])
            assert status != 501 or b"Transfer-Encoding" in raw, raw
            if status == 503:
                assert b"\r\nRetry-After: " in answer, (raw, answer[:300])
            assert b"Traceback" not in answer, raw
        assert "ok" in server.get("healthz")
        server.process.terminate()
        _, errors = server.process.communicate(timeout=LIMIT)
    assert "Traceback" not in errors, errors
    assert statuses[200] > REQUESTS / 10
    assert statuses[400] > REQUESTS / 20

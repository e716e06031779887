"""A proxy in front of a node: asks for a login, speaks TLS, or gives an answer of its own once."""

from __future__ import annotations

import http.client
import json
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scripts.opensearch_nodes import Node


class Proxy(ThreadingHTTPServer):
    """The proxy of a node, on a free port.

    Attributes
    ----------
    authorization : what the header of that name must be; None for anything.
    instead : (part of a path, status, JSON): the next request for such a path is answered so.
    lose_answer_to : a path of which the next answer is lost, after the node did what was asked.
    asked : the paths of all requests, in order.
    """

    daemon_threads = True

    def __init__(self, node: Node, authorization: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.node, self.authorization = node, authorization
        self.instead: list[tuple[str, int, Any]] = []
        self.lose_answer_to: str | None = None
        self.asked: list[str] = []
        self.scheme = "http"

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self.scheme}://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(self.path)
        wanted = self.server.authorization
        if wanted is not None and self.headers.get("Authorization") != wanted:
            self._send(401, b"Unauthorized", "text/plain")
            return
        if self.server.instead and self.server.instead[0][0] in self.path:
            _, status, found = self.server.instead.pop(0)
            self._send(status, json.dumps(found).encode(), "application/json")
            return
        connection = http.client.HTTPConnection("127.0.0.1", self.server.node.port, timeout=60)
        try:
            headers = {"Content-Type": self.headers.get("Content-Type", "application/json")}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            found = answer.read()
            if self.path.partition("?")[0] == self.server.lose_answer_to:
                self.server.lose_answer_to, self.close_connection = None, True
                return
            self._send(answer.status, found, answer.headers["Content-Type"])
        finally:
            connection.close()

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Write no log."""


class _TlsProxy(Proxy):
    """Speaks TLS; each connection shakes hands in its own thread."""

    def __init__(self, node: Node, authorization: str | None, certificate: Path) -> None:
        super().__init__(node, authorization)
        self.scheme = "https"
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, certificate.with_suffix(".key"))

    def finish_request(self, request: Any, client_address: Any) -> None:
        try:
            secure = self._context.wrap_socket(request, server_side=True)
        except OSError:  # the client does not trust the certificate
            return
        with secure:
            super().finish_request(secure, client_address)


@contextmanager
def proxy(
    node: Node, authorization: str | None = None, certificate: Path | None = None
) -> Iterator[Proxy]:
    """Context manager: a running proxy; with a certificate (`certificate_for`), one with TLS."""
    made = (
        _TlsProxy(node, authorization, certificate) if certificate else Proxy(node, authorization)
    )
    thread = threading.Thread(target=made.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


def certificate_for(address: str, folder: Path) -> Path:
    """Return a certificate that signs itself, for an IP address; its key is beside it (.key).

    Skips the test where there is no openssl.
    """
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here, which makes the certificate")
    path = folder / f"{address}.pem"
    subprocess.run(
        [
            openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=tracuu-test", "-addext", f"subjectAltName=IP:{address}",
            "-keyout", str(path.with_suffix(".key")), "-out", str(path),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return path

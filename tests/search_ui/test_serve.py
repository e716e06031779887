"""`tracuu serve` in processes of its own: one, or several under a supervisor."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from browsing import SEEDS

from indexer import rebuild

LIMIT = 30.0
"""Greatest number of seconds that a test waits for something."""


class Server:
    """A running `tracuu serve`."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process = process
        self.address = address

    def get(self, path: str) -> str:
        with urlopen(self.address + path, timeout=LIMIT) as answer:
            assert answer.status == 200
            return str(answer.read().decode())

    def workers(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return set(map(int, children.read_text().split()))


def wait_until(holds: object) -> None:
    """Wait until a condition holds; fail the test after LIMIT seconds."""
    until = time.monotonic() + LIMIT
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.02)


@contextmanager
def serving(index: Path, *options: str, **environ: str) -> Iterator[Server]:
    command = [sys.executable, "-m", "indexer.cli", "serve", "--port", "0", *options]
    with subprocess.Popen(
        [*command, "--index", str(index)],
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            found = re.search(r"http://\S+/", process.stdout.readline())
            assert found
            yield Server(process, found[0])
        finally:
            process.kill()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "index"
    rebuild([SEEDS], folder)
    return folder


def test_requests_that_wait_for_a_thread_are_answered_without_warnings(index: Path) -> None:
    with serving(index, "--workers", "1", TRACUU_THREADS="1") as server:

        def ask(number: int) -> str:
            return server.get(f"?q=dan+van&size={number}")

        with ThreadPoolExecutor(16) as clients:
            assert all(clients.map(ask, range(1, 65)))
        server.process.terminate()
        _, errors = server.process.communicate(timeout=LIMIT)
        assert errors == ""
        assert server.process.returncode == 0


needs_proc = pytest.mark.skipif(
    not Path(f"/proc/{os.getpid()}/task").exists(), reason="reads child processes from /proc"
)


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGBUS, signal.SIGSEGV])
def test_a_worker_that_ends_is_started_again(index: Path, number: signal.Signals) -> None:
    with serving(index, "--workers", "2") as server:
        wait_until(lambda: len(server.workers()) == 2)
        server.get("healthz")
        before = server.workers()
        victim = min(before)
        os.kill(victim, number)
        wait_until(lambda: len(server.workers() - {victim}) == 2)
        for _ in range(8):
            server.get("?q=dan+van")
        server.process.terminate()
        _, errors = server.process.communicate(timeout=LIMIT)
        assert errors.count("started again") == 1
        assert number.name in errors


@needs_proc
def test_hangup_replaces_all_workers_while_requests_are_answered(index: Path) -> None:
    with serving(index, "--workers", "2") as server, ThreadPoolExecutor(4) as clients:
        wait_until(lambda: len(server.workers()) == 2)
        before = server.workers()
        answers = clients.map(lambda number: server.get(f"?q=dan+van&size={number}"), range(1, 99))
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: len(server.workers()) == 2 and not server.workers() & before)
        assert all(answers)


@needs_proc
def test_workers_end_with_a_killed_supervisor(index: Path) -> None:
    with serving(index, "--workers", "2") as server:
        wait_until(lambda: len(server.workers()) == 2)
        workers = server.workers()
        server.process.kill()
        server.process.wait()
        wait_until(lambda: not any(_is_running(worker) for worker in workers))


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


@needs_proc
def test_a_generation_cut_short_under_a_server_is_left_for_the_former_one(tmp_path: Path) -> None:
    index = tmp_path / "index"
    rebuild([SEEDS], index)
    rebuild([SEEDS], index)
    with serving(index, "--workers", "2") as server:
        generation = json.loads(server.get("healthz"))["generation"]
        for path in (index / generation).iterdir():
            os.truncate(path, 10)
        numbers = itertools.count()

        def answers_from_the_former() -> bool:
            try:  # a worker that reads the files which were cut short ends
                server.get(f"?q=dan+van+{next(numbers)}")
                health = json.loads(server.get("healthz"))
            except OSError:
                return False
            return bool(health["status"] == "damaged" and health["generation"] != generation)

        wait_until(answers_from_the_former)
        assert "5" in server.get("?q=dan+van")


def test_all_workers_count_together(index: Path) -> None:
    with serving(index, "--workers", "3", TRACUU_STATS="1") as server:
        with ThreadPoolExecutor(6) as clients:
            list(clients.map(lambda number: server.get(f"?q=dan+van+{number % 5}"), range(40)))
        metrics = server.get("metrics")
        (counted,) = re.findall(
            r'^tracuu_requests_total\{endpoint="pages.search",status="200"\} (\S+)$', metrics, re.M
        )
        assert float(counted) == 40
        statistics = server.get("thong-ke")
        for number in range(5):
            assert re.search(rf"dan van {number}</bdi></a></td><td>8</td>", statistics)


def test_gunicorn_serves_the_same_pages(index: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--workers", "2", "--threads", "2", "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, "search_ui:create_app()"],
        env={
            **os.environ,
            "TRACUU_INDEX": str(index),
            "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        },
        stderr=subprocess.DEVNULL,
    ) as process:
        server = Server(process, f"http://127.0.0.1:{port}/")  # type: ignore[arg-type]

        def answers() -> bool:
            try:
                return "ok" in server.get("healthz")
            except OSError:
                return False

        try:
            wait_until(answers)
            for _ in range(10):
                assert "Dân vận" in server.get("?q=dan+van")
            (counted,) = re.findall(
                r'^tracuu_requests_total\{endpoint="pages.search",status="200"\} (\S+)$',
                server.get("metrics"),
                re.M,
            )
            assert float(counted) == 10
        finally:
            process.terminate()


def test_a_request_in_progress_is_answered_before_the_server_ends(index: Path) -> None:
    # With so many threads, none of the requests waits for its turn, which may end in a 503.
    with serving(index, "--workers", "2", TRACUU_THREADS="32") as server:
        host, _, port = server.address.removeprefix("http://").strip("/").partition(":")
        clients = [socket.create_connection((host, int(port)), timeout=LIMIT) for _ in range(8)]
        for client in clients:
            client.sendall(b"GET /?q=dan+van HTTP/1.0\r\n\r\n")
        server.get("healthz")  # so all of them were accepted
        server.process.terminate()
        for client in clients:
            answer = b"".join(iter(lambda client=client: client.recv(1 << 16), b""))
            assert answer.startswith(b"HTTP/1.0 200 OK")
            assert answer.rstrip().endswith(b"</html>")
            client.close()
        assert server.process.wait(LIMIT) == 0


def test_the_openapi_document_says_exactly_what_is_accepted(index: Path, tmp_path: Path) -> None:
    """schemathesis sends valid and invalid requests made from the document, to a real server."""
    with serving(index, "--workers", "1") as server:
        # Deterministic: at times it makes an object of a number, whose members are unknown
        # parameters in the address, which are ignored, and calls that accepted.
        options = ["--max-examples", "100", "--checks", "all", "--generation-deterministic"]
        command = [sys.executable, "-m", "schemathesis.cli", "run"]
        done = subprocess.run(
            [*command, f"{server.address}api/openapi.json", *options],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            cwd=tmp_path,  # it keeps a cache in the current folder
        )
    assert done.returncode == 0, done.stdout
    assert "7 selected / 7 total" in done.stdout

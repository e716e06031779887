"""Three nodes, a real server, four clients: kill each node, rebuild meanwhile, kill rebuilds.

It takes minutes and two gigabytes, so it runs only with TRACUU_TEST_OPENSEARCH=cluster.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from opensearch_support import environment, settings_for

from scripts.opensearch_nodes import Node, cluster, free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.environ.get("TRACUU_TEST_OPENSEARCH") != "cluster",
        reason="TRACUU_TEST_OPENSEARCH=cluster starts three nodes, for minutes",
    ),
]
NAME = "failover"
WORDS = "dân vận khéo công tác thi đua yêu nước xây dựng nông thôn mới tổng kết sơ kết năm".split()
CLIENTS = 4
WAIT = 400.0


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Node]]:
    found = cluster(tmp_path_factory.mktemp("cluster"), 3)
    for node in found:
        node.start()
    try:
        for node in found:
            node.wait(3)
        folder = tmp_path_factory.mktemp("front")
        with environment(
            settings_for(NAME, *found)
            # Every search must ask the cluster.
            | {"TRACUU_INDEX": str(folder), "TRACUU_TIMEOUT": "30", "TRACUU_CACHE": "0"}
        ):
            yield found
    finally:
        for node in found:
            node.kill()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "docs.jsonl"
    rng = random.Random(3)
    with path.open("w", encoding="utf-8") as file:
        for number in range(1500):
            title, text = (" ".join(rng.choices(WORDS, k=count)) for count in (6, 150))
            record = {"id": f"d{number}", "title": title, "text": text, "date": "2020-02-03"}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


def tracuu(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "indexer.cli", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def run(*arguments: str) -> None:
    process = tracuu(*arguments)
    out, err = process.communicate(timeout=WAIT)
    assert process.returncode == 0, out + err


class Visitors:
    """Clients that search through the page all the time, and note each wrong or failed answer."""

    QUERIES = (
        "dan van kheo",
        "công tác",
        '"nông thôn mới"',
        '"thi đua" -"nông dân vận"',
        "tong ket nam",
        "khéo*",
    )

    def __init__(self, port: int) -> None:
        self.port = port
        self.expected = {text: self.ask(text) for text in self.QUERIES}
        assert all(status == 200 and total > 0 for status, total, _ in self.expected.values()), (
            self.expected
        )
        self.seen: Counter[tuple[int, bool]] = Counter()
        self.slowest = 0.0
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._visit, args=(n,)) for n in range(CLIENTS)]

    def ask(self, text: str) -> tuple[int, int, list[str]]:
        """Return the status, the total (-1 if not all was found) and the ids of the first hits."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", f"/api/search?q={quote(text)}&size=5")
            answer = connection.getresponse()
            body = json.loads(answer.read())
            ids = [hit["id"] for hit in body.get("hits", [])]
            total = -1 if body.get("incomplete") else body.get("total", -1)
            return answer.status, total, ids
        finally:
            connection.close()

    def _visit(self, number: int) -> None:
        rng = random.Random(number)
        while not self._over.is_set():
            text = rng.choice(self.QUERIES)
            began = time.monotonic()
            found = self.ask(text)
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.seen[found[0], found == self.expected[text]] += 1

    def __enter__(self) -> Visitors:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


def wait_for(condition, what: str) -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.2)


def is_green(node: Node, count: int) -> bool:
    try:
        found = node.ask("GET", f"/_cluster/health?wait_for_nodes={count}&wait_for_status=green")
    except (OSError, http.client.HTTPException, ValueError):
        return False
    return bool(found.get("status") == "green" and found.get("number_of_nodes") == count)


@contextmanager
def serving() -> Iterator[int]:
    """Context manager: a server of two workers; gives its port."""
    port = free_port()
    server = tracuu("serve", "--port", str(port), "--workers", "2")
    try:
        wait_for(lambda: _answers(port), "the server")
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)


def lose(lost: Node, nodes: list[Node], visitors: Visitors) -> None:
    """Kill a node; start it again once visitors have been answered and its copies are replaced."""
    others = [other for other in nodes if other is not lost]
    before = visitors.seen.total()
    lost.kill(signal.SIGKILL)
    wait_for(lambda: visitors.seen.total() > before + 40, "visitors")
    wait_for(lambda: is_green(others[0], 2), "two nodes")
    lost.start()
    lost.wait(3)
    wait_for(lambda: is_green(others[0], 3), "three nodes")


def test_visitors_notice_no_lost_node(nodes: list[Node], source: Path) -> None:
    run("rebuild", str(source))
    managers = []
    with serving() as port:
        with Visitors(port) as visitors:
            for node in nodes:
                managers.append(manager_of(nodes) is node)
                lose(node, nodes, visitors)
            if not any(managers):
                lose(manager_of(nodes), nodes, visitors)
        figures = {"managers": managers, "answers": visitors.seen, "slowest_s": visitors.slowest}
        print(figures)
        assert set(visitors.seen) == {(200, True)}, figures
    run("check")


def test_a_frozen_node_gives_no_wrong_answer_and_is_left_out(
    nodes: list[Node], source: Path
) -> None:
    """A node that neither answers nor closes its connections, as one whose disk hangs."""
    run("rebuild", str(source))
    frozen = next(node for node in nodes if manager_of(nodes) is not node)
    others = [other for other in nodes if other is not frozen]
    with serving() as port:
        with Visitors(port) as visitors:
            os.kill(frozen.pid, signal.SIGSTOP)
            began = time.monotonic()
            try:
                wait_for(lambda: is_green(others[0], 2), "the cluster leaves it out")
                figures = {"left_out_s": time.monotonic() - began, "until": dict(visitors.seen)}
                # Each client may still be waiting for one answer of before.
                before = visitors.seen.total()
                wait_for(lambda: visitors.seen.total() >= before + CLIENTS, "visitors")
                visitors.seen.clear()
                wait_for(lambda: visitors.seen.total() > 40, "visitors")
                after = dict(visitors.seen)
            finally:
                os.kill(frozen.pid, signal.SIGCONT)
            wait_for(lambda: is_green(others[0], 3), "three nodes")
        figures |= {"after": after, "slowest_s": visitors.slowest}
        print(figures)
        assert set(figures["until"]) <= {(200, True), (503, False)}, figures
        assert set(after) == {(200, True)}, figures


def test_visitors_notice_no_rebuild_and_no_manager_that_it_loses(
    nodes: list[Node], source: Path
) -> None:
    run("rebuild", str(source))
    rebuilt = {}
    with serving() as port:
        with Visitors(port) as visitors:
            for moment in ("bulk", "switch"):
                rebuilding = tracuu("rebuild", str(source))
                wait_for(lambda m=moment: _is_building(nodes[0], m), moment)  # type: ignore[misc]
                lost = manager_of(nodes)
                lost.kill(signal.SIGKILL)
                lost.start()
                lost.wait(3)
                out, err = rebuilding.communicate(timeout=WAIT)
                rebuilt[moment] = rebuilding.returncode, out + err
                wait_for(lambda: is_green(nodes[0], 3), "three nodes")
            run("rebuild", str(source))
            before = visitors.seen.total()
            wait_for(lambda: visitors.seen.total() > before + 100, "visitors")
        figures = {"rebuilds": rebuilt, "answers": visitors.seen, "slowest_s": visitors.slowest}
        print(figures)
        assert set(visitors.seen) == {(200, True)}, figures
        # A rebuild that misses copies too long ends with one sentence; a whole one is nothing else.
        for code, said in rebuilt.values():
            assert code in (0, 2), figures
            assert code == 0 or len(said.strip().splitlines()) == 1, figures
    run("check")


def manager_of(nodes: list[Node]) -> Node:
    """Return the node that is the cluster manager."""
    found = nodes[0].ask("GET", "/_cat/cluster_manager?format=json")[0]["node"]
    return next(node for node in nodes if node.name == found)


def test_a_rebuild_that_is_killed_at_any_time_changes_nothing(
    nodes: list[Node], source: Path
) -> None:
    run("rebuild", str(source))
    for after in (0.5, 1.5, 2.5, 3.5, 5.0, 7.0):
        process = tracuu("rebuild", str(source))
        with suppress(subprocess.TimeoutExpired):
            process.wait(after)
        process.kill()
        process.communicate()
        found = subprocess.run(
            [sys.executable, "-m", "indexer.cli", "search", "dân", "--json"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert found.returncode == 0, found.stderr
        assert json.loads(found.stdout)["total"] > 1000
    run("rebuild", str(source))
    run("check")
    names = [e["index"] for e in nodes[0].ask("GET", f"/_cat/indices/{NAME}-2*?format=json")]
    assert len(names) == 4, names  # two generations, each with its files


def test_a_cluster_without_nodes_is_one_sentence(nodes: list[Node], source: Path) -> None:
    run("rebuild", str(source))
    with serving() as port:
        for node in nodes:
            node.kill(signal.SIGKILL)
        status, headers, body = _get(port, "/api/search?q=dan")
        assert (status, headers["Retry-After"]) == (503, "10")
        assert json.loads(body)["error"]["code"] == "engine_unavailable"
        assert _get(port, "/?q=dan")[0] == 503
        assert json.loads(_get(port, "/healthz")[2])["status"] == "unavailable"
        one = tracuu("search", "dân")
        _, err = one.communicate(timeout=WAIT)
        assert one.returncode == 2
        assert err.startswith("tracuu: No node of the cluster answers")
        assert err.count("\n") == 1
        for node in nodes:
            node.start()
        wait_for(lambda: _get(port, "/api/search?q=dan")[0] == 200, "the cluster is back")


def _get(port: int, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def _answers(port: int) -> bool:
    try:
        return _get(port, "/healthz")[0] == 200
    except OSError:
        return False


def _is_building(node: Node, moment: str) -> bool:
    """True if a generation is being built and has its first documents ("bulk"), or is complete but
    for its copies on other nodes ("switch")."""
    aliased = node.ask("GET", "/_alias")
    settings = node.ask("GET", f"/{NAME}-2*/_settings?flat_settings=true")
    for name, found in settings.items():
        if name.endswith("-files") or aliased.get(name, {}).get("aliases"):
            continue
        if moment == "switch":
            return bool(found["settings"]["index.number_of_replicas"] == "1")
        stats = node.ask("GET", f"/{name}/_stats/indexing")
        return bool(stats.get("_all", {}).get("total", {}).get("indexing", {}).get("index_total"))
    return False

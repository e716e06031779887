"""The client, when a cluster answers that it lost something, asks for a login, or speaks TLS.

The answers in LOST are those of real clusters, recorded when nodes were killed.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opensearch_proxy import Proxy, certificate_for, proxy
from opensearch_support import engine_backend, environment, remove, running_node, settings_for

from indexer.engines.base import SearchEngine
from indexer.engines.opensearch.client import Cluster
from indexer.engines.opensearch.storage import generations
from indexer.engines.opensearch.storage.generations import switch
from indexer.engines.opensearch.writer import building
from indexer.errors import EngineUnavailable, SettingError, UnusableIndex
from indexer.models import Document, SearchRequest
from indexer.search import search
from scripts.opensearch_nodes import Node

NAME = "client"


def failed(status: int, kind: str, reason: str, **more: Any) -> dict[str, Any]:
    """Return an error as a cluster writes it."""
    cause = {"type": kind, "reason": reason}
    return {"error": {"root_cause": [cause], **cause, **more}, "status": status}


GONE = {
    "type": "node_disconnected_exception",
    "reason": "[n2][127.0.0.1:53983][indices:data/read/search[phase/fetch/id]] disconnected",
}
FETCH = failed(
    500, "search_phase_execution_exception", "Partial shards failure", phase="fetch",
    failed_shards=[{"shard": 0, "index": "i", "node": "n", "reason": GONE}],
)  # fmt: skip
NO_CONTEXT = failed(
    404, "search_phase_execution_exception", "all shards failed", phase="fetch",
    failed_shards=[{"shard": 0, "reason": {"type": "search_context_missing_exception",
                                           "reason": "No search context found for id [7]"}}],
)  # fmt: skip
RED = failed(503, "search_phase_execution_exception", "all shards failed", failed_shards=[])
STARTING = failed(
    503, "cluster_block_exception",
    "blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];",
)  # fmt: skip
NO_SHARD = failed(503, "no_shard_available_action_exception", "No shard available for [get]")
LOST = {
    "a node between its two phases": ("_msearch", 200, {"responses": [FETCH, FETCH]}),
    "the hits that a node had found": ("_msearch", 200, {"responses": [NO_CONTEXT]}),
    "a shard": ("_msearch", 200, {"responses": [RED]}),
    "its state, for it has just started": ("_msearch", 503, STARTING),
    "a document's shard": ("_mget", 200, {"docs": [{"_id": "x", **NO_SHARD}]}),
    "the way to the manager": (
        "_alias",
        503,
        failed(503, "cluster_manager_not_discovered_exception", ""),
    ),
}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """The node, with an archive of one document and the settings that use it."""
    found = running_node()
    with environment(settings_for(NAME, found)):
        folder = tmp_path_factory.mktemp("client")
        engine_backend().build(folder, [Document("d0", "dân vận", "dân vận khéo")])
        yield found
    remove(found, NAME)


@pytest.fixture
def front(node: Node) -> Iterator[Proxy]:
    """A proxy, with the settings that use it."""
    with proxy(node) as made, environment({"TRACUU_OPENSEARCH_URL": made.url}):
        yield made


def searched(folder: Path) -> list[str]:
    engine: SearchEngine = engine_backend().open_engine(folder)
    try:
        found = search(engine, SearchRequest("dan van"))
        assert engine.document("d0").body == "dân vận khéo"
        return [hit.document.id for hit in found.hits]
    finally:
        engine.close()


@pytest.mark.parametrize("lost", LOST)
def test_a_request_is_repeated_if_the_cluster_lost(lost: str, front: Proxy, tmp_path: Path) -> None:
    path, status, answer = LOST[lost]
    engine = engine_backend().open_engine(tmp_path)
    try:
        front.instead.append((path, status, answer))
        if path == "_alias":
            assert engine_backend().current(tmp_path) == engine.status.generation
        elif path == "_mget":
            assert engine.document("d0").title == "dân vận"
        else:
            assert search(engine, SearchRequest("dan van")).total == 1
        assert not front.instead
    finally:
        engine.close()


def test_a_cluster_that_stays_without_a_shard_is_one_sentence_and_no_damage(
    front: Proxy, tmp_path: Path
) -> None:
    engine = engine_backend().open_engine(tmp_path)
    try:
        path, status, answer = LOST["a document's shard"]
        front.instead += [(path, status, answer)] * 8
        with pytest.raises(EngineUnavailable, match="A part of the index is not available"):
            engine.document("d0")
    finally:
        engine.close()


def test_a_full_disk_is_not_waited_for(front: Proxy) -> None:
    full = failed(
        429, "cluster_block_exception",
        "index [i] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark];",
    )  # fmt: skip
    cluster = Cluster()
    front.instead.append(("x/_doc", 429, full))
    front.asked.clear()
    with pytest.raises(UnusableIndex, match=r"takes no changes.*Free disk space"):
        cluster.ask("PUT", "/x/_doc/1", {})
    assert len(front.asked) == 1


def test_switching_twice_is_switching_once(node: Node, tmp_path: Path) -> None:
    # A manager that is killed may have switched, and its successor is asked again.
    engine = engine_backend()
    with (
        proxy(node) as front,
        environment({"TRACUU_OPENSEARCH_URL": front.url, "TRACUU_OPENSEARCH_INDEX": f"{NAME}-two"}),
    ):
        engine.build(tmp_path, [Document("d0", body="một")])
        first = engine.current(tmp_path)
        engine.build(tmp_path, [Document("d0", body="hai")])
        second = engine.current(tmp_path)
        front.asked.clear()
        front.lose_answer_to = "/_aliases"
        switch(Cluster(), first, second)
        assert front.asked.count("/_aliases") == 2
        assert engine.current(tmp_path) == first


def test_creating_a_generation_twice_is_creating_it_once(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy(node) as front, environment({"TRACUU_OPENSEARCH_URL": front.url}):
        cluster = Cluster()
        monkeypatch.setattr(generations, "new_name", lambda cluster: f"{NAME}-x")
        front.lose_answer_to = f"/{NAME}-x"
        assert building.create(cluster) == f"{NAME}-x"
        assert front.asked.count(f"/{NAME}-x") == 2


def test_a_login_is_sent_and_a_refused_one_is_one_sentence(node: Node, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mật khẩu\n", "utf-8")
    pair = base64.b64encode("thủ thư:mật khẩu".encode()).decode()
    by_password = {
        "TRACUU_OPENSEARCH_USER": "thủ thư",
        "TRACUU_OPENSEARCH_PASSWORD_FILE": str(secret),
    }
    by_token = {"TRACUU_OPENSEARCH_TOKEN_FILE": str(secret)}
    for settings, wanted in ((by_password, f"Basic {pair}"), (by_token, "Bearer abc")):
        secret.write_text("mật khẩu\n" if settings is by_password else "abc\n", "utf-8")
        with (
            proxy(node, wanted) as front,
            environment({"TRACUU_OPENSEARCH_URL": front.url, **settings}),
        ):
            assert searched(tmp_path) == ["d0"]
        with (
            proxy(node, "Basic other") as front,
            environment({"TRACUU_OPENSEARCH_URL": front.url, **settings}),
            pytest.raises(UnusableIndex, match=r"refuses this login.*PASSWORD_FILE"),
        ):
            engine_backend().open_engine(tmp_path)
    secret.write_text("hai\ndòng", "utf-8")
    with environment(by_token), pytest.raises(SettingError, match="holds no token"):
        engine_backend().open_engine(tmp_path)


def test_tls_is_verified_with_the_given_authority(node: Node, tmp_path: Path) -> None:
    own = certificate_for("127.0.0.1", tmp_path)
    other = certificate_for("127.0.0.2", tmp_path)
    with proxy(node, certificate=own) as front:
        url = {"TRACUU_OPENSEARCH_URL": front.url}
        with environment({**url, "TRACUU_OPENSEARCH_CA_FILE": str(own)}):
            assert searched(tmp_path) == ["d0"]
        for settings in (url, {**url, "TRACUU_OPENSEARCH_CA_FILE": str(other)}):
            with (
                environment(settings),
                pytest.raises(UnusableIndex, match=r"No secure connection.*CA_FILE"),
            ):
                engine_backend().open_engine(tmp_path)
        broken = tmp_path / "broken.pem"
        broken.write_text("no certificate")
        with (
            environment({**url, "TRACUU_OPENSEARCH_CA_FILE": str(broken)}),
            pytest.raises(UnusableIndex, match=r"no certificate .*TRACUU_OPENSEARCH_CA_FILE"),
        ):
            engine_backend().open_engine(tmp_path)
    with (
        proxy(node, certificate=other) as front,
        environment({"TRACUU_OPENSEARCH_URL": front.url, "TRACUU_OPENSEARCH_CA_FILE": str(other)}),
        pytest.raises(UnusableIndex, match=r"No secure connection.*127\.0\.0\.1"),
    ):
        engine_backend().open_engine(tmp_path)

"""The page over an archive on a real OpenSearch node: a walk in Chromium, and the health of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import test_browser as walks
from browsing import Open, serving, visitor
from opensearch_support import environment, remove, running_node, settings_for
from playwright.sync_api import Browser
from texts import SEEDS

from indexer import Archive, rebuild
from scripts.opensearch_nodes import free_port
from search_ui import create_app

NAME = "page"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The five seeds on the node."""
    node = running_node()
    folder = tmp_path_factory.mktemp("cluster")
    with environment(settings_for(NAME, node)):
        assert rebuild([SEEDS], folder).broken == ()
        with Archive.open(folder) as opened:
            yield opened
    remove(node, NAME)


@pytest.mark.browser
def test_a_visitor_notices_no_difference(archive: Archive, browser: Browser) -> None:
    with serving(create_app(archive)) as site, visitor(browser, site) as visit:
        walk(visit)


def walk(visit: Open) -> None:
    walks.test_search_narrow_read_and_go_back(visit)
    walks.test_everything_works_without_javascript(visit)


def test_health_tells_the_state_of_the_cluster(archive: Archive) -> None:
    client = create_app(archive).test_client()
    health = client.get("/healthz")
    assert health.status_code == 200
    assert health.json is not None
    assert health.json["cluster"] == {"status": "ok", "nodes": 1, "missing_copies": 0}


def test_a_cluster_that_does_not_answer_is_a_page_that_says_so(tmp_path: Path) -> None:
    pytest.importorskip("opensearchpy")
    values = {
        "TRACUU_ENGINE": "opensearch",
        "TRACUU_OPENSEARCH_URL": f"http://127.0.0.1:{free_port()}",
    }
    with environment(values):
        client = create_app(index_dir=tmp_path).test_client()
        page = client.get("/?q=dan")
        assert page.status_code == 503
        assert page.headers["Retry-After"] == "10"
        assert "Tạm thời chưa tra cứu được" in page.text
        assert "tracuu rebuild" not in page.text
        error = client.get("/api/search?q=dan").json
        assert error is not None
        assert error["error"]["code"] == "engine_unavailable"
        health = client.get("/healthz")
        assert (health.status_code, health.json["status"]) == (503, "unavailable")  # type: ignore[index]

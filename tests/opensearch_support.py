"""One real OpenSearch node of each release for all tests of a run, started when the first test
needs it.

Tests that use one are skipped where it cannot be started (no Java that is new enough, no Maven, no
network), with the reason, and with TRACUU_TEST_OPENSEARCH=off.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from indexer.engines.base import Backend, SearchEngine
from indexer.models import Document
from scripts.opensearch_nodes import DEFAULT_RELEASE, Node, NodesMissing, cluster

pytest.importorskip("opensearchpy")


@cache
def node(release: str) -> Node | str:
    """Return the node of a release, or why there is none."""
    home = Path(tempfile.mkdtemp(prefix="tracuu-node-"))
    (found,) = cluster(home, 1, release=release)
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    atexit.register(found.kill)
    try:
        found.start()
        found.wait()
    except NodesMissing as error:
        return str(error)
    return found


def running_node(release: str = DEFAULT_RELEASE) -> Node:
    """Return the node of a release. Skips the test if there is none."""
    if os.environ.get("TRACUU_TEST_OPENSEARCH") == "off":
        pytest.skip("TRACUU_TEST_OPENSEARCH=off")
    found = node(release)
    if isinstance(found, str):
        pytest.skip(f"no OpenSearch node here: {found}")
    return found


def settings_for(name: str, *nodes: Node) -> dict[str, str]:
    """Return the environment with which commands use the archive `name` on these nodes."""
    return {
        "TRACUU_ENGINE": "opensearch",
        "TRACUU_OPENSEARCH_URL": ",".join(each.url for each in nodes),
        "TRACUU_OPENSEARCH_INDEX": name,
        "TRACUU_OPENSEARCH_REPLICAS": "1" if len(nodes) > 1 else "0",
        "TRACUU_OPENSEARCH_SHARDS": "3" if len(nodes) > 1 else "1",
    }


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """Context manager: set environment variables."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def remove(node_: Node, name: str) -> None:
    """Remove an archive from the cluster."""
    node_.ask("DELETE", f"/{name}-*?ignore_unavailable=true")


@contextmanager
def opensearch(
    documents: Sequence[Document], shards: int = 1, release: str = DEFAULT_RELEASE
) -> Iterator[SearchEngine]:
    """Context manager: an engine over these documents, on the node of a release."""
    name = "conformance"
    found = running_node(release)
    with (
        tempfile.TemporaryDirectory() as folder,
        environment(settings_for(name, found) | {"TRACUU_OPENSEARCH_SHARDS": str(shards)}),
    ):
        backend = engine_backend()
        backend.build(Path(folder), documents)
        opened = backend.open_engine(Path(folder))
        try:
            yield opened
        finally:
            opened.close()
            remove(found, name)


def engine_backend() -> Backend:
    """Return the backend; imported here, for opensearch-py is an extra."""
    from indexer.engines import backend

    return backend()

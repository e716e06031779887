"""Count and time responses since the server started, for Prometheus.

`prometheus_client` keeps and formats the figures. It also adds them up over several server
processes, if `PROMETHEUS_MULTIPROC_DIR` names an empty folder before they start.
"""

from __future__ import annotations

import os
from datetime import datetime
from time import perf_counter

import prometheus_client
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from indexer import Status

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the buckets of the histogram of response times, in seconds."""

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """The figures of one app. Safe to use from many threads.

    Labels are endpoints and status codes, so their number is bounded for any requests.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "tracuu_requests",
            "Answers by endpoint and status.",
            ("endpoint", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "tracuu_request_seconds",
            "Time from the request to its answer.",
            ("endpoint",),
            buckets=BUCKETS,
            registry=self._registry,
        )

    def record(self, endpoint: str, status: int, seconds: float) -> None:
        """Count a response of an endpoint with its HTTP status and the seconds that it took."""
        self._requests.labels(endpoint, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def text(self, status: Status, *, damaged: bool = False) -> bytes:
        """Return all figures, and those of the served index, in the text format of Prometheus
        (UTF-8).

        `status` is that of the served index; `damaged` is True if a part of the newest index cannot
        be read.
        """
        registry = self._registry
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry) + generate_latest(_index_figures(status, damaged))


def _index_figures(status: Status, damaged: bool) -> CollectorRegistry:
    registry = CollectorRegistry()
    Gauge("tracuu_documents", "Documents in the index that is served.", registry=registry).set(
        status.documents
    )
    Gauge(
        "tracuu_index_built_timestamp_seconds", "When that index was built.", registry=registry
    ).set(datetime.fromisoformat(status.built_at).timestamp())
    Gauge(
        "tracuu_index_damaged",
        "1 if a part of the newest index cannot be read, as /healthz says.",
        registry=registry,
    ).set(damaged)
    return registry


def init_app(app: Flask) -> None:
    """Make `app` count and time all its responses."""
    metrics = app.extensions["tracuu.metrics"] = Metrics()

    @app.before_request
    def begin() -> None:
        g.began = perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        taken = perf_counter() - g.began if "began" in g else 0.0
        metrics.record(request.endpoint or "none", response.status_code, taken)
        return response

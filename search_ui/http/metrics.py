"""Counters and times since the server began, in the text format of Prometheus."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from threading import Lock
from time import perf_counter

from flask import Flask, Response, g, request

from indexer import Status

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper ends of the histogram's buckets, in seconds."""


class Metrics:
    """Safe to use from many threads. The labels are endpoints and statuses: few, whatever comes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: Counter[tuple[str, int]] = Counter()
        self._buckets: dict[str, list[int]] = {}
        self._seconds: Counter[str] = Counter()

    def note(self, endpoint: str, status: int, seconds: float) -> None:
        """One answer."""
        with self._lock:
            self._answers[endpoint, status] += 1
            buckets = self._buckets.setdefault(endpoint, [0] * (len(BOUNDS) + 1))
            buckets[bisect_left(BOUNDS, seconds)] += 1
            self._seconds[endpoint] += seconds  # type: ignore[assignment]  # a Counter of floats

    def text(self, status: Status) -> str:
        """Everything, with what stands open."""
        with self._lock:
            return "\n".join((*self._lines(), *_index(status))) + "\n"

    def _lines(self) -> Iterator[str]:
        yield "# HELP tracuu_requests_total Answers by endpoint and status."
        yield "# TYPE tracuu_requests_total counter"
        for (endpoint, status), count in sorted(self._answers.items()):
            yield f'tracuu_requests_total{{endpoint="{endpoint}",status="{status}"}} {count}'
        yield "# HELP tracuu_request_seconds Time from the request to its answer."
        yield "# TYPE tracuu_request_seconds histogram"
        for endpoint, buckets in sorted(self._buckets.items()):
            label, so_far = f'endpoint="{endpoint}"', 0
            for bound, count in zip((*BOUNDS, "+Inf"), buckets, strict=True):
                so_far += count
                yield f'tracuu_request_seconds_bucket{{{label},le="{bound}"}} {so_far}'
            yield f"tracuu_request_seconds_sum{{{label}}} {self._seconds[endpoint]:.6f}"
            yield f"tracuu_request_seconds_count{{{label}}} {so_far}"


def _index(status: Status) -> Iterator[str]:
    built = datetime.fromisoformat(status.built_at).timestamp()
    yield "# HELP tracuu_documents Documents in the index that stands open."
    yield "# TYPE tracuu_documents gauge"
    yield f"tracuu_documents {status.documents}"
    yield "# HELP tracuu_index_built_timestamp_seconds When that index was built."
    yield "# TYPE tracuu_index_built_timestamp_seconds gauge"
    yield f"tracuu_index_built_timestamp_seconds {built:.0f}"


def init_app(app: Flask) -> None:
    """Measure every answer of `app`."""
    metrics = app.extensions["tracuu.metrics"] = Metrics()

    @app.before_request
    def begin() -> None:
        g.began = perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        taken = perf_counter() - g.began if "began" in g else 0.0
        metrics.note(request.endpoint or "none", response.status_code, taken)
        return response

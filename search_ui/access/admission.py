"""Bound how many requests a process answers at once, so that it stays responsive under load.

Each request takes a thread of the server. An eighth of the threads may answer requests; most of the
others may wait for a turn. Threads of a process share one processor, so more of them would answer
no more requests, each would take longer, and /healthz would wait for all of them. A request that
would be one too many to wait, or that waits longer than WAIT_SECONDS, is answered with 503 and a
Retry-After. The rest of the threads stays free for /healthz, /metrics, styles and scripts, which
need no turn.
"""

from __future__ import annotations

import threading

from flask import Flask, g, request
from werkzeug.exceptions import ServiceUnavailable

from indexer import int_setting

MIN_THREADS = 8
"""Least number of threads of the server with which the number of requests is bounded; with fewer,
requests wait in the queue of the server instead."""
WAIT_SECONDS = 2.0
"""Greatest time, in seconds, that a request waits for its turn."""
_RETRY_SECONDS = 5  # in the Retry-After of a 503
_FREE_ENDPOINTS = frozenset({"machines.health", "machines.figures", "static"})
"""Endpoints that are always answered at once."""


class Admission:
    """Admits at most `at_once` requests at a time; at most `waiting` others wait for their turn.

    Safe to use from many threads.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        self._turns = threading.Semaphore(at_once)
        self._places = threading.Semaphore(at_once + waiting)

    def enter(self) -> bool:
        """Wait for a turn, at most WAIT_SECONDS; return True once the caller has one.

        Return False if too many wait already, or if the wait took too long. After True, the caller
        must call `leave`.
        """
        if not self._places.acquire(blocking=False):
            return False
        if self._turns.acquire(timeout=WAIT_SECONDS):
            return True
        self._places.release()
        return False

    def leave(self) -> None:
        """End the turn that `enter` gave."""
        self._turns.release()
        self._places.release()


def init_app(app: Flask) -> None:
    """Make `app` answer at most an eighth as many requests at once as the server has threads (the
    setting `threads`).

    A request that gets no turn raises ServiceUnavailable (503). Does nothing with fewer threads
    than MIN_THREADS.
    """
    threads = int_setting("threads")
    if threads < MIN_THREADS:
        return
    at_once = threads // 8
    admission = Admission(at_once, threads - at_once - 2)

    @app.before_request
    def enter() -> None:
        if request.endpoint not in _FREE_ENDPOINTS:
            if not admission.enter():
                raise ServiceUnavailable(retry_after=_RETRY_SECONDS)
            g.admitted = True

    @app.teardown_request
    def leave(error: BaseException | None) -> None:
        if g.pop("admitted", False):
            admission.leave()

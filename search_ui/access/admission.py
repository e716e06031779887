"""Bounds how many requests are answered at once, so that costly searches do not stop all others.

A process has more threads than it answers searches at once. Further ones wait for a moment; if too
many wait, or one waits too long, it is answered with 503 and advice to come back. So a thread is
always free for /healthz, styles and scripts.
"""

from __future__ import annotations

import threading

from flask import Flask, g, request
from werkzeug.exceptions import ServiceUnavailable

from indexer import int_setting

MIN_THREADS = 8
"""With fewer threads, requests wait in the server's own queue instead."""
WAIT_SECONDS = 2.0
"""Longest wait for a turn."""
_RETRY_SECONDS = 5
_FREE_ENDPOINTS = frozenset({"machines.health", "machines.figures", "static"})


class Admission:
    """Admits at most `at_once` requests; at most `waiting` others wait for their turn."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._turns = threading.Semaphore(at_once)
        self._places = threading.Semaphore(at_once + waiting)

    def enter(self) -> bool:
        """Wait for a turn. Return False if there is no place to wait, or none for too long."""
        if not self._places.acquire(blocking=False):
            return False
        if self._turns.acquire(timeout=WAIT_SECONDS):
            return True
        self._places.release()
        return False

    def leave(self) -> None:
        """End a turn."""
        self._turns.release()
        self._places.release()


def init_app(app: Flask) -> None:
    """Admit the requests of `app`, if the server has enough threads to hold some back."""
    threads = int_setting("threads")
    if threads < MIN_THREADS:
        return
    at_once = threads // 4
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

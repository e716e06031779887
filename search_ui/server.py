"""Serve the app with waitress, in one process or in several under a supervisor.

The supervisor opens the listening socket and forks the workers. Each worker has an app of its own
and answers requests from that socket; the mapped index is in memory only once. The supervisor
restarts a worker that ends for any reason (a bus error because a mapped file was cut short, too
little memory). On SIGTERM or SIGINT it ends all workers after they answered the requests that they
had begun; on SIGHUP it replaces them one by one. A worker ends if the supervisor does.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import waitress
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError

from indexer import Archive, SettingError, UnusableIndex, timeout_setting
from search_ui import create_app
from search_ui.access.gate import Gate

_RESTART_SECONDS = 1.0
"""Least time, in seconds, between a start of a worker and its restart."""
_GRACE_SECONDS = 10.0
"""Greatest time, in seconds, for answering the requests that were begun before SIGTERM."""
_REQUEST_SECONDS = 30.0
"""Greatest time, in seconds, in which a client must send a request."""
_MAX_BODY_BYTES = 64 << 10
"""Greatest size, in bytes, of the body of a request. No address reads one; by default, waitress
would store up to a gigabyte on disk."""

logger = logging.getLogger("tracuu.server")


def run(
    index_dir: Path,
    host: str,
    port: int,
    *,
    threads: int,
    workers: int,
    shared: Path,
    announce: Callable[[str], None],
) -> None:
    """Serve until SIGTERM or SIGINT. Must be called in the main thread, before any other starts.

    Raises SettingError if a setting is wrong or the address cannot be listened on, UnusableIndex if
    the index cannot be opened (`Archive.open`).

    Parameters
    ----------
    index_dir : folder of the index.
    host, port : address to listen on; port 0 takes any free one.
    threads, workers : number of threads of each process, and of processes.
    shared : an empty folder in which the workers keep their common statistics.
    announce : called with the address once requests are accepted there.
    """
    archive = Archive.open(index_dir, timeout_setting())
    app = create_app(archive, index_dir)  # a wrong setting ends the command, not each worker
    _refuse_unknown_groups(app, archive)
    with _listening(host, port) as listener:
        address = f"http://{host}:{listener.getsockname()[1]}/"
        if workers == 1:
            announce(address)
            _serve(app, listener, threads)
            return
        archive.close()
        supervisor = _Supervisor(lambda: _work(index_dir, listener, threads, shared), workers)
        announce(address)
        supervisor.run()


def _refuse_unknown_groups(app: Flask, archive: Archive) -> None:
    """Raise SettingError if a login names a group that the archive does not have."""
    access = archive.profile().access
    gate: Gate = app.extensions["tracuu.gate"]
    if unknown := gate.unknown_groups(access):
        groups = ", ".join(access.names) if access else "none"
        raise SettingError(
            f"A login names the group {unknown[0]!r}, which the index does not have (it has: "
            f"{groups}).",
            "Correct the file of logins, or name it in [access.groups] of archive.toml and run "
            "`tracuu rebuild`.",
        )


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """Context manager: open the listening socket, and close it at the end.

    Raises SettingError if the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family, backlog=1024) as listener:
            yield listener
    except (OSError, ValueError, OverflowError) as error:
        raise SettingError(
            f"Cannot listen on {host}:{port}: {error}.", "Choose another with --host and --port."
        ) from None


def _serve(app: Flask, listener: socket.socket, threads: int) -> None:
    """Answer requests until SIGTERM or SIGINT, then go on for at most `_GRACE_SECONDS` to finish
    those that were begun.

    Sets handlers for both signals, so it must be called in the main thread.
    """
    # Requests that wait for a thread are no error: a browser sends six at once. Response times are
    # in /metrics.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    sockets: dict[int, object] = {}
    server = waitress.create_server(
        app, map=sockets, sockets=[listener], threads=threads, ident=None, channel_timeout=60,
        # The app decides whom to believe (`http.proxy`), and must see that a proxy was there
        # (`access.gate`); waitress would take the headers out before.
        clear_untrusted_proxy_headers=False,
        max_request_body_size=_MAX_BODY_BYTES,
    )  # fmt: skip
    ends_at: float | None = None

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal ends_at
        ends_at = time.monotonic() + _GRACE_SECONDS
        server.accepting = False
        server.pull_trigger()  # wakes the loop

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    server.channel_class = _Channel
    receiving: dict[int, float] = {}  # socket -> since when its request is incomplete
    while ends_at is None or (time.monotonic() < ends_at and _is_busy(server)):
        server.asyncore.loop(timeout=1, map=sockets, use_poll=True, count=1)
        _close_slow_senders(server, receiving)
    server.task_dispatcher.shutdown()


class _RequestParser(HTTPRequestParser):  # type: ignore[misc]
    """The request parser of waitress, changed to answer 400 to addresses that are not valid.

    waitress itself drops the connection without an answer for some of them.
    """

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the request line and headers.

        Raises ParsingError, which is answered with 400, if they are not valid.
        """
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # from urllib, for "http://[::1"
            raise ParsingError(f"Bad address: {error}") from error


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _RequestParser


def _is_busy(server: Any) -> bool:
    """Return True if a request is being answered or an answer is being sent."""
    channels = list(server.active_channels.values())
    return any(channel.requests or channel.total_outbufs_len for channel in channels)


def _close_slow_senders(server: Any, receiving: dict[int, float]) -> None:
    """Close connections that take longer than _REQUEST_SECONDS to send a request.

    waitress closes only those that send nothing for a while. `receiving` keeps, between calls, the
    file descriptor of a connection → the time since which its request is incomplete.
    """
    now = time.monotonic()
    incomplete = {
        number: channel
        for number, channel in list(server.active_channels.items())
        if channel.request is not None
    }
    for number in receiving.keys() - incomplete.keys():
        del receiving[number]
    for number, channel in incomplete.items():
        if now - receiving.setdefault(number, now) > _REQUEST_SECONDS:
            channel.will_close = True


def _work(index_dir: Path, listener: socket.socket, threads: int, shared: Path) -> None:
    """Run a worker process until SIGTERM or SIGINT; without a usable index, it answers 503 until
    there is one."""
    try:
        archive: Archive | None = Archive.open(index_dir, timeout_setting())
    except UnusableIndex as error:
        logger.error("%s", error)
        archive = None  # answers 503 until there is an index that can be opened
    _serve(create_app(archive, index_dir, shared=shared), listener, threads)


class _Supervisor:
    """Keeps `workers` processes running, each of which calls `work` and then ends.

    The constructor forks them, and blocks the signals that `run` waits for in the calling thread.
    It must be called in the main thread, before any other thread starts: only the main thread may
    set a handler, and other threads would receive the signals and be missing after a fork.
    """

    _SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD})

    def __init__(self, work: Callable[[], None], workers: int) -> None:
        self._work = work
        self._started: dict[int, float] = {}  # process id -> time of its start
        # Only this process keeps the writing end, so reading ends when this process does.
        self._alive, self._never_written = os.pipe()
        # A handler, because a signal that is ignored by default need not be delivered to `sigwait`.
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self._former_mask = signal.pthread_sigmask(signal.SIG_BLOCK, self._SIGNALS)
        for _ in range(workers):
            self._start()

    def run(self) -> None:
        """Restart workers that end, and replace all on SIGHUP; return after SIGTERM or SIGINT, once
        all have ended."""
        while True:
            number = signal.sigwait(self._SIGNALS)
            if number == signal.SIGCHLD:
                self._start_ended_again()
            elif number == signal.SIGHUP:
                for process in list(self._started):
                    self._start()
                    self._end({process})
            else:
                self._end(set(self._started))
                return

    def _start(self) -> None:
        process = os.fork()
        if not process:
            self._run_worker()
        self._started[process] = time.monotonic()

    def _run_worker(self) -> None:
        """Run a worker in the process that was just forked; never returns."""
        code = 1
        try:
            os.close(self._never_written)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            threading.Thread(target=self._end_with_supervisor, daemon=True).start()
            signal.pthread_sigmask(signal.SIG_SETMASK, self._former_mask)
            self._work()
            code = 0
        except BaseException:
            logger.exception("a worker could not go on")
        finally:
            os._exit(code)

    def _end_with_supervisor(self) -> None:
        os.read(self._alive, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def _start_ended_again(self) -> None:
        for process, status in _ended_processes():
            started = self._started.pop(process, None)
            if started is None:
                continue
            code = os.waitstatus_to_exitcode(status)
            reason = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            logger.error("a worker process ended (%s); it is started again", reason)
            time.sleep(max(0.0, started + _RESTART_SECONDS - time.monotonic()))
            self._start()

    def _end(self, processes: set[int]) -> None:
        """Send SIGTERM to workers, given by process id, and wait until they have ended; kill those
        that take five seconds longer than `_GRACE_SECONDS`. Empties `processes`."""
        for process in processes:
            os.kill(process, signal.SIGTERM)
        limit = time.monotonic() + _GRACE_SECONDS + 5
        while processes:
            for process in processes & {process for process, _ in _ended_processes(processes)}:
                self._started.pop(process, None)
                processes.discard(process)
            if time.monotonic() > limit:
                for process in processes:
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.02)


def _ended_processes(processes: Iterable[int] = (-1,)) -> Iterator[tuple[int, int]]:
    """Yield (process id, wait status) of each child process among `processes` that has ended; -1
    stands for all children."""
    for wanted in list(processes):
        with suppress(ChildProcessError):
            while found := os.waitpid(wanted, os.WNOHANG):
                if not found[0]:
                    break
                yield found

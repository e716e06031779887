"""Processes that work for a build, and let their parent lend a hand.

    with WorkerPool(2, prepare) as workers:                 # each process begins with `prepare()`
        future = workers.submit(function, argument)      # both must be importable, picklable
        workers.run_next()                                   # do it here, if no process has begun it

They are programs of their write_end, not forks: they hold no lock and no file of the parent, need
nothing of its main module, and end at once when the parent is gone, however it died.

Every worker holds the reading end of a pipe to which only the parent could write, and never does:
its parent_pipe. When the parent is gone, the system sends the worker SIGIO, which ends it even in the
midst of a long call that lets no other Python thread run. Where the system sends no such signal,
the thread that listens for work ends it a little later.
"""

from __future__ import annotations

import fcntl
import functools
import gc
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import IO, Any, NamedTuple, ParamSpec, TypeVar

from indexer.errors import UnusableIndex

P = ParamSpec("P")
T = TypeVar("T")

MAX_PROCESSES = 8
"""Reading the sources, which is not shared out, keeps no more than this many busy."""

_LENGTH = struct.Struct("<Q")


def usable_processors() -> int:
    """How many processes this machine keeps busy."""
    # Not every system says which of its usable_processors this process may use.
    usable = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))
    return min(len(usable(0)), MAX_PROCESSES)


class WorkerPool:
    """A number of processes. Use as a context manager."""

    def __init__(self, count: int, prepare: Callable[[], None]) -> None:
        self.count = count
        self._prepare = prepare
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._parent_pipes: list[int] = []
        self._threads: list[threading.Thread] = []
        try:
            for _ in range(count):
                self._add_process()
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def _add_process(self) -> None:
        parent_pipe, write_end = os.pipe()
        self._parent_pipes.append(write_end)
        try:
            process = _start_process(parent_pipe)
        finally:
            os.close(parent_pipe)
        self._processes.append(process)
        thread = threading.Thread(target=self._feed, args=(process,))
        thread.start()
        self._threads.append(thread)

    @property
    def queued(self) -> int:
        """How many pieces of work nobody has begun."""
        return self._tasks.qsize()

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function in a process; the future raises what it raises, and UnusableIndex where
        the process was ended."""
        future: Future[T] = Future()
        self._tasks.put(_Task(future, function, args, kwargs))
        return future

    def run_next(self) -> bool:
        """Do here what has waited longest. False where nothing waits."""
        try:
            task = self._tasks.get_nowait()
        except queue.Empty:
            return False
        if task is not None:
            _complete(task.future, functools.partial(task.function, *task.args, **task.kwargs))
        return task is not None

    def _feed(self, process: subprocess.Popen[bytes]) -> None:
        # Where it fails, so does the work, which says why.
        _complete(Future(), functools.partial(_call, process, self._prepare, (), {}))
        while (task := self._tasks.get()) is not None:
            _complete(task.future, functools.partial(_call, process, *task[1:]))
            del task  # and the documents in it, while the next one is awaited

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.kill()
        with suppress(queue.Empty):
            while True:
                self._tasks.get_nowait()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    _close(pipe)
        for parent_pipe in self._parent_pipes:
            os.close(parent_pipe)


class _Task(NamedTuple):
    """Something to do, and where to put what comes of it."""

    future: Future[Any]
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def _complete(future: Future[Any], work: Callable[[], Any]) -> None:
    """Do the work; the future has what it returns or raises."""
    try:
        future.set_result(work())
    except Exception as error:
        future.set_exception(error)


def _call(process: subprocess.Popen[bytes], *message: object) -> Any:
    """Have a process do something. Raises what that raises."""
    try:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("a worker without pipes")
        _send(process.stdin, message)
        done, result = _receive(process.stdout)
    except (OSError, EOFError) as error:
        raise UnusableIndex(
            "A process that helped to build the index was ended; the index stays as it was.",
            "Try again, with more memory if that is what it lacked.",
        ) from error
    if not done:
        raise result
    return result


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:  # what was not sent yet goes nowhere
        return


def _start_process(parent_pipe: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  (ourselves)
        [sys.executable, "-W", "ignore", "-m", __name__, str(parent_pipe)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=(parent_pipe,),
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "OMP_NUM_THREADS": "1",  # NumPy would start some that have nothing to do
        },
    )


def _send(pipe: IO[bytes], message: object) -> None:
    raw = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(raw)))
    pipe.write(raw)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    raw = pipe.read(length)
    if len(raw) < length:
        raise EOFError
    return pickle.loads(raw)  # noqa: S301  (from our write_end parent or child)


def _end_with_parent(parent_pipe: int) -> None:
    """End this process when the other end of the pipe is closed."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(parent_pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(parent_pipe, fcntl.F_SETFL, os.O_NONBLOCK | os.O_ASYNC)


def serve(source: IO[bytes], target: IO[bytes]) -> None:
    """Do what comes in until there is no more; the program then ends at once."""
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def listen() -> None:
        try:
            while True:
                waiting.put(_receive(source))
        except BaseException:
            os._exit(0)  # the parent is gone; so is whoever would read the work at hand

    threading.Thread(target=listen, daemon=True).start()
    while True:
        function, args, kwargs = waiting.get()
        try:
            answer = (True, function(*args, **kwargs))
        except Exception as error:
            answer = (False, error)
        _send(target, answer)


if __name__ == "__main__":
    gc.disable()  # it would look for cycles, of which there are none, again and again
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    _end_with_parent(int(sys.argv[1]))
    _out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that is printed may come between
    serve(sys.stdin.buffer, _out)

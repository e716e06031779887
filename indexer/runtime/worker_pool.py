"""A pool of worker processes, in which the parent process can do queued work itself.

    with WorkerPool(2, prepare) as workers:           # each process calls `prepare()` first
        future = workers.submit(function, argument)   # a picklable, importable function
        workers.run_next()                            # run it here, unless a worker has begun it

Workers are separate programs, not forks: they hold no locks or files of the parent, need nothing of
its main module, and end at once when the parent ends, however that happens.

With `seconds`, a task that takes longer ends its process; with `memory`, one that needs more fails
with MemoryError or ends its process. With either, another process takes the place of the one that
ended. The future of a task whose process ended raises WorkerEnded.

Every worker holds the reading end of a pipe whose writing end only the parent holds, and to which
nothing is ever written. When the parent ends, the system closes the pipe and sends the worker
SIGIO, which ends it even during a long call that lets no other Python thread run. On systems that
send no such signal, the thread that waits for work ends the worker a little later.
"""

from __future__ import annotations

import fcntl
import functools
import gc
import os
import pickle
import queue
import resource
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, ParamSpec, TypeVar

from indexer.errors import UnusableIndex

P = ParamSpec("P")
T = TypeVar("T")

MAX_PROCESSES = 8
"""Greatest number of processes that share the work. More would not be kept busy, because only one
reads the sources."""

_LENGTH = struct.Struct("<Q")
"""Precedes each pickled message in a pipe: its length in bytes."""


def usable_processors() -> int:
    """Return the number of processors that this process may use, at most MAX_PROCESSES."""
    # Not every system tells which of its processors this process may use.
    usable = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))
    return min(len(usable(0)), MAX_PROCESSES)


class WorkerEnded(UnusableIndex):
    """A worker process ended during a task: it was killed, or exceeded a limit of the pool."""

    def __init__(self) -> None:
        super().__init__(
            "A process that helped to build the index was ended; the index stays as it was.",
            "Try again, with more memory if that is what it lacked.",
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), ())


class WorkerPool:
    """Worker processes that run tasks, each one task at a time, the oldest first.

    Use as a context manager: at its end the processes are killed, so the futures of tasks that run
    raise WorkerEnded, and queued tasks are dropped, whose futures never get a result. The
    constructor starts the processes; it raises OSError if
    that fails.

    Parameters
    ----------
    count : number of processes; 0 leaves all tasks to `run_next`.
    prepare : called first in each process; importable. An error that it raises is ignored, because
        the tasks then fail with it too.
    seconds : greatest wall time of a task; None for no limit.
    memory : greatest address space of a process, in bytes; None for no limit. Without either limit,
        a process that ends is not replaced, and the tasks that it would have taken fail with
        WorkerEnded.
    """

    def __init__(
        self,
        count: int,
        prepare: Callable[[], None],
        *,
        seconds: float | None = None,
        memory: int | None = None,
    ) -> None:
        self.count = count
        self._seconds = seconds
        self._memory = memory
        self._prepare = prepare
        self._ended = False
        self._starting = threading.Lock()  # held while a process is added, or all are ended
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
        process = self._start()
        thread = threading.Thread(target=self._feed, args=(process,))
        thread.start()
        self._threads.append(thread)

    def _start(self) -> subprocess.Popen[bytes]:
        parent_pipe, write_end = os.pipe()
        self._parent_pipes.append(write_end)
        try:
            process = _start_process(parent_pipe, self._memory)
        finally:
            os.close(parent_pipe)
        self._processes.append(process)
        return process

    @property
    def queued(self) -> int:
        """The number of tasks that no process has begun."""
        return self._tasks.qsize()

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue a call to be run in a worker; return the future of its result.

        The function must be importable, arguments and result picklable. The future raises what the
        function raises, and WorkerEnded if the process of the worker ended during the call.
        """
        future: Future[T] = Future()
        self._tasks.put(_Task(future, function, args, kwargs))
        return future

    def run_next(self) -> bool:
        """Run the oldest queued task in this process, without limits.

        Returns False if none is queued. An error of the task is raised by its future, not here.
        """
        try:
            task = self._tasks.get_nowait()
        except queue.Empty:
            return False
        if task is not None:
            _complete(task.future, functools.partial(task.function, *task.args, **task.kwargs))
        return task is not None

    def _feed(self, process: subprocess.Popen[bytes]) -> None:
        """Send queued tasks to one worker process, one after another, until the pool ends.

        It runs in a thread of the parent, one for each worker.
        """
        # If this fails, so does the work itself, and that error is reported.
        _complete(Future(), functools.partial(_call, process, self._prepare, (), {}))
        while (task := self._tasks.get()) is not None:
            limit = threading.Timer(self._seconds, process.kill) if self._seconds else None
            if limit:
                limit.start()
            _complete(task.future, functools.partial(_call, process, *task[1:]))
            if limit:
                limit.cancel()
            del task  # frees its documents while waiting for the next task
            if (self._seconds or self._memory) and process.poll() is not None:
                with self._starting:
                    if self._ended:
                        return
                    # Without a new process, the next task fails, and one is started again then.
                    with suppress(OSError):
                        process = self._start()
                _complete(Future(), functools.partial(_call, process, self._prepare, (), {}))

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with self._starting:
            self._ended = True
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
    """A queued call of `function`, and the future that gets its result."""

    future: Future[Any]
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def _complete(future: Future[Any], work: Callable[[], Any]) -> None:
    """Call `work`, and set its result or its exception on the future."""
    try:
        future.set_result(work())
    except Exception as error:
        future.set_exception(error)


def _call(process: subprocess.Popen[bytes], *message: object) -> Any:
    """Return the result of a call that is run in a worker process.

    `message` is what `serve` reads: function, arguments, keyword arguments. Raises what the call
    raises, and WorkerEnded if the process ended.
    """
    try:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("a worker without pipes")
        _send(process.stdin, message)
        done, result = _receive(process.stdout)
    except (OSError, EOFError) as error:
        process.wait()
        raise WorkerEnded from error
    if not done:
        raise result
    return result


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:  # unsent data is discarded
        return


def _start_process(parent_pipe: int, memory: int | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  (this module)
        [sys.executable, "-P", "-W", "ignore", "-m", __name__, str(parent_pipe), str(memory or 0)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=(parent_pipe,),
        env={
            **os.environ,
            # The same modules as here: "-P" keeps a folder "indexer" of the user's out of the way.
            "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path),
            "OMP_NUM_THREADS": "1",  # threads that NumPy would start have nothing to do
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
    return pickle.loads(raw)  # noqa: S301  (from this module's own parent or child)


def _end_with_parent(parent_pipe: int) -> None:
    """Let this process be ended by SIGIO when the other end of the pipe is closed.

    `parent_pipe` is the file descriptor of the reading end.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(parent_pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(parent_pipe, fcntl.F_SETFL, os.O_NONBLOCK | os.O_ASYNC)


def serve(source: IO[bytes], target: IO[bytes]) -> None:
    """Run the pickled calls read from `source`, and write their results to `target`, in order.

    A result is (True, returned value) or (False, exception). Never returns; ends the process at
    once when `source` ends.
    """
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def listen() -> None:
        try:
            while True:
                waiting.put(_receive(source))
        except BaseException:
            os._exit(0)  # the parent has ended, so nobody would read a result

    threading.Thread(target=listen, daemon=True).start()
    while True:
        function, args, kwargs = waiting.get()
        try:
            answer = (True, function(*args, **kwargs))
        except Exception as error:
            answer = (False, error)
        _send(target, answer)


if __name__ == "__main__":
    gc.disable()  # there are no cycles; it would search for them again and again
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C
    _end_with_parent(int(sys.argv[1]))
    if _memory := int(sys.argv[2]):
        resource.setrlimit(resource.RLIMIT_AS, (_memory, _memory))
    _out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # printed text must not mix with the results
    serve(sys.stdin.buffer, _out)

"""Worker processes: results, exceptions, and how they end."""

from __future__ import annotations

import operator
import subprocess
import sys
import threading

import pytest

from indexer.errors import UnusableIndex
from indexer.runtime import worker_pool
from indexer.runtime.worker_pool import WorkerEnded, WorkerPool


def test_an_exception_in_a_worker_is_raised_by_the_future():
    with WorkerPool(1, int) as workers:
        assert workers.submit(divmod, 7, 2).result() == (3, 1)
        with pytest.raises(ZeroDivisionError):
            workers.submit(divmod, 7, 0).result()
        assert workers.submit(divmod, 7, 2).result() == (3, 1)


def test_a_worker_runs_calls_even_if_its_preparation_failed():
    with WorkerPool(1, operator.itemgetter) as workers:  # raises TypeError without an argument
        assert workers.submit(divmod, 7, 2).result() == (3, 1)


def test_the_parent_runs_tasks_that_no_worker_has_begun():
    with WorkerPool(0, int) as workers:
        futures = [workers.submit(divmod, 7, divisor) for divisor in (2, 0)]
        assert workers.queued == 2
        assert [workers.run_next() for _ in range(3)] == [True, True, False]
        assert futures[0].result() == (3, 1)
        with pytest.raises(ZeroDivisionError):
            futures[1].result()


def test_a_killed_worker_raises_unusable_index():
    with (
        WorkerPool(1, int) as workers,
        pytest.raises(UnusableIndex, match="more memory"),
    ):
        workers.submit(exec, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)").result()


def test_a_task_over_a_limit_ends_its_process_only():
    with WorkerPool(1, int, seconds=0.5, memory=2 << 30) as workers:
        with pytest.raises(WorkerEnded):
            workers.submit(exec, "while True: pass").result()
        assert workers.submit(divmod, 7, 2).result() == (3, 1)
        with pytest.raises(MemoryError):
            workers.submit(bytes, 3 << 30).result()
        assert workers.submit(divmod, 7, 2).result() == (3, 1)


def test_workers_do_not_take_a_folder_of_the_user_for_the_package(tmp_path, monkeypatch):
    (tmp_path / "indexer").mkdir()
    (tmp_path / "indexer/__init__.py").write_text("raise SystemExit('the wrong package')")
    monkeypatch.chdir(tmp_path)
    with WorkerPool(1, int) as workers:
        assert workers.submit(divmod, 7, 2).result() == (3, 1)


def test_workers_end_with_their_parent_even_during_a_long_call():
    hours = "import itertools, os; os.write(2, b'begun\\n')\n"
    hours += "sum(itertools.repeat(0, 10**13))"  # lets no other thread run
    script = f"""
from concurrent.futures import FIRST_EXCEPTION, wait
from indexer.runtime.worker_pool import WorkerPool
with WorkerPool(2, int) as workers:
    tasks = [workers.submit(exec, {hours!r}) for _ in range(2)]
    [task.result() for task in wait(tasks, return_when=FIRST_EXCEPTION).done]
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as parent:
        limit = threading.Timer(120, parent.kill)
        limit.start()
        try:
            assert parent.stderr is not None
            assert [parent.stderr.readline() for _ in range(2)] == [b"begun\n"] * 2
        finally:  # a failed assertion must not wait for the hours that the workers take
            limit.cancel()
            parent.kill()
        # The workers hold the same pipe: it ends only when all of them have ended.
        assert parent.communicate(timeout=60) == (None, b"")


def test_a_pool_that_cannot_start_all_workers_raises_and_leaves_no_process():
    script = """
import resource
from indexer.runtime.worker_pool import WorkerPool
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (20, most))
try:
    WorkerPool(20, int)
except OSError as error:
    print(error.strerror)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout == "Too many open files\n"


def test_a_process_that_cannot_be_replaced_fails_its_tasks_and_not_the_pool(monkeypatch):
    """As if memory or file descriptors were short for a while."""
    started = worker_pool._start_process
    refusals = [OSError("too little memory")] * 2

    def start(*arguments):
        if refusals:
            raise refusals.pop()
        return started(*arguments)

    with WorkerPool(1, int, seconds=60) as workers:
        monkeypatch.setattr(worker_pool, "_start_process", start)
        end = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
        for _ in range(3):  # the first ends the process, and the others find none
            with pytest.raises(WorkerEnded):
                workers.submit(exec, end).result(timeout=60)
        assert workers.submit(divmod, 7, 2).result(timeout=60) == (3, 1)

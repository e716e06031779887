"""Follow sources: update the index whenever a file of theirs changes.

The files are looked at in turn, because notifications of the operating system would need a library,
and reach no network folder. An update runs when nothing has changed since the last look, so that no
file is read while it is being written; if files change all the time, after _MAX_LOOKS looks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from indexer.documents import Options, source_state
from indexer.errors import IndexBusy, TraCuuError
from indexer.update import UpdateReport, update

MAX_SHARE = 0.1
"""Share of the time that may go into looking at the files; the interval is longer if they are so
many that this takes more."""
_MAX_LOOKS = 5
"""Number of looks after which an update runs even if each of them found other changes."""
_RETRY_SECONDS = 30.0
"""Seconds after an error until the update is tried again, if no file changes before. While the
index is busy, it is tried at each look."""


def watch(
    sources: Sequence[Path],
    index_dir: Path,
    *,
    interval: float,
    prune: bool = False,
    options: Options | None = None,
    on_update: Callable[[UpdateReport], None],
    on_error: Callable[[TraCuuError], None],
) -> None:
    """Update the index in `index_dir` from `sources` at once, and then after each change of a file.

    It never returns. Until an update has succeeded, its errors are raised (see
    `indexer.update.update`), except IndexBusy; KeyboardInterrupt passes at any time.

    Parameters
    ----------
    interval : least number of seconds between two looks at the files (MAX_SHARE).
    prune : True to take out documents that the sources no longer have.
    on_update : called with the report of each update, also of one that changed nothing.
    on_error : called with the error that prevented an update; it is tried again. The same error is
        not reported twice in a row.
    """
    seen: object = None
    updated: object = None  # the state that the index has
    looks = 0  # since the first that found a change
    reported, tried_at = "", 0.0
    while True:
        began = time.monotonic()
        state = source_state(sources)
        now = time.monotonic()
        is_due = state != updated or (reported and now - tried_at >= _RETRY_SECONDS)
        looks = looks + 1 if is_due else 0
        at_rest = state == seen or looks >= _MAX_LOOKS
        seen = state
        if is_due and (updated is None or at_rest):
            looks = 0
            try:
                report = update(sources, index_dir, prune=prune, options=options)
            except IndexBusy as error:
                reported = _report(error, reported, on_error)
            except TraCuuError as error:
                if updated is None:
                    raise
                updated, tried_at = state, now
                reported = _report(error, reported, on_error)
            else:
                updated, reported = state, ""
                on_update(report)
        time.sleep(max(interval, (now - began) / MAX_SHARE))


def _report(error: TraCuuError, reported: str, on_error: Callable[[TraCuuError], None]) -> str:
    """Call `on_error` unless this error was reported last; return its text."""
    if str(error) != reported:
        on_error(error)
    return str(error)

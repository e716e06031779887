"""Record searches in memory, and in a file if the administrator sets one.

An entry has the query text, the number of hits, the time that the search took, and the minute. It
has no address, cookie or session, so it does not identify the visitor.
"""

from __future__ import annotations

import fcntl
import json
import logging
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from flask import Flask, current_app

from indexer import Archive, Results, SearchRequest, SettingError, int_setting, setting

MOST = 10_000
"""Number of latest searches that the statistics cover."""
LONGEST = 200
"""Greatest length of a recorded query text in code points; a longer one is cut."""
_TRIM_BYTES = 4 << 20
"""Size in bytes above which a file with `trim` is cut to the latest searches, which take about
2 MB."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One search.

    Attributes
    ----------
    text : the query text in lower case, at most LONGEST code points.
    total : number of hits.
    took_ms : time that the search took, in milliseconds.
    at : the minute in UTC, ISO 8601.
    """

    text: str
    total: int
    took_ms: float
    at: str


@dataclass(frozen=True, slots=True)
class QueryStatistics:
    """Sums over the latest searches.

    Attributes
    ----------
    searches : number of searches.
    since : minute of the first of them in UTC, ISO 8601; "" if there is none.
    frequent, without_hits : (query text, number of times) of all searches and of those without
        hits, most frequent first.
    p50_ms, p95_ms, slowest_ms : median, 95th percentile and maximum of the time, in milliseconds.
    """

    searches: int
    since: str
    frequent: tuple[tuple[str, int], ...]
    without_hits: tuple[tuple[str, int], ...]
    p50_ms: float
    p95_ms: float
    slowest_ms: float


class QueryLog:
    """The latest searches. Safe to use from many threads, with a file also from many processes.

    The constructor raises SettingError if the file cannot be written, OSError if it cannot be read.
    If writing fails later (on a full disk), the file is given up with an entry in the log, and the
    record in memory goes on.

    Parameters
    ----------
    path : a file to which searches are appended, one JSON object per line; None for memory only.
    trim : True to keep only the latest searches in the file; never set it for a file of the
        administrator.
    """

    def __init__(self, path: Path | None = None, *, trim: bool = False) -> None:
        self._path = path
        self._trim = trim
        if path:
            _prove_writable(path)
        self._lock = Lock()
        self._entries: deque[Entry] = deque(_read(path) if path else (), MOST)

    def note(self, results: Results) -> None:
        """Record a search as an `Entry`, in memory and in the file.

        Searches without a query text and pages after the first are left out. If the file cannot be
        written, that is logged once, and the file is not used any more.
        """
        text = " ".join(results.request.text.split())[:LONGEST].lower()
        if not text or results.request.page != 1:
            return
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")
        entry = Entry(text, results.total, round(results.took_ms, 3), at)
        with self._lock:
            self._entries.append(entry)
            if self._path:
                self._write(self._path, entry)

    def _write(self, path: Path, entry: Entry) -> None:
        line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
        try:
            with path.open("a+b") as file:
                if self._trim:
                    fcntl.flock(file, fcntl.LOCK_EX)
                    if file.tell() > _TRIM_BYTES:
                        file.seek(0)
                        latest = deque(file, MOST)
                        file.truncate(0)
                        file.writelines(latest)
                file.write(line.encode("utf-8", "replace"))
        except OSError as error:
            self._path = None
            logging.getLogger(__name__).error("no more searches are noted in %s: %s", path, error)

    def figures(self, most: int = 20) -> QueryStatistics:
        """Return sums over the latest searches, with at most `most` texts in each list.

        With a file, the searches of all processes count. Raises OSError if the file cannot be read.
        """
        with self._lock:
            # Other processes write to the file, too.
            entries = list(_read(self._path) if self._path else self._entries)
        times = sorted(entry.took_ms for entry in entries)
        return QueryStatistics(
            len(entries),
            entries[0].at if entries else "",
            _ranked((entry.text for entry in entries), most),
            _ranked((entry.text for entry in entries if not entry.total), most),
            *((_quantile(times, 0.5), _quantile(times, 0.95), times[-1]) if times else (0, 0, 0)),
        )


def _ranked(texts: Iterable[str], most: int) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(texts).items(), key=lambda item: (-item[1], item[0]))[:most])


def _quantile(ascending: list[float], part: float) -> float:
    """Return the quantile `part` (0 to 1) of values in ascending order, one or more, by nearest
    rank."""
    return ascending[min(int(part * len(ascending)), len(ascending) - 1)]


def _prove_writable(path: Path) -> None:
    try:
        path.open("ab").close()
    except OSError as error:
        raise SettingError(
            f"Searches cannot be noted in {path}: {error.strerror}.",
            "Set TRACUU_QUERY_LOG to a file that can be written, or to off.",
        ) from None


def _read(path: Path) -> Iterable[Entry]:
    """Yield the latest entries of a file, at most MOST; a line that a crash cut short is left out.

    Raises OSError if the file cannot be read.
    """
    with path.open(encoding="utf-8", errors="replace") as file:
        fcntl.flock(file, fcntl.LOCK_SH)  # not while another process trims it
        for line in deque(file, MOST):
            try:
                yield Entry(**json.loads(line))
            except (ValueError, TypeError):
                continue


def init_app(app: Flask, shared: Path | None) -> None:
    """Prepare `app` for `recorded_search`, if a setting asks for a file or for statistics.

    `shared` is the folder in which several processes record their searches together; None for a
    single process. Raises SettingError if the file of the setting cannot be written, or if another
    setting is wrong.
    """
    path = str(setting("query_log"))
    has_statistics = bool(int_setting("stats"))
    logged = path not in ("", "off")
    app.config["STATS"] = has_statistics
    query_log: QueryLog | None = None
    if logged:
        query_log = QueryLog(Path(path))
    elif has_statistics:
        query_log = QueryLog(shared / "searches.jsonl" if shared else None, trim=True)
    app.extensions["tracuu.query_log"] = query_log


def recorded_search(archive: Archive, request: SearchRequest) -> Results:
    """Return the results of a search, and record the search if the settings ask for it.

    Raises RequestError for a wrong request, SearchTimeout if the search takes too long,
    UnusableIndex if the index cannot be read.
    """
    results = archive.search(request)
    query_log: QueryLog | None = current_app.extensions["tracuu.query_log"]
    if query_log:
        query_log.note(results)
    return results

"""Keep the state of a folder of harvests in `harvest.json`: its pages and its runs.

While a run is at work, each change is a line of `.harvest-journal`, synced before the next request;
after 1,000 lines, and at the end, the whole state is written to `harvest.json` by an atomic rename.
If a run was killed, the next one reads the journal after `harvest.json`; a line that was cut short
is ignored. Writing all of `harvest.json` after each page would write gigabytes for some thousand
pages.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from indexer.errors import SourceError
from indexer.runtime.durable_files import write_atomically

STATE = "harvest.json"
JOURNAL = ".harvest-journal"  # hidden files are not read by `tracuu update`
LOCK = ".harvest-lock"
FORMAT = 1
_MAX_LINES = 1_000  # of the journal, before harvest.json is written anew
_NEW = ".harvest-new"

_T = TypeVar("_T")


@dataclass(slots=True)
class PageState:
    """What is known of an address. Times are UTC in ISO 8601; a text is "" if it is unknown.

    Attributes
    ----------
    run : number of the run that requested it last; 0 for none.
    stored : time at which its page was stored last.
    etag, last_modified, content_type : headers of its last answer.
    digest : SHA-256 of its unpacked body, in hexadecimal.
    file, offset, end : where its record is: name of the WARC file, bytes `[offset, end)` of it.
    gone : time since which it is answered with 404 or 410.
    failed : kind of the HarvestError with which the last request ended.
    redirect : address to which it is redirected; all other fields except `run` are then empty.
    """

    run: int = 0
    stored: str = ""
    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    content_type: str = ""
    file: str = ""
    offset: int = 0
    end: int = 0
    gone: str = ""
    failed: str = ""
    redirect: str = ""


@dataclass(slots=True)
class RunState:
    """The last run for a start address. Times are UTC in ISO 8601; a text is "" if it is unknown.

    The last four attributes are for OAI-PMH.

    Attributes
    ----------
    number : number of the run, which grows from run to run of a folder.
    started, finished : times; `finished` is "" as long as addresses are left to fetch, and the next
        run then continues this one.
    kind : what was found at the start address, a value of `listings.Kind`.
    token : the resumption token with which to continue.
    since, next_since : the argument `from` of this run and of the next.
    responses : number of files of this run.
    """

    number: int = 0
    started: str = ""
    finished: str = ""
    kind: str = ""
    token: str = ""
    since: str = ""
    next_since: str = ""
    responses: int = 0


class HarvestState:
    """The state of a folder; each change is written to disk at once.

    Hold the lock of the folder (`locked_folder`) while you use it. The constructor and the methods
    raise OSError if the folder cannot be written.

    Attributes
    ----------
    pages : address → what is known of it.
    runs : start address → its last run.
    warc : name of the last WARC file, and its size in bytes up to its last complete record.
    """

    def __init__(self, folder: Path) -> None:
        """Read the state of a folder; without one, create an empty one.

        Raises SourceError if it is damaged or of another version.
        """
        self._folder = folder
        self.pages: dict[str, PageState] = {}
        self.runs: dict[str, RunState] = {}
        self.warc: tuple[str, int] = ("", 0)  # name of the last WARC file, its bytes that are whole
        self._lines = 0
        try:
            self._read()
        except (ValueError, TypeError, KeyError, AttributeError):
            raise SourceError(
                f"{folder / STATE} is damaged or of another version.",
                "Restore it, or delete it; every page is then fetched again.",
            ) from None
        self._write()
        self._journal = (folder / JOURNAL).open("ab")
        self._journal.truncate(0)

    def set_page(self, address: str, page: PageState) -> None:
        """Replace the state of an address. If its record lies in the current WARC file beyond the
        size in `warc`, the end of the record becomes this size."""
        self.pages[address] = page
        if page.file == self.warc[0]:
            self.warc = (page.file, max(page.end, self.warc[1]))
        self._append({"page": [address, _short(page)], "warc": list(self.warc)})

    def set_run(self, start: str, run: RunState) -> None:
        """Replace the state of the run for a start address."""
        self.runs[start] = run
        self._append({"run": [start, _short(run)]})

    def set_warc(self, name: str, size: int) -> None:
        """Store the name of the current WARC file, and its size in bytes up to its last complete
        record."""
        self.warc = (name, size)
        self._append({"warc": [name, size]})

    def close(self) -> None:
        """Write `harvest.json` and delete the journal; the state cannot be changed afterwards."""
        try:
            self._write()
        finally:
            self._journal.close()
        (self._folder / JOURNAL).unlink(missing_ok=True)

    def _read(self) -> None:
        path = self._folder / STATE
        if path.exists():
            data = json.loads(path.read_text(encoding="utf-8"))
            if data["format"] != FORMAT:
                raise ValueError
            self._apply({"warc": data["warc"]})
            for name, entries in (("page", data["pages"]), ("run", data["runs"])):
                for entry in entries.items():
                    self._apply({name: entry})
        journal = self._folder / JOURNAL
        for line in journal.read_bytes().split(b"\n")[:-1] if journal.exists() else ():
            self._apply(json.loads(line))

    def _apply(self, change: dict[str, Any]) -> None:
        if "page" in change:
            address, found = change["page"]
            self.pages[address] = _checked(PageState, found)
        if "run" in change:
            start, found = change["run"]
            self.runs[start] = _checked(RunState, found)
        if "warc" in change:
            name, size = change["warc"]
            if Path(name).name != name or not isinstance(size, int):
                raise ValueError(name)
            self.warc = (name, size)

    def _append(self, change: dict[str, Any]) -> None:
        self._journal.write(json.dumps(change, ensure_ascii=False).encode() + b"\n")
        self._journal.flush()
        os.fsync(self._journal.fileno())
        self._lines += 1
        if self._lines >= _MAX_LINES:
            self._write()
            self._journal.truncate(0)
            self._lines = 0

    def _write(self) -> None:
        data = {
            "format": FORMAT,
            "warc": list(self.warc),
            "runs": {start: _short(run) for start, run in self.runs.items()},
            "pages": {address: _short(page) for address, page in self.pages.items()},
        }
        text = json.dumps(data, ensure_ascii=False, indent=1)
        write_atomically(self._folder / STATE, text.encode(), self._folder / _NEW)


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Context manager: create a folder if it is missing, and hold its lock against other processes.

    Raises SourceError if another harvest is at work there, or instead of an OSError in its block.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / LOCK).open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SourceError(
                    f"Another harvest is at work in {folder}.", "Wait until it has ended."
                ) from None
            yield
    except OSError as error:
        raise SourceError(
            f"{folder} cannot be written: {error.strerror or error}.",
            "Free disk space, or grant permission to write there.",
        ) from error


def _short(entry: PageState | RunState) -> dict[str, Any]:
    """Return the fields of an entry that are not empty, to be written as JSON."""
    return {name: value for name, value in asdict(entry).items() if value}


def _checked(kind: type[_T], found: dict[str, Any]) -> _T:
    """Return an entry of the class `kind` with the values in `found`, which come from JSON.

    Raises TypeError if a name or type is wrong, ValueError if a file is not a plain file name.
    """
    entry = kind(**found)
    for known in fields(kind):  # type: ignore[arg-type]
        if type(getattr(entry, known.name)) is not type(known.default):
            raise TypeError(known.name)
    if Path(found.get("file", "")).name != found.get("file", ""):
        raise ValueError(found["file"])
    return entry

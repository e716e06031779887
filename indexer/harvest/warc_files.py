"""Write WARC 1.0 files (ISO 28500), each record as a gzip member of its own, and read a record."""

from __future__ import annotations

import io
import os
import string
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple
from urllib.parse import quote

from indexer.errors import HarvestError, SourceError
from indexer.harvest.http.unpacking import unpack

if TYPE_CHECKING:
    from indexer.harvest.harvest_state import HarvestState
    from indexer.harvest.http.exchange import Response

_HOP_BY_HOP = frozenset({"transfer-encoding", "connection", "keep-alive", "content-length"})


class Stored(NamedTuple):
    """The position of a record: the name of its file, and the bytes `[offset, end)` of the file."""

    file: str
    offset: int
    end: int


def require_warcio() -> None:
    """Raise SourceError if warcio is not installed."""
    try:
        import warcio  # noqa: F401
    except ImportError:
        raise SourceError("Harvesting needs warcio.", "Run `pip install 'tracuu[web]'`.") from None


def drop_unfinished_record(folder: Path, state: HarvestState) -> None:
    """Cut off what a killed run wrote to its WARC file after the last complete record.

    `state.warc` has the name of the file and its size up to there; a file without a complete record
    is deleted. Raises OSError if the folder cannot be written.
    """
    name, size = state.warc
    path = folder / name
    if not name or not path.is_file() or path.stat().st_size <= size:
        return
    if size:
        os.truncate(path, size)
    else:
        path.unlink()


class WarcFile:
    """The WARC file of a run; created when the first record is written.

    `name` is its file name; "" until then. Its methods raise OSError if the disk cannot be written.
    """

    def __init__(self, folder: Path, state: HarvestState, info: dict[str, str]) -> None:
        """Prepare a file in `folder`, without creating it.

        `state` is told the size of the file after each record; `info` has the fields of its first
        record (warcinfo).
        """
        self._folder = folder
        self._state = state
        self._info = info
        self._file: BinaryIO | None = None
        self._writer: Any = None
        self.name = ""

    def write(self, response: Response, moment: datetime) -> Stored:
        """Append a response as a record, sync it to disk, and return its position.

        `moment`, in UTC, becomes the WARC-Date. Headers about the connection are left out;
        Content-Length is the length of the stored body.
        """
        from warcio.statusandheaders import StatusAndHeaders

        file = self._file or self._open(moment)
        headers = [
            (name, _ascii(value))
            for name, value in response.headers
            if name.isascii() and name.lower() not in _HOP_BY_HOP
        ]
        headers.append(("Content-Length", str(len(response.body))))
        record = self._writer.create_warc_record(
            response.address,
            "response",
            payload=io.BytesIO(response.body),
            length=len(response.body),
            http_headers=StatusAndHeaders(
                f"{response.status} {_ascii(response.reason)}".rstrip(),
                headers,
                protocol=f"HTTP/1.{response.http_version % 10}",
            ),
            warc_headers_dict={"WARC-Date": _warc_date(moment)},
        )
        offset = file.tell()
        self._writer.write_record(record)
        return Stored(self.name, offset, self._sync(file))

    def close(self) -> None:
        """Close the file, if one was created."""
        if self._file:
            self._file.close()

    def _open(self, moment: datetime) -> BinaryIO:
        from warcio.warcwriter import WARCWriter

        while True:  # two runs may begin within a second
            self.name = f"harvest-{moment:%Y%m%dT%H%M%SZ}.warc.gz"
            path = self._folder / self.name
            if not path.exists():
                break
            moment += timedelta(seconds=1)
        self._state.set_warc(self.name, 0)
        self._file = path.open("xb")
        self._writer = WARCWriter(self._file, gzip=True)
        self._writer.write_record(self._writer.create_warcinfo_record(self.name, self._info))
        self._state.set_warc(self.name, self._sync(self._file))
        return self._file

    @staticmethod
    def _sync(file: BinaryIO) -> int:
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def read_stored(path: Path, offset: int, limit: int) -> bytes:
    """Return the unpacked body of the record that begins at byte `offset` of a file.

    Raises HarvestError if no record begins there, or if its body is damaged or unpacks to more than
    `limit` bytes.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    try:
        with path.open("rb") as file:
            file.seek(offset)
            record = next(ArchiveIterator(file))
            body: bytes = record.raw_stream.read(limit + 1)
            encoding = record.http_headers.get_header("Content-Encoding") or ""
    except (OSError, ValueError, StopIteration, AttributeError, EOFError, ArchiveLoadFailed):
        raise HarvestError(
            f"{path.name} has no record at byte {offset}.", "Delete the file.", kind="warc"
        ) from None
    return unpack(body, encoding, limit)


def _ascii(value: str) -> str:
    """Return a header value, which `http.client` decoded as Latin-1, with its bytes outside
    printable ASCII percent-encoded."""
    return quote(value.encode("latin-1", "replace"), safe=string.printable)


def _warc_date(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"

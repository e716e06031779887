"""Read sources as documents: files in a fixed order, some of them in worker processes, and every id
only once."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.documents.access_settings import AccessSettings, is_below
from indexer.documents.files.archive_config import FILE_NAME, ArchiveConfig, load_config
from indexer.documents.files.document_reader import file_id, read_path
from indexer.documents.files.known_files import KnownFiles, settings_digest
from indexer.documents.files.reading import Contents, Item, Options, Progress
from indexer.documents.files.sources import Found, Skipped, Warned, find_files, printable, size_of
from indexer.documents.formats import format_of
from indexer.documents.formats.records import is_known_column
from indexer.documents.own_fields import own_columns
from indexer.documents.portal_page import read_page
from indexer.errors import DocumentError
from indexer.models import Document
from indexer.profile.archive_profile import ArchiveProfile, OwnField
from indexer.profile.originals import digest_of
from indexer.runtime.worker_pool import WorkerEnded, WorkerPool


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file that is not read again, because the index has its documents; `ids` are their ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A document that was read, but that nobody may see by `[access]` of `archive.toml`.

    `id` is its id; an index that has a former version of it must drop that. `error` says where it
    is, why nobody may see it, and the remedy.
    """

    id: str
    error: DocumentError


def read_sources(
    sources: Sequence[Path],
    progress: Progress | None = None,
    options: Options | None = None,
    known: KnownFiles | None = None,
) -> Iterator[Item | Unchanged | Withheld]:
    """Yield the documents of all sources in a fixed order, read as the iterator is advanced.

    A document that cannot be read is yielded as a DocumentError that names the file (and line or
    member), the reason and the remedy; a part lost of a document that was read, as a Warned; a file
    of no known format, as a Skipped; a document that nobody may see, as a Withheld; a file that did
    not change since it was listed in `known`, as an Unchanged. Raises SourceError at once, not
    while iterating, if a source does not exist or has no file to read, or if its `archive.toml`
    cannot be used. Worker processes end with the iterator; close it if you do not exhaust it.

    Parameters
    ----------
    progress : called with the number of bytes (on disk) read since the last call; they add up to
        `source_bytes(sources)`.
    options : None for the defaults; the `archive.toml` of a source adds to them.
    known : files that need not be read if they did not change; None reads all. The files that are
        read, or found unchanged, are added to it.
    """
    roots = [Path(source) for source in sources if Path(source).is_dir()]
    # `archive.toml` of a folder holds for what is below it.
    settings = {root: _with_config(options or Options(), load_config(root)) for root in roots}
    found = find_files(sources, {root: given.skip for root, given in settings.items()})
    files = _Files(found, settings, options or Options(), known or KnownFiles())
    return _unique(files, progress or (lambda _: None))


def source_profiles(sources: Sequence[Path]) -> dict[str, ArchiveProfile]:
    """Return source folder → what its `archive.toml` says of the archive, in the order of the
    sources; the default profile for a folder that has no `archive.toml`.

    The keys are absolute paths without symbolic links (`os.path.realpath`). Sources that are files
    are left out. Raises SourceError if an `archive.toml` cannot be used.
    """
    roots = [Path(source) for source in sources if Path(source).is_dir()]
    return {os.path.realpath(root): load_config(root).profile for root in roots}


class _Files:
    """The files to read, the settings for each, and what is known of them.

    Parameters
    ----------
    found : the result of `find_files`: paths, errors and skipped files, in order.
    settings : source folder → options for its files.
    options : options for files that are themselves a source.
    known : the files of the former index.
    """

    def __init__(
        self,
        found: Sequence[Found],
        settings: Mapping[Path, Options],
        options: Options,
        known: KnownFiles,
    ) -> None:
        self.found, self.known = found, known
        self.processes = options.processes
        self.ocr = options.ocr or any(given.ocr for given in settings.values())
        self._settings, self._options = settings, options

    def options(self, path: Path) -> Options:
        """Return the options with which a file is read."""
        root = self._root(path)
        return self._options if root is None else self._settings[root]

    def below(self, path: Path) -> str:
        """Return the path of a file relative to its source folder; for a file that is itself a
        source, its name."""
        root = self._root(path)
        return printable(Path(path.name) if root is None else path.relative_to(root))

    def _root(self, path: Path) -> Path | None:
        """Return the source folder that a file is in; None if the file itself is a source."""
        return next((root for root in self._settings if path.is_relative_to(root)), None)

    def with_original(self, document: Document, path: Path) -> Document:
        """Return the document with the size in bytes and the SHA-256 of its file, if readers may
        download it; else, and if the file cannot be read, without them."""
        root = self._root(path)
        if root is None or not self._settings[root].originals:
            return document
        if _is(path, "eml", "msg") and self._settings[root].access:
            return document  # its attachments are other documents, which fewer may see
        size, sha256 = digest_of(path, root) or (None, None)
        return replace(document, original_size=size, original_sha256=sha256)

    def paths_without_files(self) -> Iterator[Warned]:
        """Yield a warning for each pattern in `[access.paths]` that no file matches: it may be
        misspelt, and hide nothing."""
        for root, given in self._settings.items():
            if given.access is None or not given.access.paths:
                continue
            below = [
                self.below(path)
                for path in self.found
                if isinstance(path, Path) and self._root(path) == root
            ]
            for pattern, _ in given.access.paths:
                if not any(is_below(path, pattern) for path in below):
                    yield Warned(
                        str(root / FILE_NAME), f"[access.paths]: no file matches {pattern!r}"
                    )

    def digest(self, path: Path) -> str:
        """Return a digest of the settings for a file and of its path below the source.

        If it differs from the last one, the file must be read again.
        """
        return settings_digest(replace(self.options(path), processes=0), self.below(path))


def _with_config(options: Options, config: ArchiveConfig) -> Options:
    fields = config.profile.fields
    return replace(
        options,
        ocr=options.ocr or config.ocr,
        columns={**_own_columns(fields), **config.columns, **options.columns},
        skip=(*options.skip, *config.skip),
        chrome=(*options.chrome, *config.chrome),
        access=config.access,
        fields=(*options.fields, *fields),
        originals=bool(config.profile.originals),
    )


def _own_columns(fields: Sequence[OwnField]) -> dict[str, str]:
    """Return name → key for the names under which records state own fields.

    A label that is also a column known to every archive ("Tên") is left out.
    """
    return {
        name: target
        for name, target in own_columns(fields).items()
        if name == target or not is_known_column(name)
    }


def _unique(files: _Files, progress: Progress) -> Iterator[Item | Unchanged | Withheld]:
    """Yield the items of all files, with a different id for every document.

    If two records have the same id, the second is yielded as a DocumentError. If two files have the
    same name, also inside archives, the id of the second is its path below the source; of every
    file if not everyone may see all documents, for the id must not tell that there is another file.
    Files without anything to report are added to `files.known`, and pictures without text.
    """
    first_seen: dict[str, str] = {}
    yield from files.paths_without_files()
    for item, contents in _in_order(files, progress):
        if not isinstance(item, Path):
            yield item
            continue
        if isinstance(contents, Unchanged):
            if first_seen.keys().isdisjoint(contents.ids):
                first_seen.update(dict.fromkeys(contents.ids, printable(item)))
                files.known.add(item, contents.ids)
                yield contents
                if _is(item, "image") and not contents.ids:
                    yield Skipped(item.suffix.lower(), printable(item))
                continue
            contents = read_path(item, lambda _: None, files.options(item))
        ids: list[str] = []
        is_plain = True  # nothing to report or rename: the next update need not read it
        for where, read in contents:
            if isinstance(read, Document):
                place = files.below(item) + where.removeprefix(printable(item))
                access = files.options(item).access
                if is_named := read.id == file_id(where.rpartition("/")[2]):
                    read = replace(read, original=place)
                    if access and not _IN_FILE.search(where):
                        read = replace(read, id=unicodedata.normalize("NFC", place))
                    if where == printable(item):  # the file itself, and no member of it
                        read = files.with_original(read, item)
                if read.id in first_seen:
                    is_plain = False
                    if is_named and place not in first_seen:
                        read = replace(read, id=unicodedata.normalize("NFC", place))
                    else:
                        yield DocumentError(
                            f"{where}: the id {read.id!r} was seen before in "
                            f"{first_seen[read.id]}.",
                            "Give every document an id of its own.",
                        )
                        continue
                first_seen[read.id] = printable(item)
                if access:
                    read = access.decided(read, files.below(item), place)
                    if not access.rule.seen_by(read):
                        is_plain = False
                        yield Withheld(read.id, _nobody(where, read, access))
                        continue
                ids.append(read.id)
            elif not (isinstance(read, Skipped) and _is(item, "image") and files.options(item).ocr):
                is_plain = False  # a picture on which OCR finds no text need not be read again
            yield read
        if is_plain:
            files.known.add(item, ids)


def _is(path: Path, *formats: str) -> bool:
    """Return True if the format of a file, by its ending, is one of these."""
    format_ = format_of(path.name)
    return format_ is not None and format_.name in formats


_IN_FILE = re.compile(r":\d+\Z")
"""Matches the end of the name of a record: the number of its line or row."""


def _nobody(where: str, document: Document, access: AccessSettings) -> DocumentError:
    values = access.rule.values_of(document)
    if not values:
        return DocumentError(
            f"{where}: nobody may see it, for it states no {access.rule.field!r}.",
            "State it, or set default in [access] of archive.toml.",
        )
    return DocumentError(
        f"{where}: nobody may see it, for {access.rule.field!r} is {', '.join(values)!r}.",
        "Name all of them for one group in [access] of archive.toml.",
    )


_MAX_SECONDS, _MAX_SECONDS_OCR = 60.0, 3600.0
"""Greatest number of seconds that a worker process may take for one file, without and with OCR."""
_MAX_MEMORY = 3 << 30
"""Greatest memory, in bytes, of a worker process."""

_AHEAD = 4
"""Number of files that each worker process reads ahead; their documents are kept in memory until
their turn comes."""

_IN_PROCESSES = frozenset("html mhtml markdown pdf image docx odt rtf office epub msg".split())
"""Names of the formats that worker processes read: few documents per file, and libraries that take
time and may fail in any way."""


def _in_order(files: _Files, progress: Progress) -> Iterator[tuple[Found, Contents | Unchanged]]:
    """Yield (file, its contents) in order; for a file that did not change, (file, Unchanged).

    An error or a skipped file is yielded with no contents. Files of `_IN_PROCESSES` are read ahead
    in worker processes, which end with this generator.
    """
    unchanged = {
        item: Unchanged(ids)
        for item in files.found
        if isinstance(item, Path)
        and (ids := files.known.unchanged(item, files.digest(item))) is not None
    }

    def is_remote(item: Found) -> bool:
        if not isinstance(item, Path) or item in unchanged:
            return False
        if _is(item, "image") and not files.options(item).ocr:
            return False  # it is not even opened
        return _is(item, *_IN_PROCESSES)

    def read_here(item: Found) -> Contents | Unchanged:
        if not isinstance(item, Path):
            return ()
        if item in unchanged:
            progress(size_of(item))
            return unchanged[item]
        return read_path(item, progress, files.options(item))

    remote = sum(map(is_remote, files.found))
    if not files.processes or not remote:
        for item in files.found:
            yield item, read_here(item)
        return
    seconds = _MAX_SECONDS_OCR if files.ocr else _MAX_SECONDS
    count = min(files.processes, remote)
    with WorkerPool(count, _prepare, seconds=seconds, memory=_MAX_MEMORY) as workers:
        upcoming = iter(files.found)
        waiting: deque[tuple[Found, Future[list[tuple[str, Item]]] | None]] = deque()
        submitted = 0
        while True:
            while submitted < _AHEAD * count and (coming := next(upcoming, None)) is not None:
                future = None
                if isinstance(coming, Path) and is_remote(coming):
                    future = workers.submit(read_alone, coming, files.options(coming))
                    submitted += 1
                waiting.append((coming, future))
            if not waiting:
                return
            item, future = waiting.popleft()
            if not isinstance(item, Path) or future is None:
                yield item, read_here(item)
            else:
                yield item, _result(item, future, seconds)
                submitted -= 1
                progress(size_of(item))


def _prepare() -> None:
    """Load the tables of the page rules when a worker process starts, so that the time limit of its
    first file does not include it."""
    read_page("Công tác dân vận", "x")


def read_alone(path: Path, options: Options) -> list[tuple[str, Item]]:
    """Return the (name, item) pairs of a file as a list; the form of `read_path` that a worker
    process can run."""
    return list(read_path(path, lambda _: None, options))


def _result(
    path: Path, future: Future[list[tuple[str, Item]]], seconds: float
) -> list[tuple[str, Item]]:
    try:
        return future.result()
    except WorkerEnded:
        name = printable(path)
        error = DocumentError(
            f"{name}: reading it took more than {seconds:.0f} s "
            f"or {_MAX_MEMORY >> 30} GB of memory.",
            "Split it, or save its text as .txt.",
        )
        return [(name, error)]

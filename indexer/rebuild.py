"""Rebuild an index: sources → documents → a new generation, with a report of what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from indexer.documents import (
    GENERATED_KEYS,
    KeptShare,
    KnownFiles,
    Options,
    RepeatedLine,
    RepeatedLines,
    Skipped,
    Unchanged,
    Warned,
    Withheld,
    read_sources,
    source_bytes,
    source_profiles,
)
from indexer.engines import backend
from indexer.errors import DocumentError, SourceError, UnsupportedByEngine, UnusableIndex
from indexer.models import Document, Status
from indexer.profile.access import AccessRule
from indexer.profile.archive_profile import ArchiveProfile, OwnField, common_access
from indexer.runtime.worker_pool import usable_processors

Progress = Callable[[int, int], None]
"""A function that is called with the number of documents done and the number of all. Of the former,
documents that are read but not yet indexed count half; the latter is estimated from the bytes read
until all are read."""


MAX_REPORTS = 100
"""Greatest number of errors, and of notes, that a report keeps; further ones are only counted."""


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """What was read from the sources, and what was not.

    Attributes
    ----------
    read : name of a format → number of documents read from files of it, most first; "text" counts
        documents without a format too. An update counts only the files that it reads.
    broken, broken_count : the first MAX_REPORTS errors of unreadable documents, and the number of
        all.
    withheld, withheld_count : the first MAX_REPORTS errors of documents that were read, but that
        nobody may see, and the number of all; they are in no index.
    warnings, warning_count : the first MAX_REPORTS notes on partly read documents, and the number
        of all.
    skipped : ending of a file name in lower case, with the dot, or "(no ending)" → number of files
        that no format reads, most first.
    passed_over : number of files that were passed over on purpose.
    unknown_keys : key of records that is no field → number of documents that have it, most first,
        counted as in `read`.
    unknown_pins : the ids and URLs that `archive.toml` pins and no document has, ascending.
    repeated_lines : the first MAX_REPORTS lines that most pages of a site or folder have, counted
        as in `read`; the keeper may know that they belong to no document.
    """

    read: Mapping[str, int] = field(default_factory=dict)
    broken: tuple[DocumentError, ...] = ()
    broken_count: int = 0
    withheld: tuple[DocumentError, ...] = ()
    withheld_count: int = 0
    warnings: tuple[Warned, ...] = ()
    warning_count: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    passed_over: int = 0
    unknown_keys: Mapping[str, int] = field(default_factory=dict)
    unknown_pins: tuple[str, ...] = ()
    repeated_lines: tuple[RepeatedLine, ...] = ()

    @property
    def is_complete(self) -> bool:
        """True if every file was read, if only partly, or left out on purpose, and someone may see
        each document."""
        return not self.broken_count and not self.withheld_count and not self.skipped

    def to_record(self) -> dict[str, Any]:
        """Return a JSON-ready dict with a key for each attribute; errors and notes as lines."""
        return {
            "read": dict(self.read),
            "broken": list(map(str, self.broken)),
            "broken_count": self.broken_count,
            "withheld": list(map(str, self.withheld)),
            "withheld_count": self.withheld_count,
            "warnings": list(map(str, self.warnings)),
            "warning_count": self.warning_count,
            "skipped": dict(self.skipped),
            "passed_over": self.passed_over,
            "unknown_keys": dict(self.unknown_keys),
            "unknown_pins": list(self.unknown_pins),
            "repeated_lines": [line._asdict() for line in self.repeated_lines],
        }


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild did.

    Attributes
    ----------
    status : the new generation.
    broken : the first MAX_REPORTS errors of documents that could not be read.
    reading : the report on all files.
    missing_parts : the parts of the rebuild that are still to come; () if the index is complete and
        served. Otherwise `status` is that of the documents of this part.
    """

    status: Status
    broken: tuple[DocumentError, ...]
    reading: ReadingReport = field(default_factory=ReadingReport)
    missing_parts: tuple[int, ...] = ()


def rebuild(
    sources: Sequence[Path],
    index_dir: Path,
    *,
    progress: Progress | None = None,
    options: Options | None = None,
    allow_shrink: bool = True,
    allow_public: bool = True,
    part: tuple[int, int] | None = None,
) -> RebuildReport:
    """Build the index of `sources` in `index_dir`, make it current, and return a report.

    A broken document never stops a rebuild; one that nobody may see (`[access]` of `archive.toml`)
    is left out and reported. Raises SourceError if a source cannot be read at all, if no document
    can be read, or if two sources define a field, or who may see what, differently; IndexBusy if
    another rebuild or update is running; UnusableIndex if the disk cannot be written;
    UnsupportedByEngine for a `part` of an index in a folder, or for `[access]` on a cluster;
    SettingError if the engine that the setting names cannot be used; WordModelError if the word
    model cannot be loaded. The former generation then stays. Large sources are read and indexed in
    worker processes.

    Parameters
    ----------
    sources : files and folders.
    index_dir : the index folder; created if it is missing.
    progress : called as documents are read and indexed; None for no calls.
    options : how to read the sources; None for the defaults.
    allow_shrink : False to raise SourceError also if the index would lose more than MAX_LOSS of its
        documents, or if more files and documents were left out than documents read. Nothing of this
        is checked if there is no index with documents that can be opened.
    allow_public : False to raise SourceError also if the current index hides documents from some
        readers, and the sources state no `[access]`.
    part : number of a part of the documents, and the number of parts, to share a rebuild among
        machines with a cluster; None for all documents.
    """
    reader = SourceReader(sources, progress, options)
    if not allow_public and reader.access is None and _hides_documents(index_dir):
        raise SourceError(
            "The index hides documents from some readers, but no source states [access], so "
            "everyone would see all of them.",
            "Restore [access] in archive.toml, or add --allow-public if this is intended.",
        )
    documents = reader.documents()
    if not allow_shrink and (former := _documents_before(index_dir)):
        documents = _unless_shrunk(documents, reader, former)
    missing: tuple[int, ...] = ()
    if part is None:
        status = backend().build(
            index_dir,
            documents,
            access=reader.access,
            profiles=reader.found_profiles,
            progress=reader.report_done,
            rejected=reader.note_rejected,
        )
    elif reader.access is not None:
        raise UnsupportedByEngine(
            "An index that hides documents from some readers is not built in parts.",
            "Leave out --part, and set TRACUU_ENGINE=whoosh.",
        )
    else:
        status, missing = backend().build_part(
            index_dir,
            documents,
            part,
            profiles=reader.found_profiles,
            progress=reader.report_done,
            rejected=reader.note_rejected,
        )
    if not missing:
        reader.known.save(index_dir, status.generation)
    report = reader.report()
    return RebuildReport(status, report.broken, report, missing)


MAX_LOSS = 0.2
"""Greatest share of the documents of an index that a rebuild without `allow_shrink` may lose."""


def _documents_before(index_dir: Path) -> int:
    """Return the number of documents in the current index, that of the group that sees most; 0 if
    it cannot be opened."""
    try:
        engine = backend().open_engine(index_dir)
    except UnusableIndex:
        return 0
    try:
        return max(engine.status.documents, *backend().audience_sizes(index_dir).values(), 0)
    finally:
        engine.close()


def _hides_documents(index_dir: Path) -> bool:
    try:
        return bool(backend().audience_sizes(index_dir))
    except UnusableIndex:
        return False


def _unless_shrunk(
    documents: Iterator[Document], reader: SourceReader, former: int
) -> Iterator[Document]:
    """Yield the documents; raise SourceError after the last if too few were read.

    These are too few: fewer than `former`, the number in the index, by more than MAX_LOSS of it, or
    fewer than what was left out.
    """
    yield from documents
    report = reader.report()
    read = sum(report.read.values())
    left_out = report.broken_count + report.withheld_count + sum(report.skipped.values())
    if read < (1 - MAX_LOSS) * former or left_out > read:
        raise SourceError(
            f"The index has {former:,} documents; only {read:,} were read and {left_out:,} left "
            "out, so it stays as it was.",
            "Check the sources (`tracuu inspect`), or add --allow-shrink if this is intended.",
        )


_REPORT_SECONDS = 0.5
"""Least number of seconds between two reports of progress while documents are read."""

_OF_RECORDS = frozenset(("jsonl", "json", "csv", "spreadsheet", "markdown"))
"""Formats whose keys the archive chooses, so that unknown ones are reported; those of library
records follow a standard."""


_MAX_RECENT = 20
"""Number of first warnings about one document that are kept beside it, and after them the last."""


class Inspected(NamedTuple):
    """A document that was read.

    Attributes
    ----------
    document : the document.
    warnings : what was lost or not understood of it, one line each; of many, the first _MAX_RECENT
        and the last.
    kept_share : the share (0 to 1) of the words of its web page that are in it; None if it is from
        no web page, or if the options do not ask for it.
    """

    document: Document
    warnings: tuple[str, ...]
    kept_share: float | None


class SourceReader:
    """Reads documents from sources, collects what was left out or lost, and reports progress.

    The parameters are those of `rebuild`; the constructor raises SourceError if a source or its
    `archive.toml` cannot be read. Use it once, in one thread.

    Attributes
    ----------
    known : the files of the index, of which unchanged ones are not read again; none at first, may
        be set before reading.
    broken : the first MAX_REPORTS errors so far.
    access : who may see which documents, by `archive.toml`; None if everyone may see all.
    has_new_fields : True if `note_known_fields` found a field that the index lacks or defines
        otherwise.
    """

    def __init__(
        self,
        sources: Sequence[Path],
        progress: Progress | None,
        options: Options | None = None,
    ) -> None:
        self.known = KnownFiles()
        self.broken: list[DocumentError] = []
        self._broken_count = 0
        self._withheld: list[DocumentError] = []
        self._withheld_count = 0
        self._warnings: list[Warned] = []
        self._warning_count = 0
        self._recent: list[str] = []  # warnings since the last document of `inspected`
        self._kept_share: float | None = None  # of that document
        self._read: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._passed_over = 0
        self._unknown_keys: Counter[str] = Counter()
        self._lines = RepeatedLines()
        self._sources = sources
        self._profiles = source_profiles(sources)
        self.access = self._common_access()
        self._wanted = {
            name
            for profile in self._profiles.values()
            for pin in profile.pinned
            for name in pin.documents
        }
        self._pinned: dict[str, str] = {}
        self.has_new_fields = False
        options = options or Options()
        if not options.processes:
            options = replace(options, processes=usable_processors())
        self._options = options
        self._progress = progress
        self._documents_read = self._documents_done = self._bytes_read = 0
        self._reported_at = monotonic()
        self._bytes_total = source_bytes(sources)

    def documents(self) -> Iterator[Document]:
        """Yield all readable documents, in the order of the sources.

        What cannot be read is counted for `report`. Raises SourceError at the end if there was no
        document.
        """
        for item in self.changes():
            if isinstance(item, Document):
                yield item

    def inspected(self) -> Iterator[Inspected]:
        """Yield each readable document with what was lost or not understood of it.

        Raises SourceError as `documents` does.
        """
        held: Document | None = None
        for document in self.documents():
            if held is not None:
                yield Inspected(held, tuple(self._recent), self._kept_share)
            self._recent.clear()
            self._kept_share = None
            held = document
        if held is not None:
            yield Inspected(held, tuple(self._recent), self._kept_share)

    def changes(self) -> Iterator[Document | Unchanged | Withheld]:
        """Yield the documents of each new or changed file, an Unchanged for each file that is
        `known`, and a Withheld for each document that nobody may see.

        They come in the order of the sources. What cannot be read is counted for `report`; a file
        that is gone yields nothing. Raises SourceError at the end if there was no document, not
        even in unchanged files.
        """
        for item in read_sources(self._sources, self._add_bytes, self._options, self.known):
            if isinstance(item, Document):
                self._documents_read += 1
                self._report_read()
                self._read[item.format or "text"] += 1
                self.note_pinned(item.id, item.url)
                if item.format in _OF_RECORDS:
                    self._unknown_keys.update(dict(item.extra).keys() - GENERATED_KEYS)
                self._lines.add(item)
                yield item
            elif isinstance(item, Unchanged):
                self._documents_read += len(item.ids)
                for name in item.ids:
                    self.note_pinned(name)
                self._report_read()
                yield item
            elif isinstance(item, Withheld):
                self._withheld_count += 1
                if len(self._withheld) < MAX_REPORTS:
                    self._withheld.append(item.error)
                yield item
            else:
                self._note(item)
        if not self._documents_read:
            reasons = [*self.broken, *self._withheld]
            first = f" The first reason: {reasons[0]}" if reasons else ""
            raise SourceError(
                "No document could be read; the index stays as it was.", first.strip()
            )

    def _common_access(self) -> AccessRule | None:
        """Return who may see what, by all sources; None if everyone may see all.

        Raises SourceError if they state it differently, also if one is a file, which states none.
        """
        access = common_access(self._profiles)
        file = next((source for source in self._sources if not Path(source).is_dir()), None)
        if access is not None and file is not None:
            raise SourceError(
                f"{file} is a file and states no [access], as the other sources do.",
                "Put it into a folder with an archive.toml that does.",
            )
        return access

    @property
    def missing_pins(self) -> set[str]:
        """The ids and URLs that `archive.toml` pins and that no document had so far."""
        return self._wanted - self._pinned.keys()

    def note_pinned(self, document_id: str, url: str | None = None) -> None:
        """Remember a document of the archive if `archive.toml` pins its id or URL."""
        for name in (url, document_id):
            if name in self._wanted:
                self._pinned[name] = document_id

    def note_known_fields(self, known: Sequence[OwnField]) -> None:
        """Set `has_new_fields`: True if `archive.toml` defines a field that is not in `known`, the
        fields of the index."""
        stated = (own for profile in self._profiles.values() for own in profile.fields)
        self.has_new_fields = any(own not in known for own in stated)

    def found_profiles(self) -> dict[str, ArchiveProfile]:
        """Return what each source folder states about the archive, with the ids of pinned documents
        instead of their URLs as far as they were found.

        To be called after the last document.
        """
        return {
            source: profile.with_ids(self._pinned) for source, profile in self._profiles.items()
        }

    def report(self) -> ReadingReport:
        """Return the report on what was read so far."""
        return ReadingReport(
            dict(self._read.most_common()),
            tuple(self.broken),
            self._broken_count,
            tuple(self._withheld),
            self._withheld_count,
            tuple(self._warnings),
            self._warning_count,
            dict(self._skipped.most_common()),
            self._passed_over,
            dict(self._unknown_keys.most_common()),
            tuple(sorted(self.missing_pins)),
            tuple(self._lines.found()[:MAX_REPORTS]),
        )

    def report_done(self, count: int) -> None:
        """Note that `count` documents in all are indexed, and call `progress` if there is one, with
        the number of documents done and an estimate of all."""
        self._documents_done = count
        if self._progress is not None:
            self._reported_at = monotonic()
            estimate = round(self._documents_read * self._bytes_total / max(self._bytes_read, 1))
            # Documents are indexed in large batches, so each counts half when it has been read.
            done = (self._documents_read + count + 1) // 2
            self._progress(done, max(estimate, self._documents_read))

    def _report_read(self) -> None:
        if monotonic() - self._reported_at >= _REPORT_SECONDS:
            self.report_done(self._documents_done)

    def note_rejected(self, error: DocumentError) -> None:
        """Report a document that was read, and that the engine cannot index."""
        self._note(error)

    def _note(self, item: DocumentError | Warned | Skipped) -> None:
        match item:
            case DocumentError():
                self._broken_count += 1
                if len(self.broken) < MAX_REPORTS:
                    self.broken.append(item)
            case KeptShare():
                self._kept_share = item.share
            case Warned():
                self._recent[_MAX_RECENT:] = [item.message]
                self._warning_count += 1
                if len(self._warnings) < MAX_REPORTS:
                    self._warnings.append(item)
            case Skipped(reason=""):
                self._skipped[item.ending or "(no ending)"] += 1
            case Skipped():
                self._passed_over += 1

    def _add_bytes(self, size: int) -> None:
        self._bytes_read += size

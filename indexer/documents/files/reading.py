"""What reading a file yields, and how files are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from indexer.documents.access_settings import AccessSettings
from indexer.documents.files.sources import Skipped, Warned
from indexer.documents.formats.records import MAX_DOCUMENT_CHARS
from indexer.errors import DocumentError
from indexer.models import Document
from indexer.profile.archive_profile import OwnField

Item = Document | DocumentError | Warned | Skipped
"""What a file contains: documents, and reports of what could not be read."""
Progress = Callable[[int], None]
"""A callback, called with the number of bytes read since the last call."""
Contents = Iterable[tuple[str, Item]]
"""(name, item) for each item of a file; the name is the path, with the line or member."""


@dataclass(frozen=True, slots=True)
class Options:
    """How sources are read.

    Attributes
    ----------
    processes : number of worker processes that read files of one document each, within limits of
        time and memory; 0 to read everything in this process, without limits.
    ocr : True to read scanned pages with tesseract.
    columns : key of JSON records, or name of a column of tables → field of a record, or key of an
        own field.
    skip : `fnmatch` patterns of paths below the source that are not read.
    chrome : lines that the pages of the archive repeat and that belong to no document.
    fields : the fields that the archive defines.
    access : how documents state who may see them; None if everyone may.
    originals : True to record the size and digest of files, so that readers can download them.
    measure : True to yield a KeptShare after the document of each web page.
    """

    processes: int = 0
    ocr: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    skip: tuple[str, ...] = ()
    chrome: tuple[str, ...] = ()
    fields: tuple[OwnField, ...] = ()
    access: AccessSettings | None = None
    originals: bool = False
    measure: bool = False


def with_warnings(
    where: str, document: Document, warnings: Iterable[str], format_name: str
) -> Iterator[tuple[str, Item]]:
    """Yield (where, document), then (where, warning) for each warning.

    Raises DocumentError if the document is longer than MAX_DOCUMENT_CHARS.
    """
    if len(document.body) > MAX_DOCUMENT_CHARS:
        raise too_long(where)
    yield where, replace(document, format=format_name)
    for warning in warnings:
        yield where, Warned(where, warning)


def too_long(name: str) -> DocumentError:
    """Return (do not raise) the error for a document of more than MAX_DOCUMENT_CHARS."""
    return DocumentError(
        f"{name}: longer than {MAX_DOCUMENT_CHARS:,} characters.", "Split it into several."
    )

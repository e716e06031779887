"""Read a file as documents, in order; what is broken or lost is yielded as an error or a warning in
its place."""

from __future__ import annotations

import stat
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from indexer.documents.content import Content, assemble, kept_share, loss_warnings
from indexer.documents.files.content_repair import repair_content
from indexer.documents.files.reading import Item, Options, Progress, too_long, with_warnings
from indexer.documents.files.record_files import (
    MAX_LINE_BYTES,
    read_json,
    read_lines,
    read_records,
    read_table,
)
from indexer.documents.files.sources import (
    KeptShare,
    Skipped,
    Warned,
    error_reason,
    printable,
    size_of,
)
from indexer.documents.formats import Format, format_of
from indexer.documents.formats.office.libreoffice import converted
from indexer.documents.formats.office.spreadsheet import Sheet, read_csv, read_workbook
from indexer.documents.formats.records import MAX_DOCUMENT_CHARS
from indexer.documents.formats.signature import under_its_ending
from indexer.documents.legacy.detect import repair
from indexer.documents.own_fields import own_values
from indexer.documents.portal_page import read_content, read_page
from indexer.documents.source_file import SourceFile
from indexer.documents.text.encodings import decode_html, decode_text
from indexer.documents.text.repair import break_at_zero_width
from indexer.errors import DocumentError
from indexer.models import Document

_CRAWLS = (".warc", ".warc.gz", ".wacz")


def file_id(name: str) -> str:
    """Return the id of the document in a file: the file name without its ending, in NFC."""
    return unicodedata.normalize("NFC", Path(name).stem)


def read_path(path: Path, progress: Progress, options: Options) -> Iterator[tuple[str, Item]]:
    """Yield (name, item) for each document of a file, and for what could not be read of it.

    The name says where the item is: the path, with the line or member. An error is yielded as a
    DocumentError, not raised. `progress` is called with the number of bytes read since the last
    call; they add up to the size of the file.
    """
    name, size = printable(path), size_of(path)
    told = 0

    def tell(at: int) -> None:
        nonlocal told
        if (at := min(at, size)) > told:
            progress(at - told)
            told = at

    yield from _reported(name, _read_on_disk(path, name, size, options, tell))
    tell(size)


def _read_on_disk(
    path: Path, name: str, size: int, options: Options, tell: Callable[[int], None]
) -> Iterator[tuple[str, Item]]:
    if not stat.S_ISREG(path.stat().st_mode):
        raise DocumentError(f"{name}: is no regular file.", "Take it out of the sources.")
    file = SourceFile(name, path.stem, size, lambda: path.open("rb"), path)
    empty = not size or not name.lower().endswith(_CRAWLS)  # a crawl may have found nothing new
    for item in _read_file(file, options, tell):
        empty = False
        yield item
    if empty:
        raise DocumentError(f"{name}: no document in it.", "Check what it is, or delete it.")


def _reported(
    name: str, items: Iterator[tuple[str, Item]], remedy: str = "Save it again as .txt."
) -> Iterator[tuple[str, Item]]:
    """Yield the items of a file; an exception while reading it is yielded as a DocumentError.

    So the files beside it, also in the same archive, message or crawl, are still read. `name` is
    the name of the file, `remedy` the advice for an exception of a library.
    """
    try:
        yield from items
    except DocumentError as error:
        yield name, error
    except OSError as error:
        yield name, DocumentError(f"{name}: {error_reason(error)}.", "Check the file.")
    except (MemoryError, RecursionError) as error:
        reason = f"too large or nested too deeply ({type(error).__name__})"
        yield name, DocumentError(f"{name}: {reason}.", "Split it.")
    except Exception as error:  # libraries raise anything over a damaged file
        reason = f"cannot be read ({type(error).__name__}: {error})"
        yield name, DocumentError(f"{name}: {reason}.", remedy)


def _read_file(
    file: SourceFile, options: Options, tell: Callable[[int], None]
) -> Iterator[tuple[str, Item]]:
    format_ = format_of(file.name)
    if format_ is None:
        yield file.name, Skipped(file.ending, file.name)
        return
    match format_.name:
        case "office":
            actual = converted(file)
        case "msg":
            from indexer.documents.formats.outlook import as_message

            actual = as_message(file)
        case _:
            actual = under_its_ending(file)
    if actual is not file:
        made = _reported(actual.name, _read_file(actual, options, lambda _: None))
        for where, item in made:
            yield where.replace(actual.name, file.name, 1), _named(item, actual.name, file.name)
        return
    match format_.name:
        case "jsonl":
            yield from read_lines(file, options, tell)
        case "json":
            yield from read_json(file, options)
        case "csv":
            yield from read_table(file, Sheet(file.stem, list(read_csv(file)), {}), options)
        case "spreadsheet":
            sheets = list(read_workbook(file))
            filled = [sheet for sheet in sheets if sheet.rows]
            if not filled:
                raise DocumentError(f"{file.name}: empty.", "Fill it, or delete it.")
            for sheet in filled:
                stem = file.stem if len(filled) == 1 else f"{file.stem}/{sheet.name}"
                yield from read_table(file, sheet._replace(name=stem), options)
        case "xml" | "marc":
            from indexer.documents.formats import library

            found = library.read_marc(file) if format_.name == "marc" else library.read_xml(file)
            yield from read_records(file, found, options)
        case "zip" | "wacz":
            yield from _members(file, format_, options, tell)
        case "warc":
            yield from _crawl(file, options)
        case "eml":
            yield from _mail(file, options, file_id(file.name.rpartition("/")[2]), "eml")
        case "mbox":
            yield from _mailbox(file, options, tell)
        case "image":
            yield from _picture(file, format_, options)
        case _:
            yield from _one(file, format_, options)


def _named(item: Item, made: str, name: str) -> Item:
    """Return the item with the name of the original file instead of the converted one.

    `made` is the name of the converted file, `name` that of the original.
    """
    if isinstance(item, Warned):
        return replace(item, where=item.where.replace(made, name, 1))
    if isinstance(item, Skipped):
        return replace(item, name=item.name.replace(made, name, 1))
    if isinstance(item, DocumentError):
        return DocumentError(item.message.replace(made, name, 1), item.hint)
    return item


def _one(
    file: SourceFile, format_: Format, options: Options, content: Content | None = None
) -> Iterator[tuple[str, Item]]:
    """Yield (name, item) for the document of a file that has exactly one, then for its warnings.

    `content` is that of the file if it was read already.
    Raises DocumentError if the file cannot be read, has no text or too much, or has a name that is
    not UTF-8.
    """
    document_id = unicodedata.normalize("NFC", file.stem)
    if document_id != document_id.encode("utf-8", "replace").decode("utf-8"):
        raise DocumentError(f"{file.name}: the file name is not UTF-8.", "Rename the file.")
    warnings: list[str] = []
    share: float | None = None
    if format_.name == "text":
        document, warnings = _text_dump(file, document_id, options.chrome)
    else:
        content = content or _content(file, format_, options)
        warnings += content.warnings
        repair_content(content, file.name, warnings)
        is_web_page = format_.name in ("html", "mhtml") and not content.from_office
        document = read_content(
            content, document_id, is_web_page=is_web_page, chrome=options.chrome
        )
        if format_.name in ("epub", "markdown"):
            document = _under_stated_title(document, content)
        document = _with_stated(document, content, options, warnings)
        if not document.body.strip() and not document.title:
            raise DocumentError(f"{file.name}: no text found.", "Save its text as .txt.")
        share = kept_share(document, content)
        warnings += loss_warnings(content.left_out, share)
    yield from with_warnings(file.name, document, warnings, format_.name)
    if options.measure and share is not None:
        yield file.name, KeptShare(file.name, "", share)


def _picture(file: SourceFile, format_: Format, options: Options) -> Iterator[tuple[str, Item]]:
    """Yield (name, item) for the document on a scanned page, and for its warnings; a Skipped for a
    picture without text, and for any without `options.ocr`: most pictures beside documents are
    photographs, so they are counted and not reported one by one.

    Raises DocumentError if tesseract is not installed, or if the file cannot be read.
    """
    from indexer.documents.formats.scans import pictures, tesseract

    content = None
    if options.ocr:
        if not tesseract.is_installed():
            raise DocumentError(
                f"{file.name}: --ocr needs tesseract with Vietnamese.", "Install tesseract-ocr-vie."
            )
        content = pictures.read(file)
    if content is None:
        yield file.name, Skipped(file.ending, file.name)
    else:
        yield from _one(file, format_, options, content)


def _with_stated(
    document: Document, content: Content, options: Options, warnings: list[str]
) -> Document:
    """Return the document with the values of own fields that its file states by name.

    What the file states beside them becomes `extra` if `content.keeps_stated`. Values that are not
    of the type of their field are reported in `warnings`.
    """
    if not content.stated:
        return document
    stated = {options.columns.get(name, name): value for name, value in content.stated.items()}
    own, understood = own_values(stated, options.fields, warnings)
    if options.access:
        own = options.access.with_stated(own, content.stated)
    extra = document.extra
    if content.keeps_stated:
        extra += tuple(
            (name, value if isinstance(value, str) else ", ".join(value))
            for name, value in stated.items()
            if name not in understood
        )
    return replace(document, own=own, extra=extra)


def _under_stated_title(document: Document, content: Content) -> Document:
    """Return the document with the title that its file states (subject of a message, title of a
    book).

    All of its text becomes the body, because no line of it is needed as the title. Without a stated
    title, the document is returned unchanged.
    """
    title = unicodedata.normalize(
        "NFC", " ".join(str(content.fields.get("stated_title", "")).split())
    )
    if not title:
        return document
    body, blocks = assemble(content.parts)
    return replace(document, title=title, body=body, blocks=blocks)


def _text_dump(
    file: SourceFile, document_id: str, chrome: Sequence[str]
) -> tuple[Document, list[str]]:
    """Return the document of a text dump of a page, and warnings.

    Raises DocumentError if the file is empty, too long, or in an unknown encoding.
    """
    text, encoding = decode_text(replace(file, max_bytes=MAX_LINE_BYTES).read(), file.name)
    text = unicodedata.normalize("NFC", text)
    warnings = []
    if encoding not in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        warnings.append(f"text converted from {encoding}")
    elif (repaired := repair(text)).encoding:
        text = repaired.text
        warnings.append(f"text converted from {repaired.encoding}")
    if len(text) > MAX_DOCUMENT_CHARS:
        raise too_long(file.name)
    if not text.strip():
        raise DocumentError(f"{file.name}: empty.", "Put a page in it, or delete it.")
    return read_page(break_at_zero_width(text), document_id, chrome), warnings


def _content(file: SourceFile, format_: Format, options: Options) -> Content:
    """Return the content of a file, read by the module of its format, one of those that make one
    document of a file.

    Raises DocumentError if the file is damaged, encrypted, empty or too large, or a library for it
    is not installed.
    """
    match format_.name:
        case "html":
            from indexer.documents.formats.html.html_reader import extract_page

            text, _ = decode_html(file.read(), file.name, file.charset)
            if not text.strip():
                raise DocumentError(f"{file.name}: empty.", "Put a page in it, or delete it.")
            return extract_page(text, file.name)
        case "mhtml":
            from indexer.documents.formats.mail import read_mhtml

            return read_mhtml(file)
        case "markdown":
            from indexer.documents.formats import markdown

            return markdown.read(file)
        case "pdf":
            from indexer.documents.formats.pdf import pdf_reader

            return pdf_reader.read(file, ocr=options.ocr)
        case "docx":
            from indexer.documents.formats.office import word

            return word.read(file)
        case "odt":
            from indexer.documents.formats.office import opendocument

            return opendocument.read(file)
        case "rtf":
            from indexer.documents.formats.office import rtf

            return rtf.read(file)
        case "epub":
            from indexer.documents.formats import epub

            return epub.read(file)
    raise AssertionError(format_.name)


def _members(
    file: SourceFile, format_: Format, options: Options, tell: Callable[[int], None]
) -> Iterator[tuple[str, Item]]:
    """Yield (name, item) for the items of all files in a ZIP; of a WACZ file only for those of its
    WARC files, in the folder archive/."""
    from indexer.documents.formats.packed import read_zip

    for member in read_zip(file):
        if isinstance(member, DocumentError):
            yield file.name, member
        elif format_.name == "wacz" and not member.name.startswith(f"{file.name}/archive/"):
            continue
        else:
            items = _read_file(member, options, lambda _: None)
            yield from _reported(member.name, items, "Unpack it and save it again.")


def _crawl(file: SourceFile, options: Options) -> Iterator[tuple[str, Item]]:
    """Yield (name, item) for the items of each page of a WARC file; the id of a document is the
    address of its page, and of the second in one file ADDRESS#2."""
    from indexer.documents.formats import warc

    for found in warc.read(file):
        if isinstance(found, DocumentError):
            yield file.name, found
            continue
        address, page = found
        where = f"{file.name}/{address}"
        number = 0
        for _, item in _reported(where, _read_file(page, options, lambda _: None)):
            if isinstance(item, Document):
                number += 1
                document_id = address if number == 1 else f"{address}#{number}"
                yield where, replace(item, id=document_id, url=address)
            elif isinstance(item, Warned):
                yield where, replace(item, where=where)
            else:
                yield where, item


def _mailbox(
    file: SourceFile, options: Options, tell: Callable[[int], None]
) -> Iterator[tuple[str, Item]]:
    """Yield (name, item) for the items of each message of a mailbox; the name is that of the file
    with the number of the message, and the id of its document that of a row of a table."""
    from indexer.documents.formats.mail import read_mailbox

    for number, found in read_mailbox(file, tell):
        if isinstance(found, DocumentError):
            yield f"{file.name}:{number}", found
        else:
            items = _mail(found, options, f"{file.stem}:{number}", "mbox")
            yield from _reported(found.name, items)


def _mail(
    file: SourceFile, options: Options, document_id: str, format_name: str
) -> Iterator[tuple[str, Item]]:
    """Yield (name, item) for the text of an e-mail message, then for the items of its attachments.

    `document_id` and `format_name` are those of the document with its text.
    """
    from indexer.documents.formats.mail import read_mail

    for found in read_mail(file):
        if isinstance(found, Content):
            warnings = list(found.warnings)
            repair_content(found, file.name, warnings)
            document = read_content(found, document_id, is_web_page=False)
            document = _under_stated_title(document, found)
            yield from with_warnings(file.name, document, warnings, format_name)
        elif format_of(found.name) is None:
            yield found.name, Skipped(found.ending, found.name)
        else:
            yield from _reported(found.name, _read_file(found, options, lambda _: None))

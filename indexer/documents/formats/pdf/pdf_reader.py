"""Read PDF by pypdf, page by page; scanned pages are reported, or read by tesseract on request."""

from __future__ import annotations

import io
import logging
import re
import subprocess
import tempfile
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from indexer.documents.content import Content
from indexer.documents.formats.extras import require
from indexer.documents.formats.pdf.columns import BREAK, has_halves, in_reading_order
from indexer.documents.formats.pdf.drawing import LIGATURES, Drawing, without_marks
from indexer.documents.formats.pdf.paragraphs import join_lines, with_breaks
from indexer.documents.formats.pdf.running_lines import printed_address, without_running_lines
from indexer.documents.formats.pdf.title import with_joined_title
from indexer.documents.formats.scans import tesseract
from indexer.documents.source_file import SourceFile
from indexer.documents.text.symbols import BULLETS
from indexer.errors import DocumentError

MAX_PAGES = 5_000
"""Greatest number of pages of a file that is read."""
_LABEL = re.compile(
    r"^((?:Điều|Chương|Mục|Phần) [\dIVXLC]+[a-zđ]?\.|[a-zđ]\)|\(?\d{1,3}[.)]|[•▪●–+-])"
    r"(?=[^\W\d_]{2})"
)
"""Matches the label of an article or item that stands directly before its text: a PDF has no space
where a tab was."""
_SYMBOL = re.compile(f"^ *[{BULLETS}]")
"""Matches the bullet of an item that is a sign of the fonts Symbol or Wingdings."""


def read(file: SourceFile, *, ocr: bool = False) -> Content:
    """Return the text of a PDF with a mark at the beginning of each page.

    Running heads, running feet and page numbers are dropped; columns that are drawn line by line
    stand one after the other (`columns`); lines of a paragraph, and of a title in large letters
    (`title`), are joined; the marks of notes after a word are dropped; the fields of a form follow
    the last page. The address that a browser printed is that of the document. With `ocr`, scanned
    pages are read by tesseract. Pages without text are reported in a warning. Raises DocumentError
    if the file is damaged, encrypted or too large, has no text at all or more than MAX_PAGES pages,
    or if a library for it is not installed.
    """
    pypdf = require("pypdf", "pdf", file.name)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what matters is reported below
    data = file.read()
    try:
        try:
            content, pages, filled = _read_pages(pypdf, data, file.name)
        except pypdf.errors.DependencyError:  # AES needs a library that pypdf does not bring
            data = _decrypted(data, file.name)
            content, pages, filled = _read_pages(pypdf, data, file.name)
    except DocumentError:
        raise
    except Exception as error:  # pypdf raises nearly anything over a damaged file
        raise DocumentError(
            f"{file.name}: damaged or no PDF ({type(error).__name__}).",
            "Open it in a reader and save it again.",
        ) from error
    count = len(pages)
    empty = [number for number, page in enumerate(pages, 1) if not page.lines]
    if empty and ocr:
        empty = _read_scans(file, pages, empty, content)
    if len(empty) == count:
        if content.warnings and not ocr:
            raise DocumentError(
                f"{file.name}: nothing can be read ({content.warnings[0]}).",
                "Open it in a reader and save it again.",
            )
        raise DocumentError(
            f"{file.name}: {count} scanned pages without text.",
            "Read it with --ocr (needs tesseract with Vietnamese), or run OCR on it first.",
        )
    if empty:
        shown = first_numbers(empty)
        content.warnings.append(f"no text on {len(empty)} of {count} pages (scanned?): {shown}")
    if address := printed_address(pages[0].lines):
        content.fields["url"] = address
    text = without_running_lines([page.lines for page in pages], [page.edges for page in pages])
    for number, lines in enumerate(text, 1):
        content.page(number)
        for paragraph in join_lines(lines):
            content.paragraph(paragraph)
    for line in filled:
        content.paragraph(line)
    return content


class _Page(NamedTuple):
    """The lines of a page, none of a scanned or damaged one, and those of them that are drawn at
    its edges (`Drawing.edges`)."""

    lines: list[str]
    edges: frozenset[str] = frozenset()


def _read_pages(pypdf: Any, data: bytes, name: str) -> tuple[Content, list[_Page], list[str]]:
    """Return a content with the title and the warnings, the pages, and a line for each field of a
    form that is filled in.

    `pypdf` is the library, `data` the file, `name` its name for messages. Raises DocumentError if
    the file needs a password or has more than MAX_PAGES pages; for a damaged file, pypdf raises
    exceptions of any class.
    """
    reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError(
            f"{name}: encrypted; a password is needed.", "Save it without a password."
        )
    count = len(reader.pages)
    if count > MAX_PAGES:
        raise DocumentError(f"{name}: has {count} pages, more than {MAX_PAGES}.", "Split it.")
    content = Content(fields=_metadata(reader.metadata))
    pages = [_read_page(page, number, content) for number, page in enumerate(reader.pages, 1)]
    return content, pages, _filled_in(reader)


def _read_page(page: Any, number: int, content: Content) -> _Page:
    """Return a page; one without lines, with a warning in `content`, if it is damaged.

    `number` is the number of the page, from 1.
    """
    try:
        drawing = Drawing(float(page.mediabox.width))
        text = page.extract_text(visitor_text=drawing.note) or ""
        lines = _lines(text)
        if has_halves(lines) or drawing.may_interleave():
            layout = page.extract_text(extraction_mode="layout").translate(LIGATURES)
            lines = in_reading_order(lines, layout, drawing.marks)
        elif number == 1:
            lines = with_joined_title(lines, drawing.lines)
        lines = without_marks(with_breaks(lines, drawing.lines), drawing.marks)
    except Exception as error:  # pypdf raises nearly anything over a damaged page
        content.warnings.append(f"page {number}: damaged ({type(error).__name__})")
        return _Page([])
    return _Page(lines, drawing.edges())


def _filled_in(reader: Any) -> list[str]:
    """Return a line for each field of a form that is filled in: "hoten: Lê Văn A".

    They are in the order of the form; [] without a form, or if it is damaged. They are not in the
    text of a page that pypdf reads, because a viewer draws them over the page.
    """
    try:
        fields = reader.get_form_text_fields() or {}
    except Exception:  # pypdf raises nearly anything over a damaged form
        return []
    return [f"{name}: {' '.join(str(value).split())}" for name, value in fields.items() if value]


def _decrypted(data: bytes, name: str) -> bytes:
    """Return the bytes of an encrypted PDF that opens without a password, without the encryption.

    `name` is the file for messages. Raises DocumentError if it needs a password, or if pypdfium2 is
    not installed.
    """
    pdfium = require("pypdfium2", "pdf", name)
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise DocumentError(
            f"{name}: encrypted; a password is needed ({error}).", "Save it without a password."
        ) from None
    try:
        saved = io.BytesIO()
        document.save(saved, flags=pdfium.raw.FPDF_REMOVE_SECURITY)
        return saved.getvalue()
    finally:
        document.close()


def _lines(text: str) -> list[str]:
    spelt = text.translate(LIGATURES)
    lines = (" ".join(_SYMBOL.sub("• ", raw).split()) for raw in spelt.split("\n"))
    return [_LABEL.sub(r"\1 ", line) for line in lines if line]


def _metadata(found: Any) -> dict[str, Any]:
    """Return {"stated_title": title} for the title that the properties of a file state; {} without
    one.

    `found` is the `metadata` of pypdf's reader: property → value, or None. A title is left out if
    it has fewer than four words, ends like a file name or begins with "Microsoft ": it then names
    the file or the program, not the text. The properties have a date too, but it is that of the
    file, not of the text.
    """
    title = str((found or {}).get("/Title") or "").strip()
    if len(title.split()) < 4 or re.search(r"\.\w{2,5}$|^Microsoft ", title):
        return {}
    return {"stated_title": unicodedata.normalize("NFC", title)}


def first_numbers(pages: Sequence[int]) -> str:
    """Return the first ten numbers of pages for a warning: "2, 5, 6"; "…" stands for the others."""
    return ", ".join(map(str, pages[:10])) + ("…" if len(pages) > 10 else "")


def _read_scans(
    file: SourceFile, pages: list[_Page], empty: Sequence[int], content: Content
) -> list[int]:
    """Fill pages without text by OCR; return the numbers of the pages that remain empty.

    `empty` are the numbers of pages without text, from 1; `pages` is changed. Pages that cannot be
    read are reported in the warnings of `content`, and so is that tesseract or its Vietnamese is
    not installed; then all of them remain empty. Raises DocumentError if pypdfium2 is not
    installed.
    """
    if not tesseract.is_installed():
        content.warnings.append("--ocr needs tesseract with Vietnamese (tesseract-ocr-vie)")
        return list(empty)
    pdfium = require("pypdfium2", "pdf", file.name)
    left = []
    document = pdfium.PdfDocument(file.read())
    try:
        with tempfile.TemporaryDirectory() as folder:
            image = Path(folder) / "page.png"
            for number in empty:
                try:
                    _draw(document[number - 1], image)
                    read = tesseract.read_picture(image)
                except subprocess.TimeoutExpired:
                    content.warnings.append(f"page {number}: OCR took too long")
                    left.append(number)
                    continue
                except (pdfium.PdfiumError, OSError, ValueError) as error:
                    content.warnings.append(f"page {number}: cannot be drawn ({error})")
                    left.append(number)
                    continue
                pages[number - 1] = _Page([x for raw in read for x in _lines(raw) or [BREAK]])
                if not pages[number - 1].lines:
                    left.append(number)
    finally:
        document.close()
    return left


def _draw(page: Any, image: Path) -> None:
    """Write the picture of a page of pypdfium2 to the file `image` (PNG), at 300 dpi or, if that
    would be more than MAX_PIXELS, with so many: a damaged PDF may state a page 5 km wide.

    Raises PdfiumError, OSError or ValueError if the page cannot be drawn or written.
    """
    width, height = page.get_size()
    scale = min(300 / 72, (tesseract.MAX_PIXELS / max(width * height, 1)) ** 0.5)
    page.render(scale=scale, grayscale=True).to_pil().save(image)

"""PDF, by pypdf: text page by page. Scanned pages are named, and read by tesseract on request."""

from __future__ import annotations

import io
import logging
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from indexer.documents.content import Content
from indexer.documents.formats.extras import require
from indexer.documents.source_file import SourceFile
from indexer.errors import DocumentError

MAX_PAGES = 5_000
_OCR_SECONDS = 120
_SENTENCE_END = re.compile(r"[.!?…:;][”\"»’')\]]*$")
_ITEM = re.compile(
    r"^(?:[-–•+*]|\(?\d{1,2}[.)]|[a-zđ]\)|Điều \d+[a-zđ]?\.|Chương [IVXLC\d]+|Mục \d+"
    r"|Phần |Phụ lục)",
)
_PAGE_NUMBER = re.compile(r"^[-–\s]*(?:trang\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?[-–\s]*$", re.IGNORECASE)


def read(file: SourceFile, *, ocr: bool = False) -> Content:
    """Return the text of a PDF with a mark at the beginning of each page.

    Running heads, running feet and page numbers are dropped; lines of a paragraph are joined.
    Raises DocumentError if the file is damaged, encrypted, or holds no text at all.
    """
    pypdf = require("pypdf", "pdf", file.name)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what matters is reported below
    try:
        reader = pypdf.PdfReader(io.BytesIO(file.read()), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError(
                f"{file.name}: encrypted; a password is needed.", "Save it without a password."
            )
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise DocumentError(
                f"{file.name}: has {count} pages, more than {MAX_PAGES}.", "Split it."
            )
        pages = [_page_lines(page) for page in reader.pages]
        metadata = _metadata(reader.metadata)
    except DocumentError:
        raise
    except Exception as error:  # pypdf raises nearly anything over a damaged file
        raise DocumentError(
            f"{file.name}: damaged or no PDF ({type(error).__name__}).",
            "Open it in a reader and save it again.",
        ) from error
    empty = [number for number, lines in enumerate(pages, 1) if not lines]
    content = Content(fields=metadata)
    if empty and ocr:
        empty = _read_scans(file, pages, empty, content)
    if len(empty) == count:
        raise DocumentError(
            f"{file.name}: {count} scanned pages without text.",
            "Read it with --ocr (needs tesseract with Vietnamese), or run OCR on it first.",
        )
    if empty:
        shown = ", ".join(map(str, empty[:10])) + ("…" if len(empty) > 10 else "")
        content.warnings.append(f"no text on {len(empty)} of {count} pages (scanned?): {shown}")
    running = _running_lines(pages)
    for number, lines in enumerate(pages, 1):
        content.page(number)
        kept = [
            line
            for at, line in enumerate(lines)
            if not _PAGE_NUMBER.match(line)
            and not (_at_edge(at, lines) and _pattern(line) in running)
        ]
        for paragraph in join_lines(kept):
            content.paragraph(paragraph)
    content.source_text = "\n".join(line for lines in pages for line in lines)
    return content


def _page_lines(page: Any) -> list[str]:
    text = page.extract_text() or ""
    return [line for raw in text.split("\n") if (line := " ".join(raw.split()))]


def _metadata(found: Any) -> dict[str, Any]:
    """Author and title that the file states, if they look like such and not like a file name."""
    fields: dict[str, Any] = {}
    if not found:
        return fields
    title = str(found.get("/Title") or "").strip()
    if len(title.split()) >= 4 and not re.search(r"\.\w{2,5}$|^Microsoft ", title):
        fields["stated_title"] = unicodedata.normalize("NFC", title)
    created = found.get("/CreationDate")
    if created and (match := re.match(r"D:(\d{4})(\d{2})(\d{2})", str(created))):
        try:
            year, month, day = map(int, match.groups())
            fields["file_date"] = date(year, month, day)
        except ValueError:
            pass
    return fields


def _pattern(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _at_edge(at: int, lines: Sequence[str]) -> bool:
    return at < 2 or at >= len(lines) - 2


def _running_lines(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    """Lines at the top or bottom of at least half of the pages, numbers aside; from 3 pages on."""
    counts = Counter(
        pattern
        for lines in pages
        for pattern in {_pattern(line) for at, line in enumerate(lines) if _at_edge(at, lines)}
    )
    least = max(3, len(pages) / 2)
    return frozenset(pattern for pattern, count in counts.items() if count >= least)


def join_lines(lines: Sequence[str]) -> list[str]:
    """Join lines that were broken for want of room into paragraphs.

    A line goes on in the next if it is nearly as wide as the widest and does not end a sentence, or
    if the next begins with a small letter.
    """
    widest = sorted(map(len, lines))[int(len(lines) * 0.9)] if lines else 0
    paragraphs: list[str] = []
    last = ""
    for line in lines:
        goes_on = last and not _ITEM.match(line) and not line.isupper() and not last.isupper()
        if (goes_on and line[0].islower() and not last.endswith((".", ";", ":"))) or (
            goes_on and len(last) >= 0.75 * widest and not _SENTENCE_END.search(last)
        ):
            pass
        else:
            goes_on = False
        if goes_on:
            paragraphs[-1] = f"{paragraphs[-1]} {line}"
        else:
            paragraphs.append(line)
        last = line
    return paragraphs


def _read_scans(
    file: SourceFile, pages: list[list[str]], empty: Sequence[int], content: Content
) -> list[int]:
    """Fill the pages without text by OCR; return those that stay empty."""
    tesseract = shutil.which("tesseract")
    if tesseract is None or "vie" not in _languages(tesseract):
        content.warnings.append("--ocr needs tesseract with Vietnamese (tesseract-ocr-vie)")
        return list(empty)
    pdfium = require("pypdfium2", "pdf", file.name)
    left = []
    document = pdfium.PdfDocument(file.read())
    try:
        with tempfile.TemporaryDirectory() as folder:
            image = Path(folder) / "page.png"
            for number in empty:
                document[number - 1].render(scale=300 / 72).to_pil().save(image)
                try:
                    done = subprocess.run(  # noqa: S603  (a program of the system, fixed arguments)
                        [tesseract, str(image), "-", "-l", "vie"],
                        capture_output=True, timeout=_OCR_SECONDS, check=False,
                    )  # fmt: skip
                except subprocess.TimeoutExpired:
                    content.warnings.append(f"page {number}: OCR took too long")
                    left.append(number)
                    continue
                text = done.stdout.decode("utf-8", "replace")
                pages[number - 1] = [
                    line for raw in text.split("\n") if (line := " ".join(raw.split()))
                ]
                if not pages[number - 1]:
                    left.append(number)
    finally:
        document.close()
    return left


def _languages(tesseract: str) -> list[str]:
    done = subprocess.run(  # noqa: S603
        [tesseract, "--list-langs"], capture_output=True, text=True, timeout=20, check=False
    )
    return (done.stdout + done.stderr).split()

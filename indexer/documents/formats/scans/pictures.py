"""Read scanned pages that are picture files (JPEG, PNG, TIFF) by Pillow and tesseract."""

from __future__ import annotations

import io
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.documents.content import Content
from indexer.documents.formats.extras import require
from indexer.documents.formats.pdf.paragraphs import join_lines
from indexer.documents.formats.pdf.pdf_reader import MAX_PAGES, first_numbers
from indexer.documents.formats.pdf.running_lines import without_running_lines
from indexer.documents.formats.scans.tesseract import MAX_PIXELS, read_picture
from indexer.documents.source_file import SourceFile
from indexer.errors import DocumentError

_MAX_OPENED = 150_000_000
"""Greatest number of pixels of a page that is opened, to be drawn smaller if it has more than
MAX_PIXELS: A2 at 600 dpi has 140 million. In colour it takes 600 MB of memory."""
_LEAST_PIXELS = 300_000
"""Least number of pixels of a scanned page: letters of 12 points on A4 are then 5 pixels high, and
nobody can read them. Icons, logos and pictures for previews have fewer."""


def read(file: SourceFile) -> Content | None:
    """Return the text on the pages of a picture file, which are those of a TIFF and else one, with
    a mark at the beginning of each if there are several; None if it has no text, as a photograph.

    Running heads and feet are dropped and lines joined as in a PDF. Pages of more than _MAX_OPENED
    pixels, damaged ones, and those that take too long are reported in the warnings. Raises
    DocumentError if the file is damaged or too large, has more than MAX_PAGES pages, if nothing
    was read and a page was reported, or if Pillow is not installed.
    """
    image_module = require("PIL.Image", "pdf", file.name)
    content = Content()
    data = file.read()
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # Pillow warns of large and odd files
            image_module.open(io.BytesIO(data)) as image,
        ):
            pages = list(_pages(image, file.name, content))
    except DocumentError:
        raise
    except image_module.DecompressionBombError:
        pages = []
        content.warnings.append(f"page 1: more than {_MAX_OPENED // 10**6} million pixels")
    except Exception as error:  # Pillow raises nearly anything over a damaged file
        raise DocumentError(
            f"{file.name}: damaged or no picture ({type(error).__name__}).",
            "Scan it or save it again.",
        ) from error
    if not any(pages):
        if content.warnings:
            raise DocumentError(
                f"{file.name}: nothing can be read ({content.warnings[0]}).",
                "Scan it or save it again.",
            )
        return None
    if len(pages) > 1 and (empty := [n for n, lines in enumerate(pages, 1) if not lines]):
        shown = first_numbers(empty)
        content.warnings.append(f"no text on {len(empty)} of {len(pages)} pages: {shown}")
    for number, lines in enumerate(without_running_lines(pages), 1):
        if len(pages) > 1:
            content.page(number)
        for paragraph in join_lines(lines):
            content.paragraph(paragraph)
    return content


def _pages(image: Any, name: str, content: Content) -> Iterator[list[str]]:
    """Yield the lines of each page of an open picture; [] for one without text, and for one that
    cannot be read, which the warnings of `content` name.

    `name` is that of the file. Raises DocumentError if it has more than MAX_PAGES pages; for a
    damaged file, Pillow raises exceptions of any class.
    """
    count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    if count > MAX_PAGES:
        raise DocumentError(f"{name}: has {count} pages, more than {MAX_PAGES}.", "Split it.")
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "page.png"
        for number in range(1, count + 1):
            lines: list[str] = []
            try:
                image.seek(number - 1)
                pixels = image.width * image.height
                if pixels > _MAX_OPENED:
                    most = _MAX_OPENED // 10**6
                    content.warnings.append(f"page {number}: more than {most} million pixels")
                elif pixels >= _LEAST_PIXELS:
                    _draw(image, drawn)
                    lines = read_picture(drawn)
            except subprocess.TimeoutExpired:
                content.warnings.append(f"page {number}: OCR took too long")
            except Exception as error:  # Pillow raises nearly anything over a damaged page
                content.warnings.append(f"page {number}: damaged ({type(error).__name__})")
            yield lines


def _draw(image: Any, target: Path) -> None:
    """Write the current page of an open picture to a PNG file: in shades of grey, on white, upright
    as its camera says, as wide and high as its dots are, and with at most MAX_PIXELS."""
    from PIL import Image, ImageOps

    wide, high = map(float, image.info.get("dpi") or (1, 1))
    stretch = wide / high if high and 0.25 < wide / high < 4 else 1.0  # a fax: 204 × 98 dpi
    shrink = min(1.0, (MAX_PIXELS / (image.width * image.height * stretch)) ** 0.5)
    size = int(image.width * shrink), int(image.height * stretch * shrink)
    image.draft("L", size)  # a large JPEG is then decoded smaller
    if image.mode.startswith("I"):  # 16 bits
        page = image.point(lambda shade: shade / 256).convert("L")
    elif image.has_transparency_data:
        seen = image.convert("RGBA")
        page = Image.new("RGBA", seen.size, "white")
        page.alpha_composite(seen)
        page = page.convert("L")
    else:
        page = image.convert("L")
    if page.size != size:
        page = page.resize(size)
    ImageOps.exif_transpose(page).save(target)

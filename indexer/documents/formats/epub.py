"""Read EPUB: the chapters in the order of the spine, each as an HTML page without a portal."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import Any
from urllib.parse import unquote

from indexer.documents.content import Content
from indexer.documents.formats.html.html_reader import extract_fragment
from indexer.documents.formats.packed import check_zip
from indexer.documents.formats.xml import local_name, parse_xml
from indexer.documents.source_file import SourceFile
from indexer.documents.text.encodings import decode_html
from indexer.errors import DocumentError


def read(file: SourceFile) -> Content:
    """Return the text of a book with the title, author, date and publisher that it states.

    A chapter that cannot be read is left out with a warning. Raises DocumentError if the file is
    damaged, too large or no EPUB, or if lxml is not installed.
    """
    data = file.read()
    check_zip(data, file.name)
    content = Content()
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        try:
            container = parse_xml(packed.read("META-INF/container.xml"), file.name)
            files = (e.get("full-path") for e in container.iter() if local_name(e) == "rootfile")
            path = next(filter(None, files))
            package = parse_xml(packed.read(path), file.name)
        except (KeyError, StopIteration):
            raise DocumentError(
                f"{file.name}: damaged or no EPUB.", "Export the book again."
            ) from None
        _metadata(package, content)
        items = {e.get("id"): e for e in package.iter() if local_name(e) == "item"}
        for reference in (e for e in package.iter() if local_name(e) == "itemref"):
            item = items.get(reference.get("idref"))
            if item is None or "html" not in (item.get("media-type") or ""):
                continue
            href = item.get("href") or ""
            member = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(href)))
            try:
                chapter = packed.read(member)
                text, _ = decode_html(chapter, f"{file.name}/{member}")
            except KeyError:
                content.warnings.append(f"chapter {href} is missing")
                continue
            except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, zlib.error) as error:
                content.warnings.append(f"chapter {href} is damaged ({error})")
                continue
            except DocumentError as error:  # such as one that is encrypted
                content.warnings.append(f"chapter {href} is no text ({error.message})")
                continue
            found = extract_fragment(text, f"{file.name}/{member}")
            content.parts += found.parts
    return content


_NO_TITLES = frozenset(("unknown title", "unknown", "untitled"))
"""What programs state where a book has no title, in small letters."""


def _metadata(package: Any, content: Content) -> None:
    authors = []
    for element in package.iter():
        name, text = local_name(element), (element.text or "").strip()
        if name == "title" and text and text.lower() not in _NO_TITLES:
            content.fields.setdefault("stated_title", text)
        elif name == "creator" and text:
            authors.append(text)
        elif name == "date" and text:
            content.fields.setdefault("stated_date", text)
        elif name == "publisher" and text:
            content.fields.setdefault("stated_publisher", text)
    if authors:
        content.fields["stated_author"] = ", ".join(authors)

"""The file formats, one module each.

`FORMATS` lists them; the module of a format is imported when a file needs it.

html/, markdown       pages and texts
pdf, epub             books and papers
scans/                scanned pages, by OCR: those of PDFs, and pictures
office/               word processors and spreadsheets; old files through LibreOffice
records               JSON lines, CSV, rows of sheets: a record is a document
library, xml          MARC, Dublin Core, OAI-PMH, feeds
mail, outlook         messages, with what is attached
warc, packed          files that hold other files
signature             what a file is by its first bytes
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    Attributes
    ----------
    name : its name in reports and in `Document.format`.
    endings : the endings of its file names, in lower case with the dot.
    extra : the extra of the package whose libraries read it (`pip install tracuu[pdf]`), or "".
    """

    name: str
    endings: tuple[str, ...]
    extra: str = ""


FORMATS: tuple[Format, ...] = (
    Format("text", (".txt", ".text")),
    Format("html", (".html", ".htm", ".xhtml"), "html"),
    Format("mhtml", (".mhtml", ".mht"), "html"),
    Format("markdown", (".md", ".markdown")),
    Format("jsonl", (".jsonl", ".jsonl.gz", ".jsonl.xz", ".ndjson")),
    Format("json", (".json",)),
    Format("csv", (".csv", ".tsv")),
    Format("pdf", (".pdf",), "pdf"),
    Format("image", (".jpg", ".jpeg", ".png", ".tif", ".tiff"), "pdf"),
    Format("docx", (".docx", ".docm", ".dotx"), "word"),
    Format("odt", (".odt", ".ott", ".fodt"), "html"),
    Format("rtf", (".rtf",), "word"),
    Format("office", (".doc", ".dot", ".wps", ".ppt", ".pptx", ".odp")),
    Format("spreadsheet", (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"), "tables"),
    Format("epub", (".epub",), "html"),
    Format("eml", (".eml",), "html"),
    Format("mbox", (".mbox",), "html"),
    Format("msg", (".msg",), "mail"),
    Format("xml", (".xml", ".marcxml", ".rss", ".atom"), "html"),
    Format("marc", (".mrc", ".marc"), "library"),
    Format("zip", (".zip",)),
    Format("warc", (".warc", ".warc.gz"), "web"),
    Format("wacz", (".wacz",), "web"),
)

ENDINGS: tuple[str, ...] = tuple(ending for format in FORMATS for ending in format.endings)
"""The endings of all file names that can be read."""


def format_of(name: str) -> Format | None:
    """Return the format whose ending the name of a file has, in any case; None for an unknown
    ending. The longest ending counts (".jsonl.gz")."""
    lower = name.lower()
    found = [
        (len(ending), format)
        for format in FORMATS
        for ending in format.endings
        if lower.endswith(ending)
    ]
    return max(found, key=lambda item: item[0])[1] if found else None

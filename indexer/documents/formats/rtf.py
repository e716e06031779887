"""RTF, by striprtf: paragraphs; tables become rows."""

from __future__ import annotations

import re

from indexer.documents.content import Content
from indexer.documents.formats.extras import require
from indexer.documents.source_file import SourceFile
from indexer.errors import DocumentError

_MAX_BYTES = 64 << 20
_INFO = re.compile(r"\{\\title ([^{}]{1,300})\}")


def read(file: SourceFile) -> Content:
    """Return the text of an RTF file. Raises DocumentError if it is none."""
    striprtf = require("striprtf.striprtf", "word", file.name)
    data = file.read()
    if not data.lstrip().startswith(b"{\\rtf"):
        raise DocumentError(f"{file.name}: no RTF.", "Save it again as RTF or as .docx.")
    if len(data) > _MAX_BYTES:
        raise DocumentError(f"{file.name}: larger than 64 MB.", "Save it as .docx.")
    source = data.decode("latin-1")
    try:
        text = striprtf.rtf_to_text(source, errors="replace")
    except Exception as error:
        raise DocumentError(
            f"{file.name}: damaged ({type(error).__name__}).", "Save it as .docx."
        ) from error
    content = Content(source_text=text)
    if title := _INFO.search(source):
        content.fields["stated_title"] = striprtf.rtf_to_text("{\\rtf1 " + title[1] + "}")
    for line in text.split("\n"):
        # striprtf ends each cell with a bar and each row with a line break.
        cells = line.split("|")
        if line.count("|") >= 2 and not cells[-1].strip():
            content.table_row(cells[:-1])
        else:
            content.paragraph(line)
    return content

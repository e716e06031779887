"""Source files in, `Document`s out, for rebuilds and updates.

sources.py          finds the files of a source, in a fixed order
source_reader.py    `read_sources`: reads the files in order, some in other processes; unique ids
known_files.py      which files an update need not read again
document_reader.py  `read_path`: reads one file; a broken one never stops the others
encodings.py        bytes → text
formats/            HTML and JSON lines
portal_page.py      `read_page`: the page rules for a text dump, in order; draft.py: their state
rules/              one module per page rule
outline.py          chapters and articles of a law or decision, with anchors
gazetteer/          provinces, districts and communes, dated
lines.py, text_keys.py, dates.py, honorifics.py   what the rules share
"""

from indexer.documents.document_reader import Options, Warned
from indexer.documents.known_files import KnownFiles
from indexer.documents.outline import OutlineLevel, OutlineUnit, outline
from indexer.documents.portal_page import read_page
from indexer.documents.source_reader import Unchanged, read_sources
from indexer.documents.sources import Skipped, source_bytes

__all__ = [
    "KnownFiles",
    "Options",
    "OutlineLevel",
    "OutlineUnit",
    "Skipped",
    "Unchanged",
    "Warned",
    "outline",
    "read_page",
    "read_sources",
    "source_bytes",
]

"""Source files in, `Document`s out, for rebuilds and updates.

files/          finds the files of a source, reads them in order, leaves out what did not change
formats/        one module or package per file format: a file → content, or records
legacy/         text in TCVN3, VNI and other old encodings → Unicode
portal_page.py  `read_page`, `read_content`: the page rules, in order; draft.py: their state
rules/          one module per page rule; administrative/: the form of decisions and letters
gazetteer/      provinces, districts and communes, dated
outline.py      chapters and articles of a law or decision, with anchors
text/           what formats and rules share: lines, comparison keys, dates, encodings, honorifics
source_file.py  the file that a format module reads
content.py      what a format module returns
tables.py       tells tables of data from tables that only lay out text
own_fields.py   values of the fields that an archive defines itself
access_settings.py  values that decide who may see a document
"""

from indexer.documents.files.known_files import KnownFiles
from indexer.documents.files.reading import Options
from indexer.documents.files.record_files import GENERATED_KEYS
from indexer.documents.files.repeated_lines import RepeatedLine, RepeatedLines
from indexer.documents.files.source_reader import (
    Unchanged,
    Withheld,
    read_sources,
    source_profiles,
)
from indexer.documents.files.sources import (
    KeptShare,
    Skipped,
    Warned,
    source_bytes,
    source_state,
)
from indexer.documents.gazetteer import province_now
from indexer.documents.outline import OutlineLevel, OutlineUnit, outline
from indexer.documents.portal_page import read_page
from indexer.documents.rules.administrative.form_lines import (
    FormBlock,
    FormColumn,
    FormLine,
    form_blocks,
)

__all__ = [
    "GENERATED_KEYS",
    "FormBlock",
    "FormColumn",
    "FormLine",
    "KeptShare",
    "KnownFiles",
    "Options",
    "OutlineLevel",
    "OutlineUnit",
    "RepeatedLine",
    "RepeatedLines",
    "Skipped",
    "Unchanged",
    "Warned",
    "Withheld",
    "form_blocks",
    "outline",
    "province_now",
    "read_page",
    "read_sources",
    "source_bytes",
    "source_profiles",
    "source_state",
]

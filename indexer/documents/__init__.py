"""Here is a file. What page is it?

Files in, `Document`s out: formats, the page rules and the gazetteer.
"""

from indexer.documents.page import read_page
from indexer.documents.reading import read_sources
from indexer.documents.sources import source_bytes

__all__ = ["read_page", "read_sources", "source_bytes"]

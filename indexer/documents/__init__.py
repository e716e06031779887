"""Here is a file. What page is it?

Files in, `Document`s out: formats, the page rules and the gazetteer.
"""

from indexer.documents.document_reader import read_sources
from indexer.documents.portal_page import read_page
from indexer.documents.sources import source_bytes

__all__ = ["read_page", "read_sources", "source_bytes"]

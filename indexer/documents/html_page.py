"""An HTML page → Document, by trafilatura (the extra `html`); nothing is ever fetched."""

from __future__ import annotations

from indexer.documents.page import read_page
from indexer.errors import DocumentError
from indexer.models import Document


def read_html(text: str, document_id: str, name: str) -> Document:
    """The page that `text` holds; where its metadata is silent the page rules speak.

    Raises DocumentError where trafilatura is not installed or finds no text.
    """
    try:
        import trafilatura
    except ImportError:
        raise DocumentError(
            f"{name}: HTML needs trafilatura.", "Run `pip install 'tracuu[html]'`."
        ) from None
    body = trafilatura.extract(text)
    if not body:
        raise DocumentError(f"{name}: no text found in this page.", "Save its text as .txt.")
    return read_page(body, document_id)

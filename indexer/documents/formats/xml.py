"""Parse XML without entities, network access or deep nesting."""

from __future__ import annotations

from typing import Any

from indexer.documents.formats.extras import require
from indexer.errors import DocumentError


def parse_xml(data: bytes, name: str) -> Any:
    """Return the root element of XML, one of lxml, without comments and processing instructions.

    Nothing is fetched. Raises DocumentError, with `name` in its message, if the XML is not well
    formed, declares entities, or exceeds the limits of libxml2 on depth and size, or if lxml is not
    installed.
    """
    etree = require("lxml.etree", "html", name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentError(
            f"{name}: not well-formed XML ({error.msg}).", "Export or save it again."
        ) from None
    if root is None:
        raise DocumentError(f"{name}: empty.", "Export or save it again.")
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise DocumentError(f"{name}: declares entities.", "Remove the document type declaration.")
    return root


def local_name(element: Any) -> str:
    """Return the name of an element without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""

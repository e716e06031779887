"""Send the original file of a document, with its media type.

No code in a file of the archive may run in the origin of the page (cross-site scripting): HTML,
SVG, XML and saved pages are sent as BYTES, everything except PDF is an attachment, and the
Content-Security-Policy allows nothing.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request
from werkzeug.http import quote_etag
from werkzeug.wsgi import wrap_file

from indexer import Original, strip_marks

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "txt": "text/plain",
    "text": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "rtf": "application/rtf",
    "doc": "application/msword",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "odt": f"{_OPEN}.text",
    "ods": f"{_OPEN}.spreadsheet",
    "odp": f"{_OPEN}.presentation",
    "epub": "application/epub+zip",
    "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
    "mbox": "application/mbox",
}
"""Ending of a file name, without its dot → media type (IANA). Other files are sent as BYTES."""

BYTES = "application/octet-stream"
"""Media type of files that a browser should only save."""
INLINE = "application/pdf"
"""Media type that a browser shows instead of saving: its viewer for PDF is isolated from the origin
of the page."""

POLICY = "default-src 'none'; sandbox"
"""Content-Security-Policy of the files; Chromium shows a PDF nevertheless."""


def ending(name: str) -> str:
    """Return the ending of a file name, in lower case, without its dot; "" if it has none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def media_type(name: str) -> str:
    """Return the media type with which a file of this name is sent: that of its ending in TYPES,
    BYTES for any other ending and for none."""
    return TYPES.get(ending(name), BYTES)


def original_response(original: Original) -> Response:
    """Return a response to the current request with the file, or with the range of it that the
    request asks for (206); without a body if the client has the file already (304).

    Raises RequestedRangeNotSatisfiable (416) if the range is outside the file. `original.file` is
    closed with the response, or by this function if it raises.
    """
    kind = media_type(original.name)
    # Werkzeug answers HEAD, 206, 304 and 416 from it, and closes the file.
    response = Response(
        wrap_file(request.environ, original.file), content_type=kind, direct_passthrough=True
    )
    try:
        response.content_length = original.size
        response.headers["ETag"] = quote_etag(original.sha256)
        response.cache_control.no_cache = True
        response.headers["Content-Security-Policy"] = POLICY
        response.headers.set(
            "Content-Disposition",
            "inline" if kind == INLINE else "attachment",
            filename=_plain_name(original.name),
            **{"filename*": f"UTF-8''{quote(original.name, safe='')}"},
        )
        response.make_conditional(request, accept_ranges=True, complete_length=original.size)
    except BaseException:
        original.file.close()
        raise
    return response


def _plain_name(name: str) -> str:
    """Return a file name in ASCII, without marks and with "_" for other characters, for programs
    that do not know `filename*` (RFC 6266)."""
    return strip_marks(name).encode("ascii", "replace").decode("ascii").replace("?", "_")

"""Build responses: an HTML page, JSON, or 304 if the client has the current version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

from flask import Response, current_app, g, request

from indexer import Archive
from search_ui.http.site import ArchiveSource
from search_ui.http.templating import render

P = ParamSpec("P")


def archive_source() -> ArchiveSource:
    """Return the source of the archive that the current app serves."""
    found: ArchiveSource = current_app.extensions["tracuu.source"]
    return found


def served_archive() -> Archive:
    """Return the archive as the visitor of the current request may see it.

    Raises UnusableIndex (503) if there is no index.
    """
    return archive_source().get(g.get("groups", ()))


def html_response(template: str, context: dict[str, Any], status: int = 200) -> Response:
    """Render a template with `context` as an HTML page in the current language.

    `template` is a path below templates/. Lone surrogates, which cannot be encoded, become question
    marks.
    """
    html = render(template, context)
    return Response(
        html.encode("utf-8", "replace"), status, content_type="text/html; charset=utf-8"
    )


def json_response(payload: dict[str, Any] | list[Any], status: int = 200) -> Response:
    """Return a payload as JSON in UTF-8. Lone surrogates become question marks."""
    text = json.dumps(payload, ensure_ascii=False)
    return Response(text.encode("utf-8", "replace"), status, content_type="application/json")


def error_json(code: str, message: str, hint: str, status: int) -> Response:
    """Return an error as JSON with an HTTP status: `{"error": {"code", "message", "hint"}}`."""
    return json_response({"error": {"code": code, "message": message, "hint": hint}}, status)


def fingerprint(folder: Path, *more: str) -> str:
    """Return ten hexadecimal digits that change if a file below `folder` or one of `more` does.

    Compiled files in `__pycache__` do not count.
    """
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def revalidated(view: Callable[P, Response]) -> Callable[P, Response]:
    """Decorate a view so that it answers 304 if the client has the current version of the response.

    For views whose response depends only on the URL, the index, this program, the preferences and
    the day.
    Browsers ask each time (`no-cache`, a weak ETag), and get 304 before anything is searched. The
    view raises UnusableIndex (503) if there is no index.
    """

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        # The state is read before the search. If a rebuild comes between them, the response is
        # newer than its tag says, and is fetched once more than needed.
        archive = served_archive()
        status = archive.status()
        state = f"{archive.group}/{status.generation}/{status.built_at}/{status.documents}"
        state += g.get("login", "")  # which each page shows
        # The page depends on the language, the colour scheme, the page size and the listing, and
        # on the day: it says what is in force, and when it was printed.
        state += f"{g.preferences!r}{date.today()}"
        tag = hashlib.sha256(state.encode()).hexdigest()[:10] + current_app.config["FINGERPRINT"]
        seen = request.if_none_match.contains_weak(tag)
        response = Response(status=304) if seen else view(*args, **kwargs)
        if response.status_code in (200, 304):
            response.set_etag(tag, weak=True)
            response.cache_control.no_cache = True
            response.vary.add("Cookie")
        return response

    return answer

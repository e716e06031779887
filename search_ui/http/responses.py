"""Ways to answer: a page, JSON, or nothing because the asker has it already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

from flask import Response, current_app, g, request

from search_ui.http.archive_source import ArchiveSource
from search_ui.http.templating import render

P = ParamSpec("P")


def source() -> ArchiveSource:
    """Where the present app gets its archive from."""
    found: ArchiveSource = current_app.extensions["tracuu.source"]
    return found


def page(template: str, context: dict[str, Any], status: int = 200) -> Response:
    """A page. Lone surrogates, which no encoding knows, become question marks."""
    html = render(template, context)
    return Response(
        html.encode("utf-8", "replace"), status, content_type="text/html; charset=utf-8"
    )


def data(payload: dict[str, Any] | list[Any], status: int = 200) -> Response:
    """JSON, readable as it stands."""
    text = json.dumps(payload, ensure_ascii=False)
    return Response(text.encode("utf-8", "replace"), status, content_type="application/json")


def problem(code: str, message: str, hint: str, status: int) -> Response:
    """The JSON of everything that went wrong."""
    return data({"error": {"code": code, "message": message, "hint": hint}}, status)


def fingerprint(folder: Path, *more: str) -> str:
    """Ten hexadecimal digits that change with any file below `folder`, or with `more`."""
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def kept(view: Callable[P, Response]) -> Callable[P, Response]:
    """A view whose answer stays the same until the index or this program changes.

    Browsers ask again each time, and get 304 before anything has been searched.
    """

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        # The state is read before the search: should a rebuild come between them, the answer is
        # newer than its tag says, and is merely fetched once more.
        status = source().get().status()
        state = f"{status.generation}/{status.built_at}/{status.documents}"
        # The page speaks a language, has its colours written in, and as many hits as are set.
        state += f"{g.preferences!r}/{current_app.config['PAGE_SIZE']}"
        tag = hashlib.sha256(state.encode()).hexdigest()[:10] + current_app.config["FINGERPRINT"]
        seen = request.if_none_match.contains_weak(tag)
        response = Response(status=304) if seen else view(*args, **kwargs)
        if response.status_code in (200, 304):
            response.set_etag(tag, weak=True)
            response.cache_control.no_cache = True
            response.vary.add("Cookie")
        return response

    return answer

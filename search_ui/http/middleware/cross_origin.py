"""Let the pages of other sites search here: those of TRACUU_ALLOWED_ORIGINS, and only there.

A form that leads here works from any site. The widget (`static/widget.js`) shows results within
another page, so it reads `/api/search` and `/api/suggest` from there (CORS, Fetch standard). No
cookie or login is sent with such a request.
"""

from __future__ import annotations

import re

from flask import Flask, Response, request

from indexer import SettingError, setting

_ENDPOINTS = frozenset({"api.search_data", "api.suggest"})
_ORIGIN = re.compile(r"https?://[^\s/?#@,*]+")
WIDGET = "widget.js"


def init_app(app: Flask) -> None:
    """Make `app` allow the sites of TRACUU_ALLOWED_ORIGINS to read the answers of a search, and, if
    there are any, all sites to load the widget.

    Raises SettingError if one of them is not an origin, as https://example.vn.
    """
    allowed = _origins(str(setting("allowed_origins")))
    app.config["ALLOWED_ORIGINS"] = allowed
    if not allowed:
        return

    @app.after_request
    def allow(response: Response) -> Response:
        if request.endpoint in _ENDPOINTS:
            response.vary.add("Origin")
            if (origin := request.headers.get("Origin", "")) in allowed:
                response.headers["Access-Control-Allow-Origin"] = origin
        elif request.endpoint == "static" and (request.view_args or {}).get("filename") == WIDGET:
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def _origins(text: str) -> frozenset[str]:
    if text == "off":
        return frozenset()
    found = [part.strip().rstrip("/").lower() for part in text.split(",") if part.strip()]
    for origin in found:
        if not _ORIGIN.fullmatch(origin):
            raise SettingError(
                f"TRACUU_ALLOWED_ORIGINS: {origin!r} is no origin.",
                "Write it as https://example.vn, several with commas.",
            )
    return frozenset(found)

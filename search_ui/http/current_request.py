"""What the present request asks for, and the addresses its answer links to."""

from __future__ import annotations

from functools import lru_cache

from flask import current_app, request, url_for

from indexer import SearchRequest
from search_ui.http import params
from search_ui.http.links import Links

# MERGED DOC: """Addresses that are the same for every request: of files, and of pages that take nothing."""


def static_url(name: str) -> str:
    """The address of a file in static/; it changes with the files, so it may be kept for ever."""
    return url_for("static", filename=name, v=current_app.config["FINGERPRINT"])


def route(endpoint: str) -> str:
    """The address of a page that takes nothing."""
    return _route(request.script_root, endpoint)


@lru_cache(maxsize=64)
def _route(_root: str, endpoint: str) -> str:
    # Flask takes its time for each; they differ by the place where the app is mounted only.
    return url_for(endpoint)


def asked() -> SearchRequest:
    """The search in the address. Raises BadParameter."""
    return params.parse(request.args.items(multi=True), current_app.config["PAGE_SIZE"])


def links() -> Links:
    """Addresses below wherever this app is mounted."""
    return Links(
        home=route("pages.search"),
        documents=route("pages.document"),
        page_size=current_app.config["PAGE_SIZE"],
    )

"""What the present request asks for, and the addresses its answer links to."""

from __future__ import annotations

from flask import current_app, request

from indexer import SearchRequest
from search_ui import params
from search_ui.links import Links
from search_ui.routes import route


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

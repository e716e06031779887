"""What the present request asks for, and the addresses its answer links to."""

from __future__ import annotations

from flask import current_app, request, url_for

from indexer import SearchRequest
from search_ui import params
from search_ui.links import Links


def asked() -> SearchRequest:
    """The search in the address. Raises BadParameter."""
    return params.parse(request.args.items(multi=True), current_app.config["PAGE_SIZE"])


def links() -> Links:
    """Addresses below wherever this app is mounted."""
    return Links(
        home=url_for("pages.search"),
        documents=url_for("pages.document"),
        page_size=current_app.config["PAGE_SIZE"],
    )

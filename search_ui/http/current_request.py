"""Read the search that the current request asks for, and build the URLs of its response.

All functions need a request of Flask.
"""

from __future__ import annotations

from functools import lru_cache

from flask import current_app, g, request, url_for

from indexer import SearchRequest, facet_schema
from search_ui.http import params, site
from search_ui.http.links import Links


def static_url(name: str) -> str:
    """Return the URL of the file `name` in static/.

    The URL changes if any file of this package does, so browsers may cache the file forever.
    """
    return url_for("static", filename=name, v=current_app.config["FINGERPRINT"])


def route(endpoint: str) -> str:
    """Return the URL of an endpoint that takes no parameters."""
    return _route(request.script_root, endpoint)


@lru_cache(maxsize=64)
def _route(_root: str, endpoint: str) -> str:
    # url_for is slow; the result depends only on the path at which the app is mounted.
    return url_for(endpoint)


def requested_search() -> SearchRequest:
    """Return the search that the URL asks for.

    Raises BadParameter (400) if a parameter is wrong.
    """
    schema = facet_schema(site.profile().fields)
    return params.parse(request.args.items(multi=True), g.preferences.page_size, schema)


def links() -> Links:
    """Return the `Links` for the path at which the app is mounted and the visitor's page size."""
    return Links(
        home=route("pages.search"),
        documents=route("pages.document"),
        originals=route("pages.original"),
        citations=route("pages.citation_file"),
        page_size=g.preferences.page_size,
    )

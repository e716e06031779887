"""Addresses for programs other than a browser: feeds, exports, descriptions, figures."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, current_app, render_template, request, url_for

from indexer import Sort
from search_ui import exports, openapi
from search_ui.answers import data, kept, source
from search_ui.asking import asked, links
from search_ui.feeds import feed, xml_text
from search_ui.language import LANGUAGES, current
from search_ui.metrics import Metrics

machines = Blueprint("machines", __name__)


@machines.get("/opensearch.xml")
def opensearch() -> Response:
    """Lets a browser add this archive to its search engines (OpenSearch 1.1)."""
    site = request.host_url.rstrip("/")
    page = render_template(
        "opensearch.xml",
        name="Tra Cứu",
        search=site + url_for("pages.search") + "?q={searchTerms}",
        suggest=site + url_for("machines.opensearch_suggestions") + "?q={searchTerms}",
        feed=site + url_for("machines.atom") + "?q={searchTerms}",
        languages=list(LANGUAGES),
    )
    answer = Response(page, content_type="application/opensearchdescription+xml; charset=utf-8")
    answer.cache_control.max_age = 3600
    return answer


@machines.get("/api/opensearch-suggest")
@kept
def opensearch_suggestions() -> Response:
    """Completions as browsers want them: `[text, [completion, …]]`."""
    text = asked().text
    found = source().get().suggest(text) if text.strip() else ()
    answer = data([text, list(found)])
    answer.mimetype = "application/x-suggestions+json"
    return answer


@machines.get("/atom.xml")
@kept
def atom() -> Response:
    """A search as an Atom feed (RFC 4287), newest first unless another order is asked for."""
    archive, wanted = source().get(), asked()
    if wanted.sort is Sort.RELEVANCE:
        wanted = replace(wanted, sort=Sort.NEWEST)
    site = request.host_url.rstrip("/")
    shown = feed(archive.search(wanted), archive.status(), links(), site)
    page = xml_text(render_template("feed.xml", feed=shown, language=current()))
    return Response(page, content_type="application/atom+xml; charset=utf-8")


@machines.get("/api/export.csv")
@kept
def export_csv() -> Response:
    """The hits of a search as a table, at most `exports.MOST`."""
    pages = exports.pages(source().get(), asked())
    return _download(exports.csv_lines(pages), "text/csv; charset=utf-8", "tra-cuu.csv")


@machines.get("/api/export.json")
@kept
def export_json() -> Response:
    """The hits of a search as one JSON object, at most `exports.MOST`."""
    pages = exports.pages(source().get(), asked())
    found = exports.json_parts(pages, links())
    return _download(found, "application/json", "tra-cuu.json")


@machines.get("/api/openapi.json")
def description() -> Response:
    """What the addresses below /api/ take and give, as OpenAPI 3.1."""
    answer = data(openapi.document(url_for("pages.search").rstrip("/")))
    answer.cache_control.max_age = 3600
    return answer


@machines.get("/metrics")
def figures() -> Response:
    """Counters and times for Prometheus; no query and no visitor is in them."""
    metrics: Metrics = current_app.extensions["tracuu.metrics"]
    text = metrics.text(source().get().status())
    answer = Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")
    answer.cache_control.no_store = True
    return answer


def _download(parts: exports.Parts, content_type: str, name: str) -> Response:
    answer = Response(parts, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

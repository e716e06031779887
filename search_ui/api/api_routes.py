"""Routes for programs: JSON, feeds, exports, descriptions, metrics, health.

Each view that reads the index, except `health`, also raises UnusableIndex (503) if there is none or
it cannot be read, and SearchTimeout (503) if a search takes too long.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, current_app, render_template, request, url_for

from indexer import DocumentNotFound, Sort, UnusableIndex, document_payload, results_payload
from search_ui.api import exports, openapi
from search_ui.api.atom_feed import feed, xml_text
from search_ui.http import params, site
from search_ui.http.current_request import links, requested_search
from search_ui.http.i18n import LANGUAGES, current
from search_ui.http.metrics import CONTENT_TYPE, Metrics
from search_ui.http.query_log import recorded_search
from search_ui.http.responses import archive_source, json_response, revalidated, served_archive

SHORT_NAME, LONG_NAME = 16, 48
"""Greatest length, in characters, of the short and the long name in OpenSearch 1.1."""

api = Blueprint("api", __name__, url_prefix="/api")
machines = Blueprint("machines", __name__)


@api.get("/search")
@revalidated
def search_data() -> Response:
    """Return the results of a search as JSON (README, "JSON").

    Raises BadParameter (400) if a parameter is wrong.
    """
    to = links()
    explain = params.parse_explain(request.args.items(multi=True))
    wanted = requested_search()
    results = recorded_search(served_archive(), replace(wanted, explain=explain))
    url = to.same_search(wanted)
    return json_response(results_payload(results, document_url=to.document, search_url=url))


@api.get("/documents/<any_id:document_id>")
@revalidated
def document_data(document_id: str) -> Response:
    """Return a document as JSON.

    Raises DocumentNotFound (404) if the archive has none with this id.
    """
    archive = served_archive()
    found = archive.document(document_id)
    return json_response(document_payload(found, archive.copies(found), links().document))


@api.get("/suggest")
@revalidated
def suggest() -> Response:
    """Return completions of the text being typed as JSON.

    Raises BadParameter (400) if the text is too long.
    """
    text = params.parse_text(request.args.items(multi=True))
    suggestions = served_archive().suggest(text) if text.strip() else ()
    return json_response({"query": text, "suggestions": list(suggestions)})


@api.get("/<path:_rest>")
def nothing(_rest: str) -> Response:
    """Raise DocumentNotFound (404 as JSON) for any other address below /api/."""
    raise DocumentNotFound(
        "There is nothing at this address.",
        "Try /api/search?q=…, /api/documents/<id> or /api/suggest?q=….",
    )


@machines.get("/opensearch.xml")
def opensearch() -> Response:
    """Return the OpenSearch 1.1 description, with which a browser adds the archive as a search
    engine."""
    host = request.host_url.rstrip("/")
    page = render_template(
        "opensearch.xml",
        name=_within(site.name(), SHORT_NAME),
        long_name=_within(site.name(), LONG_NAME),
        description=site.profile().description,
        contact=site.profile().contact,
        search=host + url_for("pages.search") + "?q={searchTerms}",
        suggest=host + url_for("machines.opensearch_suggestions") + "?q={searchTerms}",
        feed=host + url_for("machines.atom") + "?q={searchTerms}",
        languages=list(LANGUAGES),
    )
    answer = Response(page, content_type="application/opensearchdescription+xml; charset=utf-8")
    answer.cache_control.max_age = 3600
    answer.vary.add("Cookie")  # the description is in the language of the visitor
    return answer


@machines.get("/api/opensearch-suggest")
@revalidated
def opensearch_suggestions() -> Response:
    """Return completions in the format of the OpenSearch Suggestions extension, which browsers
    expect: `[text, [completion, …]]`.

    Raises BadParameter (400) if a parameter is wrong.
    """
    text = requested_search().text
    found = served_archive().suggest(text) if text.strip() else ()
    answer = json_response([text, list(found)])
    answer.mimetype = "application/x-suggestions+json"
    return answer


@machines.get("/atom.xml")
@revalidated
def atom() -> Response:
    """Return a search as an Atom feed (RFC 4287), newest first instead of by relevance; any other
    order that the URL names stays.

    Copies are not grouped: if only the newest of a group were an entry, a new copy of a text would
    show the same text to readers again. Raises BadParameter (400) if a parameter is wrong.
    """
    archive, wanted = served_archive(), replace(requested_search(), grouped=False)
    if wanted.sort is Sort.RELEVANCE:
        wanted = replace(wanted, sort=Sort.NEWEST)
    host = request.host_url.rstrip("/")
    shown = feed(archive.search(wanted), archive.status(), links(), host)
    page = xml_text(render_template("feed.xml", feed=shown, language=current()))
    return Response(page, content_type="application/atom+xml; charset=utf-8")


@machines.get("/api/export.csv")
@revalidated
def export_csv() -> Response:
    """Stream the hits of a search as a CSV table, at most `exports.MOST`.

    Raises BadParameter (400) if a parameter is wrong.
    """
    pages = exports.pages(served_archive(), requested_search())
    return _download(
        exports.csv_lines(pages, site.profile().fields), "text/csv; charset=utf-8", "tra-cuu.csv"
    )


@machines.get("/api/export.json")
@revalidated
def export_json() -> Response:
    """Stream the hits of a search as one JSON object, at most `exports.MOST`.

    Raises BadParameter (400) if a parameter is wrong.
    """
    pages = exports.pages(served_archive(), requested_search())
    found = exports.json_parts(pages, links())
    return _download(found, "application/json", "tra-cuu.json")


@machines.get("/api/export-all.csv")
def export_all_csv() -> Response:
    """Stream all hits of a search as a CSV table, for the administrator.

    Raises RequestError (400) if they are more than `exports.EVERYTHING` or a parameter is wrong.
    """
    pages = exports.all_pages(served_archive(), requested_search())
    return _download(
        exports.csv_lines(pages, site.profile().fields), "text/csv; charset=utf-8", "tra-cuu.csv"
    )


@machines.get("/api/export-all.jsonl")
def export_all_lines() -> Response:
    """Stream all documents of a search with their texts as JSON Lines, for the administrator.

    Raises RequestError (400) if they are more than `exports.EVERYTHING` or a parameter is wrong.
    """
    pages = exports.all_pages(served_archive(), requested_search())
    return _download(exports.json_lines(pages), "application/jsonl; charset=utf-8", "tra-cuu.jsonl")


@machines.get("/api/openapi.json")
def description() -> Response:
    """Return the OpenAPI 3.1 description of the addresses below /api/."""
    answer = json_response(openapi.document(url_for("pages.search").rstrip("/"), site.profile()))
    answer.cache_control.max_age = 3600
    return answer


@machines.get("/metrics")
def figures() -> Response:
    """Return counters and times in the text format of Prometheus, without queries and visitors."""
    metrics: Metrics = current_app.extensions["tracuu.metrics"]
    archive = served_archive()
    text = metrics.text(archive.status(), damaged=archive_source().damage is not None)
    answer = Response(text, content_type=CONTENT_TYPE)
    answer.cache_control.no_store = True
    return answer


@machines.get("/healthz")
def health() -> Response:
    """Answer 200 if an index can be searched, else 503, for monitoring.

    The `status` in the JSON is "ok"; "damaged" if a file of the newest index is damaged, while
    searches are still answered, perhaps from the former one; or "unavailable". If a cluster has
    the index, `cluster` tells its state.
    """
    try:
        archive = served_archive()
        status = archive.status()
        cluster = archive.health()
    except UnusableIndex as error:
        cause = {"code": error.code, "message": error.message, "hint": error.hint}
        answer = json_response({"status": "unavailable", "error": cause}, 503)
    else:
        state: dict[str, object] = {"generation": status.generation, "documents": status.documents}
        state["built_at"] = status.built_at
        if cluster:
            state["cluster"] = cluster
        if damage := archive_source().damage:
            answer = json_response({"status": "damaged", **state, "damage": damage})
        else:
            answer = json_response({"status": "ok", **state})
    answer.cache_control.no_store = True
    return answer


def _within(text: str, most: int) -> str:
    """Return a text cut between words to at most `most` characters; a longer word is cut too."""
    if len(text) <= most:
        return text
    return text[: most + 1].rpartition(" ")[0] or text[:most]


def _download(parts: exports.Parts, content_type: str, name: str) -> Response:
    answer = Response(parts, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

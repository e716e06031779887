"""Routes of the HTML pages.

A number in parentheses is the status of the answer that `error_pages` gives for an error. Each view
that reads the index, except `guide`, also raises UnusableIndex (503) if there is none or it cannot
be read, and SearchTimeout (503) if a search takes too long. The ids "." and "..", which browsers
resolve as parts of a path, are the parameter `id` of the URL instead.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, abort, current_app, request

from indexer import (
    Archive,
    Document,
    Facet,
    Results,
    SearchRequest,
    Sort,
    UnusableIndex,
    facet_schema,
)
from search_ui.http import preferences as wishes
from search_ui.http import site
from search_ui.http.current_request import links, requested_search, route
from search_ui.http.i18n import say
from search_ui.http.links import Link
from search_ui.http.params import CITATION_FORMAT, BadParameter, text_parameter
from search_ui.http.query_log import recorded_search
from search_ui.http.responses import html_response, revalidated, served_archive
from search_ui.http.site import titled
from search_ui.pages.citations import FORMATS, bibtex, ris
from search_ui.pages.document_page import document_page
from search_ui.pages.facet_page import (
    CONTAINS_PARAMETER,
    LONGEST_CONTAINS,
    SHOW_PARAMETER,
    TICKED_PARAMETER,
    facet_page,
    unticked,
)
from search_ui.pages.front_page import Examples, front_page
from search_ui.pages.guide import GUIDE, GuideExamples, embedding, own_field_notes
from search_ui.pages.original_file import original_response
from search_ui.pages.search_page import Heading, search_page
from search_ui.parts.hits import original_site

SIMILAR = 5
"""Greatest number of similar documents, and of citing ones, on the page of a document."""

FIND_PARAMETER = "tim"
"""Parameter with the text to find within a document."""

pages = Blueprint("pages", __name__)


@pages.get("/")
@revalidated
def search() -> Response:
    """Return the results of a search; without a query text, filter or other parameter than the page
    size, the front page.

    Raises BadParameter (400) if a parameter is wrong.
    """
    archive, wanted, to = served_archive(), requested_search(), links()
    if wanted == SearchRequest(text=wanted.text, size=wanted.size) and not wanted.text.strip():
        overview = archive.overview()
        examples: Examples = current_app.extensions["tracuu.examples"]
        front = front_page(overview, examples.of(archive, overview), to)
        return html_response("front.html", {"page": front})

    def count(other: SearchRequest) -> int:
        return archive.search(replace(other, size=1)).total

    shown = search_page(recorded_search(archive, wanted), to, count, request.host_url[:-1])
    return html_response("search.html", {"page": shown})


@pages.get("/chon/<facet>")
@revalidated
def values(facet: str) -> Response:
    """Return the page with all values of a facet in a search, or redirect (303) to the results if
    the reader asks for them.

    Answers 404 if there is no such facet, it has ranges instead of values to choose, or no document
    has a value of it. Raises BadParameter (400) if a parameter is wrong.
    """
    known = facet_schema(site.profile().fields).by_name.get(facet)
    if known is None or known.kind.has_ranges:
        abort(404)
    archive = served_archive()
    wanted = unticked(requested_search(), facet, request.args.getlist(TICKED_PARAMETER))
    if SHOW_PARAMETER in request.args:
        answer = Response(status=303)
        answer.location = links().search(replace(wanted, page=1))
        answer.cache_control.no_cache = True
        return answer
    found = _facet(facet, archive.search(replace(wanted, page=1, size=1)))
    if found is None:  # no hit has a value; check whether any document has
        found = _facet(facet, archive.overview())
        if found is None:
            abort(404)
        found = replace(found, values=())
    contained = request.args.get(CONTAINS_PARAMETER, "")[:LONGEST_CONTAINS].strip()
    return html_response("values.html", {"page": facet_page(found, wanted, contained, links())})


@pages.get("/doc/", defaults={"document_id": ""})
@pages.get("/doc/<any_id:document_id>")
@revalidated
def document(document_id: str) -> Response:
    """Return the page of a document, with the matches of the search that led to it highlighted.

    With the parameter FIND_PARAMETER, the matches of its text are highlighted instead. Raises
    DocumentNotFound (404) if there is none with this id, BadParameter (400) if a parameter is
    wrong.
    """
    archive, wanted = served_archive(), requested_search()
    found = archive.document(document_id or request.args.get("id", ""))
    find = text_parameter(FIND_PARAMETER, request.args.get(FIND_PARAMETER, "")).strip()
    marks = archive.highlight(found, _as_phrase(find) if find else wanted.text)
    shown = document_page(
        found,
        marks.title,
        marks.body,
        wanted,
        links(),
        archive.similar(found, SIMILAR),
        _citing(archive, found),
        request.host_url[:-1],
        archive.copies(found),
        find,
    )
    return html_response("document.html", {"page": shown})


@pages.get("/ban-goc/", defaults={"document_id": ""})
@pages.get("/ban-goc/<any_id:document_id>")
def original(document_id: str) -> Response:
    """Send the original file of a document.

    Raises DocumentNotFound (404) if there is none with this id, OriginalNotFound (404) if its file
    may not be downloaded or has changed.
    """
    archive = served_archive()
    found = archive.document(document_id or request.args.get("id", ""))
    return original_response(archive.original(found))


@pages.get("/trich-dan/", defaults={"document_id": ""})
@pages.get("/trich-dan/<any_id:document_id>")
@revalidated
def citation_file(document_id: str) -> Response:
    """Return the citation of a document as a file for reference managers: BibTeX, or RIS with
    `dang=ris`.

    It gives the address of the page that the document came from; if that is unknown, the address of
    the document here. Raises DocumentNotFound (404) if there is none with this id, BadParameter
    (400) for another format.
    """
    kind = request.args.get("dang") or "bib"
    if kind not in FORMATS:
        raise BadParameter("dang", CITATION_FORMAT)
    found = served_archive().document(document_id or request.args.get("id", ""))
    original = original_site(found.url)
    address = original.url if original else request.host_url[:-1] + links().document(found.id)
    text = (ris if kind == "ris" else bibtex)(found, address)
    answer = Response(
        text.encode("utf-8", "replace"), content_type=f"{FORMATS[kind][1]}; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="trich-dan.{kind}"'
    return answer


@pages.get("/huong-dan")
def guide() -> Response:
    """Return the guide to the query language.

    Its examples are those that find something in the archive (`GuideExamples`); if there is no
    index or it cannot be read, all of them.
    """
    to = links()
    try:
        examples: GuideExamples = current_app.extensions["tracuu.guide"]
        found = examples.of(served_archive())
    except UnusableIndex:
        found = GUIDE
    chapters = [
        (
            chapter,
            [
                (Link(ex.text, to.text(ex.text)), say(ex.finds, value=ex.value))
                for ex in chapter.examples
            ],
        )
        for chapter in found
    ]
    heading = Heading(titled(say("Hướng dẫn tìm kiếm")))
    answer = html_response(
        "guide.html",
        {
            "page": heading,
            "guide": chapters,
            "own_fields": own_field_notes(to),
            "embedding": embedding(request.host_url[:-1] + route("pages.search")),
        },
    )
    answer.cache_control.no_cache = True
    answer.vary.add("Cookie")
    return answer


@pages.get("/tuy-chon")
def preferences() -> Response:
    """Store the preferences in the URL in cookies, then redirect (303) to the page that asked for
    it (`http.preferences.change`)."""
    return wishes.change()


def _as_phrase(text: str) -> str:
    """Return the query for a text within one document: a phrase, unless it has quotation marks.

    Where the document does not have the phrase, the words that it has are highlighted.
    """
    return text if any(quote in text for quote in '"“”«»') else f'"{text}"'


def _citing(archive: Archive, document: Document) -> Results | None:
    """Return the search for the documents that cite a document by its number, with the newest
    SIMILAR as hits; None if it has no number."""
    if not document.number:
        return None
    named = (document.number, f"{document.document_type or ''} số {document.number}")
    names = tuple(dict.fromkeys(name[0].upper() + name[1:] for name in named if name[0] != " "))
    return archive.search(SearchRequest(size=SIMILAR, sort=Sort.NEWEST, filters={"cited": names}))


def _facet(name: str, results: Results) -> Facet | None:
    """Return the facet of this name in some results; None if no hit has a value of it."""
    return next((facet for facet in results.facets if facet.name == name), None)

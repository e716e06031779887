"""Make the data of the front page: what the archive contains, and searches to start with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from indexer import (
    PATH_SEPARATOR,
    Archive,
    Facet,
    FacetKind,
    Results,
    SearchRequest,
    Sort,
    facet_schema,
    province_now,
)
from search_ui.http import site
from search_ui.http.i18n import say
from search_ui.http.links import Link, Links
from search_ui.pages.guide import STARTERS
from search_ui.pages.search_page import Box
from search_ui.parts import facet_boxes, formatting
from search_ui.parts.hits import HitView, hit_views

NEWEST = 6
"""Greatest number of the newest documents on the page."""
EXAMPLES = 4
"""Greatest number of example searches on the page."""
_NAME_FACETS = ("organisation", "person")
"""Names of facets whose frequent values make good example searches."""


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The data of the front page.

    Attributes
    ----------
    title : title of the browser window.
    name, description : name of the archive, and its description, which may be "".
    facts : phrases on the size, the period and the places of the archive.
    examples : links to searches to begin with.
    some : heading of `newest`.
    newest : the newest documents; some documents if none has a date.
    all_url : URL of the list of all documents.
    facets : the facets to browse by.
    """

    title: str
    name: str
    description: str
    box: Box
    facts: tuple[str, ...]
    examples: tuple[Link, ...]
    some: str
    newest: tuple[HitView, ...]
    all_url: str
    facets: tuple[facet_boxes.FacetBox, ...]


@dataclass(slots=True)
class Examples:
    """Finds example searches that have hits in an archive.

    `found` caches them: group of readers ("" for the public) → (generation of the index, query
    texts).
    """

    found: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def of(self, archive: Archive, overview: Results) -> tuple[str, ...]:
        """Return at most EXAMPLES query texts that have hits, not only approximate ones: those of
        `guide.STARTERS`, then frequent names of the archive.

        `overview` is the result of `Archive.overview` for this archive. Raises SearchTimeout if a
        search takes too long, UnusableIndex if the index cannot be read.
        """
        generation = archive.status().generation
        known = self.found.get(archive.group)
        if known is None or known[0] != generation:
            # Two threads may both compute it; each returns its own.
            known = self.found[archive.group] = generation, self._look(archive, overview)
        return known[1]

    def _look(self, archive: Archive, overview: Results) -> tuple[str, ...]:
        facets = _by_name(overview)
        names = [
            f'"{value.value}"'
            for facet in _NAME_FACETS
            if facet in facets
            for value in facets[facet].values[:EXAMPLES]
        ]
        answered = []
        for text in (*STARTERS, *names):
            results = archive.search(SearchRequest(text, size=1))
            if results.total and results.rung is not None and results.rung != "approximate":
                answered.append(text)
            if len(answered) == EXAMPLES:
                break
        return tuple(answered)


def front_page(overview: Results, examples: tuple[str, ...], links: Links) -> FrontPage:
    """Return the data of the front page.

    `overview` is the result of `Archive.overview`, `examples` that of `Examples.of`.
    """
    # A facet chosen here starts a new search, without the order and page size of the overview.
    overview = replace(overview, request=SearchRequest(size=links.page_size))
    return FrontPage(
        title=site.profile().name or say("Tra Cứu: tìm trong kho văn bản tiếng Việt"),
        name=site.name(),
        description=site.profile().description,
        box=Box(autofocus=True),
        facts=_facts(overview),
        examples=tuple(Link(text, links.text(text)) for text in examples),
        # Without dates, no document is newer than another.
        some=say("Mới nhất" if _of_kind(overview, FacetKind.DATE) else "Một số tài liệu trong kho"),
        newest=hit_views(overview.hits[:NEWEST], overview, links),
        all_url=links.search(SearchRequest(sort=Sort.NEWEST, size=links.page_size)),
        facets=facet_boxes.boxes(
            overview,
            links,
            [
                facet.name
                for facet in facet_schema(site.profile().fields).facets
                if facet.on_front_page
            ],
        ),
    )


def _by_name(results: Results) -> dict[str, Facet]:
    return {facet.name: facet for facet in results.facets}


def _of_kind(results: Results, kind: FacetKind) -> Facet | None:
    """Return the first facet of a kind, None if no document has a value of one; for dates, that is
    the facet of years."""
    return next((facet for facet in results.facets if facet.kind is kind), None)


def _facts(overview: Results) -> tuple[str, ...]:
    """Return phrases on the archive: the number of documents, and if it has any, the years and the
    number of provinces."""
    facts = [say("{count} tài liệu", count=formatting.number(overview.total))]
    if years := _of_kind(overview, FacetKind.DATE):
        known = sorted(value.value for value in years.values)
        span = known[0] if len(known) == 1 else f"{known[0]} – {known[-1]}"
        facts.append(say("năm {years}", years=span))
    if places := _by_name(overview).get("place"):
        # A former province and that of today are one place.
        provinces = {
            province_now(value.value)
            for value in places.values
            if PATH_SEPARATOR not in value.value
        }
        facts.append(say("{count} tỉnh thành", count=formatting.number(len(provinces))))
    return tuple(facts)

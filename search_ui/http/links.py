"""Build every URL to which a page links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote, quote_plus

from indexer import FACET_NAMES, SearchRequest, Sort, in_url_order, without_value
from search_ui.http.params import build


@dataclass(frozen=True, slots=True)
class Link:
    """A link for a template; `current` is True if it leads to the current page or choice."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """Builds the URLs of a page, as paths without scheme and host.

    Made once per request, because asking Flask for each of some hundred links is slow.

    Attributes
    ----------
    home : path of the front page, below which all addresses of a search are.
    documents, originals, citations : paths below which the pages, original files and citations of
        documents are.
    page_size : number of hits per page that a URL need not state.
    """

    home: str = "/"
    documents: str = "/doc/"
    originals: str = "/ban-goc/"
    citations: str = "/trich-dan/"
    page_size: int = 10

    def search(self, request: SearchRequest, path: str = "") -> str:
        """Return the URL of the results page of `request`; with `path`, that of another form of the
        results.

        `path` is relative to `home` ("atom.xml").
        """
        return self.home + path + self._query(request)

    def others(self, request: SearchRequest) -> Callable[..., str]:
        """Return a function from changes of `request` (page, sort, exact, path) to the URL of the
        changed search.

        The common part of the URLs is computed once. They lead to the first page unless the page is
        one of the changes.
        """
        plain = replace(request, page=1, sort=Sort.RELEVANCE, exact=False, size=self.page_size)
        shared = [_pair(pair) for pair in build(plain, self.page_size)]

        def address(
            page: int = 1,
            sort: Sort = request.sort,
            exact: bool = request.exact,
            path: str = "",
        ) -> str:
            own = SearchRequest(page=page, size=request.size, sort=sort, exact=exact)
            pairs = [*shared, *(f"{name}={value}" for name, value in build(own, self.page_size))]
            return self.home + path + (f"?{'&'.join(pairs)}" if pairs else "")

        return address

    def text(self, text: str) -> str:
        """Return the URL of a search for a query text without filters."""
        return self.search(SearchRequest(text, size=self.page_size))

    def copies(self, request: SearchRequest, document_id: str) -> str:
        """Return the URL of the same search, narrowed to a document and its copies."""
        return self.search(replace(request, page=1, copies_of=document_id))

    def same_search(self, request: SearchRequest) -> Callable[[str], str]:
        """Return a function from another query text to the URL of `request` with this text.

        Filters, dates, order and the restriction to exact accents stay; the page is the first, with
        `page_size` hits.
        """
        plain = replace(request, page=1, size=self.page_size)
        return lambda text: self.search(replace(plain, text=text))

    def document(self, document_id: str, request: SearchRequest | None = None) -> str:
        """Return the URL of the page of a document.

        With `request`, its parameters are in the URL, so that the page can highlight its matches
        and link back to it.
        """
        return self.reader(request)(document_id)

    def original(self, document_id: str) -> str:
        """Return the URL of the original file of a document."""
        return replace(self, documents=self.originals).document(document_id)

    def citation(self, document_id: str, kind: str) -> str:
        """Return the URL of the citation of a document in the format `kind`, "bib" or "ris"."""
        url = replace(self, documents=self.citations).document(document_id)
        return f"{url}{'&' if '?' in url else '?'}dang={kind}"

    def reader(self, request: SearchRequest | None) -> Callable[[str], str]:
        """Return a function from the id of a document to the URL that `document` returns for it.

        The common part of the URLs is computed once.
        """
        query = self._query(request) if request else ""

        def document(document_id: str) -> str:
            if document_id in (".", ".."):
                # Browsers resolve these as path segments, even percent-encoded.
                return f"{self.documents}?id={document_id}{query.replace('?', '&', 1)}"
            return self.documents + quote(document_id, safe="", errors="replace") + query

        return document

    def toggle(self, request: SearchRequest, facet: str, value: str) -> str:
        """Return the URL of the same search with a facet value chosen, or no longer chosen if it
        was."""
        return self.search(toggled(request, facet, value))

    def chooser(self, request: SearchRequest, facet: str) -> Callable[[str], str]:
        """Return a function from a value of `facet`, not chosen yet, to the URL that chooses it.

        The common part of the URLs is computed once.
        """
        names = in_url_order((*FACET_NAMES, *request.filters, facet))
        ahead = {"q", *names[: names.index(facet) + 1]}
        pairs = build(replace(request, page=1), self.page_size)
        before = "".join(f"{_pair(pair)}&" for pair in pairs if pair[0] in ahead)
        after = "".join(f"&{_pair(pair)}" for pair in pairs if pair[0] not in ahead)
        head = f"{self.home}?{before}{facet}="
        return lambda value: f"{head}{_quoted(value)}{after}"

    def _query(self, request: SearchRequest) -> str:
        pairs = build(request, self.page_size)
        return f"?{'&'.join(map(_pair, pairs))}" if pairs else ""


def _pair(pair: tuple[str, str]) -> str:
    name, value = pair
    return f"{name}={_quoted(value)}"


@lru_cache(maxsize=8192)
def _quoted(value: str) -> str:
    # The links of a page share nearly all their values, and so do the pages of an archive.
    return quote_plus(value, errors="replace")


def toggled(request: SearchRequest, facet: str, value: str) -> SearchRequest:
    """Return the request, on its first page, with a facet value chosen, or no longer chosen if it
    was.

    Removing a value also removes the chosen values below it, such as the months of a year.
    """
    chosen = request.filters.get(facet, ())
    if value in chosen:
        filters = without_value(request.filters, facet, value)
    else:
        filters = {**request.filters, facet: (*chosen, value)}
    return replace(request, page=1, filters=filters)

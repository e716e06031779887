"""Make the row of page numbers below the results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from indexer import MAX_PAGE, Results
from search_ui.http.links import Link
from search_ui.parts.formatting import number

NEIGHBOURS = 2
"""Number of pages before and after the current one that are linked."""


@dataclass(frozen=True, slots=True)
class Pager:
    """The row of page numbers.

    Attributes
    ----------
    previous : URL of the page before; None on the first page.
    next : URL of the page after; None on the last page.
    pages : links to pages, with None for a gap between their numbers.
    """

    previous: str | None
    next: str | None
    pages: tuple[Link | None, ...]


def last_page(results: Results) -> int:
    """Return the number of the last page that can be requested, at least 1."""
    return max(1, min(-(-results.distinct // results.request.size), MAX_PAGE))


def pager(results: Results, address: Callable[[int], str]) -> Pager | None:
    """Return the row of page numbers for results; None if they have only one page.

    `address` returns the URL of a page, from 1.
    """
    last = last_page(results)
    return page_links(results.request.page, last, address) if last > 1 else None


def page_links(current: int, last: int, address: Callable[[int], str]) -> Pager:
    """Return the row of page numbers for page `current` of `last` pages, both from 1: the first,
    the last, those around the current page, and one that would be left out alone between two.

    If `current` is beyond the last page, they are those around the last page. `address` returns the
    URL of a page, from 1.
    """
    here = min(current, last)

    def link(page: int) -> Link:
        return Link(number(page), address(page), page == current)

    numbers = {1, last, *range(max(1, here - NEIGHBOURS), min(last, here + NEIGHBOURS) + 1)}
    pages: list[Link | None] = []
    before = 0
    for page in sorted(numbers):
        if page == before + 2:  # a gap of one page is as wide as its number
            pages.append(link(page - 1))
        elif page > before + 1:
            pages.append(None)
        pages.append(link(page))
        before = page
    return Pager(
        address(min(current - 1, last)) if current > 1 else None,
        address(here + 1) if here < last else None,
        tuple(pages),
    )

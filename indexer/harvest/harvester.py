"""Harvest a site: find out what the start address is, then visit the pages that it leads to."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from pathlib import Path

from indexer.errors import HarvestError, SourceError
from indexer.harvest.harvest_report import HarvestReport, named
from indexer.harvest.harvest_run import HarvestRun, Progress, Visit
from indexer.harvest.harvest_state import HarvestState, locked_folder
from indexer.harvest.http.fetcher import STOPPING, Fetcher
from indexer.harvest.http.network import Network
from indexer.harvest.http.web_address import is_same_site, normal_address, origin
from indexer.harvest.listings import Kind, Listing, kind_of, read_listing, unpacked
from indexer.harvest.oai_harvest import harvest_oai
from indexer.harvest.options import HarvestOptions
from indexer.harvest.page_links import is_page_name, page_links
from indexer.harvest.warc_files import drop_unfinished_record, require_warcio

__all__ = ["HarvestReport", "harvest"]

MAX_SITEMAP_DEPTH = 3  # sitemaps.org allows an index no index; some sites nest once more
MAX_SITEMAPS = 1_000


def harvest(
    start: str,
    folder: Path,
    options: HarvestOptions | None = None,
    progress: Progress = lambda done, total: None,
    network: Network | None = None,
) -> HarvestReport:
    """Fetch what is new or changed at a sitemap, feed, OAI-PMH endpoint or site into a folder.

    Continues the last run for `start` if it was interrupted. Raises HarvestError, a SourceError, if
    the start address cannot be used; SourceError if the folder cannot be written, another harvest
    is at work in it, or warcio is not installed. Failures of single pages are in the report.

    Parameters
    ----------
    start : http or https address.
    folder : where the WARC files and the state go; created if it is missing.
    options : limits; None for the defaults.
    progress : called with the number of addresses that are done and of those that are known.
    network : decides which IP addresses may be connected to; None for that of the options.
    """
    require_warcio()
    options = options or HarvestOptions()
    network = network or Network(options.private_networks, options.connect_timeout)
    address = normal_address(start)
    fetcher = Fetcher(address, options, network)  # a site that cannot be reached leaves no folder
    with locked_folder(folder):
        state = HarvestState(folder)
        try:
            drop_unfinished_record(folder, state)
            with closing(HarvestRun(address, folder, options, fetcher, state)) as run:
                return _harvest(run, progress)
        finally:
            state.close()


def _harvest(run: HarvestRun, progress: Progress) -> HarvestReport:
    first = run.ask(run.start)
    content = _content(run, first)
    kind = kind_of(content)
    run.run.kind = kind
    if kind is not Kind.PAGE:
        run.spare_start()
    try:
        match kind:
            case Kind.OAI_PMH:
                return run.end(finished=harvest_oai(run, progress))
            case Kind.SITEMAP | Kind.FEED:
                found = _listed(run, {first.address: content})
                _visit_all(run, found, progress)
            case Kind.PAGE:
                run.keep(first)
                _visit_site(run, first, progress)
    except HarvestError as error:
        if error.kind not in STOPPING:
            raise
        run.problem(error)
        return run.end(finished=False)
    return run.end(finished=True)


def _content(run: HarvestRun, visit: Visit) -> bytes:
    try:
        return unpacked(run.content(visit), run.options.max_size)
    except HarvestError as error:
        raise named(visit.address, error) from None


def _visit_site(run: HarvestRun, first: Visit, progress: Progress) -> None:
    """Visit the pages that the sitemaps of the site list; if they list none, follow links from the
    first page."""
    named_ones = run.addresses(run.fetcher.robots.sitemaps, run.start)
    usual = f"{origin(run.start)}/sitemap.xml"
    listed = _listed(run, dict.fromkeys([*named_ones, usual]), optional=usual)
    if listed:
        _visit_all(run, listed, progress)
    else:
        _crawl(run, first, progress)


def _visit_all(run: HarvestRun, addresses: list[str], progress: Progress) -> None:
    for done, address in enumerate(addresses):
        progress(done, len(addresses))
        run.visit(address)
    progress(len(addresses), len(addresses))


def _crawl(run: HarvestRun, first: Visit, progress: Progress) -> None:
    """Visit pages of the site breadth-first, up to `depth` (of the options) links away from the
    first page.

    Raises HarvestError if the run should end (`HarvestRun.visit`).
    """
    seen = {run.start, first.address}
    waiting: deque[tuple[str, int]] = deque()
    visit: Visit | None = first
    depth = done = 0
    while True:
        if visit and depth < run.options.depth:
            for address in _links(run, visit):
                if address not in seen and run.has_room(len(seen)):
                    seen.add(address)
                    waiting.append((address, depth + 1))
        done += 1
        progress(done, done + len(waiting))
        if not waiting:
            return
        address, depth = waiting.popleft()
        visit = run.visit(address)
        if visit:
            seen.add(visit.address)


def _links(run: HarvestRun, visit: Visit) -> list[str]:
    """Return the addresses of the site that a page links to, without files that have no text by
    their names (`is_page_name`); [] if the page is not HTML, or if its record is damaged, which is
    noted as a problem."""
    media_type, _, parameters = run.state.pages[visit.address].content_type.lower().partition(";")
    if media_type.strip() not in ("text/html", "application/xhtml+xml", ""):
        return []
    charset = parameters.partition("charset=")[2].partition(";")[0].strip("\"' ")
    try:
        base, texts = page_links(run.content(visit), charset)
    except HarvestError as error:
        run.problem(error)
        return []
    base = _address(base, visit.address) or visit.address
    found = [_address(text, base) for text in texts]
    return [link for link in found if is_same_site(link, run.start) and is_page_name(link)]


def _address(text: str, base: str) -> str:
    """Return `text`, resolved against `base` and normalised; "" if it is not a valid address."""
    try:
        return normal_address(text, base)
    except HarvestError:
        return ""


def _listed(run: HarvestRun, sitemaps: dict[str, bytes | None], optional: str = "") -> list[str]:
    """Return the addresses of the pages that sitemaps or a feed list, each once, in the order in
    which they were found.

    The sitemaps that they name are read too. One that cannot be read is noted as a problem, except
    the address `optional`. Raises HarvestError if one whose content is given cannot be read, or if
    the run should end; SourceError if there are only pages of other sites and nothing is
    `optional`.

    Parameters
    ----------
    sitemaps : address → content; None if it is still to be fetched.
    optional : address that may be missing, or "".
    """
    pages: dict[str, None] = {}
    seen = set(sitemaps)
    waiting = deque((address, content, 0) for address, content in sitemaps.items())
    while waiting:
        address, content, depth = waiting.popleft()
        try:
            listing = _read(run, address, content)
        except HarvestError as error:
            if error.kind in STOPPING or content is not None:
                raise
            if address != optional:
                run.fail(address, error)
            continue
        for page in run.addresses(listing.pages, address):
            if page in pages or run.has_room(len(pages)):
                pages[page] = None
        for sitemap in run.addresses(listing.sitemaps, address):
            if sitemap in seen:
                continue
            if depth + 1 >= MAX_SITEMAP_DEPTH or len(seen) >= MAX_SITEMAPS:
                run.problem(
                    HarvestError(
                        f"{sitemap} is one sitemap too deep or too many.",
                        "Harvest that address by itself.",
                        kind="depth",
                    )
                )
                continue
            seen.add(sitemap)
            waiting.append((sitemap, None, depth + 1))
    if not pages and run.counts["elsewhere"] and not optional:
        elsewhere = run.counts["elsewhere"]
        raise SourceError(
            f"{run.start} names {elsewhere} pages of other sites and none of its own.",
            "Harvest an address of the site that they are of.",
        )
    return list(pages)


def _read(run: HarvestRun, address: str, content: bytes | None) -> Listing:
    if content is None:
        response = run.fetcher.fetch(address, lambda _: {})
        content = _content(run, Visit(address, response.address, response))
    try:
        return read_listing(content)
    except HarvestError as error:
        raise named(address, error) from None

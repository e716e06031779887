"""Run a harvest: visit addresses, store pages and state, and count what happens."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from indexer.errors import HarvestError
from indexer.harvest.harvest_report import HarvestReport, named, now
from indexer.harvest.harvest_state import HarvestState, PageState, RunState
from indexer.harvest.http.exchange import Response
from indexer.harvest.http.fetcher import STOPPING, Fetcher
from indexer.harvest.http.web_address import is_same_site, normal_address
from indexer.harvest.options import HarvestOptions
from indexer.harvest.warc_files import WarcFile, read_stored

Progress = Callable[[int, int], None]
"""A callback, called with the number of addresses that are done and of those that are known."""

MAX_PROBLEMS = 1_000
"""Greatest number of problems that a report names; all are counted."""
_REMEMBERED = 10  # addresses, in multiples of `max_pages`
_COUNTED = {"robots": "robots", "type": "no_text", "elsewhere": "elsewhere"}
"""Kind of a HarvestError that is to be expected → field of the report that counts it."""
_UNREACHABLE = frozenset({"connection", "timeout", "dns", "tls", "busy"})
_MAX_UNREACHABLE = 5  # in a row; then the run ends


@dataclass(frozen=True, slots=True)
class Visit:
    """An address that was requested, and its answer.

    Attributes
    ----------
    asked : the address that was requested.
    address : the address to which redirects led; `asked` without any.
    response : the answer; None if this run stored it before it was interrupted and continued.
    """

    asked: str
    address: str
    response: Response | None


class HarvestRun:
    """A run for one start address, or the continuation of an unfinished run.

    Every change of the state is written to disk at once. One thread of one process may use a folder
    at a time (`locked_folder`). The constructor and the methods raise OSError if the folder cannot
    be written.

    Parameters
    ----------
    start : address at which the run starts, as `normal_address` writes it.
    folder : where pages are stored.
    options : the limits of the run.
    fetcher : fetches addresses of the site of `start`.
    state : the state of the folder, which the run changes.

    Attributes
    ----------
    run : the state of this run, part of `state`.
    files : names of the answers of an OAI-PMH endpoint written so far.
    counts : name of a field of `HarvestReport` → number of addresses counted there so far.
    """

    def __init__(
        self,
        start: str,
        folder: Path,
        options: HarvestOptions,
        fetcher: Fetcher,
        state: HarvestState,
    ) -> None:
        self.start = start
        self.folder = folder
        self.options = options
        self.fetcher = fetcher
        self.state = state
        self.files: list[str] = []
        self.counts: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._problems: list[HarvestError] = []
        self._asked = 0
        self._unreachable = 0
        self._is_cut = False
        self._counted: set[str] = set()
        info = {"software": options.user_agent, "robots": "classic", "format": "WARC 1.0"}
        self._warc = WarcFile(folder, state, info)
        previous = state.runs.get(start)
        if previous and not previous.finished:
            self.run = previous
        else:
            number = max((run.number for run in state.runs.values()), default=0) + 1
            since = previous.next_since if previous else ""
            self.run = RunState(number, now(), since=since, next_since=since)
        state.set_run(start, self.run)

    def visit(self, address: str) -> Visit | None:
        """Fetch an address and store its page; return None after a failure, which is counted.

        What this run has requested before is not requested again; None if that failed. Raises
        HarvestError of a kind in `STOPPING` if the run should end: a limit is reached, or the site
        does not answer.
        """
        try:
            visit = self.ask(address)
            self.keep(visit)
        except HarvestError as error:
            if error.kind in STOPPING:
                raise
            self.fail(address, error)
            return None
        self._unreachable = 0
        return visit if self._has_record(visit.address) else None

    def ask(self, address: str) -> Visit:
        """Return an address with its answer; it is fetched unless this run did so already.

        Raises HarvestError if it cannot be fetched, or if `max_pages` is reached.
        """
        target = self._target(address)
        if self._is_done(target):
            return Visit(address, target, None)
        self.use_page()
        response = self.fetcher.fetch(address, self._validators)
        if response.status == 304 and not self._has_record(response.address):
            raise HarvestError(
                f"{response.address} is answered with 304 without being asked for changes.",
                "Tell the administrator of the site.",
                kind="status",
            )
        return Visit(address, response.address, response)

    def use_page(self) -> None:
        """Count a page towards `max_pages`. Raises HarvestError ("budget") if none is left."""
        if self._asked >= self.options.max_pages:
            raise HarvestError(
                f"{self._asked:,} pages, the bound --max-pages, were asked for.",
                "Run the same command again; it goes on where it ended.",
                kind="budget",
            )
        self._asked += 1

    def spare_start(self) -> None:
        """Do not count the start address towards `max_pages`, because it is not a page."""
        self._asked = 0

    def has_room(self, addresses: int) -> bool:
        """Return True if one more address may be kept in memory, given the number that already are.

        The first time that it is False, a problem is noted; the run then does not count as
        finished. The limit is ten times `max_pages`, beside the stored pages.
        """
        room = len(self.state.pages) + _REMEMBERED * self.options.max_pages
        if addresses >= room and not self._is_cut:
            self._is_cut = True
            self.problem(
                HarvestError(
                    f"The site has more than {room:,} addresses; the others were left out.",
                    "Run the same command again, or raise --max-pages.",
                    kind="budget",
                )
            )
        return addresses < room

    def keep(self, visit: Visit) -> None:
        """Store a page in the WARC file if it is new or changed or its record is gone, and its
        state in any case. Does nothing for a visit without a response.

        Raises HarvestError if its body is damaged or unpacks to more than `max_size` bytes.
        """
        response, address = visit.response, visit.address
        if response is None:
            return
        old = self.state.pages.get(address, PageState())
        digest = old.digest
        if response.status != 304:
            digest = hashlib.sha256(self.unpacked(response)).hexdigest()
        moment = datetime.now(UTC)
        page = replace(old, run=self.run.number, gone="", failed="", redirect="")
        if response.status != 304:
            page.etag = response.header("ETag")
            page.last_modified = response.header("Last-Modified")
            page.content_type = response.header("Content-Type")[:200]
        if digest != old.digest or not self._has_record(address):
            stored = self._warc.write(response, moment)
            page.file, page.offset, page.end = stored
            page.digest, page.stored = digest, now()
            self._count(address, "fetched")
        else:
            self._count(address, "unchanged")
        self.state.set_page(address, page)
        if visit.asked != address:
            moved = PageState(run=self.run.number, redirect=address)
            self.state.set_page(visit.asked, moved)

    def content(self, visit: Visit) -> bytes:
        """Return the unpacked body of a page, read from its WARC file if the answer has none.

        Raises HarvestError if the body or that file is damaged, or if the body is too large.
        """
        if visit.response is not None and visit.response.status != 304:
            return self.unpacked(visit.response)
        page = self.state.pages[visit.address]
        return read_stored(self.folder / page.file, page.offset, self.options.max_size)

    def unpacked(self, response: Response) -> bytes:
        """Return the body of an answer, decoded from its Content-Encoding.

        Raises HarvestError, naming the address, if it is damaged or has more than `max_size` bytes.
        """
        try:
            return response.content(self.options.max_size)
        except HarvestError as error:
            raise named(response.address, error) from None

    def addresses(self, texts: list[str], base: str) -> list[str]:
        """Return the addresses of this site among `texts`, resolved against the address `base` and
        normalised.

        Addresses of other sites are counted, and texts that are no valid addresses are noted as
        problems.
        """
        found: list[str] = []
        for text in texts:
            try:
                address = normal_address(text, base)
            except HarvestError as error:
                self.problem(error)
                continue
            if is_same_site(address, self.start):
                found.append(address)
            else:
                self.counts["elsewhere"] += 1
        return found

    def fail(self, address: str, error: HarvestError) -> None:
        """Count a failure and, unless robots.txt forbids the address, store it in the state.

        Failures that are to be expected are counted in their field of the report, all others are
        added to its problems, a missing page only the first time. Raises HarvestError ("stopped")
        if this is the fifth address in a row that does not answer.
        """
        known = self.state.pages.get(address, PageState())
        if error.kind in _COUNTED:
            self.counts[_COUNTED[error.kind]] += 1
        elif error.kind != "gone":
            self.problem(error)
        elif known.digest and not known.gone:
            self.counts["gone"] += 1
        elif not known.gone:  # a dead link is named once
            self.problem(error)
        if error.kind != "robots":
            gone = (known.gone or now()) if error.kind == "gone" else known.gone
            page = replace(known, run=self.run.number, gone=gone, failed=error.kind)
            self.state.set_page(address, page)
        if error.kind not in _UNREACHABLE:
            self._unreachable = 0
            return
        self._unreachable += 1
        if self._unreachable >= _MAX_UNREACHABLE:
            raise HarvestError(
                f"{self._unreachable} addresses in a row did not answer.",
                "Run the same command again later; it goes on where it ended.",
                kind="stopped",
            )

    def problem(self, error: HarvestError) -> None:
        """Add a problem to the report; after the first MAX_PROBLEMS, problems are only counted."""
        self._failed[error.kind] += 1
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(error)

    def end(self, *, finished: bool) -> HarvestReport:
        """Write the end of the run to the state, and return the report.

        `finished` is False if addresses are left to fetch. A run that left some out for want of
        room (`has_room`) does not count as finished either.
        """
        finished = finished and not self._is_cut
        if finished:
            self.run.finished = now()
        self.state.set_run(self.start, self.run)
        return HarvestReport(
            start=self.start,
            kind=self.run.kind,
            finished=finished,
            failed=dict(self._failed),
            problems=tuple(self._problems),
            requests=self.fetcher.requests,
            bytes=self.fetcher.received,
            files=tuple([self._warc.name] if self._warc.name else self.files),
            **{
                name: self.counts[name]
                for name in ("fetched", "unchanged", "gone", "robots", "elsewhere", "no_text")
            },
        )

    def close(self) -> None:
        """Close the WARC file, if one was written."""
        self._warc.close()

    def _count(self, address: str, name: str) -> None:
        """Add 1 to the field `name` of the report, unless the address was counted before.

        An address is counted in one field only, the first, however many addresses redirect to it.
        """
        if address not in self._counted:
            self._counted.add(address)
            self.counts[name] += 1

    def _target(self, address: str) -> str:
        """Return the address to which a redirect of this run led, or the address itself."""
        page = self.state.pages.get(address)
        return page.redirect if page and page.redirect and page.run == self.run.number else address

    def _is_done(self, address: str) -> bool:
        page = self.state.pages.get(address)
        return (
            page is not None
            and page.run == self.run.number
            and (page.failed != "" or self._has_record(address))
        )

    def _has_record(self, address: str) -> bool:
        """Return True if the record of a page is still in the folder."""
        page = self.state.pages.get(address)
        if page is None or not page.file:
            return False
        try:
            return (self.folder / page.file).stat().st_size >= page.end
        except OSError:
            return False

    def _validators(self, address: str) -> Mapping[str, str]:
        """Return the headers of a conditional request for a page (RFC 9110, 13.1); {} if the page
        is not stored."""
        page = self.state.pages.get(address)
        if page is None or not self._has_record(address):
            return {}
        fields = {"If-None-Match": page.etag, "If-Modified-Since": page.last_modified}
        return {name: value for name, value in fields.items() if value and value.isascii()}

"""Fetch one address at a time: obey robots.txt, make pauses, follow redirects, repeat requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from indexer.errors import HarvestError
from indexer.harvest.http.exchange import Bounds, Response, exchange
from indexer.harvest.http.network import Network
from indexer.harvest.http.robots import MAX_SIZE as ROBOTS_SIZE
from indexer.harvest.http.robots import Robots
from indexer.harvest.http.web_address import is_same_site, normal_address, origin
from indexer.harvest.options import HarvestOptions

MAX_REDIRECTS = 5
MAX_RETRIES = 3
MAX_WAIT = 120.0
"""Greatest number of seconds that a run waits because of Retry-After; if a site asks for more, the
run ends."""
MAX_CRAWL_DELAY = 600.0  # seconds; at more, a site of a thousand pages takes a week

STOPPING = frozenset({"stopped", "budget"})
"""Kinds of HarvestError after which a run should end: the site asks for a long rest or does not
answer, or a limit is reached."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 503})
_RETRIED = frozenset({"connection", "timeout"})

Validators = Callable[[str], Mapping[str, str]]
"""A function from an address to the headers of a conditional request for it (RFC 9110, 13.1)."""


class Fetcher:
    """Fetches addresses of the site of `start`, one after the other.

    The constructor fetches robots.txt. It raises HarvestError if the site cannot be reached, stays
    busy, or asks for pauses of more than MAX_CRAWL_DELAY seconds.

    Attributes
    ----------
    requests : number of requests sent so far.
    received : number of bytes of all bodies so far, as received.
    robots : the rules of the site.
    """

    def __init__(self, start: str, options: HarvestOptions, network: Network) -> None:
        self._start = start
        self._options = options
        self._network = network
        self._agent = options.agent()
        self._ended: float | None = None  # time.monotonic() at the end of the last request
        self._closed_because = ""
        self.received = 0  # bytes of all bodies
        self.requests = 0
        self.robots = Robots(self._agent)  # while robots.txt itself is read
        self.robots = self._read_robots()
        if self.robots.delay > MAX_CRAWL_DELAY:
            raise HarvestError(
                f"robots.txt asks for {self.robots.delay:,.0f} s between two requests.",
                "Ask the administrator of the site for less.",
                kind="robots",
            )

    def fetch(self, address: str, validators: Validators) -> Response:
        """Return the answer for an address, after redirects within the site; its status is 200 or
        304.

        `validators` returns the headers of a conditional request for an address. Waits for the
        pause between requests, and repeats a request if the site is busy. Raises HarvestError if
        robots.txt forbids the address, a redirect leaves the site, there are more than
        MAX_REDIRECTS of them, or the answer has another status or does not come; after a kind in
        `STOPPING` the run should end.
        """
        for _ in range(MAX_REDIRECTS + 1):
            if not self.robots.allows(address):
                raise HarvestError(
                    f"{address}: {self._closed_because or 'robots.txt does not allow it'}.",
                    "Ask the administrator of the site.",
                    kind="robots",
                )
            response = self._request(address, validators(address))
            if response.status in _REDIRECTS:
                address = self._redirected(response)
            elif response.status in (200, 304):
                return response
            elif response.status in (404, 410):
                raise HarvestError(f"{address} does not exist (any more).", kind="gone")
            else:
                raise HarvestError(
                    f"{address} is answered with {response.status} {response.reason}".rstrip()
                    + ".",
                    "See in a browser whether it can be opened.",
                    kind="status",
                )
        raise HarvestError(
            f"{address} is redirected more than {MAX_REDIRECTS} times.",
            "See in a browser where it leads.",
            kind="redirect",
        )

    def _redirected(self, response: Response) -> str:
        """Return the address to which a redirect leads.

        Raises HarvestError if it is invalid or of another site.
        """
        location = response.header("Location")
        with_bytes = location.encode("latin-1", "replace").decode("utf-8", "surrogateescape")
        target = normal_address(with_bytes, response.address)
        if not is_same_site(target, self._start):
            raise HarvestError(
                f"{response.address} is redirected to {target}, another site.",
                "If it is what you mean, harvest that address.",
                kind="elsewhere",
            )
        return target

    def _request(self, address: str, headers: Mapping[str, str]) -> Response:
        """Send a request and return the answer; up to MAX_RETRIES times it is repeated if the site
        is busy (429, 503) or the connection breaks or is too slow.

        Before that it waits as long as the header Retry-After asks, else a time that doubles each
        time. Raises HarvestError if repeating does not help, of the kind `stopped` at once if the
        wait would be longer than MAX_WAIT seconds, and as `_request_once` does.
        """
        for retry in range(MAX_RETRIES + 1):
            pause = self._options.delay * 2 ** (retry + 1)
            try:
                response = self._request_once(address, headers, self._options.max_size)
            except HarvestError as error:
                if error.kind not in _RETRIED or retry == MAX_RETRIES:
                    raise
            else:
                if response.status not in _BUSY:
                    return response
                asked = retry_after(response.header("Retry-After"))
                pause = pause if asked is None else asked
                if pause > MAX_WAIT:
                    raise HarvestError(
                        f"{address}: the site is busy and asks for {pause:,.0f} s of rest.",
                        "Run the same command again then; it goes on where it ended.",
                        kind="stopped",
                    )
            if retry < MAX_RETRIES:
                time.sleep(pause)
        raise HarvestError(
            f"{address}: the site stays busy ({response.status}).",
            "Try again later.",
            kind="busy",
        )

    def _request_once(self, address: str, headers: Mapping[str, str], size: int) -> Response:
        """Wait for the pause between requests, send the request, and return the answer.

        `size` is the greatest size of the body in bytes. Raises HarvestError as `exchange` does,
        and of the kind `budget` if `max_bytes` are used up.
        """
        left = self._options.max_bytes - self.received
        if left <= 0:
            raise self._over_budget()
        self._pause()
        bounds = Bounds(min(size, left), self._options.read_timeout, self._options.response_timeout)
        self.requests += 1
        fixed = {
            "User-Agent": self._agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
            "Accept-Encoding": "gzip",
        }
        try:
            return exchange(address, {**fixed, **headers}, self._network, bounds, self._count)
        except HarvestError as error:
            if error.kind == "size" and left < size:
                raise self._over_budget() from None
            raise
        finally:
            self._ended = time.monotonic()

    def _count(self, size: int) -> None:
        self.received += size

    def _over_budget(self) -> HarvestError:
        return HarvestError(
            f"{self._options.max_bytes:,} bytes, the bound --max-bytes, are used up.",
            "Run the same command again; it goes on where it ended.",
            kind="budget",
        )

    def _pause(self) -> None:
        if self._ended is None:
            return
        delay = max(self._options.delay, self.robots.delay)
        time.sleep(max(0.0, self._ended + delay - time.monotonic()))

    def _read_robots(self) -> Robots:
        """Fetch the robots.txt of the site and return its rules.

        Without one, or if it is redirected to another site or too often, everything is allowed.
        Nothing is allowed if the site refuses it (401 or 403, as in `urllib.robotparser`), fails
        (RFC 9309, 2.3.1.4), or sends one that cannot be read. Raises HarvestError if the site
        cannot be reached or stays busy (429, 503).
        """
        address = f"{origin(self._start)}/robots.txt"
        for _ in range(MAX_REDIRECTS + 1):
            try:
                response = self._request(address, {})
            except HarvestError as error:
                if error.kind in ("size", "type", "encoding"):
                    return self._closed("robots.txt cannot be read")
                raise
            if response.status in _REDIRECTS:
                try:
                    address = self._redirected(response)
                except HarvestError:
                    break
                continue
            if response.status == 200:
                try:
                    return Robots(self._agent, response.content(ROBOTS_SIZE * 4))
                except HarvestError:
                    return self._closed("robots.txt cannot be read")
            if response.status in (401, 403) or response.status >= 500:
                return self._closed(f"robots.txt is answered with {response.status}")
            break
        return Robots(self._agent)

    def _closed(self, because: str) -> Robots:
        self._closed_because = because
        return Robots(self._agent, closed=True)


def retry_after(value: str) -> float | None:
    """Return the seconds from now, at least 0, that a header Retry-After asks for (RFC 9110,
    10.2.3); None if it is invalid."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    try:
        date = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.now(UTC)).total_seconds())

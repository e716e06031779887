"""Read robots.txt (RFC 9309): what may be fetched, how often, and where the sitemaps are.

Limitation: `urllib.robotparser` matches paths by prefix, and knows neither `*` nor `$` in a path.
"""

from __future__ import annotations

import math
import re
from urllib.parse import unquote, urlparse
from urllib.robotparser import RobotFileParser

MAX_SIZE = 500 * 1024  # bytes that are read; RFC 9309, 2.5, asks for at least as many

_DELAY = re.compile(
    r"(\s*crawl-delay\s*:\s*)([0-9]{1,6}(?:\.[0-9]{0,6})?)\s*(?:#.*)?", re.IGNORECASE
)


class Robots:
    """The rules of a site for one user agent.

    `sitemaps` are the addresses of sitemaps that robots.txt names, as written.
    """

    def __init__(self, agent: str, body: bytes = b"", *, closed: bool = False) -> None:
        """Parse `body`, the bytes of robots.txt, for the user agent `agent`.

        Only its first MAX_SIZE bytes are read, and any bytes are accepted. An empty body allows
        everything; `closed` forbids everything.
        """
        self._agent = agent
        self._rules = RobotFileParser()
        lines = body[:MAX_SIZE].decode("utf-8-sig", "replace").splitlines()
        self._rules.parse([_whole_delay(line) for line in lines if _is_usable(line)])
        self._closed = closed
        self.sitemaps: list[str] = self._rules.site_maps() or []

    @property
    def delay(self) -> float:
        """Seconds between two requests: the greater of Crawl-delay and Request-rate; 0 without
        them."""
        rate = self._rules.request_rate(self._agent)
        seconds = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return max(float(self._rules.crawl_delay(self._agent) or 0), seconds)

    def allows(self, address: str) -> bool:
        """Return True if the address may be fetched."""
        return not self._closed and self._rules.can_fetch(self._agent, address)


def _is_usable(line: str) -> bool:
    """Return True if `urllib.robotparser` reads the line without ValueError.

    On the safe side, also False for a delay or rate that is not ASCII or has 20 characters or more:
    `int` fails at "²" and at thousands of digits.
    """
    name, _, value = line.partition("#")[0].partition(":")
    value = unquote(value.strip())
    try:
        urlparse(value)
    except ValueError:
        return False
    is_number = name.strip().lower() in ("crawl-delay", "request-rate")
    return not is_number or (value.isascii() and len(value) < 20)


def _whole_delay(line: str) -> str:
    """Return a line with the seconds of Crawl-delay rounded up to a whole number, because
    `urllib.robotparser` ignores fractions; other lines unchanged."""
    match = _DELAY.fullmatch(line)
    return f"{match[1]}{math.ceil(float(match[2]))}" if match else line

"""The report of a harvest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from indexer.errors import HarvestError


@dataclass(frozen=True, slots=True)
class HarvestReport:
    """What a run did. Numbers count addresses unless they say otherwise.

    Attributes
    ----------
    start : the start address.
    kind : what was found there: "sitemap", "feed", "oai-pmh" or "page".
    finished : False if the next run must continue where this one ended.
    fetched : pages that were new or changed, and were stored; for OAI-PMH stored answers.
    unchanged : pages that were stored already.
    gone : stored pages that are answered with 404 or 410 for the first time.
    robots : addresses that robots.txt forbids.
    elsewhere : addresses of other sites.
    no_text : pictures, scripts and other files without text.
    failed : kind of a HarvestError → number of problems of this kind.
    problems : the first 1,000 problems.
    requests : number of HTTP requests, with robots.txt, redirects and retries.
    bytes : size in bytes of all bodies as received, before unpacking.
    files : names of the files written to the folder.
    """

    start: str
    kind: str
    finished: bool
    fetched: int
    unchanged: int
    gone: int
    robots: int
    elsewhere: int
    no_text: int
    failed: dict[str, int]
    problems: tuple[HarvestError, ...]
    requests: int
    bytes: int
    files: tuple[str, ...]


def named(address: str, error: HarvestError) -> HarvestError:
    """Return the error with an address put before its message."""
    return HarvestError(f"{address} {error.message}", error.hint, kind=error.kind)


def now() -> str:
    """Return the time in UTC as ISO 8601, to the second: "2026-01-31T08:00:00Z"."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"

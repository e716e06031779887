"""What a run did, and how its problems are named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from indexer.errors import HarvestError


@dataclass(frozen=True, slots=True)
class HarvestReport:
    """What a run did.

    Attributes
    ----------
    start, kind : the start address, and what it was told to be.
    finished : False if the next run continues where this one ended.
    fetched, unchanged : responses that are new or changed and were stored; that are stored already.
    gone : addresses answered with 404 or 410 for the first time.
    robots : addresses that robots.txt forbids.
    elsewhere, no_text : addresses of other sites; pictures and the like.
    failed : kind of a problem → number of problems.
    problems : the first 1,000 of them.
    requests : number of requests sent.
    bytes : size of all bodies as received.
    files : names of the files written.
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
    """Return the error with the address at the beginning of its message."""
    return HarvestError(f"{address} {error.message}", error.hint, kind=error.kind)


def now() -> str:
    """Return the date and time in UTC as ISO 8601."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"

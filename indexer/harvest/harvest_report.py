"""What a run did, and how its problems are named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from indexer.errors import HarvestError


@dataclass(frozen=True, slots=True)
class HarvestReport:
    """What a run did.

    `fetched` responses are new or changed and were stored; `unchanged` ones are stored already;
    `gone` ones are answered with 404 or 410 for the first time. `elsewhere` addresses are of other
    sites, `no_text` are pictures and the like. `failed` counts problems by their kind; at most
    1,000 are in `problems`. `bytes` are those of all bodies as received. If not `finished`, the
    next run continues where this one ended.
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
    """Return the error with the address at the head of its message."""
    return HarvestError(f"{address} {error.message}", error.hint, kind=error.kind)


def now() -> str:
    """Return the date and time in UTC, as ISO 8601 has it."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"

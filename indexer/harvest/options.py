"""The limits of a harvest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.errors import HarvestError

_PRINTABLE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True, slots=True)
class HarvestOptions:
    """How much may be fetched, how fast, and from where. Sizes are bytes, times are seconds.

    Attributes
    ----------
    user_agent, contact : parts of the header User-Agent; `contact` is an e-mail or web address of
        the operator, or "".
    delay : pause between two requests.
    depth : greatest number of links between the start page and a page that is visited.
    max_pages : greatest number of pages that a run requests.
    max_size : greatest size of one response, both as received and unpacked.
    max_bytes : greatest size of all responses of a run, as received.
    connect_timeout : greatest time to connect.
    read_timeout : greatest time between two pieces of a response.
    response_timeout : greatest time for a whole response, so that a server cannot keep a connection
        alive with a byte now and then.
    private_networks : networks in CIDR notation that may be connected to although they are not
        public.
    """

    user_agent: str = "tracuu"
    contact: str = ""
    delay: float = 1.0
    depth: int = 3
    max_pages: int = 10_000
    max_size: int = 50 * 1024**2
    max_bytes: int = 10 * 1024**3
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    response_timeout: float = 300.0
    private_networks: tuple[str, ...] = ()

    def agent(self) -> str:
        """Return the value of the header User-Agent.

        Raises HarvestError if it has anything but printable ASCII.
        """
        agent = f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent
        if not _PRINTABLE.fullmatch(agent):
            raise HarvestError(
                f"{agent!r} cannot be sent to a site.",
                "Give a plain e-mail or web address as --contact.",
                kind="address",
            )
        return agent

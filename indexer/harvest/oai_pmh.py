"""Build requests to an OAI-PMH 2.0 endpoint, and read from its answers how to continue.

`tracuu update` reads the records themselves, from the stored answers. Protocol:
http://www.openarchives.org/OAI/openarchivesprotocol.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from indexer.errors import HarvestError
from indexer.harvest.xml_events import read_elements

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?")


@dataclass(frozen=True, slots=True)
class OaiAnswer:
    """What one answer says besides the content of its records. A text is "" if it is not stated.

    Attributes
    ----------
    records : number of records.
    token : resumption token.
    response_date : time of the answer by the clock of the endpoint, in UTC and ISO 8601.
    granularity : the form of dates that the endpoint accepts, "YYYY-MM-DD" or
        "YYYY-MM-DDThh:mm:ssZ" (answer to Identify).
    errors : (code, message) of each error.
    """

    records: int = 0
    token: str = ""
    response_date: str = ""
    granularity: str = ""
    errors: tuple[tuple[str, str], ...] = ()

    def has_error(self, code: str) -> bool:
        """Return True if the endpoint reports an error of this code, for example
        `noRecordsMatch`."""
        return any(code == reported for reported, _ in self.errors)


def read_oai(content: bytes) -> OaiAnswer:
    """Read an answer. Raises HarvestError if it is no OAI-PMH answer, or its XML cannot be used."""
    records, root = 0, ""
    found = {"resumptionToken": "", "responseDate": "", "granularity": ""}
    errors: list[tuple[str, str]] = []
    for element in read_elements(content):
        root = element.path[0]
        match element.path:
            case (_, "ListRecords", "record"):
                records += 1
            case (_, "ListRecords", "resumptionToken" as name) | (_, "responseDate" as name):
                found[name] = element.text
            case (_, "Identify", "granularity" as name):
                found[name] = element.text
            case (_, "error"):
                text = " ".join(element.text.split())[:200]
                errors.append((element.attributes.get("code", ""), text))
    if root != "OAI-PMH":
        raise HarvestError("is no OAI-PMH answer.", "Check the address.", kind="xml")
    date = found["responseDate"]
    return OaiAnswer(
        records,
        found["resumptionToken"],
        date if _DATE.fullmatch(date) else "",
        found["granularity"],
        tuple(errors),
    )


class OaiEndpoint:
    """Builds the addresses of requests to an endpoint.

    Of the query of its address, only the argument `set` is kept.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._base = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        self._set = parse_qs(parts.query).get("set", [""])[0]

    def identify(self) -> str:
        """Return the address of the Identify request."""
        return f"{self._base}?verb=Identify"

    def first(self, since: str) -> str:
        """Return the address of the first answer with the records that changed since the time
        `since`, in ISO 8601; "" for all records."""
        fields = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
        fields |= {"set": self._set} if self._set else {}
        return f"{self._base}?{urlencode(fields | ({'from': since} if since else {}))}"

    def following(self, token: str) -> str:
        """Return the address of the answer that continues a list at its resumption token."""
        return f"{self._base}?{urlencode({'verb': 'ListRecords', 'resumptionToken': token})}"

"""Harvest an OAI-PMH endpoint: store each answer with records as an .xml file."""

from __future__ import annotations

import re

from indexer.errors import HarvestError
from indexer.harvest.harvest_report import named, now
from indexer.harvest.harvest_run import HarvestRun, Progress
from indexer.harvest.http.fetcher import STOPPING
from indexer.harvest.oai_pmh import OaiAnswer, OaiEndpoint, read_oai
from indexer.runtime.durable_files import write_atomically

_SECONDS = "YYYY-MM-DDThh:mm:ssZ"
_STALE = frozenset({"status", "gone", "oai"})


def harvest_oai(harvest: HarvestRun, progress: Progress) -> bool:
    """Store the records that changed since the last finished run; return True if all were stored.

    An unfinished run continues at its resumption token, or starts again if the endpoint no longer
    knows the token. Raises HarvestError if a request fails before anything is stored, unless it is
    of a kind in `STOPPING`; these and later failures are noted as problems.
    """
    endpoint = OaiEndpoint(harvest.start)
    run = harvest.run
    resumed = bool(run.token)
    _, identity = _ask(harvest, endpoint.identify())
    while True:
        address = endpoint.following(run.token) if run.token else endpoint.first(run.since)
        try:
            harvest.use_page()
            content, answer = _ask(harvest, address)
            if answer.has_error("noRecordsMatch"):
                _set_next_since(harvest, answer, identity)
                return True
            _check(address, answer, run.token)
        except HarvestError as error:
            if resumed and error.kind in _STALE:
                resumed, run.token, run.responses = False, "", 0
                run.started = now()
                continue
            if not harvest.files and error.kind not in STOPPING:
                raise
            harvest.problem(error)
            return False
        resumed = False
        if not run.token:
            _set_next_since(harvest, answer, identity)
        _store(harvest, content)
        run.token = answer.token
        harvest.state.set_run(harvest.start, run)
        progress(run.responses, run.responses + bool(run.token))
        if not run.token:
            return True


def _ask(harvest: HarvestRun, address: str) -> tuple[bytes, OaiAnswer]:
    response = harvest.fetcher.fetch(address, lambda _: {})
    content = harvest.unpacked(response)
    try:
        return content, read_oai(content)
    except HarvestError as error:
        raise named(address, error) from None


def _check(address: str, answer: OaiAnswer, token: str) -> None:
    """Raise HarvestError if an answer reports an error, or has the resumption token of its request
    again, which would never end."""
    if answer.errors:
        code, text = answer.errors[0]
        raise HarvestError(
            f"{address} is answered with the error {code}: {text}".rstrip(": ") + ".",
            "Check the address with ?verb=Identify in a browser.",
            kind="oai",
        )
    if answer.token and answer.token == token:
        raise HarvestError(
            f"{address} is answered with the same resumption token again.",
            "Tell the administrator of the endpoint.",
            kind="oai",
        )


def _set_next_since(harvest: HarvestRun, answer: OaiAnswer, identity: OaiAnswer) -> None:
    """Set the time since which the next run asks for changes to the time of this answer, by the
    clock of the endpoint; nothing is set if the answer states none.

    Such times are inclusive (OAI-PMH 2.0, 2.7.1), so nothing is missed, and what changed in the
    same second or on the same day is fetched twice. `identity` is the answer to Identify, which
    says whether the endpoint knows seconds.
    """
    date = answer.response_date
    if date:
        seconds = identity.granularity == _SECONDS and len(date) == len(_SECONDS)
        harvest.run.next_since = date if seconds else date[:10]


def _store(harvest: HarvestRun, content: bytes) -> None:
    """Write an answer to the file `oai-<time of the run>-<number>.xml` in the folder.

    A run that is killed and continued writes the last file again under the same name. Raises
    OSError if the disk cannot be written.
    """
    run = harvest.run
    run.responses += 1
    stamp = re.sub(r"[-:]", "", run.started)
    name = f"oai-{stamp}-{run.responses:05}.xml"
    write_atomically(harvest.folder / name, content, harvest.folder / ".harvest-answer")
    harvest.files.append(name)
    harvest.counts["fetched"] += 1

"""The archive behind the pages, and what its keeper says of it for the current request.

Pages are also made outside of requests (in tests), so this is no state of Flask.
"""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from threading import Lock

from flask import Flask, request

from indexer import NO_PROFILE, Archive, ArchiveProfile, UnusableIndex, facet_schema, loosen
from search_ui.http.i18n import current as current_language

PRODUCT = "Tra Cứu"
"""The name of an archive that states none."""

_current: ContextVar[ArchiveProfile] = ContextVar("profile", default=NO_PROFILE)


class ArchiveSource:
    """An open archive, or a folder whose index is opened as soon as one has been built.

    A server may start before the first rebuild: until then every answer is 503, and the first
    request after the rebuild succeeds. `timeout` is the number of seconds that a search may take,
    None for no limit; it is not that of an `archive` that is given.
    """

    def __init__(self, archive: Archive | None, index_dir: Path, timeout: int | None) -> None:
        self._archive = archive
        self._index_dir = index_dir
        self._timeout = timeout
        self._lock = Lock()

    def get(self) -> Archive:
        """Return the archive. Raises UnusableIndex if no usable index has been built yet."""
        if self._archive is None:
            with self._lock:
                if self._archive is None:
                    self._archive = Archive.open(self._index_dir, self._timeout)
        return self._archive


def init_app(app: Flask, source: ArchiveSource) -> None:
    """Look up the profile before each request, and give it to templates."""

    @app.before_request
    def read() -> None:
        if request.endpoint == "static":
            return
        try:
            use(source.get().profile())
        except UnusableIndex:
            use(NO_PROFILE)

    @app.context_processor
    def offer() -> dict[str, object]:
        return {"site_name": name(), "profile": profile(), "contact_url": contact_url()}


def use(found: ArchiveProfile) -> None:
    """Set the profile until the end of this request."""
    _current.set(found)


def profile() -> ArchiveProfile:
    """Return what the keeper says of the archive; an empty profile if nothing is known."""
    return _current.get()


def name() -> str:
    """Return the name of the archive."""
    return profile().name or PRODUCT


def titled(text: str) -> str:
    """Return the title of a page: what it shows, and the name of the archive."""
    return f"{text} · {name()}"


def contact_url() -> str:
    """Return the address that the contact leads to: a mailbox, a telephone, a page; "" if none."""
    contact = profile().contact
    if contact.startswith(("http://", "https://")):
        return contact
    if " " in contact.strip():
        plain = contact.replace(" ", "")
        return f"tel:{plain}" if plain.lstrip("+").isdecimal() else ""
    if contact.count("@") == 1 and all(contact.partition("@")[::2]):
        return f"mailto:{contact}"
    return f"tel:{contact}" if contact.lstrip("+").isdecimal() else ""


def facet_label(vietnamese: str, english: str | None) -> str:
    """Return the label of an archive's own facet in the current language."""
    return english if english and current_language() == "en" else vietnamese


def loosened(text: str) -> str | None:
    """Return a query text with its quotes opened, see `indexer.loosen`."""
    return loosen(text, facet_schema(profile().fields).own_query_fields)

"""Open the archive that is served, and know its profile (name, contact) during a request.

The profile is a context variable and no state of Flask, because tests make pages outside of
requests.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    """An open archive, or a folder whose index is opened as soon as one has been built; and what
    groups of readers see of it, each opened when one of them comes.

    So a server may start before the first rebuild: until then every answer is 503. Safe to use from
    many threads.

    Parameters
    ----------
    archive : the open archive; None to open the index in `index_dir`.
    timeout : seconds that a search may take, None for no limit; an `archive` that is given has its
        own.
    """

    def __init__(self, archive: Archive | None, index_dir: Path, timeout: int | None) -> None:
        self._archive = archive
        self._index_dir = index_dir
        self._timeout = timeout
        self._lock = Lock()
        self._of_groups: dict[str, Archive] = {}

    def get(self, groups: Sequence[str] = ()) -> Archive:
        """Return the archive as a reader may see it who belongs to `groups`.

        That is the index of the first of the archive's own groups, in the order of `archive.toml`,
        that is among them; without one, the index of what everyone may see. It is opened on the
        first call that finds it. Raises UnusableIndex if no index has been built yet, or if it is
        damaged.
        """
        public = self._public()
        access = public.profile().access
        group = access.group_among(groups) if access else ""
        with self._lock:
            for name in self._of_groups.keys() - set(access.names if access else ()):
                self._of_groups.pop(name).close()  # its group is gone
            if not group:
                return public
            if group not in self._of_groups:
                self._of_groups[group] = Archive.open(self._index_dir, self._timeout, group)
            return self._of_groups[group]

    @property
    def damage(self) -> str | None:
        """A line that says what is damaged in the newest index of any readers, as far as it was
        read; None if no damage was found."""
        with self._lock:
            opened = [self._archive, *self._of_groups.values()]
        return next((each.damage for each in opened if each and each.damage), None)

    def _public(self) -> Archive:
        if self._archive is None:
            with self._lock:
                if self._archive is None:
                    self._archive = Archive.open(self._index_dir, self._timeout)
        return self._archive


def init_app(app: Flask, source: ArchiveSource) -> None:
    """Set the profile of the archive before each request of `app`, except for static files, and
    give it to templates.

    Without an index, it is NO_PROFILE.
    """

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
    """Set the profile of the archive for the current request (a context variable)."""
    _current.set(found)


def profile() -> ArchiveProfile:
    """Return the profile of the archive; NO_PROFILE if it is not known."""
    return _current.get()


def name() -> str:
    """Return the name of the archive, "Tra Cứu" if it states none."""
    return profile().name or PRODUCT


def titled(text: str) -> str:
    """Return the title of a page that shows `text`: "text · name of the archive"."""
    return f"{text} · {name()}"


def contact_url() -> str:
    """Return the contact of the archive as an address to link to (https:, mailto: or tel:); "" if
    it is none of these, or not stated."""
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
    """Return the label of a facet that the archive defines in the current language.

    `english` may be None; the label is Vietnamese then.
    """
    return english if english and current_language() == "en" else vietnamese


def loosened(text: str) -> str | None:
    """Return a query text with its phrases and exact syllables opened to plain words; None if it
    has none (`indexer.loosen`)."""
    return loosen(text, facet_schema(profile().fields).own_query_fields)

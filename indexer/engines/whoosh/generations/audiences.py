"""The indexes of a generation: one for each audience (`indexer.profile.access`).

    <generation>/                 the index of the public: what everyone may see
    <generation>/audience-1/      what the next audience may see, with the public documents
    <generation>/audience-2/      and so on, in the order of `AccessRule.audiences`

Each is a complete index by itself, with a manifest that names its audience. The index of the public
has the same place as the only index of an archive without a rule of access, so a program that knows
no audiences opens that one. All are built one after another from the same documents, which a
`Spool` keeps meanwhile, and become current together, because they are in one generation.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import IO, Generic, TypeVar

from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.generations import manifest, profile_file
from indexer.errors import NoSuchGroup
from indexer.models import Document, Status
from indexer.profile.access import AccessRule, Audience
from indexer.profile.archive_profile import merged

T = TypeVar("T")

PREFIX = "audience-"
"""How the names of the folders of audiences begin; the number is that in `AccessRule.audiences`."""


def audience_folders(folder: Path, access: AccessRule | None) -> dict[Audience, Path]:
    """Return audience → folder of its index, for the generation in `folder`; the public first, then
    in the order of `AccessRule.audiences`.

    `access` is the rule of the generation. If it is None, everyone may see all documents, and the
    only audience is the public, `()`.
    """
    if access is None:
        return {(): folder}
    first, *others = access.audiences
    return {first: folder} | {
        audience: folder / f"{PREFIX}{number}" for number, audience in enumerate(others, 1)
    }


def rule_of(folder: Path) -> AccessRule | None:
    """Return the rule of access of the generation in `folder`, None if everyone may see all of it.

    Raises IndexDamaged if its manifest or its profiles are not what was written.
    """
    listed = manifest.read(folder)
    manifest.verify(folder, listed, only=profile_file.NAME)
    return merged(profile_file.read(folder, listed)).access


def folder_of_group(folder: Path, group: str) -> tuple[Path, Audience]:
    """Return the folder of the index that a group searches, in the generation in `folder`, and the
    audience of the group; "" stands for the public.

    Raises NoSuchGroup if the generation has no such group, IndexDamaged as `rule_of` does.
    """
    access = rule_of(folder)
    if group and (access is None or group not in access.names):
        groups = ", ".join(access.names) if access else "none"
        raise NoSuchGroup(
            f"The index has no group {group!r} (it has: {groups}).",
            "Name it in [access.groups] of archive.toml and run `tracuu rebuild`.",
        )
    audience = access.audience(group) if access else ()
    return audience_folders(folder, access)[audience], audience


class Union:
    """The documents of all audiences of a generation together (`engines.base.Holdings`).

    `engines` are the indexes of the generation, open, that of the public first.
    """

    def __init__(self, engines: Sequence[WhooshEngine]) -> None:
        self._engines = engines
        self.profile = engines[0].profile

    @cached_property
    def status(self) -> Status:
        """The status of the generation, with the number of documents of all audiences together."""
        status = self._engines[0].status
        if len(self._engines) == 1:
            return status
        return replace(status, documents=len(self.ids()))

    def has(self, document_id: str) -> bool:
        """Return True if a document has this id."""
        return any(engine.has(document_id) for engine in self._engines)

    def ids(self) -> Sequence[str]:
        """Return the ids of all live documents, ascending by code point."""
        first, *others = self._engines
        if not others:
            return first.ids()
        return sorted(set(first.ids()).union(*(each.ids() for each in others)))

    def document(self, document_id: str) -> Document:
        """Return the document with this id. Raises DocumentNotFound if there is none."""
        having = (engine for engine in self._engines if engine.has(document_id))
        return next(having, self._engines[0]).document(document_id)


class Spool(Generic[T]):
    """Items that are read once and needed several times, kept in a file that has no name.

    A context manager; at its end, or that of the process, the file is gone. Raises OSError if the
    disk cannot be written.

    Parameters
    ----------
    folder : an existing folder on the disk to use.
    """

    def __init__(self, folder: Path) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115

    def __enter__(self) -> Spool[T]:
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()

    def recorded(self, items: Iterable[T]) -> Iterator[T]:
        """Yield the items, and keep each of them. Call it once, and exhaust it before `again`.

        The items must be such that `pickle` can write them. Raises what iterating them raises.
        """
        for item in items:
            pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)
            yield item

    def again(self) -> Iterator[T]:
        """Yield equal copies of the items that were recorded, in their order; may be called
        repeatedly, one iterator after the other."""
        self._file.seek(0)
        while True:
            try:
                item: T = pickle.load(self._file)  # noqa: S301  (nobody else can write to the file)
            except EOFError:
                return
            yield item

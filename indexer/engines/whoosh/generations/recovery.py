"""Return to the former generation, and copy an index to a backup folder and back.

A backup is an index folder with one generation: it can be searched, and `copy_index` copies it in
either direction. Nothing is made current before all of its bytes are verified.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from indexer.engines.whoosh.generations import manifest
from indexer.engines.whoosh.generations.audiences import audience_folders, rule_of
from indexer.engines.whoosh.generations.index_directory import (
    CURRENT,
    current,
    former,
    lock,
    make_current,
    new_generation,
    wrap_disk_errors,
)
from indexer.engines.whoosh.generations.verification import problems
from indexer.errors import IndexDamaged, IndexMissing, UnusableIndex
from indexer.models import Status
from indexer.profile.access import AccessRule
from indexer.runtime.durable_files import sync


def rollback(index_dir: Path) -> Status:
    """Make the former generation current again, and return its status.

    The generation that was current is kept, so a second call undoes the first; only if it has
    another rule of access, it is removed (`make_current`). Every byte of the former generation is
    verified before. The number of documents in the status is that of the public index. Raises
    IndexMissing if there is no other generation, IndexDamaged if that has any problem, IndexBusy
    while a build or update runs, UnusableIndex if the disk cannot be written.
    """
    former(index_dir)
    with lock(index_dir):
        name = former(index_dir)
        if name is None:
            raise IndexMissing(
                f"There is no former index in {index_dir}.",
                "Run `tracuu restore` with a backup, or `tracuu rebuild`.",
            )
        folder = index_dir / name
        found = problems(folder)
        if found:
            raise IndexDamaged(
                f"The former index is damaged: {found[0]}.",
                "Run `tracuu restore` with a backup, or `tracuu rebuild`.",
            )
        listed = manifest.read(folder)
        with wrap_disk_errors(index_dir):
            make_current(index_dir, name)
    return Status(name, listed.documents, listed.built_at)


def copy_index(source: Path, target: Path, *, keep_access: bool = False) -> Status:
    """Copy the current generation of the index folder `source` to the index folder `target`, verify
    the copy, and make it current there. Return its status.

    A server may answer from either folder, and a rebuild may work in `source`. The number of
    documents in the status is that of the public index.

    Raises IndexMissing if `source` has no index, IndexDamaged if a file of it is missing or
    changed, IndexBusy while a build runs in `target`, and UnusableIndex if that cannot be written,
    is `source`, lies within it or the reverse, or is neither missing, empty nor an index folder.

    Parameters
    ----------
    source, target : index folders; `target` is created if it is missing.
    keep_access : True to raise UnusableIndex if the index in `target` hides documents by another
        rule of access, for the copy might show them.
    """
    _refuse_unsuitable(source, target)
    current(source)
    with new_generation(target) as new:
        while True:
            name = current(source)
            try:
                listed = _copy(source / name, new.folder)
                access = rule_of(new.folder)
                if keep_access:
                    _refuse_other_access(target, access)
                folders = audience_folders(new.folder, access)
                for folder in folders.values():
                    if folder != new.folder:
                        _copy(source / name / folder.name, folder)
                break
            except FileNotFoundError as error:
                # Rebuilds may have ended, and removed this generation, since CURRENT was read.
                if current(source) == name:
                    raise IndexDamaged(
                        f"{error.filename} is missing.", "Run `tracuu rebuild` to build it again."
                    ) from error
        names = [folder.name for folder in folders.values()]
        found = [
            problem
            for folder in folders.values()
            for problem in manifest.problems(folder, manifest.read(folder), names)
        ]
        if found:
            raise IndexDamaged(
                f"{source / name} is damaged: {found[0]}.", "Copy from an undamaged index."
            )
        return Status(new.adopt(), listed.documents, listed.built_at)


def _copy(folder: Path, target: Path) -> manifest.Manifest:
    """Copy the files of the index in `folder` to `target`, and sync them to disk.

    Replaces `target`, which is an existing folder; returns the manifest. Raises FileNotFoundError
    if a file or `folder` itself is missing, IndexDamaged if the manifest is missing or damaged,
    UnusableIndex if the disk cannot be written.
    """
    with wrap_disk_errors(target.parent):
        if target.exists():
            shutil.rmtree(target)
        target.mkdir()
    if not folder.is_dir():
        raise FileNotFoundError(2, "missing", str(folder))
    listed = manifest.read(folder)
    with wrap_disk_errors(target.parent, unless=FileNotFoundError):
        for name in (*listed.files, manifest.NAME):
            shutil.copyfile(folder / name, target / name)
            sync(target / name)
        sync(target)
    return listed


def _refuse_other_access(target: Path, access: AccessRule | None) -> None:
    """Raise UnusableIndex if the index in `target` hides documents by another rule than `access`,
    that of the index that is to replace it."""
    try:
        there = rule_of(target / current(target))
    except UnusableIndex:
        return
    if there not in (None, access):
        raise UnusableIndex(
            f"The index in {target} has other rules of access ([access] of archive.toml).",
            "Run `tracuu rebuild`, or restore to an empty folder.",
        )


def _refuse_unsuitable(source: Path, target: Path) -> None:
    """Raise UnusableIndex if the folders are the same, if one lies within the other, or if `target`
    has files but no index, or cannot be examined."""
    one, other = source.resolve(), target.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise UnusableIndex(
            f"{source} and {target} lie within one another.", "Choose a folder elsewhere."
        )
    try:
        foreign = target.exists() and any(target.iterdir()) and not (target / CURRENT).exists()
    except OSError as error:
        raise UnusableIndex(
            f"Cannot use {target}: {error.strerror}.", "Choose an empty folder."
        ) from error
    if foreign:
        raise UnusableIndex(
            f"{target} has other files and no index.", "Choose an empty folder, or a backup."
        )

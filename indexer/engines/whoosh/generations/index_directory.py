"""The index folder: build a generation beside the others, verify it, and make it current.

    <index>/LOCK                  locked during a build (flock: released when the process ends)
    <index>/.building-<name>/     a generation being built; the next build removes what a killed one
                                  left
    <index>/<name>/               a complete generation; audiences.py says what is in it
    <index>/CURRENT               the name of the generation that is served, and in a second line
                                  that of the one that was served before, if there is one

Nothing becomes visible before it is complete, verified and on disk: the folder is renamed first,
then CURRENT is replaced, and each step is synced to disk before the next begins.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from indexer.engines.damage import REBUILD_HINT
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.generations import manifest, profile_file
from indexer.engines.whoosh.generations.audiences import (
    Spool,
    audience_folders,
    folder_of_group,
    rule_of,
)
from indexer.engines.whoosh.postings.array_file import ArrayFile
from indexer.engines.whoosh.terms import term_dictionary
from indexer.engines.whoosh.whoosh_adapter import segment_list
from indexer.engines.whoosh.writer.copy_lists import write_copy_lists
from indexer.engines.whoosh.writer.segment_builder import Progress, SegmentBuilder
from indexer.errors import (
    DocumentError,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    SourceError,
    UnsupportedByEngine,
    UnusableIndex,
)
from indexer.models import Document, Status
from indexer.profile.access import AccessRule, Audience
from indexer.profile.archive_profile import Profiles, merged
from indexer.runtime.durable_files import read_regular_file, sync, write_atomically

CURRENT = "CURRENT"
"""Name of the file that names the current generation."""
LOCK = "LOCK"
"""Name of the file that is locked during a build."""
_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")
"""Matches the name of a generation: its time of building in UTC, and eight random digits."""
_BUILDING = ".building-"
"""Stands before the name of a generation in the name of its folder until it is published."""
_NEW_CURRENT = ".CURRENT.new"
"""Name of the file that is renamed to CURRENT."""

CurrentStamp = tuple[int, int, int]
"""Identifies a version of CURRENT: its inode number, modification time in nanoseconds since 1970,
and size in bytes."""


def build(
    index_dir: Path,
    documents: Iterable[Document],
    *,
    access: AccessRule | None = None,
    profiles: Callable[[], Profiles] = dict,
    progress: Progress | None = None,
    rejected: Callable[[DocumentError], None] | None = None,
) -> Status:
    """Build a generation of these documents and make it current; return its status, with the number
    of documents of all audiences together.

    If it stops for any reason (an error of the source, Ctrl-C, kill -9), the former generation
    stays as it was. Raises IndexBusy while another build or update runs, DocumentError for an id
    that occurs twice, SourceError if the profiles contradict each other, UnusableIndex if the disk
    cannot be written, and any error that iterating `documents` raises.

    Parameters
    ----------
    index_dir : the index folder; created if it is missing, and locked while the function runs.
    access : who may see which of the documents, as the profiles state it; None for all. A document
        that nobody may see is left out.
    profiles : returns the profile of each source folder; called once, after the last document.
    progress : called with the number of documents indexed so far, after each batch; None for no
        calls.
    rejected : never called: every document can be indexed.
    """
    with new_generation(index_dir) as new:
        if access is None:
            written = [Written(new.folder, _write(new, new.folder, documents, progress))]
            total = written[0].documents
        else:
            written, total = _write_audiences(new, documents, access, progress)
        with wrap_disk_errors(index_dir):
            found = profiles()
            if merged(found).access != access:
                raise SourceError("The profiles state another [access] than the build was given.")
            for each in written:
                profile_file.write(each.folder, found)
        return new.publish(written, total)


def build_part(
    index_dir: Path,
    documents: Iterable[Document],
    part: tuple[int, int],
    *,
    profiles: Callable[[], Profiles] = dict,
    progress: Progress | None = None,
    rejected: Callable[[DocumentError], None] | None = None,
) -> tuple[Status, tuple[int, ...]]:
    """Raise UnsupportedByEngine: an index in a folder is built whole, by one machine."""
    raise UnsupportedByEngine(
        "An index in a folder is not built in parts.", "Leave out --part, or use a cluster."
    )


class Written(NamedTuple):
    """An index of a new generation that is complete but for its manifest.

    Attributes
    ----------
    folder : where its files are.
    documents : number of its documents.
    audience : the audience that may search it; () in an archive without a rule of access.
    unchanged : name of each file that the former generation has too → its entry in the manifest of
        that.
    """

    folder: Path
    documents: int
    audience: Audience = ()
    unchanged: Mapping[str, manifest.FileEntry] = {}


class NewGeneration:
    """A generation that is being built in the folder `folder`; `publish` makes it visible.

    The constructor only names the folder; `new_generation` creates it and removes it if the
    generation is not published.
    """

    def __init__(self, index_dir: Path) -> None:
        now = datetime.now(UTC)
        self.index_dir = index_dir
        self._name = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        self._built_at = now.isoformat(timespec="seconds")
        self.folder = index_dir / f"{_BUILDING}{self._name}"

    def publish(
        self,
        written: Sequence[Written],
        total: int,
        open_arrays: Callable[[Path], ArrayFile] = ArrayFile,
    ) -> Status:
        """Write the manifests, verify the generation, and make it current; return its status.

        Raises IndexDamaged if a file is not as it was written or the number of documents is
        another, UnusableIndex if the disk cannot be written.

        Parameters
        ----------
        written : its indexes; the first is that of the public, in `folder` itself.
        total : number of documents in all of them together, for the status.
        open_arrays : opens the files of the segments.
        """
        with wrap_disk_errors(self.index_dir):
            for each in reversed(written):
                listed = manifest.make(
                    each.folder, each.documents, self._built_at, each.unchanged, each.audience
                )
                _write_manifest_and_verify(each.folder, listed, open_arrays)
        self.adopt()
        return Status(self._name, total, self._built_at)

    def adopt(self) -> str:
        """Make the folder, which is complete, verified and on disk, the current generation; return
        its name.

        Raises UnusableIndex if the disk cannot be written.
        """
        with wrap_disk_errors(self.index_dir):
            self.folder.rename(self.index_dir / self._name)
            sync(self.index_dir)
            make_current(self.index_dir, self._name)
        return self._name


@contextmanager
def new_generation(index_dir: Path) -> Iterator[NewGeneration]:
    """Context manager that holds the lock of an index folder and gives a new generation to build.

    It creates the index folder if it is missing, and removes what a killed build left. At its end,
    a generation that was not published is removed. Raises IndexBusy if another process holds the
    lock, UnusableIndex if the disk cannot be written.
    """
    with wrap_disk_errors(index_dir):
        index_dir.mkdir(parents=True, exist_ok=True)
    with lock(index_dir):
        new = NewGeneration(index_dir)
        with wrap_disk_errors(index_dir):
            _remove_leftovers(index_dir)
            new.folder.mkdir()
        try:
            yield new
        finally:
            shutil.rmtree(new.folder, ignore_errors=True)


def current_stamp(index_dir: Path) -> CurrentStamp | None:
    """Return a value that changes whenever another generation becomes current.

    None if there is no file CURRENT or it cannot be read. It is called before every request, so it
    is a single `stat`.
    """
    try:
        # Joining a `Path` takes longer than the call of `stat`.
        found = os.stat(os.path.join(index_dir, CURRENT))  # noqa: PTH116, PTH118
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def current(index_dir: Path) -> str:
    """Return the name of the current generation.

    Raises IndexMissing if there is no file CURRENT, IndexDamaged if it cannot be read or does not
    have the name of a generation in it. The generation itself may be missing.
    """
    return _named(index_dir)[0]


def former(index_dir: Path) -> str | None:
    """Return the name of the generation that was served before the current one, None if there is
    none or its folder is gone.

    If CURRENT cannot be read, it is the newest one that there is. Raises IndexMissing if CURRENT is
    missing, UnusableIndex if the folder cannot be read.
    """
    try:
        _, *names = _named(index_dir)
        return names[0] if names and (index_dir / names[0]).is_dir() else None
    except IndexDamaged:
        with wrap_disk_errors(index_dir):
            found = [path for path in index_dir.iterdir() if _NAME.fullmatch(path.name)]
            newest = max(found, key=lambda path: path.stat().st_mtime_ns, default=None)
        return newest.name if newest else None


def _named(index_dir: Path) -> list[str]:
    """Return the names in CURRENT: the current generation and, if there is one, the former.

    Raises IndexMissing if the file is missing, IndexDamaged if it cannot be read or has anything
    else.
    """
    try:
        text = read_regular_file(index_dir / CURRENT).decode("ascii")
    except FileNotFoundError:
        raise IndexMissing(
            f"There is no index in {index_dir}.", "Run `tracuu rebuild` to build it."
        ) from None
    except (OSError, ValueError) as error:
        raise IndexDamaged(
            f"{index_dir / CURRENT} cannot be read ({error}).", REBUILD_HINT
        ) from error
    names = text.removesuffix("\n").split("\n")
    if len(names) > 2 or not all(map(_NAME.fullmatch, names)):
        raise IndexDamaged(f"{index_dir / CURRENT} names no generation.", REBUILD_HINT)
    return names


def open_former_engine(index_dir: Path, group: str = "") -> WhooshEngine:
    """Open what a group may see of the generation that was served before the current one, "" for
    everyone; the caller closes it.

    Raises IndexMissing if there is none, NoSuchGroup if it has no such group, IndexDamaged if a
    file of it is missing, damaged or of another format, UnusableIndex if one cannot be read for
    another reason.
    """
    name = former(index_dir)
    if name is None:
        raise IndexMissing(f"There is no former index in {index_dir}.", REBUILD_HINT)
    return open_generation(index_dir / name, group)


def open_engine(index_dir: Path, group: str = "") -> WhooshEngine:
    """Open what a group may see of the current generation, "" for everyone; the caller closes it.

    Raises IndexMissing if there is none, NoSuchGroup if it has no such group, IndexDamaged if a
    file is missing, damaged or of another format, UnusableIndex if one cannot be read for another
    reason.
    """
    while True:
        name = current(index_dir)
        try:
            return open_generation(index_dir / name, group)
        except IndexDamaged:
            # Two rebuilds may have ended, and removed this generation, since CURRENT was read.
            if current(index_dir) == name:
                raise


def health(index_dir: Path) -> dict[str, object]:
    """Return {}: an index in a folder has no machines whose state could be watched."""
    return {}


def audience_sizes(index_dir: Path) -> dict[str, int]:
    """Return group → number of documents that it may see, with "" first for everyone; {} if
    everyone may see all documents.

    Raises IndexMissing if there is no generation, IndexDamaged if a manifest is damaged.
    """
    folder = index_dir / current(index_dir)
    access = rule_of(folder)
    if access is None:
        return {}
    folders = audience_folders(folder, access)
    return {
        name: manifest.read(folders[access.audience(name)]).documents
        for name in ("", *access.names)
    }


def open_generation(folder: Path, group: str = "") -> WhooshEngine:
    """Open the index of what a group may see of the generation in `folder`, "" for the public; the
    caller closes it.

    Raises NoSuchGroup if it has no such group, and otherwise as `open_index` does.
    """
    if not group:
        return open_index(folder)
    of_group, audience = folder_of_group(folder, group)
    return open_index(of_group, audience, generation=folder.name)


def open_index(
    folder: Path,
    audience: Audience | None = None,
    open_arrays: Callable[[Path], ArrayFile] = ArrayFile,
    *,
    generation: str = "",
) -> WhooshEngine:
    """Open the index in `folder`; the caller closes it.

    Raises IndexDamaged if a file is missing, damaged or of another format, or if it is the index of
    another audience, UnusableIndex if a file cannot be read for another reason.

    Parameters
    ----------
    audience : the audience that its manifest must name; None for the public, by the rule of access
        in its own profile.
    open_arrays : opens the files of its segments.
    generation : name of its generation, for its status; "" if that is the name of the folder.
    """
    listed = manifest.read(folder)
    manifest.verify(folder, listed)
    profile = merged(profile_file.read(folder, listed))
    if audience is None:
        audience = profile.access.audience() if profile.access else ()
    if listed.audience != audience:
        raise IndexDamaged(f"{folder.name} is the index of other readers.", REBUILD_HINT)
    status = Status(generation or folder.name, listed.documents, listed.built_at)
    engine = WhooshEngine(folder, status, profile, open_arrays)
    try:
        listed.check_count(folder, engine.lexicon.documents)
    except BaseException:
        engine.close()
        raise
    return engine


def _write_audiences(
    new: NewGeneration,
    documents: Iterable[Document],
    access: AccessRule,
    progress: Progress | None,
) -> tuple[list[Written], int]:
    """Write the index of each audience; return them, that of the public first, and the number of
    documents that somebody may see.

    `progress` is as in `build`. Raises as `_write` does.
    """
    folders = audience_folders(new.folder, access)
    written: list[Written] = []
    seen = 0

    def counted() -> Iterator[Document]:
        nonlocal seen
        for document in documents:
            if any(access.sees(audience, document) for audience in folders):
                seen += 1
                yield document

    with wrap_disk_errors(new.index_dir):
        spool: Spool[Document] = Spool(new.index_dir)
    with spool:
        for audience, folder in folders.items():
            with wrap_disk_errors(new.index_dir):
                folder.mkdir(exist_ok=True)
            items = spool.again() if written else spool.recorded(counted())
            visible = (document for document in items if access.sees(audience, document))
            part = shared_progress(progress, len(written), len(folders))
            written.append(Written(folder, _write(new, folder, visible, part), audience))
    return written, seen


def shared_progress(progress: Progress | None, done: int, parts: int) -> Progress | None:
    """Return a function that reports the progress of one part of a work as progress of the whole.

    The work does the same documents once in each of `parts` parts (indexes), one part after the
    other, so a document that is done in one part counts as a `parts`-th of one. The function is
    called with the number of documents done in its part, and calls `progress` with whole documents.

    Parameters
    ----------
    progress : called with the number of documents done in the whole work; None for no calls, and
        then None is returned.
    done : number of parts that are done.
    """
    last = 0

    def tell(count: int) -> None:
        nonlocal last
        last = max(last, (done * count + count) // parts)
        if progress is not None:
            progress(last)

    return tell if progress is not None else None


def _write(
    new: NewGeneration, folder: Path, documents: Iterable[Document], progress: Progress | None
) -> int:
    """Write the documents to `folder` as one segment, with its tables; return their number.

    Raises DocumentError for an id that occurs twice, UnusableIndex if the disk cannot be written,
    and any error that iterating `documents` raises.
    """
    index_dir = new.index_dir
    with wrap_disk_errors(index_dir):
        builder = SegmentBuilder(folder, progress=progress)
    try:
        seen: set[str] = set()
        for document in documents:
            if document.id in seen:
                raise DocumentError(
                    f"The id {document.id!r} occurs twice.", "Give each document an id of its own."
                )
            seen.add(document.id)
            with wrap_disk_errors(index_dir):
                builder.add(document)
        with wrap_disk_errors(index_dir):
            segment_list.write_segment_list(folder, [builder.commit()])
            term_dictionary.write_learned(folder, builder.learned)
            _write_copies(folder)
    except BaseException:
        builder.cancel()
        raise
    return len(seen)


def _write_copies(folder: Path) -> None:
    segments = segment_list.open_segments(folder)
    try:
        write_copy_lists(folder, segments)
    finally:
        segment_list.close_segments(segments)


def _write_manifest_and_verify(
    folder: Path, listed: manifest.Manifest, open_arrays: Callable[[Path], ArrayFile]
) -> None:
    """Write the manifest of an index, sync all its files to disk, and open it to verify it.

    Raises IndexDamaged if a file is not as `listed` says, or there are not as many documents,
    OSError if the disk cannot be written.
    """
    manifest.write(folder, listed)
    for path in folder.iterdir():
        # A file that another generation has too was synced with that.
        if path.stat().st_nlink == 1:
            sync(path)
    sync(folder)
    open_index(folder, listed.audience, open_arrays).close()


def make_current(index_dir: Path, name: str) -> None:
    """Make the complete generation `name` the current one; keep the one that was current before,
    and remove all others.

    The former one is removed, too, if it had another rule of access: neither a rollback nor a
    server that falls back to it may show what the new rule hides. Raises OSError if CURRENT cannot
    be written; a generation that cannot be removed stays.
    """
    try:
        kept = [name, current(index_dir)]
        if _has_other_rule(index_dir / kept[1], rule_of(index_dir / name)):
            kept = [name]
    except UnusableIndex:
        kept = [name]
    # Both in one file: a kill between two files would make the wrong generation the former one.
    content = "".join(f"{each}\n" for each in kept).encode("ascii")
    write_atomically(index_dir / CURRENT, content, index_dir / _NEW_CURRENT)
    for path in index_dir.iterdir():
        if _NAME.fullmatch(path.name) and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def _has_other_rule(folder: Path, access: AccessRule | None) -> bool:
    """Return True if the generation in `folder` has another rule of access than `access`; False
    also if it cannot be opened anyway."""
    try:
        return rule_of(folder) != access
    except UnusableIndex:
        return False


def _remove_leftovers(index_dir: Path) -> None:
    """Delete the unfinished files of a build that was killed. Raises OSError if that fails."""
    for path in index_dir.glob(f"{_BUILDING}*"):
        shutil.rmtree(path)
    (index_dir / _NEW_CURRENT).unlink(missing_ok=True)


@contextmanager
def lock(index_dir: Path) -> Iterator[None]:
    """Context manager that holds the lock of an index folder; it does not wait for it.

    Raises IndexBusy if another process holds it, UnusableIndex if the lock file cannot be
    opened or locked.
    """
    with wrap_disk_errors(index_dir):
        handle = (index_dir / LOCK).open("ab")
    with handle:
        try:
            with wrap_disk_errors(index_dir, unless=BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IndexBusy(
                f"Another rebuild or update is at work in {index_dir}.", "Wait until it has ended."
            ) from None
        yield


@contextmanager
def wrap_disk_errors(
    index_dir: Path, unless: type[OSError] | tuple[type[OSError], ...] = ()
) -> Iterator[None]:
    """Context manager that turns an OSError into UnusableIndex with a remedy.

    `index_dir` is named in the message. Errors of the classes `unless`, and all others, pass.
    """
    try:
        yield
    except unless:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnusableIndex(
            f"Cannot write the index in {index_dir}: {reason}.",
            "Free disk space, or grant permission to write there.",
        ) from error

"""The index folder: build a generation beside the others, verify it, and make it current.

    <index>/LOCK                  locked during a build (flock: released when the process ends)
    <index>/.building-<name>/     a generation being built; the next build removes what a killed one
                                  left
    <index>/<name>/               a complete generation
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
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from indexer.durable_files import read_regular_file, sync, write_atomically
from indexer.engines.damage import REBUILD_HINT
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.generations import manifest, profile_file
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
    UnsupportedByEngine,
    UnusableIndex,
)
from indexer.models import Document, Status
from indexer.profile.archive_profile import Profiles, merged

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
    profiles: Callable[[], Profiles] = dict,
    progress: Progress | None = None,
    rejected: Callable[[DocumentError], None] | None = None,
) -> Status:
    """Build a generation of these documents and make it current; return its status.

    If it stops for any reason (an error of the source, Ctrl-C, kill -9), the former generation
    stays as it was. Raises IndexBusy while another build or update runs, DocumentError for an id
    that occurs twice, SourceError if the profiles contradict each other, UnusableIndex if the disk
    cannot be written, and any error that iterating `documents` raises.

    Parameters
    ----------
    index_dir : the index folder; created if it is missing, and locked while the function runs.
    profiles : returns the profile of each source folder; called once, after the last document.
    progress : called with the number of documents indexed so far, after each batch; None for no
        calls.
    rejected : never called: every document can be indexed.
    """
    with new_generation(index_dir) as new:
        count = _write(new.folder, documents, progress)
        with wrap_disk_errors(index_dir):
            profile_file.write(new.folder, profiles())
        return new.publish(count)


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


class NewGeneration:
    """A generation that is being built in the folder `folder`; `publish` makes it visible.

    The constructor only names the folder; `new_generation` creates it and removes it if the
    generation is not published.
    """

    def __init__(self, index_dir: Path) -> None:
        now = datetime.now(UTC)
        self._index_dir = index_dir
        self._name = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        self._built_at = now.isoformat(timespec="seconds")
        self.folder = index_dir / f"{_BUILDING}{self._name}"

    def publish(
        self,
        documents: int,
        unchanged_files: Mapping[str, manifest.FileEntry] | None = None,
        open_arrays: Callable[[Path], ArrayFile] = ArrayFile,
    ) -> Status:
        """Write the manifest, verify the generation, and make it current; return its status.

        Raises IndexDamaged if a file is not as it was written or the number of documents is
        another, UnusableIndex if the disk cannot be written.

        Parameters
        ----------
        documents : number of documents that were written to the folder.
        unchanged_files : files that the former generation has too, with their entries in its
            manifest.
        open_arrays : opens the files of its segments.
        """
        with wrap_disk_errors(self._index_dir):
            listed = manifest.make(self.folder, documents, self._built_at, unchanged_files or {})
            _write_manifest_and_verify(self.folder, listed, open_arrays)
        return self.adopt(listed)

    def adopt(self, listed: manifest.Manifest) -> Status:
        """Make the folder, which is complete, verified and on disk, the current generation.

        `listed` is its manifest. Returns its status. Raises UnusableIndex if the disk cannot be
        written.
        """
        with wrap_disk_errors(self._index_dir):
            self.folder.rename(self._index_dir / self._name)
            sync(self._index_dir)
            make_current(self._index_dir, self._name)
        return Status(self._name, listed.documents, listed.built_at)


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


def open_former_engine(index_dir: Path) -> WhooshEngine:
    """Open the generation that was served before the current one; the caller closes it.

    Raises IndexMissing if there is none, IndexDamaged if a file of it is missing, damaged or of
    another format, UnusableIndex if one cannot be read for another reason.
    """
    name = former(index_dir)
    if name is None:
        raise IndexMissing(f"There is no former index in {index_dir}.", REBUILD_HINT)
    return open_generation(index_dir / name)


def open_engine(index_dir: Path) -> WhooshEngine:
    """Open the current generation; the caller closes it.

    Raises IndexMissing if there is none, IndexDamaged if a file is missing, damaged or of another
    format, UnusableIndex if one cannot be read for another reason.
    """
    while True:
        name = current(index_dir)
        try:
            return open_generation(index_dir / name)
        except IndexDamaged:
            # Two rebuilds may have ended, and removed this generation, since CURRENT was read.
            if current(index_dir) == name:
                raise


def health(index_dir: Path) -> dict[str, object]:
    """Return {}: an index in a folder has no machines whose state could be watched."""
    return {}


def check(index_dir: Path) -> list[str]:
    """Return every problem of the current generation, one line each; [] if it has none.

    Reads every byte. Raises IndexMissing if there is no generation.
    """
    try:
        while True:
            name = current(index_dir)
            found = problems(index_dir / name)
            # Two rebuilds may have ended, and removed this generation, since CURRENT was read.
            if not found or current(index_dir) == name:
                return found
    except IndexMissing:
        raise
    except UnusableIndex as error:
        return [error.message]


def open_generation(
    folder: Path, open_arrays: Callable[[Path], ArrayFile] = ArrayFile
) -> WhooshEngine:
    """Open the generation in `folder`; `open_arrays` opens the files of its segments.

    Raises IndexDamaged if a file is missing, damaged or of another format, UnusableIndex if one
    cannot be read for another reason.
    """
    listed = manifest.read(folder)
    manifest.verify(folder, listed)
    profile = merged(profile_file.read(folder, listed))
    status = Status(folder.name, listed.documents, listed.built_at)
    engine = WhooshEngine(folder, status, profile, open_arrays)
    try:
        listed.check_count(folder, engine.lexicon.documents)
    except BaseException:
        engine.close()
        raise
    return engine


def problems(folder: Path) -> list[str]:
    """Return every problem of the generation in `folder`, one line each; [] if it has none.

    Reads every byte. An error that keeps it from reading is returned as a problem too.
    """
    try:
        listed = manifest.read(folder)
        # A changed file is reported by its checksum; the errors that follow from it would only be
        # noise.
        return manifest.problems(folder, listed) or _content_problems(folder)
    except UnusableIndex as error:
        return [error.message]
    except OSError as error:
        return [f"{folder.name} cannot be read: {error.strerror or error}"]


def _content_problems(folder: Path) -> list[str]:
    """Return what is wrong with the documents of the generation in `folder`, one line each.

    Reads every document: their number must be that of the manifest, and each must be stored under
    its own id. Raises IndexDamaged if one cannot be read.
    """
    engine = open_generation(folder)
    try:
        ids = engine.ids()
        if len(ids) != engine.status.documents or len(set(ids)) != len(ids):
            return [f"{folder.name} holds {len(ids)} documents, not {engine.status.documents}"]
        return [
            f"the record of {name!r} is not its own"
            for name in ids
            if engine.document(name).id != name
        ]
    finally:
        engine.close()


def _write(folder: Path, documents: Iterable[Document], progress: Progress | None) -> int:
    """Write the documents to `folder` as one segment, with its tables; return their number.

    Raises DocumentError for an id that occurs twice, UnusableIndex if the disk cannot be written,
    and any error that iterating `documents` raises.
    """
    index_dir = folder.parent
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
    """Write the manifest, sync all files to disk, and open the generation to verify it.

    Raises IndexDamaged if a file is not as `listed` says, or there are not as many documents,
    OSError if the disk cannot be written.
    """
    manifest.write(folder, listed)
    for path in folder.iterdir():
        # A file that another generation has too was synced with that.
        if path.stat().st_nlink == 1:
            sync(path)
    sync(folder)
    open_generation(folder, open_arrays).close()


def make_current(index_dir: Path, name: str) -> None:
    """Make the complete generation `name` the current one; keep the one that was current before,
    and remove all others.

    Raises OSError if CURRENT cannot be written; a generation that cannot be removed stays.
    """
    try:
        kept = [name, current(index_dir)]
    except UnusableIndex:
        kept = [name]
    # Both in one file: a kill between two files would make the wrong generation the former one.
    content = "".join(f"{each}\n" for each in kept).encode("ascii")
    write_atomically(index_dir / CURRENT, content, index_dir / _NEW_CURRENT)
    for path in index_dir.iterdir():
        if _NAME.fullmatch(path.name) and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


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

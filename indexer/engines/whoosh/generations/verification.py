"""Verify a generation: every byte of the indexes of all audiences, and every document in them."""

from __future__ import annotations

from pathlib import Path

from indexer.engines.whoosh.generations import manifest
from indexer.engines.whoosh.generations.audiences import PREFIX, audience_folders, rule_of
from indexer.engines.whoosh.generations.index_directory import current, open_index
from indexer.errors import IndexMissing, UnusableIndex
from indexer.profile.access import Audience


def check(index_dir: Path) -> list[str]:
    """Return every problem of the current generation of an index folder, one line each; [] if it
    has none.

    Reads every byte. A damaged file and one that cannot be read are problems in the list, not
    errors. Raises IndexMissing if there is no generation.
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


def problems(folder: Path) -> list[str]:
    """Return every problem of the generation in `folder`, one line each; [] if it has none.

    Reads every byte. Stops after the first stage that finds a problem, because later ones would
    only repeat it: the files of the public index, the folders of audiences, their files, then the
    documents. An error that keeps it from reading is returned as a problem too.
    """
    try:
        listed = manifest.read(folder)
        inner = sorted(path.name for path in folder.glob(f"{PREFIX}*"))
        # A changed file is reported by its checksum; the errors that follow from it would only be
        # noise.
        if found := manifest.problems(folder, listed, inner):
            return found
        folders = audience_folders(folder, rule_of(folder))
        if extra := set(inner).difference(path.name for path in folders.values()):
            return [f"{folder.name}/{name} does not belong here" for name in sorted(extra)]
        others = [path for path in folders.values() if path != folder]
        found = [
            f"{folder.name}/{problem}"
            for path in others
            for problem in manifest.problems(path, manifest.read(path))
        ]
        return found or [
            problem
            for audience, path in folders.items()
            for problem in _content_problems(path, audience)
        ]
    except UnusableIndex as error:
        return [error.message]
    except OSError as error:
        return [f"{folder.name} cannot be read: {error.strerror or error}"]


def _content_problems(folder: Path, audience: Audience) -> list[str]:
    """Return what is wrong with the documents of the index in `folder`, one line each.

    Reads every document: their number must be that of the manifest, each must be stored under its
    own id, and be one that the audience may see. Raises IndexDamaged if one cannot be read.
    """
    engine = open_index(folder, audience)
    try:
        ids = engine.ids()
        if len(ids) != engine.status.documents or len(set(ids)) != len(ids):
            return [f"{folder.name} holds {len(ids)} documents, not {engine.status.documents}"]
        access = engine.profile.access
        found = []
        for name in ids:
            document = engine.document(name)
            if document.id != name:
                found.append(f"the record of {name!r} is not its own")
            elif access and not access.sees(audience, document):
                found.append(f"{folder.name} has {name!r}, which its readers may not see")
        return found
    finally:
        engine.close()

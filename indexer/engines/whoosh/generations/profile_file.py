"""The file `archive.json` of a generation: what each source folder states about the archive
(`ArchiveProfile`)."""

from __future__ import annotations

import json
from pathlib import Path

from indexer.engines.damage import wrap_damage
from indexer.engines.whoosh.generations.manifest import Manifest
from indexer.profile.archive_profile import ArchiveProfile, Profiles, merged, stated
from indexer.runtime.durable_files import read_regular_file

NAME = "archive.json"


def write(folder: Path, profiles: Profiles) -> None:
    """Write `archive.json` into `folder`, or no file if no profile states anything.

    Raises SourceError if two profiles define one field differently, OSError if the disk cannot be
    written.
    """
    merged(profiles)
    record = {source: profile.to_record() for source, profile in stated(profiles).items()}
    if record:
        text = json.dumps(record, ensure_ascii=False, indent=1)
        (folder / NAME).write_bytes(text.encode("utf-8", "surrogatepass"))


def read(folder: Path, listed: Manifest) -> dict[str, ArchiveProfile]:
    """Return the profiles in `folder` by source folder; {} if the manifest `listed` has no
    `archive.json`.

    Raises IndexDamaged if the file is missing or has content that `write` cannot have written.
    """
    if NAME not in listed.files:
        return {}
    with wrap_damage(f"{folder.name}/{NAME}"):
        record = json.loads(read_regular_file(folder / NAME).decode("utf-8", "surrogatepass"))
        return {source: ArchiveProfile.from_record(found) for source, found in record.items()}

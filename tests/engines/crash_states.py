"""Records file operations in a folder, and lists the states that a power cut may leave there.

The model is that of Pillai et al. 2014, "All file systems are not created equal": a file has its
content for certain only after `fsync` of the file, and a name in a folder stands for its file only
after `fsync` of the folder. Whatever was not synced may be lost in any combination: files may be
empty, cut, zero or whole, and of the names that changed each may be the old or the new one. No file
system is as bad as that; what survives here survives on all.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

Inode = int
State = dict[str, bytes | None]
OPERATIONS = ("fsync", "rename", "replace", "link", "unlink", "remove", "mkdir", "rmdir")
"""Functions of `os` at which the folder is looked at; files are written between them."""
SAMPLES = 3
"""Random combinations of each moment, besides "everything lost", "nothing lost" and each alone."""


class Recorder:
    """Follows the folder `root`. Everything in it at the beginning is on disk.

    Attributes
    ----------
    states : all states that a power cut could have left until now, each once: path below the folder
        → content; None for a folder.
    synced_state : what is on disk for certain, at the last look.
    """

    def __init__(self, root: Path, seed: int = 1) -> None:
        self.states: dict[int, State] = {}
        self.synced_state: State = {}
        self._root = root
        self._chance = random.Random(seed)
        self._held: dict[Inode, int] = {}  # open descriptors, so that no inode number is used twice
        self._contents: dict[Inode, bytes] = {}
        self._names: dict[Inode, dict[str, Inode]] = {}
        self._look()
        self._synced_contents = dict(self._contents)
        self._synced_names = {folder: dict(names) for folder, names in self._names.items()}

    def before(self) -> None:
        """Note the states that a power cut at this moment could leave."""
        self._look()
        changes = [
            (folder, name)
            for folder, names in self._names.items()
            for name in sorted({*names, *self._synced_names.get(folder, {})})
            if names.get(name) != self._synced_names.get(folder, {}).get(name)
        ]
        unsynced = [n for n, now in self._contents.items() if self._synced_contents.get(n) != now]
        kept: list[set[tuple[Inode, str]]] = [set(), set(changes)]
        kept += [{change} for change in changes] + [set(changes) - {change} for change in changes]
        kept += [
            {change for change in changes if self._chance.random() < 0.5} for _ in range(SAMPLES)
        ]
        lost = {inode: self._lost(inode) for inode in unsynced}
        self.synced_state = dict(self._tree(self._inode(self._root), "", set(), lost))
        for chosen in kept:
            for make in (self._whole, self._lost, self._damaged):
                contents = {inode: make(inode) for inode in unsynced}
                found = dict(self._tree(self._inode(self._root), "", chosen, contents))
                self.states.setdefault(hash(frozenset(found.items())), found)
                if not unsynced:
                    break

    def synced(self, handle: int) -> None:
        """Note that a file or a folder is on disk."""
        self._look()
        inode = os.fstat(handle).st_ino
        if inode in self._names:
            self._synced_names[inode] = dict(self._names[inode])
        elif inode in self._contents:
            self._synced_contents[inode] = self._contents[inode]

    def close(self) -> None:
        for handle in self._held.values():
            os.close(handle)

    def _look(self) -> None:
        """Read the names of all folders and the contents of all files below the root."""
        waiting = [self._root]
        for folder in waiting:
            names = self._names[self._inode(folder)] = {}
            for path in sorted(folder.iterdir()):
                inode = names[path.name] = self._inode(path)
                if path.is_dir():
                    waiting.append(path)
                else:
                    self._contents[inode] = path.read_bytes()

    def _inode(self, path: Path) -> Inode:
        found = path.stat().st_ino
        if found not in self._held:
            self._held[found] = os.open(path, os.O_RDONLY)
        return found

    def _tree(
        self,
        folder: Inode,
        prefix: str,
        changed: set[tuple[Inode, str]],
        contents: dict[Inode, bytes],
    ) -> Iterator[tuple[str, bytes | None]]:
        """Yield the paths below a folder with their contents, `changed` names as they are now."""
        before, now = self._synced_names.get(folder, {}), self._names[folder]
        for name in sorted({*before, *now}):
            inode = (now if (folder, name) in changed else before).get(name)
            if inode is None:
                continue
            if inode in self._names:
                yield prefix + name, None
                yield from self._tree(inode, f"{prefix}{name}/", changed, contents)
            else:
                yield prefix + name, contents.get(inode, self._contents[inode])

    def _whole(self, inode: Inode) -> bytes:
        return self._contents[inode]

    def _lost(self, inode: Inode) -> bytes:
        return self._synced_contents.get(inode, b"")

    def _damaged(self, inode: Inode) -> bytes:
        size = len(self._contents[inode])
        cut = self._chance.randrange(size + 1)
        return self._contents[inode][:cut] + bytes(self._chance.choice([0, size - cut]))


@contextmanager
def recorded(root: Path) -> Iterator[Recorder]:
    """Context manager that follows the file operations of this process in `root`."""
    recorder = Recorder(root)
    is_ours = False

    def followed(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*args: Any, **options: Any) -> Any:
            nonlocal is_ours
            if is_ours:
                return real(*args, **options)
            is_ours = True
            try:
                recorder.before()
                result = real(*args, **options)
                if name == "fsync":
                    recorder.synced(args[0])
                return result
            finally:
                is_ours = False

        return call

    with ExitStack() as patches:
        for name in OPERATIONS:
            patches.enter_context(patch.object(os, name, followed(name)))
        try:
            yield recorder
        finally:
            is_ours = True
            recorder.before()
            recorder.close()


def lay_out(state: State, folder: Path) -> None:
    """Write a state into a new folder."""
    folder.mkdir()
    for name, content in state.items():
        if content is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(content)

"""The copies in a generation: which documents of all segments are exact or near copies.

    copies.arrays   members      numbers of documents, counted through all segments (the documents
                                 of the second segment follow those of the first); the members of a
                                 group stand side by side, and within it those with the same text
                    group_ends   the index in `members` after the last of each group
                    text_ends    the index in `members` after the last of each set with the same
                                 text, which may be a single document of a group

All three are uint32. The leader of a group (`indexer.engines.copies`) and the documents with its
text come first. Only documents that have a copy are listed, so a search pays only for those
that it finds. `writer.copy_lists` writes the file with each generation.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.postings.array_file import Array, ArrayFile
from indexer.engines.whoosh.postings.elias_fano import Ints, Mask

COPIES_FILE = "copies.arrays"
"""File name of the copies in a generation."""


class CopyList(NamedTuple):
    """Documents of one segment that have copies; three int64 arrays `(n,)`.

    Texts and groups are numbered from 0 through all segments of the generation.

    Attributes
    ----------
    documents : document numbers in the segment, ascending.
    texts : the number of the text of each; equal for exact copies.
    groups : the number of the group of each; equal for all copies of each other, exact and near.
    """

    documents: Ints
    texts: Ints
    groups: Ints

    def within(self, mask: Mask) -> CopyList:
        """Return only the entries of the documents that `mask` selects.

        The mask is bool, `(documents,)`, with an element for every document of the segment.
        """
        some = mask[self.documents]
        return CopyList(self.documents[some], self.texts[some], self.groups[some])

    def groups_of(self, documents: Ints) -> list[int]:
        """Return the number of the group of each document, -1 for one without an entry.

        `documents (k,)` are document numbers in the segment, in any order.
        """
        if not len(self.documents):
            return [-1] * len(documents)
        at = np.minimum(np.searchsorted(self.documents, documents), len(self.documents) - 1)
        found: list[int] = np.where(self.documents[at] == documents, self.groups[at], -1).tolist()
        return found


NO_COPIES = CopyList(*(np.zeros(0, np.int64) for _ in range(3)))


def read_copy_lists(folder: Path, sizes: Sequence[int]) -> list[CopyList]:
    """Return the list of copies of each segment of the generation in `folder`.

    `sizes` are the numbers of documents of the segments, deleted ones included. Raises ValueError
    if the file is damaged or lists documents that the segments lack, OSError if it cannot be
    opened.
    """
    file = ArrayFile(folder / COPIES_FILE)
    members = file["members"].astype(np.int64)
    texts, groups = (_labels(file[name], len(members)) for name in ("text_ends", "group_ends"))
    file.close()
    order = np.argsort(members, kind="stable")
    members, texts, groups = members[order], texts[order], groups[order]
    ends = np.cumsum(np.array(sizes, np.int64))
    if len(members) and (members[-1] >= ends[-1] or (np.diff(members) == 0).any()):
        raise ValueError("no list of copies")
    bounds = [0, *np.searchsorted(members, ends).tolist()]
    return [
        CopyList(members[a:b] - (end - size), texts[a:b], groups[a:b])
        for a, b, end, size in zip(bounds, bounds[1:], ends.tolist(), sizes, strict=False)
    ]


def _labels(ends: Array, members: int) -> Ints:
    """Return for each of `members` entries the number of the part that it is in, `(members,)`
    int64.

    `ends (parts,)` are the indexes at which the parts end. Raises ValueError if a part is empty or
    the last does not end at `members`.
    """
    last = ends.astype(np.int64)
    sizes = last - np.append(np.zeros(1, np.int64), last[:-1])
    if sizes.min(initial=1) < 1 or sizes.sum() != members:
        raise ValueError("the copies do not fit their groups")
    return np.repeat(np.arange(len(sizes)), sizes)

"""What to try instead: the query text with the accents that this index would give it."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.query.language import LeafKind
from indexer.query.reading import Query, Syllable, spelled_like


def suggestion(query: Query) -> str | None:
    """The query text respelled where marks were left out; None where it is fine as it is.

    Everything that is no whole syllable (quotes, signs, the beginning in `dan*`) stays as typed.
    """
    out, at, changed = [], 0, False
    for syllable in sorted(_whole(query), key=lambda s: s.start):
        if not syllable.bare or syllable.restored.term == syllable.term:
            continue
        out += [query.text[at : syllable.start], spelled_like(syllable.typed, syllable)]
        at, changed = syllable.end, True
    return "".join([*out, query.text[at:]]).strip() if changed else None


def _whole(query: Query) -> Iterator[Syllable]:
    """The syllables asked for that were typed to their end."""
    for chunk in query.chunks():
        yield from chunk.syllables[:-1] if chunk.leaf.kind is LeafKind.PREFIX else chunk.syllables

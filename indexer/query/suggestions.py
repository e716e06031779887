"""What to try instead: the query text with the accents that this index would give it."""

from __future__ import annotations

from indexer.query.reading import Query, spelled_like


def suggestion(query: Query) -> str | None:
    """The query text respelled where marks were left out; None where it is fine as it is.

    Everything that is no syllable (quotes, signs, parentheses) stays where it was typed.
    """
    out, at, changed = [], 0, False
    for syllable in sorted(query.syllables, key=lambda s: s.start):
        if not syllable.bare or syllable.restored.term == syllable.term:
            continue
        out += [query.text[at : syllable.start], spelled_like(syllable.typed, syllable)]
        at, changed = syllable.end, True
    return "".join([*out, query.text[at:]]).strip() if changed else None

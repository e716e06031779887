"""What to try instead: the query text as this index would have it written.

Marks left out are restored, slips are mended, and what was typed with the input method switched
off (Telex, VNI) is decoded where the text as it stands finds next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from indexer.analysis import tokens
from indexer.query.corrections import correct
from indexer.query.language import LeafKind
from indexer.query.lexicon import Lexicon
from indexer.query.reading import Chunk, Query, Syllable, spelled_like
from indexer.query.typing import telex, vni

# With this many hits or fewer for the text as typed, it may be raw typing.
_NEXT_TO_NOTHING = 3


def suggestion(query: Query, lexicon: Lexicon, exact_hits: int) -> str | None:
    """The query text respelled; None where it is fine as it is.

    Everything that is no whole syllable (quotes, signs, the beginning in `dan*`) stays as typed.

    Parameters
    ----------
    exact_hits : number of documents that have the text as it was typed.
    """
    if exact_hits <= _NEXT_TO_NOTHING:
        for decode in (telex, vni):
            decoded = _decoded(query.text, decode, lexicon)
            if decoded is not None:
                return decoded
    out, at, changed = [], 0, False
    for syllable, term in sorted(_meant(query, lexicon, exact_hits), key=lambda s: s[0].start):
        if term == syllable.term or not lexicon.frequency(term):
            continue
        out += [query.text[at : syllable.start], spelled_like(syllable.typed, term)]
        at, changed = syllable.end, True
    return "".join([*out, query.text[at:]]).strip() if changed else None


def _meant(query: Query, lexicon: Lexicon, exact_hits: int) -> Iterator[tuple[Syllable, str]]:
    """Each syllable that was typed to its end, with the term probably meant."""
    for chunk in query.chunks():
        if chunk.facet or chunk.leaf.kind is LeafKind.LITERAL:
            continue
        whole = chunk.syllables[:-1] if chunk.leaf.kind is LeafKind.PREFIX else chunk.syllables
        if exact_hits and _stands(chunk, whole, lexicon):
            continue
        yield from zip(whole, correct(whole, lexicon), strict=True)


def _stands(chunk: Chunk, syllables: tuple[Syllable, ...], lexicon: Lexicon) -> bool:
    """Whether the index has the syllables side by side as they were typed."""
    return all(
        lexicon.pair_frequency(first.term, second.term) for first, second in pairwise(syllables)
    )


def _decoded(text: str, decode: Callable[[str], str | None], lexicon: Lexicon) -> str | None:
    """The text with every syllable of raw typing decoded; None where the index does not know it."""
    out, at, changed = [], 0, False
    for token in tokens(text):
        typed = text[token.start : token.end]
        made = decode(typed)
        term = tokens(made)[0].term if made and len(tokens(made)) == 1 else None
        if term and lexicon.frequency(term):
            out += [text[at : token.start], spelled_like(typed, term)]
            at, changed = token.end, True
        elif not lexicon.frequency(token.term):
            return None
    return "".join([*out, text[at:]]).strip() if changed else None

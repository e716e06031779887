"""The vocabulary of an index: a file that is read at once, and look-ups in the dictionary.

The file holds the syllable terms, their document frequencies and folded forms as three lists of
equal length, terms ascending by code point, in JSON.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from heapq import nsmallest
from pathlib import Path

from indexer.analysis import fold
from indexer.engines.whoosh.schema import decode_term, facet_field
from indexer.engines.whoosh.segment import Segment, damage
from indexer.query.learning import Learned
from indexer.results.facets import FACET_NAMES

NAME = "lexicon.json"
LEARNED = "learned.json"
_CACHED_FREQUENCIES = 1 << 15
_LAST = chr(0x10FFFF)


def write(folder: Path, segment: Segment) -> None:
    """Make the file from the term dictionary of a segment."""
    terms, frequencies = [], []
    for (field, raw), info in segment.reader.iter_from("text", b""):
        if field != "text":
            break
        terms.append(decode_term(raw))
        frequencies.append(info.doc_frequency())
    content = {"terms": terms, "frequencies": frequencies, "folds": list(map(fold, terms))}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    (folder / NAME).write_bytes(text.encode("utf-8", "surrogatepass"))


def write_learned(folder: Path, learned: Learned) -> None:
    """Keep what the documents taught."""
    text = json.dumps(learned.payload(), ensure_ascii=False, separators=(",", ":"))
    (folder / LEARNED).write_bytes(text.encode("utf-8", "surrogatepass"))


class WhooshLexicon:
    """The Lexicon protocol over one segment. Raises IndexDamaged."""

    def __init__(self, folder: Path, segment: Segment) -> None:
        self._segment = segment
        with damage(f"{folder.name}/{NAME}"):
            text = (folder / NAME).read_bytes().decode("utf-8", "surrogatepass")
            content = json.loads(text)
            self._terms: list[str] = content["terms"]
            self._frequencies: dict[str, int] = dict(
                zip(self._terms, content["frequencies"], strict=True)
            )
            variants = defaultdict(list)
            for term, folded in zip(self._terms, content["folds"], strict=True):
                variants[folded].append(term)
        with damage(f"{folder.name}/{LEARNED}"):
            text = (folder / LEARNED).read_bytes().decode("utf-8", "surrogatepass")
            self._learned = Learned.from_payload(json.loads(text))
        self._variants: dict[str, list[str]] = dict(variants)
        self._folds = sorted(self._variants)
        self._dictionary = lru_cache(_CACHED_FREQUENCIES)(segment.frequency)

    @property
    def documents(self) -> int:
        """Number of documents."""
        return self._segment.documents

    @property
    def learned(self) -> Learned:
        """What the documents taught."""
        return self._learned

    def terms(self) -> Sequence[str]:
        """All syllable terms, ascending."""
        return self._terms

    def frequency(self, term: str) -> int:
        """Documents with this syllable."""
        return self._frequencies.get(term, 0)

    def pair_frequency(self, first: str, second: str) -> int:
        """Documents with the two side by side."""
        return self._dictionary("pairs", f"{first} {second}")

    def word_frequency(self, word: str) -> int:
        """Documents with this compound."""
        return self._dictionary("words", word)

    def variants(self, folded: str) -> tuple[str, ...]:
        """Syllables that fold to `folded`, most frequent first, then by code point."""
        return tuple(sorted(self._variants.get(folded, ()), key=self._by_frequency))

    def with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Syllables that begin with `prefix`, most frequent first."""
        return self._first(limit, _range(self._terms, prefix))

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Syllables whose fold begins with `prefix`, most frequent first."""
        folds = _range(self._folds, prefix)
        return self._first(limit, (term for fold in folds for term in self._variants[fold]))

    def facet_values(self, facet: str) -> tuple[str, ...]:
        """All values of a facet, ascending; none of an unknown facet."""
        if facet not in FACET_NAMES:
            return ()
        return tuple(self._segment.terms(facet_field(facet)))

    def _by_frequency(self, term: str) -> tuple[int, str]:
        return -self._frequencies[term], term

    def _first(self, limit: int, terms: Iterable[str]) -> tuple[str, ...]:
        return tuple(nsmallest(limit, terms, key=self._by_frequency))


def _range(ascending: list[str], prefix: str) -> list[str]:
    """The part of a sorted list that begins with `prefix`."""
    start = bisect_left(ascending, prefix)
    end = bisect_left(ascending, prefix + _LAST, start)
    return ascending[start:end]

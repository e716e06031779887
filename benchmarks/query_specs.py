"""Draw the queries of the benchmarks from the documents themselves, by a fixed seed.

A query is kept in a form without syntax, so that every engine gets it in its own query language.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer import Document
from indexer.analysis import analyze, fold

PER_CLASS = 10
_SAMPLE = 3000
# Number of documents of the sample that contain the word: at least, less than.
_RARE, _MIDDLE, _COMMON = (3, 30), (60, 600), (900, 3000)

Word = tuple[str, ...]


@dataclass(frozen=True)
class QuerySpec:
    """A query, in a form that each engine translates.

    Attributes
    ----------
    kind : its class in the results, such as "rare" or "phrase".
    words : words that must all match, with their syllables side by side.
    without : words that must not match.
    phrase : True if all words must stand side by side.
    prefix : True if the last syllable of the last word is only the beginning of one.
    folded : True to search without accents.
    section : facet value to narrow to, or None.
    newest : True to sort by date, newest first.
    page : page of the results, from 1.
    """

    kind: str
    words: tuple[Word, ...]
    without: tuple[Word, ...] = ()
    phrase: bool = False
    prefix: bool = False
    folded: bool = False
    section: str | None = None
    newest: bool = False
    page: int = 1

    @property
    def text(self) -> str:
        """The query text as typed into Tra Cứu."""
        text = " ".join(" ".join(word) for word in self.words)
        if self.phrase:
            text = f'"{text}"'
        if self.prefix:
            text += "*"
        text += "".join(f' -"{" ".join(word)}"' for word in self.without)
        return fold(text) if self.folded else text


def draw(documents: Sequence[Document], seed: int = 1) -> list[QuerySpec]:
    """Return PER_CLASS queries of each class, drawn from a sample of the documents."""
    rng = random.Random(seed)
    sample = rng.sample(list(documents), min(_SAMPLE, len(documents)))
    sentences = [row for document in sample for row in _sentences(document)]
    counted: Counter[Word] = Counter()
    for document in sample:
        counted.update({word for row in _sentences(document) for word in row})
    scale = len(sample) / _SAMPLE
    sections = sorted({document.section for document in sample if document.section})

    def words(between: tuple[int, int], syllables: int) -> list[Word]:
        low, high = (bound * scale for bound in between)
        return sorted(w for w, n in counted.items() if len(w) == syllables and low <= n < high)

    def rows(length: int, known: int) -> Iterator[tuple[Word, ...]]:
        """Yield rows of `length` neighbouring words, each in at least `known` documents of 3000."""
        while True:
            row = rng.choice(sentences)
            at = rng.randrange(max(len(row) - length, 0) + 1)
            part = tuple(row[at : at + length])
            if len(part) == length and all(counted[word] >= known * scale for word in part):
                yield part

    def neighbours(length: int) -> list[tuple[Word, ...]]:
        found = rows(length, 3)
        return [next(found) for _ in range(PER_CLASS)]

    rare, middle, common = words(_RARE, 2), words(_MIDDLE, 2), words(_COMMON, 1)
    pick = rng.choices
    specs = [QuerySpec("rare", (word,)) for word in pick(rare, k=PER_CLASS)]
    specs += [QuerySpec("common", (word,)) for word in pick(common, k=PER_CLASS)]
    specs += [QuerySpec("2-word", row) for row in neighbours(2)]
    specs += [QuerySpec("4-word", row) for row in neighbours(4)]
    specs += [QuerySpec("long question", row) for row in neighbours(12)]
    specs += [QuerySpec("phrase", row, phrase=True) for row in neighbours(3)]
    specs += [
        QuerySpec("prefix", ((word[0], word[1][:2]),), prefix=True)
        for word in pick([word for word in middle if len(word[1]) > 2], k=PER_CLASS)
    ]
    specs += [
        QuerySpec("exclusion", (one,), without=(other,))
        for one, other in zip(pick(middle, k=PER_CLASS), pick(middle, k=PER_CLASS), strict=True)
    ]
    specs += [QuerySpec("unaccented", row, folded=True) for row in neighbours(2)]
    specs += [
        QuerySpec("filter", (word,), section=section)
        for word, section in zip(
            pick(middle, k=PER_CLASS), pick(sections or [""], k=PER_CLASS), strict=True
        )
    ]
    specs += [QuerySpec("newest", (word,), newest=True) for word in pick(middle, k=PER_CLASS)]
    specs += [QuerySpec("page 10", (word,), page=10) for word in pick(middle, k=PER_CLASS)]
    return specs


def _sentences(document: Document) -> Iterator[list[Word]]:
    """Yield rows of words with only spaces between them, from the first 3000 code points of a
    body."""
    row: list[Word] = []
    end = 0
    for word in analyze(document.body[:3000]).words:
        if word.start < end:
            continue  # inside the previous word
        if document.body[end : word.start].strip() and row:
            yield row
            row = []
        end = word.end
        syllables = tuple(word.term.split("_"))
        if all(syllable.isalpha() for syllable in syllables):
            row.append(syllables)
        elif row:
            yield row
            row = []
    if row:
        yield row

"""A Lexicon that keeps a few texts in dicts; the lexicons of engines are compared with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from indexer.analysis import analyze, fold, pairs
from indexer.analysis.batch import analyze_many
from indexer.profile.archive_profile import ArchiveProfile
from indexer.query.vocabulary.learning import Learned
from indexer.query.vocabulary.lexicon import Ints, PhraseEntry
from indexer.suggest.ngrams import count_phrases
from indexer.suggest.selection import select_phrases


class DictLexicon:
    """The Lexicon of documents with the bodies `texts`; `facets` maps names of facets to values."""

    def __init__(
        self, texts: Iterable[str], facets: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.pairs: Counter[str] = Counter()
        self.words: Counter[str] = Counter()
        self.facets = facets or {}
        self.documents = 0
        texts = list(texts)
        columns = analyze_many([text for body in texts for text in ("", body)])
        self.offered = select_phrases(count_phrases(columns))
        for text in texts:
            found = analyze(text)
            self.documents += 1
            self.counts.update({token.term for token in found.syllables})
            self.pairs.update(set(pairs(found.syllables)))
            self.words.update({word.term for word in found.words})

    profile = ArchiveProfile()

    @property
    def learned(self) -> Learned:
        return Learned()

    def terms(self) -> tuple[str, ...]:
        return tuple(sorted(self.counts))

    def folds(self, limit: int) -> tuple[str, ...]:
        totals: Counter[str] = Counter()
        for term, count in self.counts.items():
            totals[fold(term)] += count
        return tuple(sorted(totals, key=lambda folded: (-totals[folded], folded))[:limit])

    def frequency(self, term: str) -> int:
        return self.counts[term]

    def pair_frequency(self, first: str, second: str) -> int:
        return self.pairs[f"{first} {second}"]

    def pair_frequencies(self, firsts: Sequence[str], seconds: Sequence[str]) -> Ints:
        rows = [[self.pair_frequency(first, second) for second in seconds] for first in firsts]
        return np.array(rows, np.int64).reshape(len(firsts), len(seconds))

    def word_frequency(self, word: str) -> int:
        return self.words[word]

    def variants(self, folded: str) -> tuple[str, ...]:
        return self._by_frequency(term for term in self.counts if fold(term) == folded)

    def with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        return self._by_frequency(t for t in self.counts if t.startswith(prefix))[:limit]

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        return self._by_frequency(t for t in self.counts if fold(t).startswith(prefix))[:limit]

    def phrases(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        found = [phrase for phrase in self.offered if phrase.key.startswith(key)]
        return tuple(sorted(found, key=lambda p: (-p.documents, p.key, p.text))[:limit])

    def facet_values(self, facet: str) -> tuple[str, ...]:
        return tuple(self.facets.get(facet, ()))

    def _by_frequency(self, terms: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(terms, key=lambda term: (-self.counts[term], term)))


TEXTS = (
    "Ban Dân vận Huyện ủy tổng kết công tác dân vận năm 2020",
    "Phong trào thi đua dân vận khéo. Công tác dân vận",
    "nhân dân vận động công tác nghiên cứu văn hoá",
    "Hội nghị sơ kết quy chế dân chủ; hội quán, hỏi đáp, hồi âm",
    "đồng chí Lưu Thị Huyền, UBND và HĐND huyện kiểm tra kỹ thuật",
    "vấn đề dẫn nước, vạn vật, kinh tế, kì họp",
)

LEXICON = DictLexicon(TEXTS, {"place": ("Kiên Giang", "Kiên Giang/Giang Thành"), "year": ("2020",)})

"""The SearchEngine protocol implemented as literally as possible: dictionaries and loops, no index.

It is the oracle of the conformance suite: where it and another engine differ, one of them
implements `indexer.engines.base` wrongly. Therefore it analyses texts by itself: a regular
expression finds the syllables, stock pyvi the words, and phrases are counted one by one. Of the
product it uses the types of the contract, the facets, the alphabetical order and the constants of
BM25.

Not modelled, and refused with ValueError where a text has it: syllables with more than one spelling
(hòa and hoà, kỹ and kĩ), numbers with a leading zero or a dot for thousands, Chinese characters,
phrases with capitals (names). Not modelled, and not noticed: tone marks typed on the wrong vowel,
invisible characters within a syllable, abbreviations with a full stop ("TP. Vinh"), sentences that
end at a single line break, codes without a digit that are not all capitals ("đ/c").
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
from reference_copies import Text, exact_copies, leaders

from indexer.analysis import Token
from indexer.analysis.collation import title_key
from indexer.engines.base import Copies, DocumentTokens, Filters, Matches
from indexer.engines.bm25 import TITLE_WEIGHT, B, k1
from indexer.engines.proximity import DEPTH, EARLINESS_WEIGHT, HALF, REACH
from indexer.errors import DocumentNotFound
from indexer.facets import BUILT_IN, values_by_facet
from indexer.models import Document, Sort
from indexer.profile.archive_profile import ArchiveProfile
from indexer.query.plan import (
    All,
    Any,
    AtLeast,
    Feature,
    FeatureKind,
    FeatureScore,
    HasValue,
    NearTerm,
    Node,
    Not,
    Phrase,
    PlacementKind,
    PlacementScore,
    Plan,
    TextField,
)
from indexer.query.vocabulary.learning import Learned, findings
from indexer.query.vocabulary.lexicon import Ints, PhraseEntry

with warnings.catch_warnings():
    # Its regular expressions and its pickle were made for older versions of Python and of others.
    warnings.simplefilter("ignore")
    from pyvi.ViTokenizer import ViTokenizer

_INDEXER = Path(__file__).parents[2] / "indexer"
PARTICLES, INCOMPLETE = (
    frozenset((_INDEXER / name).read_text(encoding="utf-8").split())
    for name in ("query/function_words.txt", "suggest/incomplete.txt")
)
TENSE_MARKERS = frozenset("đã sẽ cũng vẫn đều".split())

SYLLABLE = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
SENTENCE_END = re.compile(r"[.!?…;]\s|\n\s*\n")
CODE = re.compile(r"[^\W_]+(?:[-/.&:–][^\W_]+)+")
SEVERAL_SPELLINGS = re.compile(
    # A lone i or y after these onsets, qui for quy; a tone on an open oa, oe or uy.
    r"[hklmstv][iìíỉĩịyỳýỷỹỵ]|qu[iìíỉĩị]"
    r"|.*(?:[oòóỏõọ][àáảãạèéẻẽẹ]|[òóỏõọ][ae]|[uùúủũụ][ỳýỷỹỵ]|[ùúủũụ]y)"
    r"|0\d|.*[\u3400-\u9fff].*"
)
THOUSANDS = re.compile(r"\d\.\d{3}")


def fold(term: str) -> str:
    """Return a term without its marks, đ as d."""
    parts = unicodedata.normalize("NFD", term.replace("đ", "d"))
    return "".join(part for part in parts if not unicodedata.combining(part))


def tokens(text: str) -> list[Token]:
    """Return the syllables of a text. Raises ValueError if one has several spellings."""
    if THOUSANDS.search(text):
        raise ValueError(f"The reference does not model the numbers of {text!r}.")
    found: list[Token] = []
    position = -1
    for match in SYLLABLE.finditer(text):
        term = unicodedata.normalize("NFC", match[0]).lower()
        if SEVERAL_SPELLINGS.fullmatch(term):
            raise ValueError(f"The reference does not model the spellings of {term!r}.")
        ends = found and SENTENCE_END.search(text[found[-1].end : match.start()])
        position += 2 if ends else 1
        found.append(Token(term, match.start(), match.end(), position))
    return found


def pairs(found: Sequence[Token]) -> list[str]:
    """Return every two syllables side by side in a sentence."""
    return [f"{a.term} {b.term}" for a, b in pairwise(found) if b.position == a.position + 1]


def words(text: str) -> list[tuple[Token, ...]]:
    """Return the words of a text in NFC, each as its syllables; none twice.

    They are the words of pyvi, the codes, and the dictionary words inside compounds of three
    syllables or more.
    """
    found = tokens(text)
    spans = [match.span() for match in CODE.finditer(text)
             if any(map(str.isdigit, match[0])) or match[0].isupper()]  # fmt: skip
    end = 0
    for word in ViTokenizer.tokenize(text).split():
        pieces = word.split("_")
        begin = text.index(pieces[0], end)
        for piece in pieces:
            end = text.index(piece, end) + len(piece)
        spans.append((begin, end))
    whole = [word for span in spans if (word := syllables_of(span, found))]
    inner = []
    for word in whole:
        if len(word) > 2:
            at = 0
            for size in best_tiling([token.term for token in word]):
                if size > 1:
                    inner.append(word[at : at + size])
                at += size
    return list(dict.fromkeys(whole + inner))


def syllables_of(span: tuple[int, int], found: Sequence[Token]) -> tuple[Token, ...]:
    """Return the syllables in a span of the text; () unless it begins and ends with one."""
    inside = tuple(t for t in found if span[0] <= t.start and t.end <= span[1])
    return inside if inside and (inside[0].start, inside[-1].end) == span else ()


def in_dictionary(terms: Sequence[str]) -> bool:
    """Return True if the terms are a word of two or three syllables in the dictionary of pyvi."""
    word = " ".join(terms)
    return word in ViTokenizer.bi_grams or word in ViTokenizer.tri_grams


_LOWER_CASE_WORDS = {
    word.lower().replace("-", " ") for word in (*ViTokenizer.bi_grams, *ViTokenizer.tri_grams)
}


def is_word(terms: Sequence[str]) -> bool:
    """Return True if the terms are a word in the dictionary of pyvi, ignoring case and taking
    hyphens as spaces."""
    return " ".join(terms) in _LOWER_CASE_WORDS


def best_tiling(terms: Sequence[str]) -> tuple[int, ...]:
    """Return the numbers of syllables of the parts of a compound; parts of two or more are
    dictionary words.

    Of all ways to cut it, the one with the most syllables in words is returned; then that with
    fewer words; then that whose left words are longer.
    """
    if in_dictionary(terms):
        return (1,) * len(terms)
    return max(
        tilings(tuple(terms)),
        key=lambda sizes: (
            sum(size for size in sizes if size > 1),
            -sum(size > 1 for size in sizes),
            sizes,
        ),
    )


def tilings(terms: tuple[str, ...]) -> Iterator[tuple[int, ...]]:
    """Yield all ways to cut a compound into dictionary words and single syllables, each as the
    numbers of syllables of its parts."""
    if not terms:
        yield ()
    for size in (1, 2, 3):
        if size <= len(terms) and (size == 1 or in_dictionary(terms[:size])):
            for rest in tilings(terms[size:]):
                yield (size, *rest)


def phrases_of(text: str) -> set[str]:
    """Return the phrases of a text in NFC, as they are written but with "_" within words.

    A phrase is one to four words of pyvi in one sentence, with single spaces between them, two to
    eight syllables, and no function word or number at either end. Raises ValueError if one has
    capitals.
    """
    found = words(text)
    longest = [w for w in found if not any(set(w) < set(other) for other in found)]
    longest.sort(key=lambda word: word[0].start)

    def has_only_spaces(syllables: Sequence[Token]) -> bool:
        return all(
            text[a.end : b.start] == " " and b.position == a.position + 1
            for a, b in pairwise(syllables)
        )

    def can_be_edge(word: Sequence[Token]) -> bool:
        term = "_".join(token.term for token in word)
        return term not in PARTICLES and (len(word) > 1 or term.isalpha())

    phrases = set()
    for begin in range(len(longest)):
        for end in range(begin + 1, min(begin + 4, len(longest)) + 1):
            chosen = longest[begin:end]
            syllables = [token for word in chosen for token in word]
            if (
                2 <= len(syllables) <= 8
                and has_only_spaces(syllables)
                and can_be_edge(chosen[0])
                and can_be_edge(chosen[-1])
            ):
                written = text[syllables[0].start : syllables[-1].end]
                if written.lower() != written:
                    raise ValueError(f"The reference does not model the capitals of {written!r}.")
                phrases.add(" ".join("_".join(t.term for t in word) for word in chosen))
    return phrases


def title_phrase(title: str) -> set[str]:
    """Return the title as a phrase of one word; no phrase unless it has 2 to 16 syllables."""
    syllables = title.split()
    return {"_".join(syllables)} if 2 <= len(syllables) <= 16 else set()


def is_complete(written: str) -> bool:
    """Return True if a phrase in small letters is complete, and no piece of a sentence."""
    *_, last = parts = written.split(" ")
    if any(map(is_missegmented, parts)):
        return False
    return len(parts) == 1 or not (last in INCOMPLETE or TENSE_MARKERS.intersection(parts))


def is_missegmented(word: str) -> bool:
    """Return True if a word is a dictionary word with a function word or an incomplete word
    attached, which pyvi cut wrongly."""
    terms = [token.term for token in tokens(word.replace("_", " "))]
    if len(terms) < 3 or is_word(terms):
        return False
    is_attached_before = terms[0] in PARTICLES and is_word(terms[1:])
    is_attached_after = terms[-1] in PARTICLES | INCOMPLETE and is_word(terms[:-1])
    return is_attached_before or is_attached_after


def offered_phrases(counted: Mapping[str, int]) -> Iterator[PhraseEntry]:
    """Yield the phrases that are offered as completions.

    `counted` maps a phrase to its number of documents. Left out are pieces of sentences, phrases of
    one document that are neither a word nor a title, and phrases that in 70% of their documents or
    more are only the beginning of one longer phrase, except words and titles in small letters.
    """
    spellings: dict[str, list[str]] = {}
    for written in counted:
        terms = " ".join(token.term for token in tokens(written.replace("_", " ")))
        spellings.setdefault(terms, []).append(written)
    totals = {terms: sum(counted[w] for w in forms) for terms, forms in spellings.items()}
    for terms, forms in spellings.items():
        best = max(forms, key=lambda form: (counted[form], form.count("_"), form))
        is_word = " " not in best
        longer = max((n for t, n in totals.items() if t.startswith(f"{terms} ")), default=0)
        is_fragment = longer > 1 and longer >= 0.7 * totals[terms]
        is_fragment = is_fragment and not (is_word and best.islower())
        if (totals[terms] > 1 or is_word) and not is_fragment and is_complete(best):
            key = fold(terms).replace("y", "i")
            yield PhraseEntry(best.replace("_", " "), key, totals[terms])


def abbreviations_in(body: str) -> set[tuple[str, str]]:
    """Return the (abbreviation, long form) that a text defines: "dân vận (DV)"."""
    found = set()
    for match in re.finditer(r" \(([A-ZĐ]{2,8})\)", body):
        before = tokens(body[: match.start()])[-len(match[1]) :]
        long_form = " ".join(token.term for token in before)
        initials = "".join(fold(token.term[0]) for token in before)
        is_one_run = body[before[0].start : match.start()].lower() == long_form if before else False
        if is_one_run and initials == fold(match[1].lower()):
            found.add((match[1], long_form))
    return found


@dataclass(frozen=True)
class Entry:
    """A document and its terms."""

    document: Document

    @cached_property
    def title(self) -> list[Token]:
        return tokens(self.document.title)

    @cached_property
    def body(self) -> list[Token]:
        return tokens(self.document.body)

    @cached_property
    def length(self) -> int:
        return TITLE_WEIGHT * len(self.title) + len(self.body)

    @cached_property
    def counts(self) -> dict[FeatureKind, Counter[str]]:
        """Kind of feature → term → number of occurrences; those in the title count TITLE_WEIGHT
        times."""
        counted: dict[FeatureKind, Counter[str]] = {kind: Counter() for kind in FeatureKind}
        fields = ((self.document.title, TITLE_WEIGHT), (self.document.body, 1))
        for text, weight in fields:
            text = unicodedata.normalize("NFC", text)
            syllables = tokens(text)
            terms = {
                FeatureKind.SYLLABLE: [token.term for token in syllables],
                FeatureKind.PAIR: pairs(syllables),
                FeatureKind.WORD: ["_".join(t.term for t in word) for word in words(text)],
            }
            for kind, found in terms.items():
                for term in found:
                    counted[kind][term] += weight
        return counted

    @cached_property
    def values(self) -> dict[str, tuple[str, ...]]:
        """Name of a facet → its values in the document, each once."""
        return {name: tuple(dict.fromkeys(v)) for name, v in values_by_facet(self.document)}


class ReferenceLexicon:
    """The Lexicon protocol, by counting in all documents at every call."""

    profile = ArchiveProfile()

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._frequencies = {
            kind: Counter(term for entry in entries for term in entry.counts[kind])
            for kind in FeatureKind
        }
        self._entries = entries

    @property
    def documents(self) -> int:
        return len(self._entries)

    @property
    def learned(self) -> Learned:
        counted = Counter(
            definition
            for entry in self._entries
            for definition in abbreviations_in(entry.document.body)
        )
        learned: dict[str, dict[str, int]] = {}
        for (short, long_form), count in sorted(counted.items()):
            learned.setdefault(short, {})[long_form] = count
        names: dict[str, dict[str, int]] = {}
        for entry in self._entries:
            for name, other in findings(entry.document).names:
                counts = names.setdefault(name, {})
                counts[other] = counts.get(other, 0) + 1
        return Learned(learned, dict(sorted(names.items())))

    def terms(self) -> list[str]:
        return sorted(self._frequencies[FeatureKind.SYLLABLE])

    def folds(self, limit: int) -> tuple[str, ...]:
        totals: Counter[str] = Counter()
        for term, count in self._frequencies[FeatureKind.SYLLABLE].items():
            totals[fold(term)] += count
        return tuple(sorted(totals, key=lambda folded: (-totals[folded], folded))[:limit])

    def frequency(self, term: str) -> int:
        return self._frequencies[FeatureKind.SYLLABLE][term]

    def pair_frequency(self, first: str, second: str) -> int:
        return self._frequencies[FeatureKind.PAIR][f"{first} {second}"]

    def pair_frequencies(self, firsts: Sequence[str], seconds: Sequence[str]) -> Ints:
        rows = [[self.pair_frequency(first, second) for second in seconds] for first in firsts]
        return np.array(rows, np.int64).reshape(len(firsts), len(seconds))

    def word_frequency(self, word: str) -> int:
        return self._frequencies[FeatureKind.WORD][word]

    def words(self) -> list[str]:
        """Return all words of the documents; this method is not part of the protocol."""
        return sorted(self._frequencies[FeatureKind.WORD])

    def variants(self, folded: str) -> tuple[str, ...]:
        return self._ordered(lambda term: fold(term) == folded)

    def with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        return self._ordered(lambda term: term.startswith(prefix))[:limit]

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        return self._ordered(lambda term: fold(term).startswith(prefix))[:limit]

    def phrases(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        counted: Counter[str] = Counter()
        for entry in self._entries:
            # A title is one phrase more, also where the same words are a phrase of the document.
            counted.update(title_phrase(entry.document.title))
            counted.update(phrases_of(entry.document.title) | phrases_of(entry.document.body))
        found = [phrase for phrase in offered_phrases(counted) if phrase.key.startswith(key)]
        return tuple(sorted(found, key=lambda p: (-p.documents, p.key, p.text))[:limit])

    def facet_values(self, facet: str) -> tuple[str, ...]:
        return tuple(sorted({v for entry in self._entries for v in entry.values.get(facet, ())}))

    def _ordered(self, accept) -> tuple[str, ...]:
        counted = self._frequencies[FeatureKind.SYLLABLE]
        found = [term for term in counted if accept(term)]
        return tuple(sorted(found, key=lambda term: (-counted[term], term)))


class ReferenceEngine:
    """The SearchEngine protocol over a list of documents."""

    profile = ArchiveProfile()

    def __init__(self, documents: Sequence[Document]) -> None:
        self._entries = [Entry(document) for document in documents]
        self._lexicon = ReferenceLexicon(self._entries)

    @cached_property
    def _groups(self) -> dict[str, tuple[str, str]]:
        """Return id of a document → (id that stands for its text, id that stands for its group)."""
        longest_first = sorted(self._entries, key=lambda e: (-e.length, e.document.id))
        texts = {
            entry.document.id: Text(
                tuple(token.term for token in entry.title),
                tuple(token.term for token in entry.body),
                entry.document.number,
            )
            for entry in longest_first
        }
        text_of = exact_copies(texts)
        distinct = {name: texts[name] for name in texts if text_of[name] == name}
        leader_of = leaders(distinct)
        return {name: (text, leader_of[text]) for name, text in text_of.items()}

    def copies(self, document_id: str) -> Copies:
        self.document(document_id)
        return self._copies_among(document_id, self._groups)

    def _copies_among(self, document_id: str, found: Iterable[str]) -> Copies:
        text, leader = self._groups[document_id]
        group = [n for n in sorted(found) if n != document_id and self._groups[n][1] == leader]
        exact = tuple(name for name in group if self._groups[name][0] == text)
        return Copies(exact, tuple(name for name in group if name not in exact))

    @property
    def lexicon(self) -> ReferenceLexicon:
        return self._lexicon

    def find(
        self,
        plan: Plan,
        *,
        filters: Filters,
        sort: Sort = Sort.RELEVANCE,
        offset: int = 0,
        limit: int = 10,
        with_facets: bool = True,
        pinned: Sequence[str] = (),
        grouped: bool = False,
        only: Collection[str] | None = None,
    ) -> Matches:
        matching = [entry for entry in self._entries if matches(plan.match, entry)]
        matched = [e for e in self._entries if e in matching or e.document.id in pinned]
        matched = [entry for entry in matched if only is None or entry.document.id in only]
        kept = [entry for entry in matched if passes(entry, filters)]
        scored = [(entry, self.score(plan.features, entry)) for entry in kept]
        places = {name: place for place, name in enumerate(dict.fromkeys(pinned))}
        scored.sort(
            key=lambda pair: (
                places.get(pair[0].document.id, len(places)),
                order(sort, *pair),
            )
        )
        facets: dict[str, dict[str, int]] = {}
        if with_facets:
            names = dict.fromkeys(name for entry in self._entries for name in entry.values)
            for facet in (n for n in names if n in filters or n not in BUILT_IN.unlisted):
                others = {name: values for name, values in filters.items() if name != facet}
                counted = Counter(
                    value
                    for entry in matched
                    if passes(entry, others)
                    for value in entry.values.get(facet, ())
                )
                facets[facet] = dict(counted)
        copies = {}
        if grouped:
            names = [entry.document.id for entry in kept]
            copies = {name: self._copies_among(name, names) for name in names}
            first = {}
            for pair in scored:
                first.setdefault(self._groups[pair[0].document.id][1], pair)
            scored = list(first.values())
        if sort is Sort.RELEVANCE:
            nearest = [
                (
                    entry,
                    score
                    * (1 + closeness(plan.near, entry))
                    * (1 + EARLINESS_WEIGHT * earliness(plan.near, entry)),
                )
                for entry, score in scored[:DEPTH]
            ]
            nearest.sort(
                key=lambda pair: (
                    places.get(pair[0].document.id, len(places)),
                    order(sort, *pair),
                )
            )
            scored[:DEPTH] = nearest
        hits = tuple((e.document.id, score) for e, score in scored[offset : offset + limit])
        shown = {name: copies[name] for name, _ in hits if copies.get(name, Copies()) != Copies()}
        return Matches(len(matching), len(kept), hits, facets, len(scored), shown)

    def score(self, features: Sequence[Feature], entry: Entry) -> float:
        return sum((s.points for s in self.feature_scores(features, entry)), 0.0)

    def explain(self, plan: Plan, document_id: str) -> list[FeatureScore | PlacementScore]:
        entry = Entry(self.document(document_id))
        near, early = closeness(plan.near, entry), earliness(plan.near, entry)
        score = self.score(plan.features, entry)
        added = [
            PlacementScore(kind, plan.near, share, weight, share * weight)
            for kind, share, weight in (
                (PlacementKind.CLOSENESS, near, score),
                (PlacementKind.EARLINESS, early, EARLINESS_WEIGHT * (1 + near) * score),
            )
            if share
        ]
        return [*self.feature_scores(plan.features, entry), *added]

    def feature_scores(self, features: Sequence[Feature], entry: Entry) -> Iterator[FeatureScore]:
        average = sum(e.length for e in self._entries) / len(self._entries)
        saturation = k1(average)
        for feature in features:
            counted = entry.counts[feature.kind]
            tf = sum(weight * counted[term] for term, weight in feature.variants)
            if tf:
                norm = saturation * (1 - B + B * entry.length / average)
                yield FeatureScore(
                    feature, tf, feature.weight * tf * (saturation + 1) / (tf + norm)
                )

    def document(self, document_id: str) -> Document:
        for entry in self._entries:
            if entry.document.id == document_id:
                return entry.document
        raise DocumentNotFound(f"No document has the id {document_id!r}.")

    def matched_tokens(self, document_ids: Sequence[str], terms: Set[str]) -> list[DocumentTokens]:
        return [
            DocumentTokens(
                document,
                [token for token in tokens(document.title) if token.term in terms],
                [token for token in tokens(document.body) if token.term in terms],
            )
            for document in map(self.document, document_ids)
        ]

    def has(self, document_id: str) -> bool:
        return any(entry.document.id == document_id for entry in self._entries)

    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(entry.document.id for entry in self._entries))

    def close(self) -> None:
        pass


def closeness(terms: Sequence[NearTerm], entry: Entry) -> float:
    """Return the closeness of a document, by trying every position of each of its two fields."""
    pairs = list(combinations(terms, 2))
    if not pairs:
        return 0.0
    best = 0.0
    for places in places_in_fields(terms, entry):
        for centre in {place for found in places.values() for place in found}:
            counts = {
                term: max((max(0, 1 - abs(place - centre) / REACH) for place in found), default=0)
                for term, found in places.items()
            }
            best = max(best, sum(s.weight * counts[s] * t.weight * counts[t] for s, t in pairs))
    return best / sum(s.weight * t.weight for s, t in pairs)


def earliness(terms: Sequence[NearTerm], entry: Entry) -> float:
    """Return the earliness of a document, by the least position of each term in its two fields."""
    first: dict[NearTerm, int] = {}
    for places in places_in_fields(terms, entry) if len(terms) > 1 else ():
        for term, found in places.items():
            if found:
                first[term] = min([first.get(term, found[0]), *found])
    if not first:
        return 0.0
    named = sum(term.weight * HALF / (HALF + position) for term, position in first.items())
    return named / sum(term.weight for term in first)


def places_in_fields(
    terms: Sequence[NearTerm], entry: Entry
) -> Iterator[dict[NearTerm, list[int]]]:
    """Yield the positions at which each term begins, for the title and for the body."""
    for text in (entry.title, entry.body):
        at = {token.position: token.term for token in text}
        yield {
            term: [
                start
                for start in at
                for variant in term.variants
                if all(at.get(start + n) == syllable for n, syllable in enumerate(variant))
            ]
            for term in terms
        }


def matches(node: Node, entry: Entry) -> bool:
    """Return True if the document matches."""
    match node:
        case Phrase():
            fields = {
                TextField.TITLE: (entry.title,),
                TextField.BODY: (entry.body,),
                TextField.TEXT: (entry.title, entry.body),
            }
            return not node.slots or any(contains_phrase(node, t) for t in fields[node.field])
        case HasValue(facet, values):
            return not set(values).isdisjoint(entry.values.get(facet, ()))
        case All(children):
            return all(matches(child, entry) for child in children)
        case Any(children):
            return any(matches(child, entry) for child in children)
        case Not(child):
            return not matches(child, entry)
        case AtLeast(children, minimum):
            return sum(weight for child, weight in children if matches(child, entry)) >= minimum


def contains_phrase(phrase: Phrase, tokens: Sequence[Token]) -> bool:
    """Return True if tokens of the slots occur in order and within the slop, trying all choices of
    tokens, and not within a longer phrase."""
    span = len(phrase.slots) - 1 + phrase.slop

    def place(slot: int, first: int, last: int) -> bool:
        if slot == len(phrase.slots):
            return True
        return any(
            token.term in phrase.slots[slot] and place(slot + 1, first, token.position)
            for token in tokens
            if last < token.position <= first + span
        )

    terms = {token.position: token.term for token in tokens}

    def is_inside(first: int) -> bool:
        return any(
            all(terms.get(start + n) in slot for n, slot in enumerate(longer))
            for longer in phrase.outside
            for start in range(first - len(longer) + len(phrase.slots), first + 1)
        )

    return any(
        token.term in phrase.slots[0]
        and place(1, token.position, token.position)
        and not is_inside(token.position)
        for token in tokens
    )


def passes(entry: Entry, filters: Filters) -> bool:
    """Return True if the document has one of the chosen values of each facet in `filters`."""
    return all(
        not set(values).isdisjoint(entry.values.get(name, ())) for name, values in filters.items()
    )


def order(sort: Sort, entry: Entry, score: float) -> tuple[float | str, float, str]:
    """Return the sort key of a hit, ascending."""
    date = entry.document.date
    if sort is Sort.TITLE:
        return title_key(entry.document.title), -score, entry.document.id
    if sort is Sort.RELEVANCE:
        first: float = 0.0
    elif date is None:
        first = float("inf")
    else:
        first = date.toordinal() * (-1.0 if sort is Sort.NEWEST else 1.0)
    return first, -score, entry.document.id

"""Measure how often "Ý bạn là" is right: phrases of a news corpus with slips, on its own index.

    python benchmarks/suggestions.py INDEX CORPUS.jsonl[.xz] > result.json

500 phrases of 2 to 4 syllables are drawn by a fixed seed. A phrase is one of pyvi's words, or
several in a row with only a space between them. It occurs in at least one of 500 documents (of
every thirteenth of the corpus), and its words belong together: wherever it is cut between two
words, the normalised pointwise mutual information (Bouma 2009) of the two sides is at least
COHESION. So "công tác dân vận" is a phrase, and "của công tác" is not. The choice does not depend
on how the search handles a phrase. Each phrase gets one kind of slip at a time; a suggestion (or
the text that was searched instead) is right if it is exactly the phrase.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import random
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter

from indexer import Archive, SearchRequest
from indexer.analysis import strip_marks, tokens
from indexer.analysis.batch import analyze_many

SEED = 20240110
PHRASES = 500
EVERY = 13
BATCH = 1000
COHESION = 0.2
_TELEX = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j",
          "ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}  # fmt: skip
_VNI = {"\u0300": "2", "\u0301": "1", "\u0303": "4", "\u0309": "3", "\u0323": "5",
        "ă": "a8", "â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}  # fmt: skip


def phrases(path: Path) -> list[str]:
    """Return PHRASES phrases of a corpus, drawn as the head of this file says."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in islice(lines, 0, None, EVERY)]
    occurrences: Counter[tuple[str, ...]] = Counter()
    documents: Counter[tuple[str, ...]] = Counter()
    for begin in range(0, len(texts), BATCH):
        for words in rows(texts[begin : begin + BATCH]):
            here: Counter[tuple[str, ...]] = Counter()
            for row in words:
                for size in range(1, 5):
                    for at in range(len(row) - size + 1):
                        sequence = tuple(row[at : at + size])
                        if size == 1 or sum(word.count("_") + 1 for word in sequence) <= 4:
                            here[sequence] += 1
            occurrences.update(here)
            documents.update(here.keys())
    total = sum(count for sequence, count in occurrences.items() if len(sequence) == 1)

    def cohesive(sequence: tuple[str, ...]) -> bool:
        """Return True if the words of a sequence belong together: wherever it is cut, the NPMI of
        the sides is at least COHESION (Bouma 2009, "Normalized (Pointwise) Mutual Information in
        Collocation Extraction")."""
        share = occurrences[sequence] / total
        return all(
            math.log(share * total**2 / (occurrences[sequence[:cut]] * occurrences[sequence[cut:]]))
            >= COHESION * -math.log(share)
            for cut in range(1, len(sequence))
        )

    frequent = sorted(
        phrase
        for sequence, count in documents.items()
        for phrase in (" ".join(sequence).replace("_", " "),)
        if count >= len(texts) / 500
        and 2 <= len(phrase.split()) <= 4
        and all(piece.isalpha() and 1 < len(piece) < 8 for piece in phrase.split())
        and strip_marks(phrase) != phrase
        and cohesive(sequence)
    )
    return random.Random(SEED).sample(sorted(set(frequent)), PHRASES)


def rows(texts: list[str]) -> Iterator[list[list[str]]]:
    """Yield the words of each text in rows; between the words of a row there are only spaces.

    The syllables of a word are joined by "_".
    """
    columns = analyze_many(texts)
    terms = [columns.vocabulary[term] for term in columns.terms.tolist()]
    made: list[list[list[str]]] = [[] for _ in texts]
    end, owner = 0, -1
    longest = dict(zip(columns.firsts.tolist(), columns.lasts.tolist(), strict=True))
    for first, last in longest.items():  # ascending; of words with one start, the longest
        if first < end:
            continue
        text = int(columns.texts[first])
        if first > end or text != owner or not columns.after_space[first]:
            made[text].append([])
        made[text][-1].append("_".join(terms[first:last]))
        end, owner = last, text
    yield from made


def keystrokes(phrase: str, table: dict[str, str]) -> str:
    """Return the characters that appear if a phrase is typed while the input method is off.

    `table` maps tones and letters with marks to keys; the tone is typed at the end of a syllable.
    """
    typed = []
    for syllable in phrase.split():
        letters, tone = "", ""
        for char in syllable:
            base = ""
            for part in unicodedata.normalize("NFD", char):
                if part in table and unicodedata.combining(part):
                    tone = table[part]
                else:
                    base += part
            letter = unicodedata.normalize("NFC", base)
            letters += table.get(letter, letter)
        typed.append(letters + tone)
    return " ".join(typed)


def make_slip(phrase: str, rng: random.Random) -> str:
    """Return the phrase with one random slip: a letter dropped, added, swapped with the next, or
    replaced, or a vowel with another tone."""
    while True:
        at = rng.randrange(len(phrase))
        if phrase[at] == " ":
            continue
        kind = rng.choice(["drop", "add", "swap", "wrong", "mark"])
        letter = rng.choice("abcdeghiklmnopqrstuvxy")
        if kind == "drop":
            result = phrase[:at] + phrase[at + 1 :]
        elif kind == "add":
            result = phrase[:at] + letter + phrase[at:]
        elif kind == "swap":
            result = phrase[:at] + phrase[at + 1 : at + 2] + phrase[at] + phrase[at + 2 :]
        elif kind == "wrong":
            result = phrase[:at] + letter + phrase[at + 1 :]
        else:
            base = unicodedata.normalize("NFD", phrase[at])[0]
            if base not in "aeiouy":
                continue
            mark = rng.choice("\u0300\u0301\u0303\u0309\u0323")
            result = phrase[:at] + unicodedata.normalize("NFC", base + mark) + phrase[at + 1 :]
        if (
            result != phrase
            and len(result.split()) == len(phrase.split())
            and result[at : at + 1] != " "
        ):
            return result


def main(index: Path, corpus: Path) -> None:
    rng = random.Random(SEED)
    sample = phrases(corpus)
    kinds = {
        "accents_stripped": lambda phrase: strip_marks(phrase),
        "one_slip": lambda phrase: make_slip(phrase, rng),
        "telex": lambda phrase: keystrokes(phrase, _TELEX),
        "vni": lambda phrase: keystrokes(phrase, _VNI),
    }
    report: dict[str, object] = {"seed": SEED, "phrases": len(sample)}
    with Archive.open(index) as archive:
        report["documents"] = archive.status().documents

        def suggested(text: str) -> str | None:
            results = archive.search(SearchRequest(text, size=1))
            return results.corrected or results.suggestion

        archive.search(SearchRequest("khởi động"))
        for name, add_noise in kinds.items():
            began, right, wrong = perf_counter(), 0, []
            for phrase in sample:
                typed = add_noise(phrase)
                suggestion = suggested(typed)
                terms = " ".join(token.term for token in tokens(suggestion or typed))
                right += terms == phrase
                if terms != phrase:
                    wrong.append([phrase, typed, suggestion])
            report[name] = {
                "right": right / len(sample),
                "ms": round(1000 * (perf_counter() - began) / len(sample), 1),
                "examples": wrong[:12],
            }
        needless = [[phrase, suggestion] for phrase in sample if (suggestion := suggested(phrase))]
        report["needless"] = {"share": len(needless) / len(sample), "examples": needless[:10]}
    print(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("index", type=Path, help="folder of an index of the corpus")
    parser.add_argument("corpus", type=Path, help="the articles it was built from (.jsonl, .xz)")
    arguments = parser.parse_args()
    main(arguments.index, arguments.corpus)

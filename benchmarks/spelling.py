"""Measure how often a right text is left alone, and a slip or raw typing corrected ("Ý bạn là").

    python benchmarks/spelling.py INDEX CORPUS.jsonl[.xz] [OTHER.jsonl …] > result.json
    python benchmarks/spelling.py --seed 990017 --first 5 INDEX CORPUS …    # other texts and slips

Texts of 1 to 8 syllables are drawn by a fixed seed: words of pyvi's dictionary, whether the archive
has them or not; sequences of pyvi's words of the corpus that the index was built from, at any
frequency; and the same of OTHER texts, most of which the archive lacks. They are typed

- as they are, with marks and without: any suggestion, or text searched instead, is needless,
  except marks that were left out;
- with one slip in a sequence of words of a title, as people who type Vietnamese make them: a wrong
  or missing tone or vowel mark, d for đ, sounds that are confused (s and x, ch and tr, n and l, d,
  gi and r, hỏi and ngã, final n and ng, c and t), a neighbouring key, a letter left out, doubled or
  swapped. A slip that gives another right text (a word of the dictionary, a text of the corpus) is
  no slip and drawn again;
- with the keys of Telex and VNI: tones at the end of the syllable or after the vowel, marks after
  their letter or at the end.

A suggestion, or a text that was searched instead, is right if it has exactly the terms of the text.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from time import perf_counter

from suggestions import rows

from indexer import Archive, SearchRequest
from indexer.analysis import fold, strip_marks, tokens
from indexer.analysis.decompounding import in_dictionary
from indexer.analysis.orthography import is_syllable
from indexer.analysis.words.word_model import word_model
from indexer.query.function_words import function_words

SEED = 20241127
RIGHT = 700
"""Number of right texts of each source."""
SLIPS = 150
"""Number of texts with a slip of each length."""
KEYS = 60
"""Number of texts typed raw, of each length and input method."""
EVERY = 160
LONGEST = 8
"""Greatest number of syllables of a text."""
EVERY_TITLE = 8
"""Texts are drawn from every so many bodies (EVERY) and titles (EVERY_TITLE) of the corpus."""
LEAST_DOCUMENTS = 3
"""Least number of documents that must match a text, exactly, that gets a slip."""

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_VOWELS = [set("aăâ"), set("eê"), set("oôơ"), set("uư")]
_SOUNDS = [("s", "x"), ("ch", "tr"), ("n", "l"), ("d", "gi"), ("d", "r"), ("gi", "r")]
_ENDS = [("n", "ng"), ("c", "t")]
_KEYBOARD = ["qwertyuiop", "asdfghjkl", "zxcvbnm"]
_TELEX = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j",
          "ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}  # fmt: skip
_VNI = {"\u0300": "2", "\u0301": "1", "\u0303": "4", "\u0309": "3", "\u0323": "5",
        "ă": "a8", "â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}  # fmt: skip


def dictionary() -> list[str]:
    """Return the words of two and three syllables in pyvi's dictionary, ascending."""
    words = set()
    for first, pairs in word_model().pairs.items():
        for second, pair in pairs.items():
            if pair.is_word:
                words.add(f"{first} {second}")
            words.update(f"{first} {second} {third}" for third in pair.thirds)
    return sorted(word for word in words if word.replace(" ", "").isalpha())


def texts(path: Path, key: str, every: int, first: int = 0) -> list[str]:
    """Return the value of `key` of every so many (`every`) records of a file of JSON lines, from
    record `first` on, counted from 0."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)[key] for line in islice(lines, first, None, every)]


def sequences(bodies: Sequence[str], rng: random.Random) -> Iterator[tuple[int, str]]:
    """Yield (number of syllables, text) of sequences of words in the texts, each once and in random
    order.

    They have at most LONGEST syllables, only letters, and no function word at the beginning or end.
    """
    found = set()
    for row in (row for words in rows(list(bodies)) for row in words):
        for begin in range(len(row)):
            for end in range(begin + 1, len(row) + 1):
                text = " ".join(row[begin:end]).replace("_", " ")
                size = text.count(" ") + 1
                if size > LONGEST:
                    break
                edges = {row[begin], row[end - 1]}
                if text.replace(" ", "").isalpha() and edges.isdisjoint(function_words()):
                    found.add((size, text))
    ordered = sorted(found)
    rng.shuffle(ordered)
    yield from ordered


def with_marks(found: Iterable[tuple[int, str]]) -> list[str]:
    """Return the texts with a mark; the others may have been written without marks in the article,
    so that restoring them would be right."""
    return [text for _, text in found if strip_marks(text) != text]


def slips(syllable: str) -> Iterator[str]:
    """Yield the writings of a syllable with one slip, of the kinds that the head of this file
    names; some may be equal to it."""
    for at, char in enumerate(syllable):
        parts = unicodedata.normalize("NFD", char)
        for tone in _TONES:
            if tone in parts:
                for other in ("", *_TONES):
                    yield _put(syllable, at, parts.replace(tone, other))
        bare = "".join(part for part in parts if part not in _TONES)
        letter = unicodedata.normalize("NFC", bare)
        tones = "".join(part for part in parts if part in _TONES)
        for group in _VOWELS:
            for other in sorted(group) if letter in group else ():
                yield _put(syllable, at, other + tones)
        if at == 0 and char in "dđ":
            yield _put(syllable, at, "đ" if char == "d" else "d")
        base = strip_marks(char)
        for keys in _KEYBOARD:
            if base in keys and base == char:
                place = keys.index(base)
                for other in keys[max(place - 1, 0) : place + 2]:
                    yield _put(syllable, at, other)
        yield _put(syllable, at, "")
        yield _put(syllable, at, char + base)
        yield syllable[:at] + syllable[at + 1 : at + 2] + char + syllable[at + 2 :]
    for pair in _SOUNDS:
        for one, other in (pair, pair[::-1]):
            if syllable.startswith(one):
                yield other + syllable[len(one) :]
    for pair in _ENDS:
        for one, other in (pair, pair[::-1]):
            if syllable.endswith(one):
                yield syllable[: -len(one)] + other


def _put(syllable: str, at: int, char: str) -> str:
    parts = unicodedata.normalize("NFD", char)
    tones = "".join(part for part in parts if part in _TONES)
    letter = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
    return syllable[:at] + unicodedata.normalize("NFC", letter + tones) + syllable[at + 1 :]


def with_slip(text: str, known: Callable[[str, int], bool], rng: random.Random) -> str | None:
    """Return the text with one random slip; None if every slip gives a right text.

    `known(typed, at)` returns True if the text `typed`, changed in its syllable `at` from 0, is a
    right text.
    """
    syllables = text.split()
    options = []
    for at, syllable in enumerate(syllables):
        for slip in slips(syllable):
            terms = [token.term for token in tokens(slip)]
            if len(terms) == 1 and terms != [tokens(syllable)[0].term]:
                options.append((" ".join([*syllables[:at], slip, *syllables[at + 1 :]]), at))
    rng.shuffle(options)
    return next((typed for typed, at in options if not known(typed, at)), None)


def has_keys(syllable: str) -> bool:
    """Return True if a word can be typed by `keystrokes`: it is built like a syllable, and has no
    letters that are keys of another one ("oo" in soóc, which Telex makes ô)."""
    bare = strip_marks(syllable)
    return is_syllable(tokens(syllable)[0].term) and all(bare.count(key) < 2 for key in "aeo")


def keystrokes(syllable: str, table: dict[str, str], rng: random.Random) -> str:
    """Return the characters that appear if a syllable is typed while the input method is off.

    `table` maps tones and letters with marks to keys. The keys are in one of the orders that the
    method accepts, chosen by `rng`.
    """
    tone_at_end, marks_at_end = rng.random() < 0.6, rng.random() < 0.3
    out, tone, marks = "", "", ""
    letters = [unicodedata.normalize("NFD", char) for char in syllable]
    for parts in letters:
        here = next((table[part] for part in parts if part in _TONES), "")
        bare = unicodedata.normalize("NFC", "".join(p for p in parts if p not in _TONES))
        keys = table.get(bare, bare)
        out += keys[0]
        if marks_at_end and keys[1:] and keys[1:] not in marks:
            marks += keys[1:]
        elif not marks_at_end:
            out += keys[1:]
        tone = tone or here
        if here and not tone_at_end:
            out += here
    return out + marks + (tone if tone_at_end else "")


def main(index: Path, corpus: Path, others: Iterable[Path], seed: int, first: int) -> None:
    rng = random.Random(seed)
    words = dictionary()
    bodies = texts(corpus, "text", EVERY, first)
    archive_texts = list(islice(sequences(bodies, rng), 40_000))
    other_texts = [
        text
        for path in others
        for text in islice(sequences(texts(path, "text", 1, first)[:200], rng), 4000)
    ]
    rng.shuffle(other_texts)
    right = {
        "dictionary": rng.sample(words, RIGHT),
        "corpus": with_marks(archive_texts)[:RIGHT],
        "other": with_marks(other_texts)[:RIGHT],
    }
    by_length: dict[int, list[str]] = defaultdict(list)
    report: dict[str, object] = {"seed": seed, "first": first}
    with Archive.open(index) as archive:
        report["documents"] = archive.status().documents
        archive.search(SearchRequest("khởi động"))

        def instead(text: str) -> str | None:
            results = archive.search(SearchRequest(text, size=1))
            return results.corrected or results.suggestion

        def times(text: str) -> int:
            return archive.search(SearchRequest(text, size=1, exact=True)).total

        def known(typed: str, at: int) -> bool:
            syllables = [token.term for token in tokens(typed)]
            if len(syllables) == 1 and is_right_syllable(typed):
                return True
            beside = (syllables[max(begin, 0) : begin + 2] for begin in (at - 1, at))
            return any(map(in_dictionary, beside)) or times(typed) > 2

        for size, text in sequences(texts(corpus, "title", EVERY_TITLE, first), rng):
            if len(by_length[size]) < 2 * SLIPS and times(text) >= LEAST_DOCUMENTS:
                by_length[size].append(text)
        report["right"] = {
            f"{source}, {way}": needless(sample, typed_as, instead)
            for source, sample in right.items()
            if sample
            for way, typed_as in (("with marks", str), ("without marks", strip_marks))
        }
        report["slips"] = corrected(
            by_length, SLIPS, lambda text: with_slip(text, known, rng), instead
        )
        for name, table in (("telex", _TELEX), ("vni", _VNI)):

            def typed_raw(text: str, table: dict[str, str] = table) -> str | None:
                if strip_marks(text) == text or not all(map(has_keys, text.split())):
                    return None
                return " ".join(keystrokes(syllable, table, rng) for syllable in text.split())

            report[name] = corrected(by_length, KEYS, typed_raw, instead)
    print(json.dumps(report, ensure_ascii=False, indent=1))


def is_right_syllable(typed: str) -> bool:
    """Return True if a text of one syllable is built like a Vietnamese syllable."""
    return is_syllable(tokens(typed)[0].term)


def needless(
    sample: Sequence[str],
    typed_as: Callable[[str], str],
    instead: Callable[[str], str | None],
) -> dict[str, object]:
    """Measure right texts: the shares (0 to 1) for which another text is suggested or answered.

    `typed_as` returns what is typed for a text; `instead` returns the other text, or None.
    "other_letters" are needless corrections, "other_marks" those that only restore wrong marks.
    """
    letters, marks, began = [], [], perf_counter()
    for text in sample:
        typed = typed_as(text)
        other = instead(typed)
        if other is None:
            continue
        terms = [token.term for token in tokens(other)]
        if list(map(fold, terms)) != [fold(token.term) for token in tokens(typed)]:
            letters.append([typed, other])
        elif typed == text or terms != [token.term for token in tokens(text)]:
            marks.append([typed, other])
    return {
        "texts": len(sample),
        "other_letters": round(len(letters) / len(sample), 4),
        "other_marks": round(len(marks) / len(sample), 4),
        "ms": round(1000 * (perf_counter() - began) / len(sample), 1),
        "examples": [*letters[:25], *marks[:15]],
    }


def corrected(
    by_length: dict[int, list[str]],
    count: int,
    typed_as: Callable[[str], str | None],
    instead: Callable[[str], str | None],
) -> dict[str, object]:
    """Measure slips: the share (0 to 1) of texts for which the right text is suggested or answered.

    Parameters
    ----------
    by_length : number of syllables → texts.
    count : greatest number of texts of each length.
    typed_as : returns what is typed for a text; None to leave the text out.
    instead : returns the text that is suggested or answered for what is typed, or None.
    """
    report: dict[str, object] = {}
    total = rights = 0
    for size in sorted(by_length):
        pairs = ((text, typed_as(text)) for text in by_length[size])
        drawn = list(islice(((text, typed) for text, typed in pairs if typed), count))
        wrong = []
        for text, typed in drawn:
            other = instead(typed) or typed
            if [token.term for token in tokens(other)] != [token.term for token in tokens(text)]:
                wrong.append([text, typed, other])
        total, rights = total + len(drawn), rights + len(drawn) - len(wrong)
        report[str(size)] = {
            "texts": len(drawn),
            "right": round(1 - len(wrong) / max(len(drawn), 1), 3),
            "examples": wrong[:20],
        }
    return {"right": round(rights / max(total, 1), 4), "texts": total, "by_length": report}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("index", type=Path, help="folder of an index of the corpus")
    parser.add_argument("corpus", type=Path, help="the articles it was built from (.jsonl, .xz)")
    parser.add_argument("others", type=Path, nargs="*", help="texts of other archives (.jsonl)")
    parser.add_argument("--seed", type=int, default=SEED, help="of the drawing of texts and slips")
    parser.add_argument("--first", type=int, default=0, help="first record of each file, from 0")
    arguments = parser.parse_args()
    main(arguments.index, arguments.corpus, arguments.others, arguments.seed, arguments.first)

"""Compare our words with pyvi's, on real texts in several written forms and on random strings.

    python benchmarks/words_identity.py --data DATA --articles 20000 --fuzz 50000

The written forms are those of WRITINGS, each composed (NFC) and decomposed (NFD). The spans of
`segment_many` are compared with pyvi's string; for all texts except articles in another written
form, also the pieces of `segment_pieces`, character by character, and `segment`. pyvi composes its
input first, so its result for a decomposed text is that for the composed one: this is assumed for
all texts and checked for every 50th. pyvi takes about an hour on two processors.
"""

from __future__ import annotations

import argparse
import json
import lzma
import multiprocessing
import random
import re
import time
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from report import save

from indexer.analysis.words import (
    batch_segmenter,
    segment,
    segment_many,
    segment_pieces,
    short_segmenter,
)
from indexer.analysis.words.exact_viterbi import exact_labels

ROOT = Path(__file__).resolve().parent.parent
BATCH = 50

Row = tuple[int, str, str]
"""(number of a text, name of its set, the text)."""

WRITINGS: dict[str, Callable[[str], str]] = {
    "as is": str,
    "lower": str.lower,
    "capitals": str.upper,
    "title": str.title,
    "unaccented": lambda text: "".join(
        char
        for char in unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
        if not unicodedata.combining(char)
    ),
}

FUZZ = [
    *"aA.@-_1٣²:/>=\n\r\t \u00a0đĐB,+é?\"“”()\0«–…%&;'ΣİßǅK~^\u0301\u0323",
    *("dân vận công tác Tác Đảng uỷ huyện Huyện hội đồng nhân xã ubnd UBND Hà Nội năm").split(),
    *(
        "Tp. Mr. Mrs. Ms. Dr. ThS. ... ==> -> >> :// http:// a@b.c a.b@c-d.vn 10.5 1.000,5 42/NQ"
    ).split(),
    *(" ", "  ", " ", "1_2", "TP.HCM", "\u200b", "e\u0302\u0323", "ư\u031b", "\u1100\u1161"),
]


def texts_of(data: Path, articles: int) -> Iterator[tuple[str, str]]:
    """Yield (name of a set, text) of all texts to compare, with at most `articles` articles."""
    for path in sorted((ROOT / "seeds").glob("*.txt")):
        yield "seeds", path.read_text(encoding="utf-8")
    for path in sorted((data / "ud_vtb").iterdir()):
        if path.suffix in {".txt", ".conllu"}:
            for line in path.read_text(encoding="utf-8").splitlines():
                yield "ud_vtb", line
                yield "ud_vtb", line.replace("_", " ")
    for name in ("xquad_vi", "vilqa_alqac", "mailong25_qa"):
        for file, keys in (("corpus", ("title", "text")), ("queries", ("query",))):
            with (data / name / f"{file}.jsonl").open(encoding="utf-8") as lines:
                for line in lines:
                    record = json.loads(line)
                    for key in keys:
                        if record.get(key):
                            yield name, record[key]
    if articles:
        with lzma.open(data / "vntc.jsonl.xz", "rt", encoding="utf-8") as lines:
            for line in islice(lines, 0, articles * 4, 4):
                record = json.loads(line)
                yield "vntc", f"{record['title']}\n{record['text']}"


def fuzz(count: int, texts: list[str]) -> Iterator[tuple[str, str]]:
    """Yield ("fuzz", text) for `count` random mixtures of signs, words and pieces of `texts`."""
    rng = random.Random(3)  # the same strings each time
    for _ in range(count):
        parts = rng.choices(FUZZ, k=rng.randint(1, 25))
        if rng.random() < 0.5:
            text = rng.choice(texts)
            at = rng.randrange(len(text) + 1)
            parts.insert(rng.randint(0, len(parts)), text[at : at + rng.randint(1, 80)])
        yield "fuzz", rng.choice(("", "", " ")).join(parts)


def check(job: tuple[list[str], list[Row]]) -> Counter[tuple[str, str, str]]:
    """Compare all segmenters with pyvi on a job: (written forms, rows).

    Returns (set, written form, what is counted) → count; counted are "texts", "tokens",
    "characters" and "different". Differences are also printed. Runs in a process of its own, in
    which it replaces a function of the segmenters.
    """

    writings, batch = job
    warnings.simplefilter("ignore")
    from pyvi import ViTokenizer

    counts: Counter[tuple[str, str, str]] = Counter()
    calls = [0]

    def counted(pieces: list[str]) -> list[bool]:
        calls[0] += 1
        return exact_labels(pieces)

    vars(short_segmenter)["exact_labels"] = vars(batch_segmenter)["exact_labels"] = counted
    for writing in writings:
        texts = [WRITINGS[writing](text) for _, _, text in batch]
        composed = [unicodedata.normalize("NFC", text) for text in texts]
        forms = {writing: texts, f"{writing}, NFD": [decompose(text) for text in texts]}
        pyvi = [ViTokenizer.tokenize(text) for text in texts]
        for form, inputs in forms.items():
            for (number, name, _), text, nfc, answer, many in zip(
                batch, inputs, composed, pyvi, segment_many(inputs), strict=True
            ):
                spans = [(start, end) for start, end in many.tolist()]
                agree = agrees(answer, [unicodedata.normalize("NFC", text[a:b]) for a, b in spans])
                if text == nfc and (name != "vntc" or writing == "as is"):
                    agree = agree and agrees_piece_by_piece(answer, text, spans)
                if text != nfc and any(map(unicodedata.combining, nfc)):
                    # Leftover marks are pieces that no longer compose alone: compare the NFC form.
                    agree = agrees_piece_by_piece(answer, nfc, segment(nfc))
                    agree = agree and segment(text) == spans and len(spans) == len(segment(nfc))
                if text != answer and number % 50 == 0 and form != writing:
                    agree = agree and ViTokenizer.tokenize(text) == answer
                counts[name, form, "texts"] += 1
                counts[name, form, "tokens"] += len(spans)
                counts[name, form, "characters"] += len(text)
                counts[name, form, "different"] += not agree
                if not agree:
                    print("different:", form, repr(text[:200]), flush=True)
    counts["all", "all", "asked for exact arithmetic"] += calls[0]
    return counts


def decompose(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def agrees(answer: str, tokens: list[str]) -> bool:
    """Return True if pyvi's `answer` consists of these tokens, ignoring spaces and "_" in them."""
    if not tokens:
        return not answer.replace("\n", "x").strip()
    theirs = [token.replace("_", "") for token in answer.split(" ")]
    # A newline is a piece in pyvi; no piece has other white space.
    return theirs == [re.sub(r"[^\S\n]|_", "", token) for token in tokens]


def agrees_piece_by_piece(answer: str, text: str, spans: list[tuple[int, int]]) -> bool:
    """Return True if the pieces of `text`, joined, are pyvi's `answer`, and `segment` and
    `segment_pieces` return these `spans`, ranges in code points."""
    pieces = segment_pieces(text)
    tokens = ["_".join(text[start:end] for start, end in token) for token in pieces]
    return spans == segment(text) == [(token[0][0], token[-1][1]) for token in pieces] and (
        " ".join(tokens) == answer or not tokens
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--fuzz", type=int, default=50_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/words_identity.json")
    options = parser.parse_args()
    began = time.time()
    texts = list(dict.fromkeys(texts_of(options.data, options.articles)))
    texts += fuzz(options.fuzz, [text for name, text in texts if name != "vntc"])
    numbered = [(number, name, text) for number, (name, text) in enumerate(texts)]
    articles = [row for row in numbered if row[1] == "vntc"]
    fuzzed = [row for row in numbered if row[1] == "fuzz"]
    others = [row for row in numbered if row[1] not in {"vntc", "fuzz"}]
    # The most informative batches first, so that an interrupted run has them.

    batches = [
        *jobs(list(WRITINGS), others),
        *jobs(["as is"], fuzzed + articles),
        *jobs([name for name in WRITINGS if name != "as is"], articles),
    ]
    counts: Counter[tuple[str, str, str]] = Counter()
    with multiprocessing.Pool(options.processes) as pool:
        for done, part in enumerate(pool.imap(check, batches), 1):
            counts.update(part)
            if done % 20 == 0 or done == len(batches):
                report(options.out, counts, done / len(batches), time.time() - began)


def jobs(writings: list[str], rows: list[Row]) -> Iterator[tuple[list[str], list[Row]]]:
    for at in range(0, len(rows), BATCH):
        yield writings, rows[at : at + BATCH]


def report(out: Path, counts: Counter[tuple[str, str, str]], done: float, seconds: float) -> None:
    rows: dict[str, dict[str, dict[str, int]]] = {}
    total: Counter[str] = Counter()
    for (name, form, what), count in counts.items():
        rows.setdefault(name, {}).setdefault(form, {})[what] = count
        total[what] += count
    answer = {"done": round(done, 4), "seconds": round(seconds), "total": total, "sets": rows}
    save(out, answer)


if __name__ == "__main__":
    main()

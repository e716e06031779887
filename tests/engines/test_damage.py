"""Wrong bytes in any file of an index: no answer is wrong, and no update writes the damage on under
new checksums.

TRACUU_TEST_FLIPS sets how many places are damaged; 2,000 take about a minute.
"""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from whoosh_support import news

from indexer.engines.whoosh import build, check, current, open_engine, update
from indexer.errors import IndexDamaged, UnusableIndex
from indexer.models import Document, SearchRequest, Sort
from indexer.search import search
from indexer.similar import similar
from indexer.suggest.complete import complete

FLIPS = int(os.environ.get("TRACUU_TEST_FLIPS", "400"))

QUERIES = ("cong tac dan van", "Hội quán", '"văn hóa"', "năm:2019 huyện ủy", "vawn hoa", "số 7")


def questions() -> list[object]:
    """Return the questions that `answers` asks, each a function from an engine to its answer."""
    asked = [SearchRequest(text) for text in QUERIES]
    asked += [SearchRequest("dân vận", sort=sort, size=3) for sort in Sort]
    every = [lambda engine, one=one: replace(search(engine, one), took_ms=0.0) for one in asked]
    every += [lambda engine, at=at: engine.document(engine.ids()[at]) for at in (0, 100, -1)]
    every += [
        lambda engine: similar(engine, engine.document(engine.ids()[3]), 5),
        lambda engine: [complete(text, engine.lexicon, 8) for text in ("cong", "h", "van h")],
    ]
    return every


def answers(index: Path) -> list[object]:
    """Return the answers to all questions; None for one at which the index reports damage."""
    try:
        engine = open_engine(index)
    except UnusableIndex:
        return [None] * len(questions())
    found: list[object] = []
    for ask in questions():
        try:
            found.append(ask(engine))  # type: ignore[operator]
        except IndexDamaged:
            found.append(None)
    engine.close()
    return found


def merge_all(index: Path) -> None:
    """Update the index so that all its segments are merged: read and written anew."""
    update(
        index,
        [Document(id="new", body="dân vận")],
        delete=[f"{n:04d}" for n in range(100) if n != 10],
    )


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of three segments, two of them with deleted documents."""
    index = tmp_path_factory.mktemp("original") / "index"
    build(index, news(240))
    update(index, [replace(document, title="Tên mới") for document in news(30)])
    update(index, [Document(id="0300", body="văn hóa xã hội")], delete=["0010", "0200"])
    return index


def damaged(index: Path, dice: random.Random) -> str:
    """Damage one place in a file of the current generation; return the name of the file."""
    path = dice.choice(sorted((index / current(index)).iterdir()))
    raw = bytearray(path.read_bytes())
    at = dice.randrange(len(raw))
    match dice.randrange(4):
        case 0:
            raw[at] ^= 1 << dice.randrange(8)
        case 1:
            raw[at] ^= dice.randrange(1, 256)
        case 2:  # a page that was never written
            raw[at : at + 512] = bytes(len(raw[at : at + 512]))
        case _:  # a page that was written to the wrong place
            other = dice.randrange(len(raw))
            raw[at : at + 64] = raw[other : other + len(raw[at : at + 64])].ljust(
                len(raw[at : at + 64]), b"\0"
            )
    path.unlink()  # copies share files with the original
    path.write_bytes(raw)
    return path.name


def test_damage_is_named_and_never_answered_from_or_written_again(original: Path, tmp_path: Path):
    whole = answers(original)
    merged = tmp_path / "merged"
    shutil.copytree(original, merged)
    merge_all(merged)
    whole_merged = answers(merged)
    assert None not in whole
    dice = random.Random(20)
    changed = unanswered = refused = 0
    for turn in range(FLIPS):
        index = tmp_path / str(turn)
        shutil.copytree(original, index, copy_function=os.link)
        name = damaged(index, dice)
        if (index / current(index) / name).read_bytes() == (
            original / current(original) / name
        ).read_bytes():
            continue  # zeros over zeros
        changed += 1
        assert any(name in problem for problem in check(index)), name
        found = answers(index)
        for answer, expected in zip(found, whole, strict=True):
            assert answer is None or answer == expected, name
        unanswered += None in found
        former = current(index)
        try:
            merge_all(index)
        except UnusableIndex:
            refused += 1
            assert current(index) == former
        else:
            # Nothing damaged was read: what was written is what an undamaged index gives.
            assert check(index) == [], name
            assert answers(index) == whole_merged, name
        shutil.rmtree(index)
    assert changed > FLIPS * 0.9
    assert unanswered > changed / 2
    assert refused > changed / 2

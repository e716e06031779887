"""Golden searches over the five seeds, and every mark of every hit read again by other means."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from texts import SEEDS, nfc, nfd

from indexer import Archive, Hit, Results, Rung, SearchRequest, Sort, rebuild

SEARCHES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "golden" / "seeds.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="session")
def seeds_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    index = tmp_path_factory.mktemp("golden") / "index"
    assert rebuild([SEEDS], index).broken == ()
    with Archive.open(index) as archive:
        yield archive


def answer(archive: Archive, search: dict[str, Any], text: str | None = None) -> Results:
    return archive.search(
        SearchRequest(
            search["query"] if text is None else text,
            sort=Sort(search.get("sort", "relevance")),
            exact=search.get("exact", False),
            filters={name: tuple(values) for name, values in search.get("filters", {}).items()},
        )
    )


def numbers(results: Results) -> list[str]:
    return [hit.document.id[:3] for hit in results.hits]


def _name(search: dict[str, Any]) -> str:
    return re.sub(r"\W+", "_", search["query"]) or "empty"


@pytest.mark.parametrize("form", [nfc, nfd])
@pytest.mark.parametrize("search", SEARCHES, ids=_name)
def test_search(seeds_archive: Archive, search: dict[str, Any], form: Any) -> None:
    results = answer(seeds_archive, search, form(search["query"]))
    found = numbers(results)
    assert results.rung == search["rung"]
    assert results.total == len(found)
    if search.get("ordered"):
        assert found == search["hits"]
    else:
        assert sorted(found) == sorted(search["hits"])
    if "first" in search:
        assert found[0] == search["first"]
    if "rungs" in search:
        assert {hit.document.id[:3]: hit.rung for hit in results.hits} == search["rungs"]
    if "suggestion" in search:
        assert results.suggestion == search["suggestion"]
    counts = {f.name: {value.value: value.count for value in f.values} for f in results.facets}
    for name, expected in search.get("facets", {}).items():
        assert counts[name] == expected


def test_every_character_of_a_hundred_thousand_parentheses(seeds_archive: Archive) -> None:
    results = seeds_archive.search(SearchRequest("(" * 100_000))
    assert (results.rung, results.hits) == (None, ())


# Marks, read again. Nothing below uses indexer.analysis: a syllable is compared by its letters and
# its tone apart, so that where the tone mark stands does not matter; y counts as i.

TONES = "\u0300\u0301\u0303\u0309\u0323"
INVISIBLE = "\u200b\ufeff\u00ad"


def letters(piece: str) -> str:
    """Letters with vowel marks, without tone: "vận" -> "vân"."""
    plain = "".join(c for c in nfd(piece.lower()) if c not in TONES)
    return nfc(plain).replace("y", "i").replace("ð", "đ").lstrip("0") or "0"


def tone(piece: str) -> str:
    return "".join(c for c in nfd(piece) if c in TONES)


def bare(piece: str) -> str:
    base = "".join(c for c in nfd(piece.lower()) if not unicodedata.combining(c))
    return letters(base.replace("đ", "d").replace("ð", "d"))


def syllables(text: str) -> list[str]:
    styled = unicodedata.normalize("NFKC", "".join(c for c in text if c not in INVISIBLE))
    return re.findall(r"[^\W_]+", nfc(styled))


class Typed:
    """The syllables that a query asks for, and how the rung lets each be written."""

    def __init__(self, query: str, rung: Rung) -> None:
        text = re.sub(r'-\([^)]*\)|-"[^"]*"|(?<!\S)-[^\W\d_]\w*', " ", nfc(query))  # excluded
        text = re.sub(r"\b(?:OR|HOẶC)\b|~\d+|\w+:(?=\D)", " ", text)
        self.rung = rung
        self.prefixes = {syllables(word)[-1] for word in re.findall(r"\S+(?=\*)", text)}
        self.literals = {syllables(word)[0] for word in re.findall(r"(?<!\S)=\S+", text)}
        self.near = "~" in query
        self.sequence = syllables(text)

    def accepts(self, typed: str, written: str) -> bool:
        if typed in self.prefixes:
            wide = self.rung is not Rung.EXACT
            key = bare if wide else (lambda piece: nfc(piece.lower()))
            return key(written).startswith(key(typed))
        if typed in self.literals or self.rung is Rung.EXACT:
            return (letters(typed), tone(typed)) == (letters(written), tone(written))
        if bare(typed) != bare(written):
            return False
        if self.rung is Rung.PARTIAL:  # the marks typed are there, others may be
            return set(nfd(typed.lower())) - set("dđ") <= set(nfd(written.lower()))
        return True

    def accepts_run(self, run: list[str]) -> bool:
        """Whether the syllables are a run of those typed, a long form of one, or its initials."""
        if len(run) > 2 and "".join(bare(piece)[0] for piece in run) in map(bare, self.sequence):
            return True
        if len(run) == 1 and len(run[0]) > 2:
            size = len(run[0])
            rows = (self.sequence[at : at + size] for at in range(len(self.sequence)))
            if any("".join(bare(p)[0] for p in row) == bare(run[0]) for row in rows):
                return True
        return any(
            all(self.accepts(t, w) for t, w in zip(self.sequence[at:], run, strict=False))
            for at in range(len(self.sequence) - len(run) + 1)
        )


def asked(search: dict[str, Any]) -> str:
    """The query text without its facets, whose values are not words of the text."""
    text: str = search.get("marks", search["query"])
    return text


def marks(hit: Hit) -> Iterator[tuple[str, int, int]]:
    for text, ranges in (
        (hit.document.title, hit.title_ranges),
        (hit.snippet.text, hit.snippet.ranges),
    ):
        for start, end in ranges:
            yield text, start, end


@pytest.mark.parametrize("search", SEARCHES, ids=_name)
def test_marks_are_words_typed_and_nothing_else(
    seeds_archive: Archive, search: dict[str, Any]
) -> None:
    for hit in answer(seeds_archive, search).hits:
        typed = Typed(asked(search), hit.rung)
        for text, start, end in marks(hit):
            marked = text[start:end]
            assert typed.accepts_run(syllables(marked)), marked
            # Whole words: no letter stands on either side, no sign or space within the ends.
            assert not text[start - 1 : start].isalnum() or start == 0
            assert not text[end : end + 1].isalnum()
            assert marked[0].isalnum()
            assert marked[-1].isalnum()


@pytest.mark.parametrize("search", SEARCHES, ids=_name)
def test_no_place_where_the_words_typed_stand_side_by_side_goes_unmarked(
    seeds_archive: Archive, search: dict[str, Any]
) -> None:
    for hit in answer(seeds_archive, search).hits:
        typed = Typed(asked(search), hit.rung)
        if not typed.sequence or re.search(r':|-[("]|(?<!\S)-\w|\bOR\b|HOẶC', asked(search)):
            continue  # which words stand together is not a matter of the text alone there
        for text, ranges in (
            (hit.document.title, hit.title_ranges),
            (hit.snippet.text, hit.snippet.ranges),
        ):
            covered = {i for r in ranges for i in range(*r)}
            pieces = list(re.finditer(r"[^\W_]+", text))
            for at in range(len(pieces) - len(typed.sequence) + 1):
                row = pieces[at : at + len(typed.sequence)]
                gaps = text[row[0].start() : row[-1].end()]
                if re.search(r"[.!?…;\n]", gaps) or not typed.accepts_run([p[0] for p in row]):
                    continue
                assert all(i in covered for p in row for i in range(*p.span())), gaps


@pytest.mark.parametrize("search", SEARCHES, ids=_name)
def test_a_hit_shows_what_was_found(seeds_archive: Archive, search: dict[str, Any]) -> None:
    """In the title, in the snippet, or both; and the snippet is a piece of the body."""
    results = answer(seeds_archive, search)
    for hit in results.hits:
        body, shown = hit.document.body, hit.snippet
        assert body[shown.start : shown.start + len(shown.text)] == shown.text
        if Typed(asked(search), hit.rung).sequence:
            assert list(marks(hit))
        else:
            assert not list(marks(hit))


def test_the_oracle_of_marks_can_say_no() -> None:
    exact = Typed("công tác dân vận", Rung.EXACT)
    assert exact.accepts_run(["Dân", "vận"])
    assert not exact.accepts_run(["dần", "vận"])
    assert not exact.accepts_run(["vận", "dân"])
    assert Typed("huyện uỷ", Rung.EXACT).accepts_run(["Huyện", "ủy"])
    assert not Typed("đông", Rung.PARTIAL).accepts_run(["dòng"])
    assert Typed("dân van", Rung.PARTIAL).accepts_run(["dân", "vận"])
    assert not Typed("dân van", Rung.PARTIAL).accepts_run(["dan", "vận"])
    assert Typed("dong", Rung.FOLDED).accepts_run(["động"])

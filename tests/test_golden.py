"""Golden searches over the five seeds; every highlight of every hit is checked independently."""

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


def run_search(archive: Archive, search: dict[str, Any], text: str | None = None) -> Results:
    return archive.search(
        SearchRequest(
            search["query"] if text is None else text,
            sort=Sort(search.get("sort", "relevance")),
            exact=search.get("exact", False),
            filters={name: tuple(values) for name, values in search.get("filters", {}).items()},
        )
    )


def short_ids(results: Results) -> list[str]:
    """Return the first three characters of the ids of the hits, as the golden file has them."""
    return [hit.document.id[:3] for hit in results.hits]


def _name(search: dict[str, Any]) -> str:
    return re.sub(r"\W+", "_", search["query"]) or "empty"


@pytest.mark.parametrize("form", [nfc, nfd])
@pytest.mark.parametrize("search", SEARCHES, ids=_name)
def test_a_golden_search_finds_what_a_reader_expects(
    seeds_archive: Archive, search: dict[str, Any], form: Any
) -> None:
    results = run_search(seeds_archive, search, form(search["query"]))
    found = short_ids(results)
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


def test_a_hundred_thousand_parentheses_are_answered(seeds_archive: Archive) -> None:
    results = seeds_archive.search(SearchRequest("(" * 100_000))
    assert (results.rung, results.hits) == (None, ())


# An oracle of highlights. Nothing below uses indexer.analysis: the letters and the tone of a
# syllable are compared separately, so that the position of the tone mark does not matter; y counts
# as i.

TONES = "\u0300\u0301\u0303\u0309\u0323"
INVISIBLE = "\u200b\ufeff\u00ad"


def letters(piece: str) -> str:
    """Return a syllable in lower case without its tone, with i for y: "vận" gives "vân"."""
    plain = "".join(c for c in nfd(piece.lower()) if c not in TONES)
    return nfc(plain).replace("y", "i").replace("ð", "đ").lstrip("0") or "0"


def tone(piece: str) -> str:
    return "".join(c for c in nfd(piece) if c in TONES)


def without_marks(piece: str) -> str:
    base = "".join(c for c in nfd(piece.lower()) if not unicodedata.combining(c))
    return letters(base.replace("đ", "d").replace("ð", "d"))


def syllables(text: str) -> list[str]:
    styled = unicodedata.normalize("NFKC", "".join(c for c in text if c not in INVISIBLE))
    return re.findall(r"[^\W_]+", nfc(styled))


class TypedSyllables:
    """The syllables that a query asks for, and the spellings of them that a rung accepts."""

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
            key = without_marks if wide else (lambda piece: nfc(piece.lower()))
            return key(written).startswith(key(typed))
        if typed in self.literals or self.rung is Rung.EXACT:
            return (letters(typed), tone(typed)) == (letters(written), tone(written))
        if without_marks(typed) != without_marks(written):
            return False
        if self.rung is Rung.PARTIAL:  # has the typed marks, and may have others
            return set(nfd(typed.lower())) - set("dđ") <= set(nfd(written.lower()))
        return True

    def accepts_phrase(self, phrase: list[str]) -> bool:
        """Return True if syllables may be highlighted together.

        They are typed ones side by side, the long form of typed initials, or the initials of typed
        syllables.
        """
        if len(phrase) > 2 and "".join(without_marks(piece)[0] for piece in phrase) in map(
            without_marks, self.sequence
        ):
            return True
        if len(phrase) == 1 and len(phrase[0]) > 2:
            size = len(phrase[0])
            rows = (self.sequence[at : at + size] for at in range(len(self.sequence)))
            if any(
                "".join(without_marks(p)[0] for p in row) == without_marks(phrase[0])
                for row in rows
            ):
                return True
        return any(
            all(self.accepts(t, w) for t, w in zip(self.sequence[at:], phrase, strict=False))
            for at in range(len(self.sequence) - len(phrase) + 1)
        )


def text_part(search: dict[str, Any]) -> str:
    """Return the part of the query text that must be highlighted, without the values of facets,
    which need not be in the text."""
    text: str = search.get("marks", search["query"])
    return text


def highlights(hit: Hit) -> Iterator[tuple[str, int, int]]:
    """Yield (text, start, end) for each highlight of a hit, in its title or its snippet."""
    for text, ranges in (
        (hit.document.title, hit.title_ranges),
        (hit.snippet.text, hit.snippet.ranges),
    ):
        for start, end in ranges:
            yield text, start, end


@pytest.mark.parametrize("search", SEARCHES, ids=_name)
def test_a_highlight_is_a_typed_word_and_nothing_else(
    seeds_archive: Archive, search: dict[str, Any]
) -> None:
    for hit in run_search(seeds_archive, search).hits:
        typed = TypedSyllables(text_part(search), hit.rung)
        for text, start, end in highlights(hit):
            marked = text[start:end]
            assert typed.accepts_phrase(syllables(marked)), marked
            # Whole words: no letter on either side, no sign or space at the ends.
            assert not text[start - 1 : start].isalnum() or start == 0
            assert not text[end : end + 1].isalnum()
            assert marked[0].isalnum()
            assert marked[-1].isalnum()


@pytest.mark.parametrize("search", SEARCHES, ids=_name)
def test_the_typed_words_are_highlighted_wherever_they_stand_side_by_side(
    seeds_archive: Archive, search: dict[str, Any]
) -> None:
    for hit in run_search(seeds_archive, search).hits:
        typed = TypedSyllables(text_part(search), hit.rung)
        if not typed.sequence or re.search(r':|-[("]|(?<!\S)-\w|\bOR\b|HOẶC', text_part(search)):
            continue  # with these operators the text alone does not tell which words adjoin
        for text, ranges in (
            (hit.document.title, hit.title_ranges),
            (hit.snippet.text, hit.snippet.ranges),
        ):
            covered = {i for r in ranges for i in range(*r)}
            pieces = list(re.finditer(r"[^\W_]+", text))
            for at in range(len(pieces) - len(typed.sequence) + 1):
                row = pieces[at : at + len(typed.sequence)]
                gaps = text[row[0].start() : row[-1].end()]
                if re.search(r"[.!?…;\n]", gaps) or not typed.accepts_phrase([p[0] for p in row]):
                    continue
                assert all(i in covered for p in row for i in range(*p.span())), gaps


@pytest.mark.parametrize("search", SEARCHES, ids=_name)
def test_a_hit_has_a_highlight_and_its_snippet_is_a_piece_of_the_body(
    seeds_archive: Archive, search: dict[str, Any]
) -> None:
    """The highlight is in the title, in the snippet, or in both."""
    results = run_search(seeds_archive, search)
    for hit in results.hits:
        body, snippet = hit.document.body, hit.snippet
        assert body[snippet.start : snippet.start + len(snippet.text)] == snippet.text
        if TypedSyllables(text_part(search), hit.rung).sequence:
            assert list(highlights(hit))
        else:
            assert not list(highlights(hit))


def test_the_oracle_of_highlights_rejects_other_words() -> None:
    exact = TypedSyllables("công tác dân vận", Rung.EXACT)
    assert exact.accepts_phrase(["Dân", "vận"])
    assert not exact.accepts_phrase(["dần", "vận"])
    assert not exact.accepts_phrase(["vận", "dân"])
    assert TypedSyllables("huyện uỷ", Rung.EXACT).accepts_phrase(["Huyện", "ủy"])
    assert not TypedSyllables("đông", Rung.PARTIAL).accepts_phrase(["dòng"])
    assert TypedSyllables("dân van", Rung.PARTIAL).accepts_phrase(["dân", "vận"])
    assert not TypedSyllables("dân van", Rung.PARTIAL).accepts_phrase(["dan", "vận"])
    assert TypedSyllables("dong", Rung.FOLDED).accepts_phrase(["động"])

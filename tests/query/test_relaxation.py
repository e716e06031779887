from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from lexicons import LEXICON, DictLexicon
from test_grammar import QUERIES

from indexer.analysis.normalize import normalize
from indexer.models import Rung
from indexer.query.interpret import interpret
from indexer.query.plan import (
    WEIGHT_UNIT,
    All,
    Any,
    AtLeast,
    HasValue,
    Node,
    Not,
    Phrase,
    TextField,
    positive_phrases,
)
from indexer.query.ranking import idf
from indexer.relaxation import Relaxation, Step

ORDER = list(Rung)


def steps(text: str, *, exact_only: bool = False) -> list[Step]:
    return list(
        Relaxation(interpret(normalize(text).text, LEXICON), LEXICON).steps(exact_only=exact_only)
    )


def as_line(node: Node) -> str:
    """Return a match tree as one line.

    `dân|dẫn vận` is a phrase with two forms of its first syllable, `&` joins parts that must all
    match, `/` alternatives, and `!` excludes.
    """
    match node:
        case Phrase(slots, slop, field):
            where = "" if field is TextField.TEXT else f"{field}:"
            near = f"~{slop}" if slop else ""
            return where + " ".join("|".join(sorted(slot)) or "-" for slot in slots) + near
        case HasValue(facet, values):
            return f"{facet}={'|'.join(values)}"
        case All(children):
            return "(" + " & ".join(map(as_line, children)) + ")"
        case Any(children):
            return "(" + " / ".join(map(as_line, children)) + ")"
        case Not(child):
            return f"!{as_line(child)}"
        case AtLeast():
            return "most"


def rungs(text: str) -> dict[str, str]:
    """Return rung → match tree as a line, without the rung approximate.

    If a rung has two steps, the second is under its name with "+".
    """
    found: dict[str, str] = {}
    for step in steps(text):
        if step.rung is not Rung.APPROXIMATE:
            name = f"{step.rung}+" if step.rung in found else str(step.rung)
            found[name] = as_line(step.plan.match)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "dân vận",
            {"exact": "dân vận", "partial": "dân|dẫn vận", "folded": "dân|dẫn văn|vạn|vấn|vận"},
        ),
        ("dan van", {"folded": "dan|dân|dẫn van|văn|vạn|vấn|vận"}),
        (
            "dân van",
            {
                "exact": "dân van",
                "partial": "dân van|văn|vạn|vấn|vận",
                "partial+": "dân|dẫn van|văn|vạn|vấn|vận",
            },
        ),
        ("=dân", {"exact": "dân"}),
        ("=dan", {"exact": "dan"}),
        ("2020", {"exact": "2020"}),
        ("hội nghị", {"exact": "hội nghị"} | {"folded": "hỏi|hồi|hội nghị"}),
        ('"dân khéo"~3', {"exact": "dân khéo~3", "partial": "dân|dẫn khéo~3"}),
        ("title:khéo", {"exact": "title:khéo"}),
        ("body:khéo", {"exact": "body:khéo"}),
        ("khéo OR năm", {"exact": "(khéo / năm)"}),
        ("(khéo OR năm) nước", {"exact": "((khéo / năm) & nước)"}),
        ("khéo -nước", {"exact": "(khéo & !nước)"}),
        ("nơi:kien giang", {"exact": "place=Kiên Giang|Kiên Giang/Giang Thành"}),
        ("nơi:giang thành", {"exact": "place=Kiên Giang/Giang Thành"}),
        ("nơi:giàng thành", {"exact": "()"}),
        ("năm:2020", {"exact": "year=2020"}),
        # the value ends before a word that continues no value; the rest is text
        ("năm:2020 khéo", {"exact": "(year=2020 & khéo)"}),
        ("nơi:giang thành khéo", {"exact": "(place=Kiên Giang/Giang Thành & khéo)"}),
        ("-năm:2020 khéo", {"exact": "(khéo & !year=2020)"}),
        ("khéo -năm:2020", {"exact": "(khéo & !year=2020)"}),
        ("năm:1999 khéo", {"exact": "()"}),
        ('nơi:"giang thành khéo"', {"exact": "()"}),
        ("khé*", {"exact": "khéo"}),
        ("zz*", {"exact": "-"}),
        ("…", {}),
    ],
)
def test_what_each_rung_asks_for(text: str, expected: dict[str, str]) -> None:
    assert rungs(text) == expected


def test_what_is_excluded_without_marks_is_excluded_in_every_form_on_every_rung() -> None:
    for step in steps("khéo -van"):
        assert "!van|văn|vạn|vấn|vận" in as_line(step.plan.match)


def test_exact_only_is_the_first_step_even_where_marks_are_missing() -> None:
    assert [as_line(step.plan.match) for step in steps("dan van", exact_only=True)] == ["dan van"]
    assert [step.rung for step in steps("dân vận", exact_only=True)] == [Rung.EXACT]


def test_the_last_step_asks_for_most_of_the_words() -> None:
    *_, last = steps("khéo nước mặn -hội năm:2020")
    assert last.rung is Rung.APPROXIMATE
    assert isinstance(last.plan.match, All)
    first, *required = last.plan.match.children
    assert isinstance(first, AtLeast)
    assert {as_line(node) for node in required} >= {"year=2020"}
    assert any(isinstance(node, Not) for node in required)


def test_function_words_count_half_in_most_of_the_words() -> None:
    lexicon = DictLexicon(["của khéo", "vận", "mây"])
    *_, last = Relaxation(interpret("của khéo", lexicon), lexicon).steps()
    assert isinstance(last.plan.match, AtLeast)
    weights = {as_line(node): weight for node, weight in last.plan.match.children}
    rarity = idf(1, lexicon.documents)
    assert weights["của"] == pytest.approx(rarity / 2, abs=WEIGHT_UNIT)
    assert weights["khéo"] == pytest.approx(rarity, abs=WEIGHT_UNIT)


def test_the_last_step_highlights_a_word_as_a_unit() -> None:
    *_, last = steps("công tác khéo blockchain")
    assert last.rung is Rung.APPROXIMATE
    assert Phrase((("công",), ("tác",))) in positive_phrases(last.plan.match)


@given(QUERIES)
def test_rungs_loosen_and_no_two_neighbours_ask_for_the_same(text: str) -> None:
    found = steps(text)
    assert [s.rung for s in found] == sorted((s.rung for s in found), key=ORDER.index)
    matches = [s.plan.match for s in found]
    assert all(one != other for one, other in pairwise(matches))


@given(QUERIES)
def test_a_looser_rung_accepts_all_that_a_tighter_one_does(text: str) -> None:
    """Every phrase of the tighter rung occurs in the looser one with the same or more terms.

    Exclusions are not compared.
    """
    above_approximate = [s for s in steps(text) if s.rung is not Rung.APPROXIMATE]
    for tight, loose in pairwise(above_approximate):
        wider = positive_phrases(loose.plan.match)
        for phrase in positive_phrases(tight.plan.match):
            assert any(
                len(phrase.slots) == len(other.slots)
                and all(set(a) <= set(b) for a, b in zip(phrase.slots, other.slots, strict=True))
                for other in wider
            )


def test_what_is_excluded_with_marks_is_excluded_in_that_form_on_every_rung() -> None:
    excluded = {
        node
        for step in steps("dan -vận")
        for node in (step.plan.match.children if isinstance(step.plan.match, All) else ())
        if isinstance(node, Not)
    }
    assert excluded == {Not(Phrase((("vận",),)))}

from __future__ import annotations

import pytest
from lexicons import DictLexicon

from indexer.models import Rung
from indexer.query.interpret import interpret
from indexer.query.plan import Phrase, positive_phrases
from indexer.query.vocabulary.learning import Learned
from indexer.relaxation import Relaxation


class Taught(DictLexicon):
    """A lexicon whose documents define two abbreviations, one of them too seldom."""

    @property
    def learned(self) -> Learned:
        return Learned({"CLB": {"câu lạc bộ": 4}, "QLDA": {"quản lý dự án": 2}})


LEXICON = Taught(
    ["UBND huyện", "Uỷ ban nhân dân huyện", "Câu lạc bộ", "CLB thơ", "QLDA", "quản lý dự án"]
)


def ways(text: str) -> set[str]:
    """Every row of syllables that the first rung looks for."""
    step = next(iter(Relaxation(interpret(text, LEXICON), LEXICON).steps()))
    assert step.rung is Rung.EXACT or not any(c > "z" for c in text)
    return {" ".join("/".join(slot) for slot in run.slots) for run in runs(step.plan.match)}


def runs(node: object) -> tuple[Phrase, ...]:
    return positive_phrases(node)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "also"),
    [
        ("UBND", "uỷ ban nhân dân"),
        ("uỷ ban nhân dân", "ubnd"),
        ("uy ban nhan dan", "ubnd"),
        ("CLB", "câu lạc bộ"),  # defined by the archive itself
        ("câu lạc bộ", "clb"),
    ],
)
def test_either_way_of_writing_is_found(typed: str, also: str) -> None:
    assert also in ways(typed)


def test_a_pair_defined_too_seldom_is_not_believed() -> None:
    assert ways("QLDA") == {"qlda"}


@pytest.mark.parametrize("text", ['"UBND"', "=UBND", "UBND*"])
def test_what_is_meant_to_the_letter_stays(text: str) -> None:
    assert "uỷ ban nhân dân" not in ways(text)

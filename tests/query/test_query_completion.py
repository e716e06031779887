from __future__ import annotations

import pytest
from hypothesis import given
from lexicons import LEXICON
from test_query_language import QUERIES

from indexer.analysis import fold
from indexer.analysis.normalize import normalize
from indexer.query.completion import complete


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("cong t", "công tác"),
        ("công t", "công tác"),
        ("dan v", "dân vận"),
        ("kinh t", "kinh tế"),
        ("Ban dân v", "Ban dân vận"),
        ("“dân vận kh", "“dân vận khéo"),
        ("hội ngh", "hội nghị"),
        ("luu thi h", "luu thị huyền"),
        ("quy ch", "quy chế"),
    ],
)
def test_the_likeliest_completion(typed: str, first: str) -> None:
    assert complete(typed, LEXICON, 8)[0] == first


@pytest.mark.parametrize("typed", ["", " ", "dân ", "dân,", "…", "zzz", "vằ"])
def test_nothing_to_complete(typed: str) -> None:
    assert complete(typed, LEXICON, 8) == ()


def test_marks_typed_are_kept() -> None:
    found = complete("vă", LEXICON, 8)
    assert found == ("văn",)
    assert set(complete("va", LEXICON, 8)) == {"và", "vạn", "vấn", "vận", "văn", "vật"}


def test_the_beginning_of_a_longer_syllable_is_no_i_or_y_of_its_own() -> None:
    """ki alone is kept as ky, but kiểm begins with ki."""
    assert set(complete("ki", LEXICON, 8)) == {"kiểm", "kinh", "kỳ", "kỹ"}
    assert complete("kĩ", LEXICON, 8) == ("kỹ",)


def test_the_limit_holds() -> None:
    assert len(complete("v", LEXICON, 2)) == 2
    assert complete("v", LEXICON, 2) == complete("v", LEXICON, 9)[:2]


@given(QUERIES)
def test_a_completion_begins_with_what_was_typed_but_for_marks(text: str) -> None:
    typed = fold(normalize(text).text.lower())
    for completion in complete(text, LEXICON, 5):
        whole = fold(completion.lower())
        assert whole.startswith(typed) or whole.replace("y", "i").startswith(
            typed.replace("y", "i")
        )


def test_a_long_text_is_kept_whole() -> None:
    long = "hội nghị " * 100
    assert complete(long + "dân v", LEXICON, 1) == (long + "dân vận",)

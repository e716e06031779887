from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lexicons import DictLexicon

from indexer.analysis.normalize import normalize
from indexer.query.interpret import interpret
from indexer.suggest.did_you_mean import corrected_text, suggestion
from indexer.suggest.telex_vni import telex, vni

TEXTS = [
    "công tác dân vận của Huyện ủy",
    "phong trào thi đua nâng cao hiệu quả công tác",
    "Huyện ủy phòng chống dịch bệnh",
    "phong trào thi đua dân vận khéo",
] * 300
LEXICON = DictLexicon(TEXTS)


def suggested(text: str, exact_hits: int = 0) -> str | None:
    return suggestion(interpret(normalize(text).text, LEXICON), LEXICON, exact_hits)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hiệu qả", "hiệu quả"),  # dropped
        ("hiệu quảa", "hiệu quả"),  # added
        ("hiệu uqả", "hiệu quả"),  # swapped
        ("hiệu quẻ", "hiệu quả"),  # wrong
        ("huyên ủy", "huyện uỷ"),  # wrong mark
        ("phòng trào", "phong trào"),  # a known syllable, never beside this one
        ("Phòng Trào thi đua", "Phong Trào thi đua"),
        ("hieu qa cong tac", "hiệu quả công tác"),
        ("cong tac dan van", "công tác dân vận"),
        ("coong tacs daan vaanj", "công tác dân vận"),
        ("co6ng ta1c da6n va65n", "công tác dân vận"),
        ('"coong tacs" -vaanj', '"công tác" -vận'),
        ("coong OR vaanj", "công OR vận"),
    ],
)
def test_what_was_meant_is_suggested(typed: str, meant: str) -> None:
    assert suggested(typed) == meant


@pytest.mark.parametrize("text", ["quán bar phố", "bằng lái xe A1", "giá OR vàng"])
def test_what_only_looks_like_raw_typing_is_no_other_word(text: str) -> None:
    texts = ["quán bar phố giá vàng", "bằng lái xe a1 á mất", "thuốc bả ỏ"]
    lexicon = DictLexicon(texts)
    for decoded in (suggestion(interpret(text, lexicon), lexicon, hits) for hits in (0, 1, 3)):
        assert decoded is None or not {"bả", "Á", "á", "Ỏ", "ỏ"} & set(decoded.split())


@pytest.mark.parametrize("text", ["công tác dân vận", "phong trào", "hiệu quả công tác", "dân"])
def test_what_is_fine_stays(text: str) -> None:
    assert suggested(text, exact_hits=300) is None


@pytest.mark.parametrize(
    ("keys", "made"),
    [
        ("vaanj", "vận"), ("dduwowcj", "được"), ("nghieepj", "nghiệp"), ("quanr", "quản"),
        ("giaf", "già"), ("hoaf", "hoà"), ("muaw", "mưa"), ("toans", "toán"),
        ("nguyeenx", "nguyễn"), ("dan", None), ("", None), ("42", None), ("x" * 50, None),
    ],
)  # fmt: skip
def test_telex(keys: str, made: str | None) -> None:
    assert telex(keys) == made


@pytest.mark.parametrize(
    ("keys", "made"),
    [("va65n", "vận"), ("d9u7o7c5", "được"), ("nghie65p", "nghiệp"), ("uy3", "uỷ"), ("dan", None)],
)
def test_vni(keys: str, made: str | None) -> None:
    assert vni(keys) == made


@given(st.text('adeowsfrxjuhgn1234567890 -"()*=', max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    suggested(text)
    for keys in text.split():
        telex(keys)
        vni(keys)


@pytest.mark.parametrize("typed", ["chỉ thị 05-CT/TW", "15-QĐ/HU", "Quyết định 17/QĐ-TTg"])
def test_a_code_is_no_slip(typed: str) -> None:
    lexicon = DictLexicon(["có chỉ thị, quyết định của huy Tt; tư"] * 9)
    assert suggestion(interpret(typed, lexicon), lexicon, 0) is None


@pytest.mark.parametrize("typed", ["công văn 55/UBND-VX", "55/UBND-VX", "55-VX/UBND", "UBND-VX/5"])
def test_a_code_without_a_kind_is_no_slip(typed: str) -> None:
    lexicon = DictLexicon(["công văn của UBND về việc vay vốn"] * 1000)
    query = interpret(typed, lexicon)
    assert suggestion(query, lexicon, 0) is None
    assert corrected_text(query, lexicon) is None
    assert suggestion(interpret("UBND-VX", lexicon), lexicon, 0)  # without a number it may be one


def test_marks_beside_a_number_are_restored() -> None:
    lexicon = DictLexicon(["nghị quyết 42 năm 2019"] * 9)
    typed = interpret("nghi quyet 42 nam 2019", lexicon)
    assert suggestion(typed, lexicon, 0) == "nghị quyết 42 năm 2019"

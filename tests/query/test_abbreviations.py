"""Abbreviations and their long forms find each other."""

from __future__ import annotations

import pytest
from lexicons import DictLexicon

from indexer.models import Rung
from indexer.profile.archive_profile import ArchiveProfile
from indexer.query.interpret import interpret
from indexer.query.plan import positive_phrases
from indexer.query.vocabulary.learning import Learned
from indexer.relaxation import Relaxation


class DefiningLexicon(DictLexicon):
    """A lexicon whose documents define two abbreviations, one in two ways and one too rarely."""

    @property
    def learned(self) -> Learned:
        return Learned(
            {"CLB": {"câu lạc bộ": 4, "cây lúa bông": 1}, "QLVH": {"quản lý văn hóa": 2}}
        )


LEXICON = DefiningLexicon(
    [
        "UBND huyện",
        "Uỷ ban nhân dân huyện",
        "Câu lạc bộ",
        "CLB thơ",
        "QLVH",
        "quản lý văn hóa",
        "GD-ĐT",
        "GDĐT",
        "giáo dục và đào tạo",
        "giáo dục đào tạo",
        "VAT",
        "vật",
        "thuế giá trị gia tăng",
    ]
)


def phrases_of_first_rung(text: str, lexicon: DictLexicon = LEXICON) -> set[str]:
    """Return the phrases that the first rung of a query accepts, with "/" between the alternative
    terms of a slot."""
    step = next(iter(Relaxation(interpret(text, lexicon), lexicon).steps()))
    assert step.rung is Rung.EXACT or not any(c > "z" for c in text)
    return {
        " ".join("/".join(slot) for slot in phrase.slots)
        for phrase in positive_phrases(step.plan.match)
    }


@pytest.mark.parametrize(
    ("typed", "synonym"),
    [
        ("UBND", "uỷ ban nhân dân"),
        ("uỷ ban nhân dân", "ubnd"),
        ("uy ban nhan dan", "ubnd"),
        ("CLB", "câu lạc bộ"),  # defined by the archive itself
        ("câu lạc bộ", "clb"),
    ],
)
def test_an_abbreviation_and_its_long_form_find_each_other(typed: str, synonym: str) -> None:
    assert synonym in phrases_of_first_rung(typed)


def test_a_pair_that_few_documents_define_is_ignored() -> None:
    assert phrases_of_first_rung("QLVH") == {"qlvh"}


@pytest.mark.parametrize("text", ['"UBND"', "=UBND", "UBND*"])
def test_a_phrase_a_literal_and_a_prefix_have_no_synonyms(text: str) -> None:
    assert "uỷ ban nhân dân" not in phrases_of_first_rung(text)


class KeptLexicon(DictLexicon):
    """A lexicon of an archive whose archive.toml has two groups of synonyms."""

    profile = ArchiveProfile(
        synonyms=(("QLTT", "quản lý thị trường", "cục chống hàng giả"), ("ngập", "lụt"))
    )


KEPT = KeptLexicon(["Chi cục QLTT", "cục chống hàng giả", "nước lụt lớn, bị ngập"])


@pytest.mark.parametrize(
    ("typed", "synonyms"),
    [
        ("QLTT", {"cục chống hàng giả"}),
        ("quản lý thị trường", {"qltt", "cục chống hàng giả"}),  # no document has it itself
        ("quan ly thi truong", {"qltt", "cục chống hàng giả"}),
        ("cục chống hàng giả", {"qltt"}),
        ("cuc chong hang gia", {"qltt"}),
        ("ngập lớn", {"lụt"}),
        ("lut", {"ngập"}),
    ],
)
def test_the_writings_of_a_group_find_each_other(typed: str, synonyms: set[str]) -> None:
    assert synonyms <= phrases_of_first_rung(typed, KEPT)


@pytest.mark.parametrize("text", ["quản lý", "thị trường", '"QLTT"', "ngáp", "=lụt"])
def test_parts_and_other_words_have_no_synonym_of_a_group(text: str) -> None:
    assert not {"qltt", "ngập", "cục chống hàng giả"} & phrases_of_first_rung(text, KEPT) - {
        text.strip('"').lower()
    }


@pytest.mark.parametrize("typed", ["GD&ĐT", "GD-ĐT", "GDĐT", "GD & ĐT", "gd&đt", "GD ĐT"])
def test_signs_in_an_abbreviation_make_no_difference(typed: str) -> None:
    found = phrases_of_first_rung(typed)
    assert {"giáo dục và đào tạo", "giáo dục đào tạo", "gdđt"} <= found | {typed.lower()}
    assert "gd đt" in found


@pytest.mark.parametrize("typed", ["giáo dục và đào tạo", "giáo dục đào tạo"])
def test_a_long_form_finds_every_writing_of_its_abbreviation(typed: str) -> None:
    assert {"gdđt", "gd đt"} <= phrases_of_first_rung(typed)


def test_an_everyday_word_is_an_abbreviation_only_in_capitals() -> None:
    assert "thuế giá trị gia tăng" in phrases_of_first_rung("VAT")
    assert "thuế giá trị gia tăng" not in phrases_of_first_rung("vật")
    assert "thuế giá trị gia tăng" not in phrases_of_first_rung("vat")


SIGNS = DictLexicon(
    ["Bộ GD và ĐT", "giáo dục - đào tạo", "U.B.N.D. xã", "UBND", "nghị quyết T.Ư, TW, trung ương",
     "PGS.TS", "phó giáo sư, tiến sĩ", "sở LĐTBXH", "tư nhân", "ai", "trí tuệ nhân tạo"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "synonyms"),
    [
        ("GD&ĐT", {"gd và đt", "giáo dục đào tạo"}),
        ("giáo dục và đào tạo", {"gd và đt", "giáo dục đào tạo"}),
        ("UBND xã", {"u b n d"}),
        ("U.B.N.D. xã", {"ubnd"}),
        ("nghị quyết TW", {"t ư", "trung ương"}),
        ("TƯ", {"t ư", "tw", "trung ương"}),
        ("PGS.TS", {"phó giáo sư tiến sĩ"}),
        ("Sở Lao động - Thương binh và Xã hội", {"lđtbxh"}),
    ],
)
def test_an_abbreviation_is_found_in_all_its_writings(typed: str, synonyms: set[str]) -> None:
    found = phrases_of_first_rung(typed, SIGNS)
    assert all(any(each in phrase for phrase in found) for each in synonyms), found


@pytest.mark.parametrize(("typed", "word"), [("trung ương", "tư"), ("trí tuệ nhân tạo", "ai")])
def test_an_abbreviation_that_is_an_everyday_word_is_not_sought(typed: str, word: str) -> None:
    assert word not in phrases_of_first_rung(typed, SIGNS)

"""Completions of text being typed, from the phrases of a small archive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given
from lexicons import DictLexicon
from test_grammar import QUERIES

from indexer import Archive, rebuild
from indexer.analysis import fold, strip_marks
from indexer.analysis.normalize import normalize
from indexer.suggest.complete import complete
from indexer.suggest.telex_vni import telex, vni

TEXTS = (
    "Thủ tướng Phan Văn Khải nói về kinh tế. UBND huyện gặp thủ tướng Phan Văn Khải",
    "Ông gặp thủ tướng Phan Văn Khải, sau đó là thủ tướng Phạm Văn Đồng",
    "nhờ thủ tướng Phạm Văn Đồng và thủ tướng phủ",
    "có thủ tướng phủ, công tác dân vận khéo",
    "về công tác dân vận, cộng tác viên; hòa bình, tượng Phật",
    "về công tác dân vận khéo, cộng tác viên, hòa bình, hoà bình, kỹ thuật",
    "thấy tượng Phật, kĩ thuật, kiểm tra, HỘI NGHỊ DÂN VẬN, UBND huyện, UBND huyện Mỹ Xuyên",
)
ARCHIVE = DictLexicon(TEXTS)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("thu tuong ph", ("thủ tướng Phan Văn Khải", "thủ tướng Phạm Văn Đồng", "thủ tướng phủ")),
        ("thu tuong Pha", ("thủ tướng Phan Văn Khải", "thủ tướng Phạm Văn Đồng")),
        ("Thu tuong pham", ("Thủ tướng Phạm Văn Đồng",)),
        ("THU TUONG PHAM", ("THỦ TƯỚNG PHẠM VĂN ĐỒNG",)),
        ("dan v", ("dân vận", "dân vận khéo")),
        ("dân vâ", ("dân vận", "dân vận khéo")),  # some of the marks
        ("dân vận", ("dân vận khéo",)),  # the typed text itself is not offered
        ("dan van", ("dân vận", "dân vận khéo")),  # but it is with its marks
        ("công t", ("công tác", "công tác dân vận", "công tác dân vận khéo", "cộng tác viên")),
        ("hòa b", ("hòa bình",)),  # one of the two spellings
        ("hò", ("hòa bình",)),
        ("ki", ("kỹ thuật", "kiểm tra", "kinh tế")),
        ("kĩ", ("kỹ thuật",)),
        ("daan v", ("dân vận", "dân vận khéo")),  # raw Telex
        ("da6n v", ("dân vận", "dân vận khéo")),  # VNI
        ("ub", ("UBND huyện",)),
        ("hội ngh", ("hội nghị",)),
        ("họp, dan v", ("họp, dân vận", "họp, dân vận khéo")),
        ("họp OR dan v", ("họp OR dân vận", "họp OR dân vận khéo")),  # OR is not Telex for ỏ
        ("“dân vận kh", ("“dân vận khéo",)),
        ("cac tuong p", ("cac tượng Phật",)),
        ("cong tac d", ("công tác dân vận", "công tác dân vận khéo")),
        ("công tac d", ("công tác dân vận", "công tác dân vận khéo")),  # not half accented
        ("Messi v", ()),  # no page has the name; nor is it Telex for mési
        ("thủ tướng P", ("thủ tướng Phan Văn Khải", "thủ tướng Phạm Văn Đồng")),  # a name
    ],
)
def test_a_text_is_completed_with_phrases_of_the_archive(
    typed: str, expected: tuple[str, ...]
) -> None:
    assert complete(typed, ARCHIVE, 8)[: len(expected)] == expected


@pytest.mark.parametrize("typed", ["", " ", "dân ", "dân,", "…", "zzz", "vằ", "dân vấ"])
def test_a_text_that_no_phrase_begins_with_has_no_completion(typed: str) -> None:
    assert complete(typed, ARCHIVE, 8) == ()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("dan v", {"dân vận", "dân vận khéo"}),
        ("huyen uy g", {"huyện ủy Giang Thành"}),
        ("luu thi h", {"Lưu Thị Huyền"}),
        ("thi dua y", {"thi đua yêu nước"}),
    ],
)
def test_the_seed_pages_have_completions(typed: str, expected: set[str], seeds: Archive) -> None:
    assert expected <= set(seeds.suggest(typed))


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    index = tmp_path_factory.mktemp("completion") / "index"
    rebuild([Path(__file__).parents[2] / "seeds"], index)
    with Archive.open(index) as archive:
        yield archive


def test_a_syllable_is_completed_if_no_phrase_begins_with_it() -> None:
    lexicon = DictLexicon(("và", "đi vào", "đi vắng"))
    assert complete("va", lexicon, 8) == ("và", "vào", "vắng")
    assert complete("vaw", lexicon, 8) == ("vắng",)
    assert complete("di va", lexicon, 8) == ("đi vắng",)  # "đi vào" is a piece of a sentence


def test_the_limit_cuts_the_list_at_its_end() -> None:
    assert len(complete("d", ARCHIVE, 2)) == 2
    assert complete("d", ARCHIVE, 2) == complete("d", ARCHIVE, 9)[:2]


def test_a_phrase_that_the_index_has_after_the_text_comes_first() -> None:
    lexicon = DictLexicon(("báo chí", "đọc báo chí", "báo chí", *["món bánh xèo"] * 2))
    assert complete("b", lexicon, 2) == ("báo chí", "bánh xèo")
    assert complete("các món b", lexicon, 2) == ("các món bánh xèo",)


def test_a_phrase_does_not_begin_within_a_word() -> None:
    lexicon = DictLexicon((*["việc nảy sinh"] * 3, *["gặp sinh viên", "sinh viên"] * 3))
    assert complete("nay s", lexicon, 8) == ("nảy sinh",)


def test_a_phrase_of_fewer_typed_syllables_does_not_contradict_longer_ones() -> None:
    texts = ["biển số xe", "biển số", "biển số xe", "số lượng", "số lượng"]
    assert complete("bien s", DictLexicon(texts), 8) == ("biển số", "biển số xe")


def test_a_phrase_that_the_index_hardly_has_after_the_text_is_not_offered() -> None:
    lexicon = DictLexicon((*["gặp chính phủ"] * 20, "bàn chính xác", "cái bàn", "chính xác"))
    assert "bàn chính phủ" in complete("bàn chính", lexicon, 8)
    lexicon = DictLexicon((*["họp chính quyền"] * 90, *["chính phủ"] * 2, "bàn chính xác"))
    assert "bàn chính phủ" not in complete("bàn chính", lexicon, 8)


@given(QUERIES)
def test_a_completion_begins_with_the_typed_text_except_for_marks(text: str) -> None:
    assume(not any(telex(word) or vni(word) for word in re.findall(r"\w+", text)))
    typed = fold(normalize(text).text.lower())
    for completion in complete(text, ARCHIVE, 5):
        whole = fold(completion.lower())
        assert whole.startswith(typed) or whole.replace("y", "i").startswith(
            typed.replace("y", "i")
        )


@given(QUERIES)
def test_completions_differ_from_each_other_and_from_the_text(text: str) -> None:
    found = [strip_marks(completion.lower()) for completion in complete(text, ARCHIVE, 9)]
    assert len(set(found)) == len(found)
    assert normalize(text).text not in complete(text, ARCHIVE, 9)


def test_a_long_text_is_completed_at_its_end_and_kept_whole() -> None:
    long = "hội nghị " * 100
    assert complete(long + "dân v", ARCHIVE, 1) == (long + "dân vận",)


@pytest.mark.parametrize("operator", ["OR", "HOẶC", "AND", "VÀ", "NOT", "KHÔNG"])
def test_an_operator_is_no_part_of_a_phrase(operator: str) -> None:
    lexicon = DictLexicon((*["bóng đá và văn hóa", "văn hóa", "bóng đá không vui"] * 3,))
    assert complete(f"bóng đá {operator} v", lexicon, 8) == (f"bóng đá {operator} văn hóa",)


def test_a_foreign_name_is_kept_and_not_followed_by_a_function_word() -> None:
    lexicon = DictLexicon(("Messi và Ronaldo, Messi với Neymar", "Messi vắng mặt"))
    assert set(complete("Messi v", lexicon, 8)) <= {"Messi vắng", "Messi vắng mặt"}


def test_two_typed_syllables_begin_a_phrase_whatever_stands_before_them() -> None:
    lexicon = DictLexicon((*["ra sân bay, đi xe buýt"] * 5, *["sân cỏ, bóng đá"] * 9))
    assert complete("xe buýt sân b", lexicon, 8) == ("xe buýt sân bay",)


def test_an_abbreviated_type_of_place_is_completed_with_names_only() -> None:
    lexicon = DictLexicon(("ở thành phố Huế, hoạt động", "ở thành phố Hà Nội, thành phố hoa") * 3)
    assert set(complete("tp.h", lexicon, 8)) == {"tp.Huế", "tp.Hà Nội"}
    assert complete("đi TP. ha n", lexicon, 8) == ("đi TP. Hà Nội",)


def test_a_completion_is_not_half_accented() -> None:
    lexicon = DictLexicon((*["bệnh viện bán thuốc, thuốc nam"] * 5, *["bán thuốc"] * 5))
    for completion in complete("benh vien ban t", lexicon, 8):
        assert completion.startswith("bệnh viện bán")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("tai nan gi", "tai nạn giao thông"),  # not "tại nan giải"
        ("tai nan giao", "tai nạn giao thông"),
        ("kinh te xu", "kinh tế xung quanh"),
        ("ông Trần Văn K", "ông Trần Văn Khải"),  # not "Trần Văn khoa học"
        ("Ông Trần Văn K", "Ông Trần Văn Khải"),
    ],
)
def test_a_completion_divides_no_word_and_no_name(typed: str, expected: str) -> None:
    lexicon = DictLexicon(
        ["tai nạn giao thông, tại nan giải, nan giải", "nan giải, tai nạn giao thông, nan giải",
         "kinh tế, té xung quanh, xung quanh", "té xung quanh, kinh tế xung quanh",
         "khoa học, Văn khoa học, ông Trần Văn Khải", "Văn khoa học, ông Trần Văn Khải"]
    )  # fmt: skip
    assert complete(typed, lexicon, 8) == (expected,)

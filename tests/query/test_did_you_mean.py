"""Suggested query texts: marks restored, slips corrected, raw Telex and VNI decoded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lexicons import DictLexicon

from indexer.analysis import has_marks
from indexer.analysis.normalize import normalize
from indexer.analysis.words.word_model import word_model
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


def suggested(text: str, exact_hits: int = 0, lexicon: DictLexicon = LEXICON) -> str | None:
    found = suggestion(interpret(normalize(text).text, lexicon), lexicon, exact_hits)
    return found.text if found else None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("hiệu qả", "hiệu quả"),  # a letter dropped
        ("hiệu quảa", "hiệu quả"),  # a letter added
        ("hiệu uqả", "hiệu quả"),  # letters swapped
        ("hiệu quẻ", "hiệu quả"),  # a wrong letter
        ("huyên ủy", "huyện uỷ"),  # a wrong mark
        ("phòng trào", "phong trào"),  # the index has the syllable, but never beside this one
        ("Phòng Trào thi đua", "Phong Trào thi đua"),
        ("hieu qa cong tac", "hiệu quả công tác"),
        ("cong tac dan van", "công tác dân vận"),
        ("coong tacs daan vaanj", "công tác dân vận"),
        ("co6ng ta1c da6n va65n", "công tác dân vận"),
        ('"coong tacs" -vaanj', '"công tác" -vận'),
        ("coong OR vaanj", "công OR vận"),
    ],
)
def test_slips_missing_marks_and_raw_typing_are_corrected(typed: str, expected: str) -> None:
    assert suggested(typed) == expected


@pytest.mark.parametrize("text", ["quán bar phố", "bằng lái xe A1", "giá OR vàng"])
def test_a_known_word_that_looks_like_raw_typing_is_not_decoded(text: str) -> None:
    texts = ["quán bar phố giá vàng", "bằng lái xe a1 á mất", "thuốc bả ỏ"]
    lexicon = DictLexicon(texts)
    for result in (suggested(text, hits, lexicon) for hits in (0, 1, 3)):
        assert result is None or not {"bả", "Á", "á", "Ỏ", "ỏ"} & set(result.split())


@pytest.mark.parametrize("text", ["công tác dân vận", "phong trào", "hiệu quả công tác", "dân"])
def test_a_text_that_the_index_has_gets_no_suggestion(text: str) -> None:
    assert suggested(text, exact_hits=300) is None


@pytest.mark.parametrize(
    ("keys", "decoded"),
    [
        ("vaanj", "vận"), ("dduwowcj", "được"), ("nghieepj", "nghiệp"), ("quanr", "quản"),
        ("giaf", "già"), ("hoaf", "hoà"), ("muaw", "mưa"), ("toans", "toán"),
        ("nguyeenx", "nguyễn"), ("dan", None), ("", None), ("42", None), ("x" * 50, None),
        ("vanaj", "vận"), ("dangd", "đang"),  # the mark key after other letters
        ("cuuws", "cứu"), ("ruouwj", "rượu"), ("thuowr", "thuở"), ("huwux", "hữu"),
        ("vânj", None), ("vaan-j", None), ("h" * 8 + "vaanj", None),
    ],
)  # fmt: skip
def test_telex_decodes_a_syllable_or_returns_none(keys: str, decoded: str | None) -> None:
    assert telex(keys) == decoded


@pytest.mark.parametrize(
    ("keys", "decoded"),
    [("va65n", "vận"), ("d9u7o7c5", "được"), ("nghie65p", "nghiệp"), ("uy3", "uỷ"), ("dan", None)],
)
def test_vni_decodes_a_syllable_or_returns_none(keys: str, decoded: str | None) -> None:
    assert vni(keys) == decoded


@given(st.text('adeowsfrxjuhgn1234567890 -"()*=', max_size=40))
def test_any_text_is_accepted(text: str) -> None:
    suggested(text)
    for keys in text.split():
        telex(keys)
        vni(keys)


@pytest.mark.parametrize("typed", ["chỉ thị 05-CT/TW", "15-QĐ/HU", "Quyết định 17/QĐ-TTg"])
def test_the_code_of_a_document_is_not_corrected(typed: str) -> None:
    lexicon = DictLexicon(["có chỉ thị, quyết định của huy Tt; tư"] * 9)
    assert suggested(typed, lexicon=lexicon) is None


@pytest.mark.parametrize("typed", ["công văn 55/UBND-VX", "55/UBND-VX", "55-VX/UBND", "UBND-VX/5"])
def test_a_code_without_a_known_type_is_not_corrected(typed: str) -> None:
    lexicon = DictLexicon(["công văn của UBND về việc vay vốn"] * 1000)
    query = interpret(typed, lexicon)
    assert suggested(typed, lexicon=lexicon) is None
    assert corrected_text(query, lexicon) is None
    assert suggested("UBND VX", lexicon=lexicon)  # no code


def test_marks_are_restored_beside_a_number() -> None:
    lexicon = DictLexicon(["nghị quyết 42 năm 2019"] * 9)
    assert suggested("nghi quyet 42 nam 2019", lexicon=lexicon) == "nghị quyết 42 năm 2019"


@pytest.mark.parametrize(("exact_hits", "expected"), [(3, "vận"), (4, None)])
def test_raw_typing_is_decoded_only_if_at_most_three_documents_have_it(
    exact_hits: int, expected: str | None
) -> None:
    assert suggested("vaanj", exact_hits) == expected


def test_a_syllable_without_marks_beside_one_with_marks_was_probably_meant_so() -> None:
    lexicon = DictLexicon(["huyện ma"] * 10 + ["huyện mã"] * 12)
    assert suggested("huyện ma", lexicon=lexicon) is None


def test_a_text_of_more_than_32_syllables_is_not_corrected() -> None:
    assert suggested("phong trào " * 15 + "hiệu qả") == "phong trào " * 15 + "hiệu quả"
    assert suggested("phong trào " * 16 + "hiệu qả") is None


def test_a_foreign_word_of_up_to_twelve_letters_is_corrected() -> None:
    lexicon = DictLexicon(["thành phố philadelphia, massachusetts"] * 1000)
    assert corrected_text(interpret("philadelphja", lexicon), lexicon) == "philadelphia"
    assert corrected_text(interpret("massachusetta", lexicon), lexicon) is None


SMALL = DictLexicon(
    [
        "Có phố đi bộ. Bóng ban mai. Vì bị ốm",
        "Khai thực tế hợp tác",
        "Ông Lý có phố cổ, cho sản xuất",
    ]
)


@pytest.mark.parametrize("lexicon", [SMALL, LEXICON])
@pytest.mark.parametrize("text", ["cà phê", "khắc phục", "gật gù", "thổ sản", "Pu-tin", "Wi-Fi"])
def test_a_word_that_is_spelt_right_is_left_alone(text: str, lexicon: DictLexicon) -> None:
    assert suggested(text, lexicon=lexicon) is None
    assert corrected_text(interpret(normalize(text).text, lexicon), lexicon) is None


_DICTIONARY = sorted(
    f"{first} {second}"
    for first, pairs in word_model().pairs.items()
    for second, pair in pairs.items()
    if pair.is_word and has_marks(f"{first} {second}")
)


@given(st.sampled_from(_DICTIONARY), st.sampled_from([SMALL, LEXICON]))
def test_no_word_of_the_dictionary_is_corrected(word: str, lexicon: DictLexicon) -> None:
    assert suggested(word, lexicon=lexicon) is None
    assert corrected_text(interpret(normalize(word).text, lexicon), lexicon) is None


@pytest.mark.parametrize("lexicon", [SMALL, LEXICON])
def test_no_word_with_capitals_or_a_hyphen_is_corrected(lexicon: DictLexicon) -> None:
    words = [word for word in _DICTIONARY if word != word.lower() or "-" in word]
    assert {"Phật Đản", "Bắc Cực", "lúa hè-thu"} <= set(words)
    for word in words:
        for typed in (word, word.lower()):
            assert suggested(typed, lexicon=lexicon) is None
            assert corrected_text(interpret(normalize(typed).text, lexicon), lexicon) is None


def test_a_dictionary_word_typed_without_marks_keeps_its_letters() -> None:
    lexicon = DictLexicon(["kiểm định, chợ, chớp"] * 1000)
    assert suggested("siem ninh", lexicon=lexicon) is None
    assert suggested("chom chop", lexicon=lexicon) is None


def test_english_is_not_read_as_syllables_without_marks() -> None:
    lexicon = DictLexicon(["tờ bé, ở nốt, tờ bé nọ", "to be or what"] * 500)
    assert suggested("to be or not to be", lexicon=lexicon) is None


def test_sounds_that_dialects_confuse_are_corrected() -> None:
    lexicon = DictLexicon(["thị trường chứng khoán, năm nay, xây dựng, chuyến bay"] * 1000)
    for typed, meant in [
        ("chứng khoáng", "chứng khoán"),
        ("lăm nay", "năm nay"),
        ("sây dựng", "xây dựng"),
        ("truyến bay", "chuyến bay"),
    ]:
        assert suggested(typed, lexicon=lexicon) == meant


def test_a_wrong_spelling_of_a_few_documents_is_corrected_to_a_word() -> None:
    lexicon = DictLexicon(["kinh nghiệm, động đất"] * 1200 + ["kinh nghiêm, đông đât"] * 5)
    assert suggested("kinh nghiêm", 5, lexicon) == "kinh nghiệm"
    assert suggested("đông đât", 5, lexicon) == "động đất"


def test_a_province_with_a_wrong_mark_is_corrected_although_a_few_documents_have_it() -> None:
    lexicon = DictLexicon(["đà nẵng, thái nguyên", "cần thơ"] * 1200 + ["đà nẳng, cần thở"] * 5)
    assert suggested("đà nẳng", 5, lexicon) == "đà nẵng"
    assert suggested("Đà Nẳng", 5, lexicon) == "Đà Nẵng"
    assert suggested("thái nguyện", lexicon=lexicon) == "thái nguyên"
    assert suggested("đà nẵng", 1200, lexicon) is None


def test_a_name_of_the_archive_is_not_taken_for_a_word_with_more_marks() -> None:
    name, word = ["nhà yêu nước phan bội châu"], ["quân phản bội"]
    lexicon = DictLexicon([*name * 60, *word * 600, *["một đôi"] * 400])
    assert suggested("nhà cách mạng phan bội châu", lexicon=lexicon) is None
    lexicon = DictLexicon([*name, *word * 600, *["một đôi"] * 400])
    assert suggested("quân phan bội", lexicon=lexicon) == "quân phản bội"


def test_two_right_syllables_with_other_marks_are_no_slip() -> None:
    lexicon = DictLexicon(["nói chuyện, nơi ở, chuyển nhà, kinh nghiệm"] * 1000)
    assert suggested("nơi chuyển", lexicon=lexicon) is None
    assert suggested("nói chuyển", lexicon=lexicon) == "nói chuyện"


def test_a_right_syllable_is_a_slip_for_one_that_is_much_likelier() -> None:
    others = [*["góc nhà"] * 40, *["một phần ba"] * 3000]
    few, many = (DictLexicon([*["góp phần"] * times, *others]) for times in (40, 4000))
    assert suggested("góc phần ba", lexicon=few) is None
    assert suggested("góc phần ba", lexicon=many) == "góp phần ba"


def test_a_word_of_the_dictionary_without_marks_is_left_alone() -> None:
    texts = [*["nói thong dong"] * 30, *["thông đồng"] * 160, *["nhiều con số"] * 999, "con so"]
    lexicon = DictLexicon(texts)
    assert suggested("thong dong", 30, lexicon) is None
    assert suggested("noi thong dong voi giac", lexicon=lexicon) is not None
    assert suggested("con so", lexicon=lexicon) == "con số"


def test_foreign_names_keep_what_the_archive_does_not_know() -> None:
    lexicon = DictLexicon(["vốn của hãng von, cramer và levis"] * 1000)
    assert suggested("nhà khoa học hugo von mohl", lexicon=lexicon) is None
    assert suggested("vốn của cramér", lexicon=lexicon) is None
    assert suggested("hãng levís", lexicon=lexicon) is None
    assert suggested("hãng lêvis", lexicon=lexicon) == "hãng levis"


def test_marks_of_other_languages_are_no_slips() -> None:
    lexicon = DictLexicon(["jurgen klopp ở tehran, hồ tonle sap cạn"] * 1000)
    for text in ("Jürgen Klopp", "thành phố tehrān", "bên hồ tonlé sap"):
        assert suggested(text, lexicon=lexicon) is None
    assert suggested("jurgn klopp ở", lexicon=lexicon) == "jurgen klopp ở"


def test_a_foreign_word_of_two_syllables_is_no_slip_for_one_syllable() -> None:
    lexicon = DictLexicon(["tổ tiên hôm nay, khai thác, bà xã hải"] * 1000)
    assert suggested("tổ tiên homo", lexicon=lexicon) is None
    assert suggested("bà xã hari", lexicon=lexicon) is None
    assert suggested("nay kahi thác", lexicon=lexicon) == "nay khai thác"  # letters swapped


@pytest.mark.parametrize("text", ["bà Phí Thị Thục Nga", "phí thị thục nga", "Dương Mịch kể"])
def test_the_given_name_of_a_person_is_no_slip(text: str) -> None:
    lexicon = DictLexicon(["cấp thị thực nga, dương lịch kể, bà thị phí"] * 1000)
    assert suggested(text, lexicon=lexicon) is None
    assert suggested("dương lịc kể", lexicon=lexicon) == "dương lịch kể"
    assert suggested("cấp thị thục nga", lexicon=lexicon) == "cấp thị thực nga"


def test_a_name_gets_the_marks_that_were_left_out() -> None:
    lexicon = DictLexicon(["chủ tịch Hồ Chí Minh, bà Nguyễn Thị Hiền"] * 1000)
    assert suggested("Hồ Chi Minh", lexicon=lexicon) == "Hồ Chí Minh"
    assert suggested("bà nguyễn thị hien", lexicon=lexicon) == "bà nguyễn thị hiền"


def test_what_a_few_pages_have_side_by_side_does_not_make_a_right_syllable_a_slip() -> None:
    known = [*["hoá thạch cổ, hộp sữa, bày trên kệ"] * 5000, *["có con sứa"] * 10]
    few, many = (DictLexicon([*known, *["thạch sữa"] * times]) for times in (1, 40))
    assert suggested("hoá thạch sứa", lexicon=few) is None
    assert suggested("hoá thạch sứa", lexicon=many) == "hoá thạch sữa"


def test_vni_is_decoded_although_a_letter_and_a_number_stand_side_by_side() -> None:
    lexicon = DictLexicon([*["quốc gia 1, máy bay F 16"] * 30, *["giá vàng"] * 900, *["F16"] * 20])
    assert suggested("gia1", 30, lexicon) == "giá"
    assert suggested("F16", 50, lexicon) is None
    assert suggested("gia 1", 30, lexicon) is None


def test_letters_that_are_swapped_keep_their_marks() -> None:
    lexicon = DictLexicon(["ngoài đó, đến đó"] * 1000 + ["cây đổ"] * 100)
    assert suggested("ổđ", lexicon=lexicon) == "đổ"


def test_initials_are_not_corrected_to_other_initials() -> None:
    lexicon = DictLexicon(["điểm thi của TNT và HCM"] * 1000)
    assert suggested("điểm của TNK", lexicon=lexicon) is None
    assert suggested("điểm của HCMM", lexicon=lexicon) == "điểm của HCM"  # a key twice


def test_a_plural_of_a_foreign_word_is_no_slip() -> None:
    lexicon = DictLexicon(["đế quốc byzantine, hãng microsoft ra đời"] * 1000)
    assert suggested("chống lại byzantines", lexicon=lexicon) is None
    assert suggested("tại sao mictosoft", lexicon=lexicon) == "tại sao microsoft"


NEWS = DictLexicon(
    [
        *["Việt Nam mua hàng cỏ, hàng có, bỉ có quyết tâm, bỉ quyết tâm, bí quyết"] * 20,
        *["mỹ đang điều tra, máy đang, bệnh nhiễm, trong thế giới, cuộc thi trong nhà"] * 400,
        *["window xp, gorilla có khả năng, parma thắng, hà nội và tp hcm, hà lan"] * 400,
        *["thế giới tronng sân, chỗ lội, xe lội nước"] * 2,
        "mhiễm",
        *["giám đốc care tại iraq"] * 400,
        *["tìm cate mới"] * 5,
        *["súng bắn người, bài tập, tạ ơn, bái phục, chi phí thấp, phì nhiêu, hẳn là, hắn là"]
        * 300,
        *["phở bò, phố bờ hồ"] * 40,
    ]
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("mmỹ đang điều tra", "mỹ đang điều tra"),  # the index folds mỹ to "mi"
        ("bỉ có qquyết tâm", "bỉ có quyết tâm"),  # not "bí quyết": only qquyết is no syllable
        ("bỉ qquyết tâm", "bỉ quyết tâm"),
        ("thi tronng nhà", "thi trong nhà"),  # two pages have the same slip
        ("mhiễm", "nhiễm"),
        ("windwo xp", "window xp"),
        ("gorillaa có khả năng", "gorilla có khả năng"),
        ("hà lội và tp hcm", "hà nội và tp hcm"),  # lội is right elsewhere
        ("giám đốc cate tại iraq", "giám đốc care tại iraq"),  # and so is cate
        ("thiết bị chi phì thấp", "thiết bị chi phí thấp"),
    ],
)
def test_what_is_no_syllable_or_does_not_fit_is_corrected_and_its_neighbours_are_not(
    typed: str, expected: str
) -> None:
    assert suggested(typed, lexicon=NEWS) == expected


@pytest.mark.parametrize("text", ["bái tạ", "xe lội nước", "tìm cate mới", "aprpma"])
def test_right_syllables_and_unknown_names_are_left_alone(text: str) -> None:
    assert suggested(text, lexicon=NEWS) is None


def test_a_foreign_word_is_no_unlikely_slip_for_another() -> None:
    lexicon = DictLexicon([*["dải gaza nóng, lady hát hay, làng nọ có dân"] * 400, "sân khấu"])
    for text in ("lady gaga hát hay", "làng nọ dna"):
        assert suggested(text, lexicon=lexicon) is None
    assert suggested("dải gaaza nóng", lexicon=lexicon) == "dải gaza nóng"


def test_hoi_and_nga_are_confused_more_often_than_other_tones() -> None:
    lexicon = DictLexicon([*["hàng cỏ"] * 300, *["hàng có"] * 900, *["bán hàng"] * 50])
    assert suggested("hàng cõ", lexicon=lexicon) == "hàng cỏ"


def test_one_wrong_mark_is_likelier_than_two() -> None:
    lexicon = DictLexicon([*["nhỏ như mặt"] * 300, *["nhỏ như mất"] * 600])
    assert suggested("nhỏ như mẳt", lexicon=lexicon) == "nhỏ như mặt"

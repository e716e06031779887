from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import TEXTS, nfc

from indexer.analysis.orthography import place_tones, unify_i_y, unify_i_y_in

# As written = in the spelling of 1984.
PLACED = dict(
    pair.split("=")
    for pair in """
    hòa=hoà hóa=hoá họa=hoạ khỏe=khoẻ lòe=loè hoẹ=hoẹ ủy=uỷ thủy=thuỷ túy=tuý lũy=luỹ
    hòan=hoàn hoàn=hoàn tóan=toán khoẻ=khoẻ ngòai=ngoài ngoaì=ngoài xóay=xoáy ngóeo=ngoéo
    khủya=khuỷa húynh=huýnh qúy=quý qùa=quà qủa=quả quả=quả qúi=quí qùyền=qùyền
    cuả=của muà=mùa mùa=mùa kiá=kía thiạ=thịa giừơng=giường gìa=già giá=giá gíêng=giếng giếng=giếng
    tìên=tiền tiêń=tiêń nghiã=nghĩa nghĩa=nghĩa tụê=tuệ thủơ=thuở muôń=muôń mụôn=muộn
    gì=gì gìn=gìn giữ=giữ ủa=ủa ào=ào aò=ào caó=cáo kêú=kếu mâỹ=mẫy bứơc=bước bươć=bươć
    lựu=lựu lưụ=lựu hươủ=hưởu ngừơi=người xòong=xoòng tựa=tựa tưạ=tựa yếu=yếu yêú=yếu
    Hòa=Hoà HÒA=HOÀ ỦY=UỶ Ủy=Uỷ CUẢ=CỦA HÒaN=HOàN QÚY=QUÝ Khỏe=Khoẻ ĐÒA=ĐOÀ Đòai=Đoài
    """.split()
    for _ in (0,)
)

# Not Vietnamese syllables, or with two marks: left unchanged.
UNTOUCHED = "naïve fiancée El Niño café àéo hòaf wòa jòa hòáa hòazz móo pòésie Açaí ở à́o".split()


@pytest.mark.parametrize(("written", "placed"), PLACED.items())
def test_the_tone_mark_moves_to_where_the_new_spelling_puts_it(written: str, placed: str) -> None:
    assert place_tones(nfc(written)) == nfc(placed)


@pytest.mark.parametrize("text", UNTOUCHED)
def test_a_string_that_is_no_vietnamese_syllable_is_unchanged(text: str) -> None:
    assert place_tones(nfc(text)) == nfc(text)


def test_tones_are_placed_in_every_syllable_of_a_sentence() -> None:
    text = "Ủy ban Hòa Bình: cuả, qúy/hóa; HỌA-khỏe"
    assert place_tones(text) == "Uỷ ban Hoà Bình: của, quý/hoá; HOẠ-khoẻ"


@given(TEXTS.map(nfc))
def test_placing_tones_keeps_the_length_and_is_idempotent(text: str) -> None:
    placed = place_tones(text)
    assert len(placed) == len(text)
    assert place_tones(placed) == placed


_VOWEL = "aăâeêioôơuưy"
_TONE = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]


@given(
    st.sampled_from("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x w z".split())
    | st.just(""),
    st.text(_VOWEL, min_size=1, max_size=3),
    st.sampled_from(["", "c", "ch", "m", "n", "ng", "nh", "p", "t", "f"]),
    st.sampled_from(_TONE[1:]),
    st.randoms(use_true_random=False),
)
def test_a_syllable_is_the_same_on_whichever_vowel_the_mark_was_typed(
    onset, vowels, coda, tone, random
):
    """This holds for every syllable that is changed at all; the others stay as typed."""
    typed = [
        nfc(onset + vowels[: i + 1] + tone + vowels[i + 1 :] + coda) for i in range(len(vowels))
    ]
    placed = {place_tones(syllable) for syllable in typed}
    assert len(placed) == 1 or placed == set(typed)
    assert {_bare(p) for p in placed} == {onset + vowels + coda}


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return nfc("".join(c for c in decomposed if c not in _TONE))


@pytest.mark.parametrize(
    ("one", "other"),
    [pair.split("/") for pair in "kĩ/kỹ lí/lý tỉ/tỷ quí/quý sĩ/sỹ mĩ/mỹ hi/hy vĩ/vỹ ti/ty".split()],
)
def test_spellings_with_i_and_with_y_are_unified(one: str, other: str) -> None:
    assert unify_i_y(one) == unify_i_y(other) in (one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [pair.split("/") for pair in "quý/quy tai/tay thúi/thúy ý/í hai/hay lý/ly mi/mỹ".split()],
)
def test_different_syllables_are_not_unified(one: str, other: str) -> None:
    assert unify_i_y(one) != unify_i_y(other)


@given(TEXTS)
def test_unifying_twice_changes_nothing(text: str) -> None:
    assert unify_i_y(unify_i_y(text)) == unify_i_y(text)


@given(
    st.lists(st.sampled_from(["kĩ", "kỹ", "lí", "quí", "bác", "vy", "", "kĩx", "xkĩ", "hi", "hy"]))
)
def test_a_text_is_unified_as_its_terms_are(terms: list[str]) -> None:
    for separator in (" ", "\n"):
        unified = unify_i_y_in(separator.join(terms))
        assert unified == separator.join(map(unify_i_y, terms))

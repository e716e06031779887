"""Text from before Unicode is converted back, and any other text stays unchanged."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.orthography import is_syllable
from indexer.analysis.words.word_model import word_model
from indexer.documents.legacy.convert import ENCODINGS, convert, encode
from indexer.documents.legacy.detect import repair, vietnamese_share
from indexer.documents.text.repair import break_at_zero_width

SINGLE_CASE = ("tcvn3",)
"""Encodings without capitals with tones: these are small letters in a font of capitals."""


def syllables() -> list[str]:
    words = word_model().pairs
    pieces = set(words) | {second for row in words.values() for second in row}
    return sorted(unicodedata.normalize("NFC", piece) for piece in pieces if is_syllable(piece))


SYLLABLES = syllables()
LOWER = [syllable.lower() for syllable in SYLLABLES]


def test_the_dictionary_has_syllables_to_test_with() -> None:
    assert len(SYLLABLES) > 5_000


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("case", [str.lower, str.capitalize, str.upper])
def test_every_encoded_syllable_is_converted_back(encoding: str, case: object) -> None:
    change: object = case
    lost = []
    for syllable in LOWER:
        text = change(syllable)  # type: ignore[operator]
        back = convert(encode(text, encoding), encoding)
        if encoding in SINGLE_CASE:
            text, back = text.lower(), back.lower()
        if back != text:
            lost.append((text, back))
    assert lost == []


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(words=st.lists(st.sampled_from(LOWER), min_size=12, max_size=80))
def test_a_vietnamese_text_is_recognised_in_every_encoding(encoding: str, words: list[str]) -> None:
    text = " ".join(words)
    read_wrongly = encode(text, encoding)
    # Some words read as others ("bú" in TCVN3 as "bó"); a text of such words tells nothing.
    marked = [word for word in read_wrongly.split() if not word.isascii()]
    if len(marked) >= 6 and vietnamese_share(read_wrongly) <= 0.5:
        assert repair(read_wrongly).text == text


PARAGRAPHS = [
    "Ủy ban nhân dân huyện tổ chức hội nghị tổng kết công tác dân vận.",
    "Các đại biểu thảo luận về việc xây dựng đời sống văn hóa ở khu dân cư.",
    "Phòng Văn hóa thông tin phối hợp với các đoàn thể mở lễ hội lồng tồng.",
    "Bà con các dân tộc Tày, Nùng, Dao tham gia đông đủ và vui vẻ.",
    "Hội đồng nhân dân",
    "Tin của Reuters, The New York Times.",
]


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(st.lists(st.tuples(st.sampled_from(PARAGRAPHS), st.booleans()), max_size=20))
def test_paragraphs_in_a_legacy_encoding_are_repaired_among_others_in_unicode(
    encoding: str, paragraphs: list[tuple[str, bool]]
) -> None:
    paragraphs = [*paragraphs, (PARAGRAPHS[0], True), (PARAGRAPHS[1], False)]
    text = "\n".join(encode(one, encoding) if legacy else one for one, legacy in paragraphs)
    lower = str.lower if encoding in SINGLE_CASE else str
    assert lower(repair(text).text) == lower("\n".join(one for one, _ in paragraphs))


@given(st.lists(st.sampled_from(LOWER), max_size=60))
def test_a_text_in_unicode_stays_unchanged(words: list[str]) -> None:
    text = " ".join(words)
    assert repair(text) == (text, None)


@given(st.text(max_size=300))
def test_any_text_can_be_repaired_and_a_second_repair_changes_nothing(text: str) -> None:
    once = repair(text).text
    assert repair(once).text == once


OTHER_LANGUAGES = {
    "French": "L'été dernier, nous avons passé nos vacances près de la forêt où le château se "
    "dresse. Les élèves français étudient l'œuvre du poète à l'école, ça va très bien.",
    "German": "Die Größe der Straße überraschte die Käufer; größere Häuser für ältere Bürger "
    "gehören natürlich zur schönen Altstadt von Köln und München.",
    "Spanish": "El niño español comió en la montaña; después soñó con una canción añeja. "
    "¿Cómo está usted? ¡Qué día más mágico! Mañana será la reunión de la comisión.",
    "Portuguese": "A educação não é só obrigação; os irmãos põem as mãos nas maçãs. São Paulo.",
    "Polish": "Zażółć gęślą jaźń. Święta są już wkrótce, więc życzę wszystkim szczęścia.",
    "Czech": "Příliš žluťoučký kůň úpěl ďábelské ódy. Čeština má mnoho háčků.",
    "Turkish": "Çocuklar güneşli günlerde şarkı söyleyip öğretmenleriyle ağaçların altında.",
    "Swedish": "På åkern står tre röda kor. Där växer även många äppelträd på ön.",
    "Icelandic": "Það er gott að búa á Íslandi. Þorgeir kom heim úr ferðalaginu í gær.",
    "Hungarian": "Árvíztűrő tükörfúrógép. Az őszi eső után új élet ébredt a völgyben.",
    "Romanian": "Școala și fântâna din sat sunt vechi; pădurea și câmpia sunt întinse.",
    "Russian": "Съешь ещё этих мягких французских булок, да выпей чаю.",
    "Greek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. Η Αθήνα είναι πρωτεύουσα.",
    "Chinese": "越南社會主義共和國是位於東南亞的中南半島東端的國家。",
    "Khmer": "ភាសាខ្មែរគឺជាភាសារបស់ប្រជាជនកម្ពុជា។",
    "Thai": "ภาษาไทยเป็นภาษาที่มีระดับเสียงของคำแน่นอน",
    "Ede": "Hdră êlan čar mâo lu buôn sang, ƀuôn hgŭm, mnuih ƀuôn sang dôk hơ̆k mơak.",
    "Bahnar": "Kon pơlei Bahnar oei đĭ đăng jơhngơ̆m, pơm čoh jang hơdrin.",
    "English": "The café’s naïve façade — a résumé of déjà vu — cost £20, or €25.",
    "signs": "«» §5 ©2020 ® ™ ½ ¼ ¾ ° ± × ÷ µm £5 €6 ¥7 … – — ‰",
}


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_other_languages_stay_untouched(language: str) -> None:
    text = OTHER_LANGUAGES[language]
    assert repair(text) == (text, None)
    for word in text.split():
        assert repair(word).text == word
    assert repair(text * 20) == (text * 20, None)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "title", ["Quyết định về việc phê duyệt kế hoạch", "Nghị quyết của Tỉnh ủy", "Dân vận khéo"]
)
def test_a_short_title_is_repaired_with_the_help_of_the_body(encoding: str, title: str) -> None:
    body = encode("Ủy ban nhân dân tỉnh yêu cầu các sở, ngành tổ chức thực hiện.".lower(), encoding)
    assert repair(encode(title.lower(), encoding), also=body).text == title.lower()


@given(st.text(alphabet="aăâeêoôơuưyibcdđghklmnpqrstvx\u200b \n1Áề", max_size=40))
def test_only_zero_width_spaces_are_replaced(text: str) -> None:
    broken = break_at_zero_width(text)
    assert broken.replace("\u200b", "").replace(" ", "") == text.replace("\u200b", "").replace(
        " ", ""
    )
    assert break_at_zero_width(broken) == broken


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cà\u200bphê", "cà phê"),
        ("Cà\u200bPhê\u200bSữa", "Cà Phê Sữa"),
        ("ngư\u200bời", "ngư\u200bời"),
        ("a\u200b1", "a\u200b1"),
        ("dân\u200b\u200bvận", "dân vận"),
        ("\u200bdân", "\u200bdân"),
    ],
)
def test_a_zero_width_space_between_syllables_is_a_space(text: str, expected: str) -> None:
    assert break_at_zero_width(text) == expected

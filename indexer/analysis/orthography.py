"""One syllable, one spelling: where the tone mark stands, and i or y.

Both are rules of Vietnamese orthography, not of any corpus. The tone goes where the spelling of
1984 (Decision 240/QĐ of the Ministry of Education) puts it, "the new style" (hoà, khoẻ, uỷ): pyvi's
dictionary knows only that one. The same step mends a mark typed on the other vowel (cuả, hòan).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền sắc ngã hỏi nặng
_PLAIN = "aăâeêioôơuưy"
_TONED = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in _PLAIN for tone in _TONES)
_ANY = _PLAIN + _TONED

# A syllable whose tone could stand elsewhere has two vowels in a row, one of them toned. Only the
# beginning of a run of Latin letters is tried, and the vowels only among its first letters, so that
# a long run without spaces costs no more than its length.
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_LONGEST = 8  # letters; nghiêng, the longest syllable, has 7
_CANDIDATE = re.compile(
    rf"(?<![{_LATIN}])[{_LATIN}]{{0,{_LONGEST - 2}}}"
    rf"(?:[{_TONED}][{_ANY}]|[{_PLAIN}][{_TONED}])[{_LATIN}]*",
    re.IGNORECASE,
)
_ONSET = "b|ch|c|d|đ|gh|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|q|r|s|th|tr|t|v|x"
_SYLLABLE = re.compile(rf"(gi(?=[{_PLAIN}])|{_ONSET}|)([{_PLAIN}]+)(ch|c|m|ng|nh|n|p|t|)")

# Vowel groups without a marked letter (ă â ê ô ơ ư), open syllable: the index of the toned vowel.
_OPEN = {
    **dict.fromkeys("ai ao au ay eo ia iu oi ua ui ưa ưi ưu".split(), 0),
    **dict.fromkeys("oa oe uy oai oao oay oeo uya uyu".split(), 1),
}
_CLOSED = {**dict.fromkeys("oa oe uy".split(), 1), "oo": 1}
_MARKED = "ăâêôơư"
_MARKED_GROUPS = frozenset(
    "âu ây êu iê iêu yê yêu oă ôi ơi uâ uây uê uô uôi uơ uyê ươ ươi ươu ưa ưi ưu".split()
)


def place_tones(text: str) -> str:
    """`text` (NFC) with each tone mark where the new spelling puts it. Length is unchanged.

    Only syllables that are possible in Vietnamese are touched.

    >>> place_tones("Hòa, ỦY, cuả, hòan, qúy")
    'Hoà, UỶ, của, hoàn, quý'
    """
    return _CANDIDATE.sub(_place, text)


def _place(match: re.Match[str]) -> str:
    run = match.group()
    return _placed(run) if len(run) <= _LONGEST else run


@lru_cache(maxsize=1 << 16)
def _placed(syllable: str) -> str:
    plain, tone, count = _without_tone(syllable)
    match = _SYLLABLE.fullmatch(plain.lower())
    if count != 1 or match is None:
        return syllable
    onset, vowels, coda = match.groups()
    at = _nucleus(vowels, coda)
    if at is None:
        return syllable
    at += len(onset)
    toned = unicodedata.normalize("NFC", plain[at] + tone)
    return plain[:at] + toned + plain[at + 1 :]


def _without_tone(syllable: str) -> tuple[str, str, int]:
    """The syllable without tone marks, the last tone mark, and how many there were."""
    parts = [_letter_and_tone(char) for char in syllable]
    tones = [tone for _, tone in parts if tone]
    return "".join([letter for letter, _ in parts]), "".join(tones[-1:]), len(tones)


@lru_cache(maxsize=1 << 10)
def _letter_and_tone(char: str) -> tuple[str, str]:
    """A character without tone marks, and the first of these, if any."""
    parts = unicodedata.normalize("NFD", char)
    kept = "".join(part for part in parts if part not in _TONES)
    tone = next((part for part in parts if part in _TONES), "")
    return unicodedata.normalize("NFC", kept), tone


def is_syllable(term: str) -> bool:
    """Whether a lower-case term is built like a syllable of Vietnamese, with or without its marks.

    >>> is_syllable("nghị"), is_syllable("nghi"), is_syllable("ubnd"), is_syllable("nato")
    (True, True, False, False)
    """
    return len(term) <= _LONGEST and _is_built(term)


@lru_cache(maxsize=1 << 16)
def _is_built(term: str) -> bool:
    return _SYLLABLE.fullmatch(_without_tone(term)[0]) is not None


def _nucleus(vowels: str, coda: str) -> int | None:
    """The index within `vowels` that carries the tone; None for no Vietnamese vowel group."""
    if len(vowels) == 1:
        return 0
    if vowels in _MARKED_GROUPS:
        return max(vowels.rfind(letter) for letter in _MARKED)
    return (_CLOSED if coda else _OPEN).get(vowels)


# After these onsets a lone i and a lone y sound the same, and both are written (kĩ thuật, kỹ
# thuật). The form kept is the commoner one. quý and quy differ by tone and stay apart.
_KEPT = (
    "hy hì hỷ hĩ hí hị ky kỳ kỷ kỹ ký kỵ ly lì lỷ lĩ lý lỵ mi mì mỉ mỹ mí mị "
    "si sì sỉ sĩ sí sị ty tỳ tỷ tĩ tí tị quy quỳ quỷ quỹ quý quỵ vĩ"
)
_OTHER = str.maketrans("iìỉĩíịyỳỷỹýỵ", "yỳỷỹýỵiìỉĩíị")
_I_OR_Y = {kept.translate(_OTHER): kept for kept in _KEPT.split()}


def unify_i_y(term: str) -> str:
    """The kept spelling of a lower-case syllable that may be written with i or y.

    >>> unify_i_y("kĩ"), unify_i_y("quí"), unify_i_y("bác")
    ('kỹ', 'quý', 'bác')
    """
    return _I_OR_Y.get(term, term)

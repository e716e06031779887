"""Vietnamese orthography: where the tone mark stands, i or y, and how a syllable is built.

These are rules of the language, not of any corpus. The tone mark goes where the spelling of 1984
(Decision 240/QĐ of the Ministry of Education) puts it, "the new style" (hoà, khoẻ, uỷ): pyvi's
dictionary has only that one. The same step corrects a mark typed on the other vowel (cuả, hòan).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền sắc ngã hỏi nặng
_PLAIN = "aăâeêioôơuưy"
_TONED = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in _PLAIN for tone in _TONES)
_VOWELS = _PLAIN + _TONED

# A syllable whose tone mark could stand elsewhere has two vowels in a row, one of them toned. A
# match can start only where a run of Latin letters starts, and the vowels must be among its first
# letters, so that a long run without spaces costs no more than its length.
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_LONGEST = 8  # letters; nghiêng, the longest syllable, has 7
_CANDIDATE = re.compile(
    rf"(?<![{_LATIN}])[{_LATIN}]{{0,{_LONGEST - 2}}}"
    rf"(?:[{_TONED}][{_VOWELS}]|[{_PLAIN}][{_TONED}])[{_LATIN}]*",
    re.IGNORECASE,
)
_ONSET = "b|ch|c|d|đ|gh|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|q|r|s|th|tr|t|v|x"
_SYLLABLE = re.compile(rf"(gi(?=[{_PLAIN}])|{_ONSET}|)([{_PLAIN}]+)(ch|c|m|ng|nh|n|p|t|)")

# Vowel groups without a marked letter (ă â ê ô ơ ư), open syllable → index of the toned vowel.
_OPEN = {
    **dict.fromkeys("ai ao au ay eo ia iu oi ua ui ưa ưi ưu".split(), 0),
    **dict.fromkeys("oa oe uy oai oao oay oeo uya uyu".split(), 1),
}
# The same before a final consonant.
_CLOSED = {**dict.fromkeys("oa oe uy".split(), 1), "oo": 1}
# In a group with a marked letter, the last one carries the tone.
_MARKED = "ăâêôơư"
_MARKED_GROUPS = frozenset(
    "âu ây êu iê iêu yê yêu oă ôi ơi uâ uây uê uô uôi uơ uyê ươ ươi ươu ưa ưi ưu".split()
)


def place_tones(text: str) -> str:
    """Return `text` (NFC) with each tone mark where the new spelling puts it; same length.

    Only strings that can be Vietnamese syllables are changed.

    >>> place_tones("Hòa, ỦY, cuả, hòan, qúy")
    'Hoà, UỶ, của, hoàn, quý'
    """
    return _CANDIDATE.sub(_place, text)


def _place(match: re.Match[str]) -> str:
    """Return a match of _CANDIDATE with its tone mark placed; unchanged if it is longer than a
    syllable can be."""
    run = match.group()
    return _place_tone(run) if len(run) <= _LONGEST else run


@lru_cache(maxsize=1 << 16)
def _place_tone(syllable: str) -> str:
    """Return a string of letters (NFC) with its tone mark where the new spelling puts it.

    Unchanged if it is not built like a Vietnamese syllable with one tone mark. Letter case is kept.
    """
    plain, tone, count = _without_tone(syllable)
    match = _SYLLABLE.fullmatch(plain.lower())
    if count != 1 or match is None:
        return syllable
    onset, vowels, coda = match.groups()
    at = _tone_index(vowels, coda)
    if at is None:
        return syllable
    at += len(onset)
    toned = unicodedata.normalize("NFC", plain[at] + tone)
    return plain[:at] + toned + plain[at + 1 :]


def _without_tone(syllable: str) -> tuple[str, str, int]:
    """Return an NFC syllable without tone marks, its last tone mark as a combining character (""
    if none), and the number of its tone marks."""
    parts = [_letter_and_tone(char) for char in syllable]
    tones = [tone for _, tone in parts if tone]
    return "".join([letter for letter, _ in parts]), "".join(tones[-1:]), len(tones)


@lru_cache(maxsize=1 << 10)
def _letter_and_tone(char: str) -> tuple[str, str]:
    """Return a character without tone marks, in NFC, and its first tone mark ("" if none)."""
    parts = unicodedata.normalize("NFD", char)
    letter = "".join(part for part in parts if part not in _TONES)
    tone = next((part for part in parts if part in _TONES), "")
    return unicodedata.normalize("NFC", letter), tone


def is_syllable(term: str) -> bool:
    """True if a lower-case term is built like a Vietnamese syllable, with or without marks.

    That is an onset of the language or none, one or more vowels, and a final consonant of the
    language or none, in at most _LONGEST letters. Which of them occur together, and how many tone
    marks there are, is not checked: "aei" is True.

    >>> is_syllable("nghị"), is_syllable("nghi"), is_syllable("ubnd"), is_syllable("nato")
    (True, True, False, False)
    """
    return len(term) <= _LONGEST and _has_syllable_shape(term)


@lru_cache(maxsize=1 << 16)
def _has_syllable_shape(term: str) -> bool:
    return _SYLLABLE.fullmatch(_without_tone(term)[0]) is not None


def _tone_index(vowels: str, coda: str) -> int | None:
    """Return the index in `vowels` of the vowel that carries the tone mark in the new spelling.

    `vowels` are without tone marks, lower-case; `coda` is the final consonant or "". None if they
    are no Vietnamese vowel group, or none that stands before this coda.
    """
    if len(vowels) == 1:
        return 0
    if vowels in _MARKED_GROUPS:
        return max(vowels.rfind(letter) for letter in _MARKED)
    return (_CLOSED if coda else _OPEN).get(vowels)


# After these onsets a lone i and a lone y sound the same, and both are written (kĩ thuật, kỹ
# thuật). The preferred form is the commoner one. quý and quy differ by tone and stay apart.
_PREFERRED = (
    "hy hì hỷ hĩ hí hị ky kỳ kỷ kỹ ký kỵ ly lì lỷ lĩ lý lỵ mi mì mỉ mỹ mí mị "
    "si sì sỉ sĩ sí sị ty tỳ tỷ tĩ tí tị quy quỳ quỷ quỹ quý quỵ vĩ"
)
_SWAP_I_Y = str.maketrans("iìỉĩíịyỳỷỹýỵ", "yỳỷỹýỵiìỉĩíị")
_PREFERRED_FORM = {preferred.translate(_SWAP_I_Y): preferred for preferred in _PREFERRED.split()}


def unify_i_y(term: str) -> str:
    """Return the preferred spelling of a syllable that is written with i or with y.

    `term` is lower-case and normalised; any other term is returned unchanged.

    >>> unify_i_y("kĩ"), unify_i_y("quí"), unify_i_y("bác")
    ('kỹ', 'quý', 'bác')
    """
    return _PREFERRED_FORM.get(term, term)


_OTHER_FORMS = re.compile(rf"(?<![^ \n])(?:{'|'.join(_PREFERRED_FORM)})(?![^ \n])")


def unify_i_y_in(text: str) -> str:
    """Return a text in which each term is spelt as `unify_i_y` spells it.

    Terms are separated by spaces or line breaks; they are as in `unify_i_y`.
    """
    return _OTHER_FORMS.sub(lambda match: _PREFERRED_FORM[match[0]], text)

"""Decode keys typed with the input method switched off: Telex (daan vaanj) and VNI (da6n va65n).

The rules are those of the two methods in Unikey, the usual input program: a key after a letter adds
a mark to it (aa is â in Telex, a6 in VNI), and a key anywhere after the vowel sets the tone of the
syllable (j is nặng in Telex, 5 in VNI). Used by `did_you_mean.py` and `complete.py`.
"""

from __future__ import annotations

import unicodedata

from indexer.analysis.normalize import normalize

_VOWELS = "aeiouyăâêôơư"
_TELEX_TONES = {"f": "\u0300", "s": "\u0301", "x": "\u0303", "r": "\u0309", "j": "\u0323"}
_VNI_TONES = {"2": "\u0300", "1": "\u0301", "4": "\u0303", "3": "\u0309", "5": "\u0323"}
_DOUBLED = {"a": "â", "e": "ê", "o": "ô"}
_HORN = {"o": "ơ", "u": "ư"}
_MAX_KEYS = 12  # of one syllable; nguwowngf has 9


def telex(typed: str) -> str | None:
    """Return the lower-case syllable that the keys `typed` make in Telex.

    None if they stay as they are, or are no keys of one syllable. Accepts any string.

    >>> telex("vaanj"), telex("dduwowcj"), telex("dan")
    ('vận', 'được', None)
    """
    return _decode(typed, _TELEX_TONES, vni=False)


def vni(typed: str) -> str | None:
    """Return the lower-case syllable that the keys `typed` make in VNI.

    None if they stay as they are, or are no keys of one syllable. Accepts any string.

    >>> vni("va65n"), vni("d9u7o7c5"), vni("dan")
    ('vận', 'được', None)
    """
    return _decode(typed, _VNI_TONES, vni=True)


def _decode(typed: str, tones: dict[str, str], *, vni: bool) -> str | None:
    """Return the syllable that the keys `typed` make in Telex, or in VNI if `vni`; None as `telex`.

    `tones` maps the tone keys of the method to combining tone marks.
    """
    keys = typed.lower()
    if len(keys) > _MAX_KEYS or not keys.isascii() or not keys.isalnum():
        return None
    out: list[str] = []
    tone = ""
    for key in keys:
        vowelled = any(char in _VOWELS for char in out)
        if key in tones and vowelled and not tone:
            tone = tones[key]
        elif not (_mark_vni if vni else _mark_telex)(out, key):
            out.append(key)
    if out[-2:] == ["ư", "ơ"]:
        out[-2] = "u"  # uo takes both horns only before another letter: thuở, but được
    if tone:
        _set_tone(out, tone)
    made = normalize("".join(out)).text
    return made if made != keys and not any(char.isdigit() for char in made) else None


def _mark_telex(out: list[str], key: str) -> bool:
    """Apply a key of Telex that marks a letter; return False, and change nothing, if it does not
    do so here and stands for itself.

    `out` are the letters that the keys before made, one string each; it is changed. A second a, e
    or o makes â, ê or ô; a second d after one at the beginning makes đ; w makes ă, ơ or ư of an
    earlier letter, and is ư itself if no vowel is before it. `key` is in lower case.
    """
    if key == "w":
        return _add_horn_or_breve(out, "aou") or _append_horn(out)
    if key == "d" and out[:1] == ["d"]:
        out[0] = "đ"
        return True
    return key in _DOUBLED and _replace(out, key, _DOUBLED[key])


def _mark_vni(out: list[str], key: str) -> bool:
    """Apply a key of VNI that marks a letter; return False, and change nothing, if it does not do
    so here and stands for itself.

    `out` are the letters that the keys before made, one string each; it is changed. 6 makes â, ê
    or ô, 7 ơ or ư, 8 ă of an earlier letter, 9 makes đ of a d at the beginning.
    """
    if key == "6":
        return any(_replace(out, letter, marked) for letter, marked in _DOUBLED.items())
    if key == "7":
        return _add_horn_or_breve(out, "ou")
    if key == "8":
        return _replace(out, "a", "ă")
    if key == "9" and out[:1] == ["d"]:
        out[0] = "đ"
        return True
    return False


def _append_horn(out: list[str]) -> bool:
    """Append ư to `out` for a w without a vowel before it (nhw is như).

    Returns False, and appends nothing, if `out` has a vowel.
    """
    if any(char in _VOWELS for char in out):
        return False
    out.append("ư")
    return True


def _add_horn_or_breve(out: list[str], letters: str) -> bool:
    """Apply w (Telex) or 7 (VNI) to `out`, the letters made so far: a horn for o and u, a breve for
    a.

    `letters` are those that the key may mark, "aou" or "ou". It marks the last of them in `out`;
    in uo the u too, but not in quo. In ua the u takes the horn instead of a breve on the a (chuaw
    is chưa), but not in qua. A u after u, o, ư or ơ never takes a horn (cuuws is cứu, ruouwj rượu).
    Returns False, and changes nothing, if `out` has no letter to mark; ă, ơ and ư are none.
    """
    for at in range(len(out) - 1, -1, -1):
        char = out[at]
        if char not in letters or (
            char == "u" and out[at - 1 : at] in (["u"], ["o"], ["ư"], ["ơ"])
        ):
            continue
        if char == "a":
            # In ua the u takes the horn (muaw, chuaw: mưa, chưa), but not in qua.
            if out[at - 1 : at] == ["u"] and out[at - 2 : at - 1] != ["q"]:
                out[at - 1] = "ư"
            else:
                out[at] = "ă"
        else:
            out[at] = _HORN[char]
            if char == "o" and out[at - 1 : at] == ["u"] and out[at - 2 : at - 1] != ["q"]:
                out[at - 1] = "ư"
        return True
    return False


def _replace(out: list[str], letter: str, marked: str) -> bool:
    """Replace the last `letter` in `out` by `marked`, unless a marked vowel follows it.

    Returns True if it was replaced.
    """
    for at in range(len(out) - 1, -1, -1):
        if out[at] == letter:
            out[at] = marked
            return True
        if out[at] in "âêôăơư":
            return False
    return False


def _set_tone(out: list[str], tone: str) -> None:
    """Add the combining mark `tone` to a vowel in `out`, which has at least one.

    `normalize` later moves it to the vowel on which it is written.
    """
    vowels = [at for at, char in enumerate(out) if char in _VOWELS]
    if vowels[0] + 1 in vowels and "".join(out[: vowels[0] + 1]) in ("gi", "qu"):
        vowels = vowels[1:]
    marked = [at for at in vowels if out[at] in "ăâêôơư"]
    at = marked[-1] if marked else vowels[0]
    if not marked and len(vowels) > 1 and vowels[-1] < len(out) - 1:
        at = vowels[-1]  # a closed syllable: toán, hoàng
    elif not marked and len(vowels) == 3:
        at = vowels[1]
    out[at] = unicodedata.normalize("NFC", out[at] + tone)

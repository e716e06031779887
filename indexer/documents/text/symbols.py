"""Read the signs of the fonts Symbol and Wingdings, which word processors keep as private
characters (U+F020 to U+F0FF), as the characters that they look like."""

from __future__ import annotations

import re

_LETTERS = "".join(map(chr, (*range(0xF041, 0xF05B), *range(0xF061, 0xF07B))))
_GREEK = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ"
_SIGNS = {
    0xA1: "ϒ", 0xA2: "′", 0xA3: "≤", 0xA4: "⁄", 0xA5: "∞", 0xA6: "ƒ", 0xAB: "↔", 0xAC: "←",
    0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×",
    0xB5: "∝", 0xB6: "∂", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…",
    0xC6: "∅", 0xC7: "∩", 0xC8: "∪", 0xC9: "⊃", 0xCA: "⊇", 0xCB: "⊄", 0xCC: "⊂", 0xCD: "⊆",
    0xCE: "∈", 0xCF: "∉", 0xD0: "∠", 0xD1: "∇", 0xD2: "®", 0xD3: "©", 0xD4: "™", 0xD5: "∏",
    0xD6: "√", 0xD7: "⋅", 0xD8: "¬", 0xD9: "∧", 0xDA: "∨", 0xDB: "⇔", 0xDC: "⇐", 0xDD: "⇑",
    0xDE: "⇒", 0xDF: "⇓", 0xE5: "∑", 0xF2: "∫",
    0x28: "☎", 0x2A: "✉", 0xA7: "▪", 0xA8: "☐", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗",
    0xFC: "✓", 0xFD: "☒", 0xFE: "☑", 0x95: "•",
}  # fmt: skip
"""Code → character. The last two lines are signs of Wingdings and OpenSymbol, which stand in texts
more often than those of Symbol under the same codes: suits of cards and pieces of brackets."""
_TABLE = {0xF000 + code: chr(code) for code in range(0x20, 0x41)}  # digits and punctuation
_TABLE |= {ord(letter): greek for letter, greek in zip(_LETTERS, _GREEK, strict=True)}
_TABLE |= {0xF000 + code: char for code, char in _SIGNS.items()}
BULLETS = "\uf06c\uf06e-\uf072\uf075-\uf077\uf095\uf09f\uf0a7\uf0b7\uf0d8"
"""Private characters before items, as in a class of a regular expression: squares, discs and arrows
of Wingdings, which are letters of Symbol elsewhere."""
_BULLET = re.compile(f"^([ \t]*)[{BULLETS}](?=[ \t])", re.MULTILINE)
_PRIVATE = re.compile("[\uf020-\uf0ff]")
_WINGDINGS_2 = {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐"}
"""Code → character of the boxes and ticks of Wingdings 2."""


def readable_symbols(text: str) -> str:
    """Return the text with the signs of Symbol and Wingdings as Unicode has them, and "•" for
    one before an item; those that are not known stay."""
    if not _PRIVATE.search(text):
        return text
    return _BULLET.sub(r"\1•", text).translate(_TABLE)


def symbol(font: str, code: int) -> str:
    """Return the sign that a document states by its font and its code, which may be private
    (U+F0FE) or not (0xFE); a private character of another font as it is."""
    if font.lower() == "wingdings 2" and (known := _WINGDINGS_2.get(code & 0xFF)):
        return known
    if font.lower().startswith(("symbol", "wingdings")) and code & 0xFF >= 0x20:
        code = 0xF000 | code & 0xFF
    return chr(code) if 0x20 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else ""

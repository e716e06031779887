"""Signs of the fonts Symbol and Wingdings are the characters that they look like."""

from __future__ import annotations

import pytest

from indexer.documents.content import Content
from indexer.documents.files.content_repair import repair_content
from indexer.documents.formats.office import rtf
from indexer.documents.source_file import in_memory
from indexer.documents.text.symbols import readable_symbols, symbol


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nhiệt độ 30\uf0b0C, \uf0a3 55% \uf0b1 2", "Nhiệt độ 30°C, ≤ 55% ± 2"),
        ("góc \uf061 = 2\uf070", "góc α = 2π"),
        ("\uf0fe Có \uf0a8 Không", "☑ Có ☐ Không"),
        ("\uf0b7 Bàn\n  \uf071\tGhế\n\uf0d8 Tủ\n\uf095 Giá", "• Bàn\n  •\tGhế\n• Tủ\n• Giá"),
        ("\uf028 0297 123456", "☎ 0297 123456"),
        ("\uf0f9 \ue000 chữ", "\uf0f9 \ue000 chữ"),
    ],
)
def test_private_characters_are_read(text: str, expected: str) -> None:
    assert readable_symbols(text) == expected


@pytest.mark.parametrize(
    ("font", "code", "expected"),
    [
        ("Symbol", 0xB0, "°"), ("Wingdings", 0xF0FE, "☑"), ("Wingdings 2", 0xF052, "☑"),
        ("Wingdings 2", 0xA3, "☐"), ("Cambria Math", 0x2264, "≤"), ("Symbol", 0, ""), ("", -1, ""),
        ("X", 0xD800, ""), ("X", 0x110000, ""),
    ],
)  # fmt: skip
def test_a_sign_is_known_by_its_font_and_code(font: str, code: int, expected: str) -> None:
    assert readable_symbols(symbol(font, code)) == expected


def test_the_signs_of_a_symbol_font_of_rtf_are_read_and_letters_after_them_are_letters() -> None:
    fonts = r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset163 Times;}{\f3\fcharset2 Wingdings;}}"
    source = rf"{{\rtf1\ansi{fonts}\f3 \'fe\f1  C\'f3 \f3\'a8\f0  caf\'e9 \f1 \'f0\f0 \'f0}}"
    content = rtf.read(in_memory("a.rtf", source.encode()))
    repair_content(content, "a.rtf", [])
    assert [part.text for part in content.parts] == ["☑ Có ☐ café đð"]


def test_the_cells_of_a_table_have_readable_signs() -> None:
    content = Content()
    content.table_row(["Nhiệt độ", "30\uf0b0C"])
    repair_content(content, "a.docx", [])
    assert content.parts[0].text == "Nhiệt độ\t30°C"

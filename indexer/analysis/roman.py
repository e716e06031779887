"""Write Roman numerals."""

from __future__ import annotations

_SIGNS = (
    ("M", 1000), ("CM", 900), ("D", 500), ("CD", 400), ("C", 100), ("XC", 90), ("L", 50),
    ("XL", 40), ("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1),
)  # fmt: skip


def to_roman(number: int) -> str:
    """Return a number from 1 to 3999 as a Roman numeral in capitals."""
    written = []
    for sign, value in _SIGNS:
        written.append(sign * (number // value))
        number %= value
    return "".join(written)

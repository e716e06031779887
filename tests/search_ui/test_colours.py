"""Every text colour has the contrast of WCAG AA on its background, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import search_ui

SHEET = (Path(search_ui.__file__).parent / "static" / "colours.css").read_text("utf-8")
PAIRS = (
    ("ink", "paper"),
    ("ink", "raised"),
    ("soft", "paper"),
    ("soft", "raised"),
    ("link", "paper"),
    ("link", "raised"),
    ("seen", "paper"),
    ("mark-ink", "mark"),
    ("here-ink", "here"),
    ("button-ink", "button"),
)


BLOCK = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
LIGHT, DARK_SYSTEM, DARK_CHOSEN = (
    dict(BLOCK.findall(part.split("@media (prefers-contrast")[0]))
    for part in re.split(
        r"@media \(prefers-color-scheme: dark\)|:root\[data-theme=\"dark\"\]", SHEET
    )
)


def test_dark_colours_are_the_same_by_system_and_by_choice() -> None:
    assert DARK_SYSTEM == DARK_CHOSEN
    assert DARK_SYSTEM.keys() == LIGHT.keys()


def colours(scheme: str) -> dict[str, str]:
    return LIGHT if scheme == "light" else DARK_CHOSEN


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 to 1, of a colour in hexadecimal, as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(scheme: str, text: str, ground: str) -> None:
    known = colours(scheme)
    assert contrast(known[text], known[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_edges_of_controls_can_be_seen(scheme: str) -> None:
    known = colours(scheme)
    for name in ("edge", "link", "button"):
        assert contrast(known[name], known["paper"]) >= 3

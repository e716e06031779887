"""The face of an archive: its logo and its accent colour, checked when `archive.toml` is read.

A logo is a PNG or JPEG picture, recognised by its bytes: nothing in it can run, as scripts in SVG
could. Links and buttons have the accent colour on a light page and a lighter shade of it on a dark
one; a colour that could not be read there is refused.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from dataclasses import dataclass

MAX_LOGO_BYTES = 64_000
"""Greatest size of the file of a logo."""
MAX_LOGO_SIDE = 2_000
"""Greatest width and height of a logo in pixels: a picture of few bytes may unpack to gigabytes."""

PAPER = {"light": ("#fcfbf8", "#f3f1ea"), "dark": ("#15191a", "#1f2526")}
"""Theme of the page → the backgrounds on which links stand, `--paper` and `--raised` of
`static/colours.css`."""

MIN_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3: the least contrast of text (AA)."""

MIN_CONTRAST_OF_CONTROLS = 3.0
"""WCAG 2.2, 1.4.11: the least contrast of a control to what is around it."""

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_WHITE = (255, 255, 255)
_BLACK = (0, 0, 0)

_Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture: `media_type`, its bytes in base64, `width` and `height` in pixels."""

    media_type: str
    data: str
    width: int
    height: int

    @property
    def bytes(self) -> bytes:
        """The bytes of the file."""
        return base64.b64decode(self.data)


def read_logo(data: bytes) -> Logo:
    """Return the file with the bytes `data`, a PNG or JPEG, as a logo.

    Raises ValueError, with the reason as a clause ("it is neither PNG nor JPEG"), if it is another
    file, is damaged, has more than MAX_LOGO_BYTES, or more than MAX_LOGO_SIDE pixels on a side.
    """
    if len(data) > MAX_LOGO_BYTES:
        raise ValueError(f"it has more than {MAX_LOGO_BYTES:,} bytes")
    try:
        if data.startswith(_PNG):
            kind, (width, height) = "image/png", struct.unpack(">II", data[16:24])
        elif data.startswith(_JPEG):
            kind, (width, height) = "image/jpeg", _jpeg_size(data)
        else:
            raise ValueError("it is neither PNG nor JPEG")
    except (struct.error, IndexError):
        raise ValueError("the picture is damaged") from None
    if not (0 < width <= MAX_LOGO_SIDE and 0 < height <= MAX_LOGO_SIDE):
        raise ValueError(f"it has {width} × {height} pixels; at most {MAX_LOGO_SIDE:,} a side fit")
    return Logo(kind, base64.b64encode(data).decode("ascii"), width, height)


def logo_from(data: str) -> Logo:
    """Return the logo with these bytes in base64.

    Raises ValueError if they are no base64, or as `read_logo` does.
    """
    try:
        return read_logo(base64.b64decode(data, validate=True))
    except binascii.Error:
        raise ValueError("the logo is no base64") from None


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Return (width, height) in pixels from the first frame header of a JPEG (ITU T.81, B.2.2).

    Raises ValueError or struct.error if the picture is damaged.
    """
    at = 2
    while True:
        marker, length = struct.unpack(">HH", data[at : at + 4])
        if marker >> 8 != 0xFF or length < 2:
            raise ValueError("the picture is damaged")
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length


@dataclass(frozen=True, slots=True)
class Shades:
    """The colours that are made of an accent, as "#rrggbb".

    `link` and `dark_link` are links on light and dark pages, `button` and `dark_button` lie under
    white text, `bar` and `dark_bar` are the columns of charts.
    """

    link: str
    button: str
    bar: str
    dark_link: str
    dark_button: str
    dark_bar: str


def shades(accent: str) -> Shades:
    """Return the shades of an accent that `check_accent` accepts."""
    colour = _rgb(accent)
    papers = [_rgb(paper) for paper in PAPER["dark"]]
    dark_link = next(
        shade
        for shade in (_mixed(colour, _WHITE, step / 20) for step in range(21))
        if all(_contrast(shade, paper) >= MIN_CONTRAST for paper in papers)
    )
    # A button is seen on the page (1.4.11), and its white text read.
    dark_button = next(
        shade
        for shade in (_mixed(colour, _WHITE, step / 100) for step in range(101))
        if _contrast(shade, papers[0]) >= MIN_CONTRAST_OF_CONTROLS
    )
    return Shades(
        accent,
        accent,
        _hex(_mixed(colour, _rgb(PAPER["light"][0]), 0.6)),
        _hex(dark_link),
        _hex(dark_button),
        _hex(_mixed(colour, papers[0], 0.4)),
    )


def check_accent(accent: str) -> None:
    """Raise ValueError, with a colour that would do, if text in this colour could not be read.

    Links on a light page and white text on a button need MIN_CONTRAST; dark pages get a lighter
    shade.
    """
    if not _COLOUR.fullmatch(accent):
        raise ValueError("it is no colour such as #0f5c63")
    colour = _rgb(accent)
    if (found := _light_contrast(colour)) < MIN_CONTRAST:
        darker = next(
            shade
            for shade in (_mixed(colour, _BLACK, step / 50) for step in range(51))
            if _light_contrast(shade) >= MIN_CONTRAST
        )
        raise ValueError(
            f"its contrast on a light page is {found:.1f}:1, but text needs {MIN_CONTRAST}:1; "
            f"{_hex(darker)} would do"
        )


def _light_contrast(colour: _Rgb) -> float:
    return min(_contrast(colour, _rgb(paper)) for paper in (*PAPER["light"], "#ffffff"))


def _rgb(colour: str) -> _Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(colour: _Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _mixed(one: _Rgb, other: _Rgb, share: float) -> _Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _contrast(one: _Rgb, other: _Rgb) -> float:
    """Return the contrast of two colours, 1.0 to 21.0 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: _Rgb) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

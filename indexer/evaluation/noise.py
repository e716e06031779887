"""Add noise to judged queries, reproducibly, to measure robustness: accents removed or slips
made."""

from __future__ import annotations

import random
import re
from enum import StrEnum

from indexer.analysis import strip_marks

_SEED = 20240110
"""Part of every random seed; arbitrary, but another one would give other slips than former runs
had."""
_SYLLABLE = re.compile(r"[^\W\d_]+")
_LETTERS = "abcdeghiklmnopqrstuvxy"
"""The letters that slips add: those of the Vietnamese alphabet without marks."""


class Noise(StrEnum):
    """A kind of change that is made to a query text before it is searched; see `add_noise`."""

    NONE = "none"
    UNACCENTED = "unaccented"
    HALF = "half"
    TYPOS = "typos"


def add_noise(text: str, noise: Noise, key: str) -> str:
    """Return `text` with noise of one kind.

    - none: unchanged
    - unaccented: without marks
    - half: each syllable (run of letters) loses its marks with probability ½
    - typos: one letter of a syllable of two letters or more dropped, added, swapped with the next,
      or replaced by one of _LETTERS, which may be the same; unchanged without such a syllable

    The same `text`, `noise` and `key` (the id of the query) give the same result in every process
    and on every machine.
    """
    rng = random.Random(f"{_SEED} {noise} {key}")  # noqa: S311  (no secret)
    match noise:
        case Noise.UNACCENTED:
            return strip_marks(text)
        case Noise.HALF:
            return _SYLLABLE.sub(
                lambda m: strip_marks(m.group()) if rng.random() < 0.5 else m.group(), text
            )
        case Noise.TYPOS:
            return _make_slip(text, rng)
        case _:
            return text


def _make_slip(text: str, rng: random.Random) -> str:
    positions = [
        at for m in _SYLLABLE.finditer(text) if len(m.group()) > 1 for at in range(*m.span())
    ]
    if not positions:
        return text
    at = rng.choice(positions)
    letter = rng.choice(_LETTERS)
    match rng.randrange(4):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + letter + text[at:]
        case 2 if text[at + 1 : at + 2].isalpha():
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        case _:
            return text[:at] + letter + text[at + 1 :]

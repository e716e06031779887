"""pyvi's word model: its CRF and its dictionary, read from `pyvi_model/`.

The files were derived from pyvi 0.1.1 by `scripts/derive_word_model.py`. pyvi itself is neither
imported nor needed, except by the tests, for which it is the oracle.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

from indexer.analysis.words.crf_file import Crf, read_crf
from indexer.errors import WordModelError

_CHECKSUMS = {
    "tokenizer.crfsuite": "4716a0e60bbb16135917cce8440351f9790309879dd8f069c773070da9a3e0c1",
    "words.txt": "517743d27e71d43343e4b8e9e89015cdc68d84ebe1d48106449e501d918ece4a",
}
"""Name of a file in `pyvi_model/` → its SHA-256, hexadecimal."""


class Pair(NamedTuple):
    """What pyvi's dictionary has that begins with two given pieces."""

    is_word: bool
    """True if the two pieces are a word."""
    thirds: frozenset[str]
    """The pieces that form a word of three with the two."""


@dataclass(frozen=True, slots=True)
class WordModel:
    """pyvi's CRF and dictionary.

    Attributes
    ----------
    crf : its labels are B_W (a word begins) and I_W (the word goes on), in this order.
    pairs : first piece → second piece → the words that begin with the two, as pyvi's dictionary
        writes them.
    """

    crf: Crf
    pairs: Mapping[str, Mapping[str, Pair]]

    def weight(self, attribute: str) -> float:
        """Return the weight of an attribute ("word.istitle()") under I_W minus that under B_W; 0.0
        if the model does not have it."""
        begins, goes_on = self.crf.states.get(attribute, (0.0, 0.0))
        return goes_on - begins


@functools.cache
def word_model() -> WordModel:
    """Return the model; the first call loads it, in 50 to 100 milliseconds.

    Raises WordModelError if its files are missing or changed. No lock is held while loading, so a
    child that is forked meanwhile cannot hang; two threads may both load it, with the same result.
    """
    return WordModel(
        crf=read_crf(_read("tokenizer.crfsuite")), pairs=_pairs(_read("words.txt").decode())
    )


def _read(name: str) -> bytes:
    """Return the bytes of the file `name` in `pyvi_model/`.

    Raises WordModelError if it is missing or has another SHA-256 than _CHECKSUMS says.
    """

    try:
        content = files(__package__).joinpath("pyvi_model", name).read_bytes()
    except OSError as error:
        raise _wrong_model(f"The word model {name} cannot be read: {error.strerror}.") from error
    if hashlib.sha256(content).hexdigest() != _CHECKSUMS[name]:
        raise _wrong_model(f"The word model {name} was changed.")
    return content


def _wrong_model(message: str) -> WordModelError:
    return WordModelError(message, "Install this package again.")


def _pairs(dictionary: str) -> dict[str, dict[str, Pair]]:
    """Return `WordModel.pairs` from the text of words.txt: a word a line, its pieces separated by
    single spaces; lines of other than two or three pieces are ignored."""
    words: set[tuple[str, str]] = set()
    thirds: dict[tuple[str, str], set[str]] = {}
    for line in dictionary.split("\n"):
        pieces = line.split(" ")
        if len(pieces) == 2:
            words.add((pieces[0], pieces[1]))
        elif len(pieces) == 3:
            thirds.setdefault((pieces[0], pieces[1]), set()).add(pieces[2])
    pairs: dict[str, dict[str, Pair]] = {}
    none: frozenset[str] = frozenset()
    only_word = Pair(True, none)
    for first, second in words:
        pairs.setdefault(first, {})[second] = only_word
    for (first, second), last in thirds.items():
        pair = Pair((first, second) in words, frozenset(last))
        pairs.setdefault(first, {})[second] = pair
    return pairs

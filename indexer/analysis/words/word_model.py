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
"""SHA-256 of the files in `pyvi_model/`."""


class Pair(NamedTuple):
    """pyvi's dictionary entries that begin with two given pieces.

    `is_word` is True if the two are a word.
    """

    is_word: bool
    thirds: frozenset[str]
    """The third pieces that form a word of three with them."""


@dataclass(frozen=True, slots=True)
class WordModel:
    """pyvi's CRF and dictionary.

    Attributes
    ----------
    crf : labels B_W (a word begins) and I_W (it goes on), in this order.
    pairs : first piece → second piece → the entries of the two, all in lower case.
    """

    crf: Crf
    pairs: Mapping[str, Mapping[str, Pair]]

    def weight(self, attribute: str) -> float:
        """Return the weight of an attribute under I_W minus that under B_W; 0.0 if it is
        unknown."""
        begins, goes_on = self.crf.states.get(attribute, (0.0, 0.0))
        return goes_on - begins


@functools.cache
def word_model() -> WordModel:
    """Return the model, loaded once (50 to 100 ms).

    Raises WordModelError if its files are missing or changed. No lock is held while loading, so a
    fork at the wrong moment cannot hang; two threads may both load it, with the same result.
    """
    return WordModel(
        crf=read_crf(_read("tokenizer.crfsuite")), pairs=_pairs(_read("words.txt").decode())
    )


def _read(name: str) -> bytes:
    """Return the bytes of the file `name` in pyvi_model/.

    Raises WordModelError if it is missing or changed.
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
    """Return first piece → second piece → the entries of the two, from the lines of words.txt."""
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

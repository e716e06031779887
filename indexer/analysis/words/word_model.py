"""What pyvi knows about words: its CRF and its dictionary, read from the installed package.

pyvi itself is not imported and nothing is unpickled. Its model file is the pickle of an object that
holds a CRFsuite model as a string; the checksum says where that string is, so it is cut out.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from indexer.analysis.words.crf_file import Crf, read_crf
from indexer.errors import WordModelError

_VERSION = "0.1.1"
_CHECKSUMS = {
    "pyvi3.pkl": "6cdd73aee04b6a4ad7320ca85d27d931a7ef870cfdd41beb148e86bdb8aca134",
    "words.txt": "517743d27e71d43343e4b8e9e89015cdc68d84ebe1d48106449e501d918ece4a",
}


class Pair(NamedTuple):
    """What pyvi's dictionary says of two pieces in a row."""

    is_word: bool
    thirds: frozenset[str]
    """The pieces that make a word of three with them."""


@dataclass(frozen=True, slots=True)
class WordModel:
    """pyvi's knowledge.

    crf : labels B_W (a word begins) and I_W (it goes on), in this order.
    pairs : first piece → second piece → what is known of the two, lower case.
    """

    crf: Crf
    pairs: Mapping[str, Mapping[str, Pair]]

    def weight(self, attribute: str) -> float:
        """How much more `attribute` speaks for I_W than for B_W."""
        begins, goes_on = self.crf.states.get(attribute, (0.0, 0.0))
        return goes_on - begins


@functools.cache
def word_model() -> WordModel:
    """The model, loaded once (50 to 100 ms).

    Raises WordModelError where pyvi is absent or of another version. No lock is held while loading,
    so a fork at the wrong moment cannot hang; two threads may both load, to the same end.
    """
    files = pyvi_files()
    return WordModel(
        crf=read_crf(_embedded_model(files["pyvi3.pkl"])),
        pairs=_pairs(files["words.txt"].decode()),
    )


def pyvi_files() -> dict[str, bytes]:
    """Name → content of the two files that are read, checked. Raises WordModelError."""
    # find_spec finds a package without importing it.
    spec = importlib.util.find_spec("pyvi")
    if spec is None or not spec.submodule_search_locations:
        raise _wrong_pyvi("pyvi, whose model cuts text into words, is not installed.")
    folder = Path(spec.submodule_search_locations[0]) / "models"
    files = {}
    for name, checksum in _CHECKSUMS.items():
        try:
            files[name] = (folder / name).read_bytes()
        except OSError as error:
            raise _wrong_pyvi(f"pyvi's {name} cannot be read: {error.strerror}.") from error
        if hashlib.sha256(files[name]).hexdigest() != checksum:
            raise _wrong_pyvi(f"pyvi's {name} is not that of version {_VERSION}.")
    return files


def _wrong_pyvi(message: str) -> WordModelError:
    return WordModelError(message, f"Install it: pip install --force-reinstall pyvi=={_VERSION}")


def _embedded_model(pickled: bytes) -> bytes:
    """The CRFsuite model inside the pickle: opcode X, length (uint32), Latin-1 bytes as UTF-8."""
    at = pickled.index(b"lCRF")
    (length,) = struct.unpack_from("<I", pickled, at - 4)
    return pickled[at : at + length].decode().encode("latin-1")


def _pairs(dictionary: str) -> dict[str, dict[str, Pair]]:
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

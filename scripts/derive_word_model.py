"""Derive indexer/analysis/words/pyvi_model/ from the installed pyvi 0.1.1.

    python scripts/derive_word_model.py

pyvi's tokenizer model is the pickle of an object that holds a CRFsuite model as a string. The
string is cut out without unpickling anything; the dictionary is copied as it is. A test compares
the result with the installed pyvi.
"""

from __future__ import annotations

import importlib.util
import struct
from importlib.metadata import distribution
from pathlib import Path

TARGET = Path(__file__).parent.parent / "indexer" / "analysis" / "words" / "pyvi_model"


def derive() -> dict[str, bytes]:
    """Return file name → content of the derived files.

    Raises SystemExit if pyvi is not installed.
    """
    spec = importlib.util.find_spec("pyvi")  # finds a package without importing it
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("pyvi is not installed: pip install --no-deps pyvi==0.1.1")
    models = Path(spec.submodule_search_locations[0]) / "models"
    licence = distribution("pyvi").read_text("LICENSE.txt") or ""
    return {
        "tokenizer.crfsuite": embedded_model((models / "pyvi3.pkl").read_bytes()),
        "words.txt": (models / "words.txt").read_bytes(),
        "LICENSE.txt": licence.encode(),
    }


def embedded_model(pickled: bytes) -> bytes:
    """Return the CRFsuite model inside a pickle.

    The pickle has it as a string (opcode X: BINUNICODE, its length as little-endian uint32, then
    UTF-8), each character of which is a byte. Raises ValueError if there is none.
    """
    at = pickled.index(b"lCRF")
    (length,) = struct.unpack_from("<I", pickled, at - 4)
    return pickled[at : at + length].decode().encode("latin-1")


def main() -> None:
    """Write the derived files to TARGET."""
    for name, content in derive().items():
        (TARGET / name).write_bytes(content)


if __name__ == "__main__":
    main()

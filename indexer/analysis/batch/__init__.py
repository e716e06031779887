"""Analysis of many texts at once with NumPy, for rebuilds.

analyzer.py     `analyze_many`: texts → columns of tokens and words; `prepare` loads its tables
chunk_table.py  distinct chunks (runs of characters without white space) with their pieces and codes
gap_table.py    distinct gaps between pieces: spaces and signs
code_points.py  texts joined into one array of code points
fingerprints.py digests, sketches and numbers of documents, by which copies are recognised
"""

from indexer.analysis.batch.analyzer import Columns, analyze_many, prepare
from indexer.analysis.batch.fingerprints import (
    MIN_BODY,
    MIN_SKETCHED,
    SHINGLE,
    SKETCH_BYTES,
    Fingerprints,
    fingerprints,
)

__all__ = [
    "MIN_BODY",
    "MIN_SKETCHED",
    "SHINGLE",
    "SKETCH_BYTES",
    "Columns",
    "Fingerprints",
    "analyze_many",
    "fingerprints",
    "prepare",
]

"""Analysis of many texts at once with NumPy, for rebuilds.

analyzer.py     `analyze_many`: texts → columns of tokens and words; `prepare` loads its tables
chunk_table.py  distinct chunks (runs without white space) with their pieces and codes
gap_table.py    distinct gaps between pieces: spaces and signs
code_points.py  texts joined into one array of code points
"""

from indexer.analysis.batch.analyzer import Columns, analyze_many, prepare

__all__ = ["Columns", "analyze_many", "prepare"]

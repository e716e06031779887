"""Search engines behind one protocol.

base.py     the SearchEngine protocol and its result types
bm25.py     the scoring formula and its constants, which every engine uses
whoosh/     the embedded engine: an index on disk, searched with NumPy arrays
"""

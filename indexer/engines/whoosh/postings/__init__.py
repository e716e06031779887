"""Integer lists on disk and in memory: how postings are encoded, merged and decoded.

array_file.py    files of named NumPy arrays, memory-mapped for reading
elias_fano.py    ascending lists of integers in few bits, encoded and decoded as arrays
dense_codes.py   integers as bytes, small ones in fewer (for stored texts)
positions.py     the positions of a syllable within its documents
string_table.py  a table of strings in an array file, with search by string and prefix
list_merge.py    lists of several runs merged; writers and readers of encoded lists
decoded.py       the decoded postings of one term, in the layout in which queries use them
"""

"""Vietnamese text from before Unicode: find out how it is encoded, and convert it.

convert.py     converts a text from TCVN3 (ABC), VNI, VISCII, windows-1258 or UTF-8 that was read as
               windows-1252, and back for the tests
detect.py      tells whether a text is Vietnamese, and if not, in which of these encodings it is
fonts.py       tells the encoding from the name of a font (.VnTime, VNI-Times)
*.tsv          the tables of the encodings, each with its source
"""

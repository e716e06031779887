"""Vietnamese text from before Unicode: find out how it is encoded, and convert it.

convert.py     the encodings TCVN3 (ABC), VNI, VISCII, windows-1258 and UTF-8 read as Latin-1:
               convert a text from one of them, and back for the tests
detect.py      whether a text is Vietnamese, and which encoding it was read wrongly from
fonts.py       the encoding that the name of a font tells (.VnTime, VNI-Times)
*.tsv          the tables, each with its source
"""

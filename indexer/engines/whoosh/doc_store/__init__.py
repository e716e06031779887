"""Stored documents: titles and bodies as compressed sequences of syllables.

text_writer.py   texts written as the symbols that they consist of
text_reader.py   the same read back, with the syllables that a query asks for
compression.py   deflate with a preset dictionary, for many short records
"""

"""Stored documents: titles and bodies as compressed sequences of syllables.

text_writer.py   writes texts as numbers of symbols: syllables, and what stands between them
text_reader.py   reads the texts back, with the syllables that a query asks for
title_order.py   numbers documents in the order of their titles
compression.py   deflate with a preset dictionary, for many short records
"""

"""The vocabulary of an index, and how the syllables of a query relate to it.

lexicon.py               interface: terms, frequencies, phrases and facet values of an index
learning.py              abbreviations that documents define, collected at a rebuild
accent_restoration.py    the likeliest marks of syllables that were typed without
accent_compatibility.py  whether a term agrees with the marks and letters typed so far
"""

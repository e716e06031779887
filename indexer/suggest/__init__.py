"""Other query texts to offer: completions while typing, and "Ý bạn là" ("did you mean") after a
search.

complete.py      completes the text being typed with phrases of the archive
ngrams.py        counts the phrases of documents at a rebuild; completeness.py drops fragments of
                 sentences, selection.py chooses the phrases that are offered
did_you_mean.py  suggests the query text with marks restored and slips corrected
spelling.py      finds the terms that were probably meant by misspelt syllables; right_words.py
                 tells which syllables are spelt right
telex_vni.py     decodes text typed with the input method switched off
"""

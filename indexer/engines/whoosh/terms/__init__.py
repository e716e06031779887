"""Sorted strings and their frequencies: term dictionary, folded forms, phrases.

merged_terms.py      the syllables of several segments in one table
table_changes.py     what changed in the vocabulary since its tables were made
vocabulary.py        the syllables of a table with these changes
phrase_table.py      the phrases of documents, counted, merged and looked up for completion
term_dictionary.py   WhooshLexicon, the vocabulary of a generation that queries ask
"""

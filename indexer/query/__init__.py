"""Query text → Query → match tree and features: everything about a query except its execution.

grammar.py            parses any string to a syntax tree; loosen.py opens the quotes of a text
interpret.py          reads the syntax tree through the vocabulary of an index into model.py
vocabulary/           the terms of an index; restores the accents that were probably meant
entities/             documents by number, laws, persons, places, facet values
match_tree.py         the documents that must match on a strict rung; expansion.py: accepted forms
approximate_match.py  the documents that match for the most part
ranking.py            the features of the score; question_words.py, abbreviations.py: their inputs
plan.py               the match tree and the features, as engines execute them
"""

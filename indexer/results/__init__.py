"""Turn found documents into results: highlights, snippets, explanations, JSON.

matcher.py       where the phrases of a match tree stand in a document, and on which rung it is
snippets.py      the best passage of a body
explanations.py  why a document was found and which features scored, in Vietnamese
payload.py       results and documents as JSON
"""

"""Turn found documents into results: highlights, snippets, explanations, JSON.

matcher.py       finds the phrases of a match tree in a document, and tells on which rung it is
snippets.py      chooses the best passage of a body
explanations.py  says why a document was found and which features scored, in Vietnamese
payload.py       writes results and documents as JSON
"""

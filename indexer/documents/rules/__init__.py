"""The rules by which a page dump gives up its metadata: one module each, pure functions.

`indexer.documents.portal_page` puts them in order.
"""

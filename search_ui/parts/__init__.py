"""Pieces that several pages share.

hits.py, highlight.py      a hit; text with ranges to highlight → HTML
structured_text.py         the body of a document as HTML: headings, lists, tables
facet_boxes.py             facets and chips
date_range.py              from–to boxes and charts of years and months
rung_notice.py             a sentence that says on which rung the hits are
no_results.py              changes to a search that finds nothing
pagination.py              page numbers
formatting.py                 numbers, dates and places as text
"""

"""Pieces that several pages share.

hits.py, highlight.py      a hit, ranges → HTML
facet_boxes.py             facets and chips
date_range.py              from–to boxes and charts of years and months
rung_notice.py             on which rung the hits are
no_results.py              what to change if nothing is found
pagination.py              page numbers
formatting.py, collation.py   numbers, dates and places; Vietnamese alphabetical order
"""

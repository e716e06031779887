"""Responses for programs.

api_routes.py   routes of JSON, feeds, exports, metrics and health
atom_feed.py    a search as an Atom feed
exports.py      hits as CSV or JSON, streamed
openapi.py      the OpenAPI description
"""

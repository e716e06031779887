"""Responses for programs instead of people.

api_routes.py   routes of JSON, feeds, exports, metrics and health
atom_feed.py    a search as an Atom feed
exports.py      hits as CSV or JSON, streamed
crawlers.py     robots.txt, sitemaps, the icon
openapi.py      the OpenAPI description of the JSON API
"""

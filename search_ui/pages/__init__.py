"""One module per HTML page: a frozen dataclass with the data of its template, and how it is built.

page_routes.py   the routes of all pages
"""

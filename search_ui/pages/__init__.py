"""One module per HTML page: a frozen dataclass with the data of its template, and how it is built.

search_page.py      results            front_page.py       the archive without a search
document_page.py    one document       facet_page.py       all values of one facet
guide.py            query language     statistics_page.py  figures for the administrator
face.py             logo and colour of the archive
error_pages.py      errors of all routes, as pages or as JSON
page_routes.py      the routes of the other pages
"""

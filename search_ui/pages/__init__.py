"""One module per HTML page: a frozen dataclass with the data of its template, and how it is built.

search_page.py      results            front_page.py       the archive without a search
document_page.py    one document       facet_page.py       all values of one facet
guide.py            query language     statistics_page.py  figures for the administrator
citations.py        a document as a citation, and metadata for search engines
original_file.py    the response that sends the original file of a document
face.py             logo and colour of the archive
error_pages.py      errors of all routes, as pages or as JSON
page_routes.py      the routes of the other pages
"""

"""Code that all responses share.

params.py, links.py, current_request.py   URL ⇄ SearchRequest, URLs of links
proxy.py                                  the address at which visitors see the site
responses.py                              pages, JSON, 304
headers.py, compression.py                security, caching, gzip
cross_origin.py                           which other sites may search here
preferences.py, i18n.py                   language and colours of the visitor
templating.py                             templates compiled per language
site.py                                   the archive that is served, its name and contact
metrics.py, query_log.py                  figures for Prometheus, searches for statistics
"""

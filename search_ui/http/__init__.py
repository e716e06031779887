"""Code that all responses share.

params.py, links.py, current_request.py   URL ⇄ SearchRequest, URLs of links
responses.py                              pages, JSON, 304
headers.py, compression.py                security, caching, gzip
preferences.py, i18n.py                   language and colours of the visitor
templating.py                             templates compiled per language
archive_source.py                         the archive that is served
metrics.py, query_log.py                  figures for Prometheus, searches for statistics
"""

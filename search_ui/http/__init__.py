"""Code that all responses share.

params.py, links.py, current_request.py   URL ⇄ SearchRequest, URLs of links
responses.py                              pages, JSON, 304
middleware/                               proxies, headers, compression, requests of other sites
preferences.py, i18n.py                   language and colours of the visitor
templating.py                             templates compiled per language
site.py                                   the archive that is served, its name and contact
metrics.py, query_log.py                  figures for Prometheus, searches for statistics
"""

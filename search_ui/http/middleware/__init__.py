"""What happens to every request and response, whichever page it is for.

proxy.py         the address at which visitors see the site, behind a proxy
headers.py       headers for security and caching
cross_origin.py  which other sites may search here
compression.py   gzip
"""

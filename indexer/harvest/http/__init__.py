"""Requests to a site: addresses, connections, limits, robots.txt."""

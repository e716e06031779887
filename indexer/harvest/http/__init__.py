"""Send requests to a site: addresses, connections, limits, robots.txt."""

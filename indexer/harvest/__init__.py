"""Fetch the pages of a web site politely into WARC files: `tracuu harvest`.

- `harvester.py`: runs a whole harvest: finds out what the start address is, and which pages to
  visit
- `harvest_run.py`: visits pages and stores what is new; `oai_harvest.py`: the same for OAI-PMH
- `harvest_report.py`: the report of a run; `options.py`: the limits of a run
- `http/`: `fetcher.py`: fetches one address: robots.txt, pauses, redirects, retries, limits
  - `exchange.py`: one HTTP request and its answer, within limits of size and time
  - `network.py`: host name → checked IP addresses, and a connection to exactly these
  - `web_address.py`: normalises addresses, and tells which are of the same site
  - `robots.py`: robots.txt; `unpacking.py`: Content-Encoding and .gz within a limit
- `xml_events.py`: XML without entities; `listings.py`: sitemaps and feeds; `page_links.py`: links
  of an HTML page; `oai_pmh.py`: requests to an OAI-PMH endpoint, and its answers
- `harvest_state.py`: `harvest.json`, the state that the next run needs; `warc_files.py`: writes and
  reads WARC records
"""

from indexer.harvest.harvester import HarvestReport, harvest
from indexer.harvest.options import HarvestOptions

__all__ = ["HarvestOptions", "HarvestReport", "harvest"]

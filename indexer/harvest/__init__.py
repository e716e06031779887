"""Fetch the pages of a web site politely into WARC files: `tracuu harvest`.

- `harvester.py`: a whole harvest: what the start address is, and which pages there are
- `harvest_run.py`: visits pages, keeps what is new; `oai_harvest.py`: the same for OAI-PMH
- `harvest_report.py`: what a run did; `options.py`: the bounds of a run
- `http/`: `fetcher.py`: one address: robots.txt, pauses, redirects, retries, the bound on all bytes
  - `exchange.py`: one HTTP request and its answer, within bounds of size and time
  - `network.py`: host name → checked IP addresses, and a connection to exactly these
  - `web_address.py`: the one way to write an address; which addresses are of the same site
  - `robots.py`: robots.txt; `unpacking.py`: Content-Encoding and .gz within a bound
- `xml_events.py`: XML without entities; `listings.py`: sitemaps and feeds; `page_links.py`: links
  of an HTML page; `oai_pmh.py`: answers of an OAI-PMH endpoint
- `harvest_state.py`: `harvest.json`, what a next run needs to know; `warc_files.py`: records
"""

from indexer.harvest.harvester import HarvestReport, harvest
from indexer.harvest.options import HarvestOptions

__all__ = ["HarvestOptions", "HarvestReport", "harvest"]

"""The embedded engine: a Whoosh index, kept as generations, searched over arrays.

    store.py      generations on disk: build, switch, open, check        ← start here
    manifest.py   what a generation consists of, with checksums
    writer.py     documents → terms → one Whoosh segment
    schema.py     the fields, in one table
    codec.py      how a segment lies on disk: Whoosh's W3 codec without its pickles
    blocks.py     how postings lie on disk
    storage.py    reading files: memory-mapped, and unpickling nothing but our own segment list
    segment.py    an open segment: postings, columns and records, cached
    facets.py     which document has which facet value, as arrays
    lexicon.py    the vocabulary, readable at once
    evaluate.py   a plan over one segment: which documents, what scores  ← the array work
    search.py     the plan as a Whoosh query, and the collector that runs it
    engine.py     the SearchEngine protocol over all this

A generation is exactly one segment, so document numbers run from 0 to n - 1 everywhere.

Where faster parts go: `codec.Codec` names the writers and readers of all that lies on disk, and
`segment.Segment.read_postings` alone reads postings, so a memory-mapped codec replaces what the
first names and maps in the second. `search.PlanCollector.collect_matches` alone asks which
documents match and what they score, so another evaluation replaces the call made there. Stock
Whoosh reads this index too, and runs `search.PlanQuery` among its own queries; the tests compare
with that.
"""

from __future__ import annotations

from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.store import build, check, current, open_engine

__all__ = ["WhooshEngine", "build", "check", "current", "open_engine"]

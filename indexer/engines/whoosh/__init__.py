"""The embedded engine: a Whoosh index, kept as generations, searched over arrays.

    store.py      generations on disk: build, switch, open, check        ← start here
    manifest.py   what a generation consists of, with checksums
    writer.py     documents → terms → one Whoosh segment
    schema.py     the fields, in one table
    codec.py      how a segment lies on disk: Whoosh's W3 codec without its pickles
    storage.py    reading files: memory-mapped, and unpickling nothing but our own segment list
    segment.py    an open segment: postings, columns and records, cached
    facets.py     which document has which facet value, as arrays
    lexicon.py    the vocabulary, readable at once
    evaluate.py   a plan over one segment: which documents, what scores  ← the array work
    search.py     the plan as a Whoosh query, and the collector that runs it
    engine.py     the SearchEngine protocol over all this

A generation is exactly one segment, so document numbers run from 0 to n - 1 everywhere.

Where faster parts go: postings are decoded by `codec.Block` alone and read by
`segment.Segment.postings` alone, so an array codec replaces the first and maps into the second;
`search.PlanCollector` is the only place that asks for matches and scores, so another way to
evaluate a plan replaces the calls made there. Stock Whoosh still reads this index and runs
`search.PlanQuery` among its own queries, which is what the tests compare with.
"""

from __future__ import annotations

from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.store import build, check, current, open_engine

__all__ = ["WhooshEngine", "build", "check", "current", "open_engine"]

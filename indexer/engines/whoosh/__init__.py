"""The embedded engine: a Whoosh index, kept as generations, searched over arrays.

    store.py      generations on disk: build, switch, open, check        ← start here
    updating.py   the same with some documents added, replaced, deleted
    tiers.py      which segments are then made into one; deaths.py: who is dead in the others
    manifest.py   what a generation consists of, with checksums
    writer.py     documents → runs → one segment, on all usable_processors
    workers.py    the processes that share the work
    runs.py       a batch of documents, inverted by sorting arrays
    merge.py      runs → the files of a segment; joining.py: their lists, joined
    lists.py      ascending lists in few bits, encoded and decoded as arrays
    arrays.py     files of named arrays, memory-mapped; terms.py: sorted strings in them
    schema.py     the fields, as Whoosh knows them
    files.py      an open segment's files: terms, postings, columns, records
    positions.py  where a syllable stands within its documents
    texts.py      titles and bodies as the syllables they are made of; dense.py: their bytes
    compression.py  what was written for one document in fewer bytes
    text_reader.py  the same, read with those of the syllables that a query asks for
    symbols.py    syllables and what stands between them, laid side by side
    columns.py    the postings of one term, as queries read them fastest
    codec.py      the same for stock Whoosh, through its codec interfaces
    storage.py    the list of segments, unpickling nothing but our own classes
    living.py     what dead documents leave of a segment
    segment.py    an open segment, with a cache of decoded postings
    segments.py   all segments of a generation, opened together
    tables.py     the syllables of several segments together
    facets.py     which document has which facet value, as arrays
    lexicon.py    the vocabulary, looked up in the mapped tables
    phrases.py    the phrases of documents, counted and looked up by their beginnings
    evaluate.py   a plan over one segment: which documents, what scores  ← the array work
    explain.py    what each feature adds to one document's score
    search.py     the plan as a Whoosh query, and the collector that runs it
    engine.py     the SearchEngine protocol over all this

A rebuild makes one segment. Further ones, and dead documents in them, come from updates; document
numbers run from 0 to n - 1 in each.

What lies on disk, and why it is small: lists of numbers take a few bits each (`lists`); a pair is
two numbers of syllables, not a string; a text is kept as numbers of syllables, which say where each
lies as well. Documents and positions of a syllable are apart, for most queries read no positions.

Stock Whoosh reads this index too, and runs `search.PlanQuery` among its own queries; the tests
compare with that.
"""

from __future__ import annotations

from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.generations.incremental_update import update
from indexer.engines.whoosh.generations.index_directory import build, check, current, open_engine

__all__ = ["WhooshEngine", "build", "check", "current", "open_engine", "update"]

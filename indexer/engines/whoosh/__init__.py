"""The embedded engine: an index in generations on disk, searched with NumPy arrays.

    generations/      the index folder: build, update, check, switch            <- start here
    writer/           documents -> runs -> a segment, on all processors
    postings/         lists of integers: files of arrays, encodings, merging
    terms/            sorted strings: term dictionary, folded forms, phrases
    doc_store/        titles and bodies, compressed as sequences of syllables
    reader/           an open segment, its live documents, and plans executed over it
    whoosh_adapter/   the only part that uses the Whoosh library: codec, schema, collector, list of
                      segments
    engine.py         WhooshEngine: the SearchEngine protocol over one generation

A rebuild writes one segment. Updates add further ones and mark documents as deleted. Document
numbers run from 0 to n - 1 in each segment, term numbers are indexes in its sorted table of terms.

Why the index is small: lists of integers take a few bits per number (`postings.elias_fano`); a pair
of neighbouring syllables is two term numbers, not a string; a text is stored as the numbers of its
syllables, from which their offsets follow. The documents and the positions of a syllable are stored
apart, because most queries read no positions.

Stock Whoosh can read this index too, and runs `whoosh_adapter.collector.PlanQuery` among its own
queries; the tests use that as an oracle.
"""

from __future__ import annotations

from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.generations.incremental_update import update
from indexer.engines.whoosh.generations.index_directory import (
    audience_sizes,
    build,
    build_part,
    current,
    current_stamp,
    health,
    open_engine,
    open_former_engine,
)
from indexer.engines.whoosh.generations.recovery import copy_index, rollback
from indexer.engines.whoosh.generations.verification import check

__all__ = [
    "WhooshEngine",
    "audience_sizes",
    "build",
    "build_part",
    "check",
    "copy_index",
    "current",
    "current_stamp",
    "health",
    "open_engine",
    "open_former_engine",
    "rollback",
    "update",
]

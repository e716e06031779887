"""Reading a segment: its files, its live documents, and the execution of plans over it.

segment_files.py   the memory-mapped files of a segment and all lookups in them
copy_lists.py      which documents are copies of each other
live_docs.py       which documents are deleted, and the frequencies without them
segment.py         an open segment with a cache of decoded postings; turns errors of damaged files
                   into IndexDamaged
facet_counts.py    facet values of documents: filters and counts
execute.py         a plan over one segment: matching documents and scores
"""

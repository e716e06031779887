"""The only part of the engine that imports the Whoosh library.

schema.py         the fields of the index; FORMAT, the version of everything on disk
codec.py          a segment as stock Whoosh reads it
segment_list.py   the list of segments (Whoosh's TOC), and all segments of it opened
safe_storage.py   reading the files that Whoosh would unpickle
collector.py      the plan as a Whoosh query, and the collector that executes it
"""

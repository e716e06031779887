"""Writing segments: documents to runs, runs to a segment, on all processors.

segment_builder.py   SegmentBuilder: takes documents, commits a segment
runs.py              a batch of documents, inverted by sorting arrays, in one file
run_merge.py         the runs merged into the files of a segment
copy_lists.py        which documents of a generation are copies of each other
deletes.py           documents deleted from a segment that is kept
"""

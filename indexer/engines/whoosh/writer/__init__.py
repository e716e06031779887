"""Write segments: documents to runs, runs to a segment, on all processors.

segment_builder.py   SegmentBuilder: takes documents, commits a segment
runs.py              inverts a batch of documents by sorting arrays, and writes it to one file
run_merge.py         merges the runs into the files of a segment
copy_lists.py        writes which documents of a generation are copies of each other
deletes.py           deletes documents from a segment that stays in use
"""

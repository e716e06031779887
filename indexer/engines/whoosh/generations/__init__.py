"""Generations of an index on disk: building, updating, checking and switching.

index_directory.py      the index folder: lock, build, switch, open
audiences.py            the indexes of a generation, one for each audience of the archive
manifest.py             the files of an index with sizes and checksums
verification.py         check every byte and every document of a generation
incremental_update.py   a new generation from the current one and changed documents
table_update.py         the tables of terms and phrases of that generation
merge_policy.py         which segments an update rewrites into one
profile_file.py         `archive.json`: what each source folder states about the archive
recovery.py             return to the former generation; copies as a backup
"""

"""Generations of an index on disk: building, updating, checking and switching.

index_directory.py      the index folder: lock, build, switch, open, check
manifest.py             the files of a generation with sizes and checksums
incremental_update.py   a new generation from the current one and changed documents
merge_policy.py         which segments an update rewrites into one
profile_file.py         `archive.json`: what each source folder states about the archive
recovery.py             return to the former generation; copies as a backup
"""

"""What the keeper of an archive states about it in `archive.toml`, as the index keeps it.

archive_profile.py  name, own fields, synonyms, pinned documents and folders of originals; to JSON
                    and back
appearance.py       logo and accent colour, checked
originals.py        opens the original file of a document, if it may be downloaded
"""

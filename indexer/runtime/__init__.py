"""What the program needs of the system it runs on, and nothing of search.

settings.py       the settings `TRACUU_*` of the environment
worker_pool.py    worker processes; a task over its limits of time or memory ends its process only
time_limit.py     how long a search may take
durable_files.py  files written whole or not at all
"""

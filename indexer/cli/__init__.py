"""The command line: `tracuu rebuild | update | search | analyze | evaluate | check | serve`.

Exit codes: 0 done; 1 done, but documents were left out or the index is not whole; 2 nothing done,
and one line on standard error says why and what to do.

    entry.py       the commands together, settings in the help, errors in one line
    building.py    rebuild, update, check        asking.py    search, analyze, serve
    judging.py     evaluate                      shared.py    options and the bar of all of them
"""

from indexer.cli.main import cli, main

__all__ = ["cli", "main"]

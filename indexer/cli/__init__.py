"""The command line: `tracuu rebuild | update | search | analyze | evaluate | check | serve`.

Exit codes: 0 done; 1 done, but documents were left out or the index is damaged; 2 nothing done; 130
interrupted. Errors are one line on standard error with what to do.

    main.py           the command group: settings in the help, errors as one line, exit codes
    options.py        options and the progress bar that several commands share
    index_commands.py rebuild, update
    *_command.py      one command each: search, analyze, evaluate, check, serve
"""

from indexer.cli.main import cli, main

__all__ = ["cli", "main"]

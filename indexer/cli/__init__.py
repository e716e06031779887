"""The command line, `tracuu COMMAND`.

Exit codes: 0 done; 1 done, but documents were left out or the index is damaged; 2 nothing done; 130
interrupted. Errors are one line on standard error that says what to do.

    main.py            the command group: settings in the help, errors as one line, exit codes
    language.py        says in Vietnamese what the commands say in English (vietnamese.tsv)
    options.py         options and the progress bar that several commands share
    reading_report.py  the report of rebuild, update and inspect on what was left out
    commands/          one module for each command or pair
"""

from indexer.cli.main import cli, main

__all__ = ["cli", "main"]

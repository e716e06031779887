"""The command line, `tracuu COMMAND`.

Exit codes: 0 done; 1 done, but documents were left out or the index is damaged; 2 nothing done; 130
interrupted. Errors are one line on standard error that says what to do.

    main.py                  the command group: settings in the help, errors as one line, exit codes
    language.py              says in Vietnamese what the commands say in English (vietnamese.tsv)
    options.py               options and the progress bar that several commands share
    reading_report.py        the report of rebuild, update and inspect on what was left out
    index_commands.py        rebuild, update
    maintenance_commands.py  check, rollback, backup, restore
    serve_command.py         serve, password
    *_command.py             one command each: init, inspect, harvest, watch, search, analyze,
                             evaluate
"""

from indexer.cli.main import cli, main

__all__ = ["cli", "main"]

"""Run the command line by `python -m indexer.cli`, the same as `tracuu`."""

from indexer.cli.main import main

main()

"""`python -m indexer.cli` is `tracuu`."""

from indexer.cli.entry import main

main()

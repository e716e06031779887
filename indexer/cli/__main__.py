"""`python -m indexer.cli` is `tracuu`."""

from indexer.cli.main import main

main()

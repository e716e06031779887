"""The commands, each with its options and its output.

index.py        rebuild, update
maintenance.py  check, rollback, backup, restore
serve.py        serve, password
the others      one command each, of the same name
"""

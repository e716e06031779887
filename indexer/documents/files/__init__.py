"""Read source files as documents: find files, read and decode them, leave out what did not
change."""

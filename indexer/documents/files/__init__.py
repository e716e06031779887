"""Read source files as documents: find files, skip those that did not change, read the others."""

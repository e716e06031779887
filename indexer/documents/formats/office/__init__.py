"""Files of word processors and spreadsheets."""

MAX_STYLES = 20
"""Greatest length of a chain of styles, each based on the next, that is followed; in a damaged file
it may be a loop."""

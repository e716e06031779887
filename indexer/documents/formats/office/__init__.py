"""Files of word processors and spreadsheets."""

import re

MAX_STYLES = 20
"""Greatest length of a chain of styles, each based on the next, that is followed; in a damaged file
it may be a loop."""

HEADING_STYLE = re.compile(r"(?:heading|đề mục|tiêu đề)\s*(\d)", re.IGNORECASE)
"""Matches the beginning of the name of a style for headings, which ends with their level."""

"""What page rules and formats share: lines, comparison keys, dates, encodings, honorifics."""

"""What the page rules and formats share: lines, keys, dates, titles of persons."""

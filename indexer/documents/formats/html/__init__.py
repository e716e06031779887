"""Read web pages: find the article, its structure and the metadata that the page states."""

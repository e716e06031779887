"""Web pages: what is the article, its structure, its stated metadata."""

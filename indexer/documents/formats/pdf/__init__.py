"""PDF: its pages, the order of their lines, and the paragraphs that the lines make up."""

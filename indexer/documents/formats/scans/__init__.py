"""Scanned pages: pictures of text, read by tesseract."""

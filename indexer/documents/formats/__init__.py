"""File formats besides text dumps: html.py (HTML pages), jsonl.py (JSON lines)."""

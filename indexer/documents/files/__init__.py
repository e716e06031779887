"""Files in, documents out: finds, reads and decodes them; leaves out what did not change."""

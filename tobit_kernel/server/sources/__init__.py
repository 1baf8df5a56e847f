"""Data sources: each a file that knows its catalog and runs a statement → Arrow."""

"""Sources that are fetched over HTTP and then asked in SQL by a locked DuckDB."""

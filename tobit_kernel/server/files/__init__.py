"""Reading CSV, JSON, Parquet, Arrow and Excel files into typed Arrow, with exact errors.

A file becomes a *relation*: SQL text that DuckDB, locked down, reads raw columns from.
``inference`` decides each column's PostgreSQL type over the whole file, ``opening`` ties
both together and gives batches.
"""

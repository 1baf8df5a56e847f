"""DuckDB database files."""

from tobit_kernel.server.sources.duckdb.source import DuckDB

__all__ = ["DuckDB"]

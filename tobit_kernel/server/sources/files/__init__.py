"""Files and folders on the gate's machine, read by DuckDB without loading them."""

from tobit_kernel.server.sources.files.source import Files

__all__ = ["Files"]

"""JSON from a web server: each endpoint that the record declares is a table."""

from tobit_kernel.server.sources.rest.source import Rest

__all__ = ["Rest"]

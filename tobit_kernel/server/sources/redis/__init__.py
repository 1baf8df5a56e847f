"""Redis, read only: commands that read, keys that the record allows."""

from tobit_kernel.server.sources.redis.source import Redis

__all__ = ["Redis"]

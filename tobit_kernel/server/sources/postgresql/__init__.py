"""PostgreSQL: any server by URL; the base of the workbench's own database."""

from tobit_kernel.server.sources.postgresql.source import Postgresql

__all__ = ["Postgresql"]

"""Any database that SQLAlchemy has a dialect for."""

from tobit_kernel.server.sources.sqlalchemy.source import Sqlalchemy

__all__ = ["Sqlalchemy"]

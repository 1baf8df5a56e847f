"""One small statement, committed when it returns: past SQLAlchemy's compiler and result, which take ten times as
long as the server."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy.ext.asyncio import AsyncEngine

#: The same pools in autocommit: one way to the server and back instead of three.
_autocommit: WeakKeyDictionary[AsyncEngine, AsyncEngine] = WeakKeyDictionary()


async def executed(
    engine: AsyncEngine, statement: str, values: dict[str, Any], *, binary: bool = False
) -> list[tuple[Any, ...]]:
    """The rows of ``statement``, written with psycopg's ``%(name)s``; raises psycopg's errors.

    ``binary`` is for columns of bytes, which as text are hexadecimal.

    After an ``OperationalError`` the pool is empty: where one connection was closed by the server, all were.
    """
    pool = _autocommit.get(engine)
    if pool is None:
        pool = _autocommit[engine] = engine.execution_options(isolation_level="AUTOCOMMIT")
    try:
        async with pool.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            cursor = await driver.execute(statement, values, binary=binary)
            return list(await cursor.fetchall()) if cursor.description else []
    except psycopg.OperationalError:
        await engine.dispose()
        raise

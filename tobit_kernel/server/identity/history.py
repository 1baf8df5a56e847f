"""Who signed in when, and what was tried; what is over goes."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.wire.signing import SignInInfo

#: Days that sign-ins, ended sessions and used links are kept.
KEEP_DAYS = 180

_LIST = text(
    "select at, account, method, outcome, ip, agent from gate.sign_in"
    " where tenant_id = :tenant and account = :account order by at desc, id desc limit 100"
)
_EXPIRE = text("select gate.expire_identity(:days)")


class History:
    """The sign-ins of all tenants."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def of(self, tenant: str, account: str) -> list[SignInInfo]:
        """The last hundred of a person, the newest first."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_LIST, {"tenant": tenant, "account": account})).mappings()
            return [SignInInfo.model_validate(dict(row)) for row in rows]

    async def expire(self) -> None:
        """Removes what is older than ``KEEP_DAYS``."""
        async with self._engine.begin() as connection:
            await connection.execute(_EXPIRE, {"days": KEEP_DAYS})

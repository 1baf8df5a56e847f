"""The workbench's own database: PostgreSQL whose rows depend on who asks."""

from __future__ import annotations

from typing import ClassVar, Protocol

from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.sources.postgresql import Postgresql
from tobit_kernel.server.sources.postgresql.readers import Reader, Readers
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.store.budget import READER_POOL
from tobit_kernel.server.store.tenancy import personal_schema

#: How the user's own schema is written in SQL.
PERSONAL = "my"


class Binder(Protocol):
    """Tells the database for whom a reader works; blocks until it knows."""

    def bind(self, reader: Reader, principal: Principal) -> None: ...
    def unbind(self, reader: Reader) -> None: ...


class Workbench(Postgresql):
    """The source named ``workbench``: bound readers, row security, a schema ``my`` per user."""

    type: ClassVar[str] = "workbench"

    def __init__(self, address: Address, binder: Binder) -> None:
        self._readers = Readers(address, READER_POOL)
        self._binder = binder

    def _lend(self, principal: Principal) -> Reader:
        reader = self._readers.lend()
        reader.is_own = True
        try:
            self._binder.bind(reader, principal)
        except BaseException:
            reader.release()
            raise
        reader.settings["search_path"] = personal_schema(principal.user)
        reader.on_release(lambda: self._binder.unbind(reader))
        return reader

    def schemas(self, principal: Principal) -> dict[str, str]:
        """Schemas that are written otherwise than they are called."""
        return {PERSONAL: personal_schema(principal.user)}

    def _visible(self, principal: Principal, schema: str) -> bool:
        return not schema.startswith("my_") or schema == personal_schema(principal.user)

    def _logical(self, schema: str) -> str:
        return PERSONAL if schema.startswith("my_") else schema

    def _physical(self, principal: Principal, schema: str) -> str:
        return self.schemas(principal).get(schema, schema)

"""The workbench's own database: PostgreSQL whose rows depend on who asks."""

from __future__ import annotations

import re
from typing import ClassVar, Protocol

from tobit_kernel.server.identity.principal import Permission, Principal
from tobit_kernel.server.sources.postgresql import Postgresql
from tobit_kernel.server.sources.postgresql.readers import Reader, Readers
from tobit_kernel.server.sources.source import Prepared
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.store.budget import READER_POOL
from tobit_kernel.server.store.tenancy import personal_schema
from tobit_kernel.wire.models import TableInfo

#: Schemas with rows of all tenants.
_SHARED = frozenset({"ops", "mfg"})
#: How the user's own schema is written in SQL.
PERSONAL = "my"


class Binder(Protocol):
    """Tells the database for whom a reader works; blocks until it knows."""

    def bind(self, reader: Reader, principal: Principal) -> None: ...
    def unbind(self, reader: Reader) -> None: ...
    def neighbours(self, principal: Principal) -> Neighbours: ...


class Neighbours(Protocol):
    """What others have in the same database."""

    @property
    def tables(self) -> frozenset[tuple[str, str]]:
        """Schema and name of tables that other tenants loaded."""

    @property
    def schemas(self) -> frozenset[str]:
        """Schemas in which only other tenants have something."""

    @property
    def are_there(self) -> bool:
        """Whether there is another tenant."""


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

    def neighbours(self, principal: Principal) -> Neighbours:
        """What of other tenants must not be told."""
        return self._binder.neighbours(principal)

    def tables(self, principal: Principal, pattern: str = "") -> list[TableInfo]:
        others = self._binder.neighbours(principal)
        all_ = super().tables(principal, pattern)
        found = [each for each in all_ if (each.db_schema, each.name) not in others.tables]
        if not others.are_there or principal.may(Permission.ADMINISTER):
            return found
        # the rows of all tenants are counted together
        return [each.model_copy(update={"rows": None}) if each.db_schema in _SHARED else each for each in found]

    def explain(self, principal: Principal, prepared: Prepared) -> str:
        plan = super().explain(principal, prepared)
        if principal.may(Permission.ADMINISTER) or not self._binder.neighbours(principal).are_there:
            return plan
        return re.sub(r" *\(cost=[^)]*\)", "", plan)  # it counts the rows of all tenants

    def schemas(self, principal: Principal) -> dict[str, str]:
        """Schemas that are written otherwise than they are called."""
        return {PERSONAL: personal_schema(principal.user)}

    def _visible(self, principal: Principal, schema: str) -> bool:
        return not schema.startswith("my_") or schema == personal_schema(principal.user)

    def _logical(self, schema: str) -> str:
        return PERSONAL if schema.startswith("my_") else schema

    def _physical(self, principal: Principal, schema: str) -> str:
        return self.schemas(principal).get(schema, schema)

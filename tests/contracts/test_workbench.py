"""The workbench's own database keeps the contract of sources, with rows that depend on who asks."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.contracts.sources import *  # noqa: F403
from tests.contracts.sources import Lab
from tests.contracts.tables import TABLES
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.sources.postgresql.readers import Reader
from tobit_kernel.server.sources.workbench import Workbench
from tobit_kernel.server.store.database import Addresses
from tobit_kernel.server.store.tenancy import Neighbours


class Binder:
    """Binds readers by a connection of the gateway's role."""

    def __init__(self, app: psycopg.Connection) -> None:
        self._app = app

    def bind(self, reader: Reader, principal: Principal) -> None:
        self._app.execute(
            "insert into gate.bound (pid, backend_start, tenant_id, actor, role)"
            " values (%(pid)s, gate.backend_start(%(pid)s), %(tenant)s, %(user)s, %(role)s)"
            " on conflict (pid, backend_start) do update set tenant_id = excluded.tenant_id, actor = excluded.actor",
            {"pid": reader.pid, "tenant": principal.tenant, "user": principal.user, "role": principal.role},
        )

    def unbind(self, reader: Reader) -> None:
        self._app.execute("update gate.bound set tenant_id = null, actor = null where pid = %s", (reader.pid,))

    def neighbours(self, principal: Principal) -> Neighbours:
        return Neighbours()


@pytest.fixture(scope="module")
def lab(database: Addresses) -> Iterator[Lab]:
    with database.app.connect(autocommit=True) as app:
        app.execute("create schema my_local; grant usage on schema my_local to tobit_reader")
        app.execute(TABLES.replace("SCHEMA", "my_local"))
        for name in ("numbers", "empty"):
            app.execute(
                f"alter table my_local.{name} enable row level security;"
                f"create policy p on my_local.{name} to tobit_app using (true);"
                f"create policy owner on my_local.{name} to tobit_reader using"
                f" ((select gate.tenant()) = 'default' and (select gate.actor()) = 'local');"
                f"grant select on my_local.{name} to tobit_reader; analyze my_local.{name}"
            )
        source = Workbench(database.reader, Binder(app))
        yield Lab(source, "my", {"numbers": "my_local.numbers", "empty": "my_local.empty"})
        source.close()


def test_somebody_else_gets_no_rows(lab: Lab) -> None:
    from tobit_kernel.server.identity.principal import Role
    from tobit_kernel.server.sources.source import Cancellation, Prepared

    for stranger in (Principal("default", "other", Role.ADMIN), Principal("other", "local", Role.ADMIN)):
        run = lab.source.start(stranger, Prepared(lab.text("select * from numbers")), Cancellation())
        assert list(run.batches()) == []
        run.close()
        assert "numbers" not in {table.name for table in lab.source.tables(Principal("default", "other", Role.ADMIN))}

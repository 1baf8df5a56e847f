"""Rows from before there were seals are kept, and sealed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from tests.conftest import numbers
from tobit_kernel.server.audit.anchor import Anchor
from tobit_kernel.server.audit.chain import Keys
from tobit_kernel.server.audit.sealing import Sealer
from tobit_kernel.server.audit.verify import Verifier
from tobit_kernel.server.store.bootstrap import bootstrap, reached
from tobit_kernel.server.store.database import Addresses, app_engine, make_database, prepared, superuser
from tobit_kernel.server.store.embedded import EmbeddedPostgres
from tobit_kernel.server.store.migration import configuration

#: Every letter that JSON writes in a way of its own, in Python and in PostgreSQL.
LETTERS = "chr(1) || chr(8) || chr(9) || chr(10) || chr(12) || chr(13) || chr(27) || chr(127) || chr(8232) || '\"\\/한'"
ROWS = f"""
insert into gate.audit (at, tenant_id, actor, actor_type, action, resource, source, statement, tables, rows, ms,
                        cached, outcome, error, reason, ip, agent, trace_id)
select now() - (40 - i) * interval '1 day', 'default', 'kim', 'user', 'query', {LETTERS}, 'workbench', {LETTERS},
       array['a.b', {LETTERS}], i, i / 7.0, i % 2 = 0, 'ok', {LETTERS}, null, '::1', {LETTERS}, i::text
from generate_series(1, 40) i;
insert into gate.audit (tenant_id, actor, actor_type, action, outcome) values ('default', 'kim', 'user', 'x', 'ok');
"""


@pytest.fixture
def earlier(cluster: EmbeddedPostgres) -> Iterator[Addresses]:
    """A database of the version before, with rows, brought to this one."""
    name = f"earlier_{next(numbers)}"
    admin = make_database(cluster, name)
    owner, _, _ = bootstrap(admin, cluster.passwords, ours=True)
    engine = create_engine(owner.url)
    with engine.begin() as connection:
        connection.execute(text("create schema gate"))
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.exec_driver_sql(ROWS, execution_options={"no_parameters": True})
    engine.dispose()
    yield prepared(admin, cluster.home, ours=True)
    with reached(superuser(cluster, "postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


async def test_rows_from_before_the_seals_are_kept_and_sealed(earlier: Addresses, tmp_path: Path) -> None:
    engine, keys, anchor = app_engine(earlier.app.url), Keys([b"k" * 32]), Anchor(tmp_path)
    assert await Sealer(engine, keys, anchor).seal() == 41
    await engine.dispose()

    def verified() -> list[str]:
        found = Verifier(earlier.app, keys, anchor, lambda done, total: None).run()
        assert (found.rows, found.unsealed) == (41, 0) and found.seals >= 2
        return [finding.kind for finding in found.findings]

    assert verified() == []
    with earlier.owner.connect(autocommit=True) as owner:
        owner.execute("update gate.audit set agent = 'another' where id = 7")
        assert owner.execute("select count(*), max(id) from gate.audit").fetchone() == (41, 41)
    assert verified() == ["edited"]

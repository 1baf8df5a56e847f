"""What a statement may not do, and what must not be refused."""

from __future__ import annotations

from contextlib import suppress

import pytest

from tests.integration.conftest import Home
from tobit_kernel.errors import TobitError


def test_nothing_of_other_sessions_is_seen(gate: Home) -> None:
    """The one user is an administrator, who may read pg_catalog; the reader itself sees little there."""
    for statement in ("select query from pg_stat_activity where query not in ('', '<insufficient privilege>')",
                      "select passwd from pg_shadow", "select rolpassword from pg_authid",
                      "select setting from pg_file_settings", "select * from pg_hba_file_rules"):  # fmt: skip
        with suppress(TobitError):
            rows = [
                row for row in gate.rows(statement) if "tobit_rows" not in str(row) and statement[:20] not in str(row)
            ]
            assert rows == [], statement


def test_a_refusal_is_two_lines_and_says_who_may(gate: Home) -> None:
    with pytest.raises(TobitError) as caught:
        gate.ask("delete from ops.ci")
    assert len(str(caught.value).splitlines()) == 2 and "load" in caught.value.hint
    with pytest.raises(TobitError) as caught:
        gate.ask("select pg_sleep(1)")
    assert "pg_sleep" in caught.value.message


def test_rows_of_other_tenants_are_not_there(gate: Home) -> None:
    with gate.database() as database:
        database.execute("insert into gate.tenant values ('other', 'Other') on conflict do nothing")
        columns = [
            row[0]
            for row in database.execute(
                "select column_name from information_schema.columns where table_schema = 'ops' and table_name = 'ci'"
            ).fetchall()
        ]
        assert "tenant_id" in columns
        database.execute(
            "create table public.shared (tenant_id text, a int); alter table public.shared enable row level security;"
            "create policy t on public.shared to tobit_reader using (tenant_id = (select gate.tenant()));"
            "insert into public.shared values ('default', 1), ('other', 2);"
            "grant usage on schema public to tobit_reader; grant select on public.shared to tobit_reader"
        )
    try:
        assert gate.rows("select a from public.shared") == [(1,)]
        assert gate.rows("select a from public.shared where :n = 1", parameters={"n": 1}) == [(1,)]
        with gate.database() as database:
            database.execute("delete from gate.bound")
            database.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tobit_reader'")
        assert gate.rows("select a from public.shared") == [(1,)]
    finally:
        with gate.database() as database:
            database.execute("drop table public.shared; delete from gate.tenant where tenant_id = 'other'")

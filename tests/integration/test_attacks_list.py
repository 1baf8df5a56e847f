"""The attack list of the specification, on the workbench's own PostgreSQL and on Debian's with powerful logins.

On the workbench all five layers stand; behind the owner's and the superuser's login on a server of somebody else
nothing is withdrawn and nobody is a reader, so the checks of the statement stand alone. Whatever a statement is
answered with, the server is looked at afterwards by its administrator.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.contracts.test_postgresql import debian
from tests.integration.conftest import Home, until
from tests.integration.statements import statements
from tobit_kernel.errors import InternalError, TobitError
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.store.bootstrap import reached

TARGETS = ("workbench", "owner", "dba")
ATTACKS, LEGITIMATE = statements("attacks"), statements("legitimate")
CUSTOMER = (Path(__file__).parent / "statements" / "customer.sql").read_text("utf-8")
OWNED = Path("/tmp/tobit-owned")

#: What an attack could have changed. Locks of tobit_app don't count: the audit takes one now and then, an attack none.
STATE = """
select (select string_agg(concat(relname, relkind, relrowsecurity, relacl), ',' order by c.oid)
        from pg_class c join pg_namespace n on n.oid = relnamespace where n.nspname !~ '^(pg_|gate$)'),
       (select count(*) from pg_proc), (select count(*) from pg_namespace where nspname !~ '^pg_'),
       (select string_agg(concat(rolname, rolconfig, rolsuper), ',' order by rolname) from pg_roles),
       (select string_agg(extname, ',' order by extname) from pg_extension),
       (select count(*) from pg_largeobject_metadata), (select count(*) from pg_prepared_xacts),
       (select count(*) from pg_replication_slots), (select count(*) from pg_db_role_setting),
       (select count(*) from pg_locks l left join pg_stat_activity a using (pid)
        where locktype = 'advisory' and a.usename is distinct from 'tobit_app'), (select count(*) from ops.ci),
       (select count(*) from pg_foreign_server), (select count(*) from pg_replication_origin),
       (select string_agg(concat(schemaname, sequencename, last_value), ',' order by schemaname, sequencename)
        from pg_sequences where schemaname <> 'gate')
"""
RUNNING = """
select count(*) from pg_stat_activity
where state = 'active' and pid <> pg_backend_pid() and backend_type = 'client backend'
  and query ~ 'declare g|COPY|explain' and now() - query_start > interval '2 seconds'
"""


@dataclass
class Target:
    """A source, and its server as the administrator sees it."""

    name: str
    home: Home
    source: str
    admin: psycopg.Connection[Any]

    def state(self) -> Any:
        return self.admin.execute(STATE).fetchall(), OWNED.exists()

    def answer(self, statement: str, **options: Any) -> TobitError | None:
        """The error that ``statement`` ended with."""
        try:
            self.home.ask(statement, source=self.source, limit=100, **options)
        except TobitError as error:
            return error
        return None


@pytest.fixture(scope="module")
def server(needs: Callable[[object, str], None]) -> Iterator[Address]:
    """Debian's PostgreSQL with a customer's database; its superuser is ``dba``, the database's owner ``owner``."""
    with debian(needs) as admin:
        with reached(admin, autocommit=True) as connection:
            connection.execute("create role owner login createrole")
            connection.execute("create database customer owner owner")
        with reached(admin.having(dbname="customer", user="owner"), autocommit=True) as connection:
            connection.execute(CUSTOMER.encode())
        yield admin.having(dbname="customer")


@pytest.fixture(scope="module", params=TARGETS)
def target(request: pytest.FixtureRequest, gate: Home) -> Iterator[Target]:
    if request.param == "workbench":
        with gate.database() as admin:
            yield Target("workbench", gate, "workbench", admin)
        return
    address: Address = request.getfixturevalue("server")
    source, words = f"customer_{request.param}", address.keywords
    location = f"postgresql://{request.param}@/customer?host={words['host']}"
    gate.gate.post("/sources", {"name": source, "type": "postgresql", "location": location})
    with reached(address, autocommit=True) as admin:
        yield Target(request.param, gate, source, admin)
    gate.gate.delete(f"/sources/{source}")


@contextmanager
def unharmed(target: Target) -> Iterator[None]:
    """Nothing may have changed inside, no channel have said a word, no statement go on."""
    target.admin.execute("listen x")
    before = target.state()
    yield
    assert target.state() == before
    assert list(target.admin.notifies(timeout=0, stop_after=1)) == []
    assert target.admin.execute(RUNNING).fetchone() == (0,)


def test_no_attack_gets_anywhere(target: Target) -> None:
    """One after the other on one gate: what the first left behind would show at the next."""
    through, slow = [], []
    with unharmed(target):
        before = target.state()
        for number, statement in enumerate(ATTACKS):
            began = time.monotonic()
            told = target.answer(statement, timeout_s=5)
            if told is None or isinstance(told, InternalError):
                through.append((statement, told))
            if time.monotonic() - began > 3:
                slow.append(statement)
            if number % 50 == 49:
                assert target.state() == before, ATTACKS[number - 49 : number + 1]
    assert (through, slow) == ([], [])


@pytest.mark.chance
def test_no_attack_gets_anywhere_by_a_parameter_a_cell_or_a_plan(target: Target, chaos: int) -> None:
    """Each attack takes one of the three ways on each target, another on the next; with TOBIT_CHAOS=3 all on all."""
    ways = (by_a_parameter, by_a_cell, by_a_plan)
    first, through = TARGETS.index(target.name), []
    with unharmed(target):
        for number, statement in enumerate(ATTACKS):
            for turn in range(min(chaos, len(ways))):
                told = ways[(number + first + turn) % len(ways)](target, statement)
                if told is None or isinstance(told, InternalError):
                    through.append((statement, told))
    assert through == []


def by_a_parameter(target: Target, statement: str) -> TobitError | None:
    return target.answer(f"select * from ({statement}) x where :p = 1", parameters={"p": 1}, timeout_s=5)


def by_a_cell(target: Target, statement: str) -> TobitError | None:
    cells = [{"name": "earlier", "statement": statement, "parameters": {}}]
    return target.answer("select * from earlier", cells=cells, timeout_s=5)


def by_a_plan(target: Target, statement: str) -> TobitError | None:
    try:
        target.home.gate.post("/query/explain", {"statement": statement, "source": target.source, "timeout_s": 5})
    except TobitError as error:
        return error
    return None


def test_what_only_reads_is_never_refused(target: Target) -> None:
    version = target.admin.info.server_version // 10000
    written = statements("legitimate", version, libxml=target.source != "workbench")
    assert len(written) >= 200
    found = [(statement, told) for statement in written if (told := target.answer(statement)) is not None]
    assert not found, "\n".join(f"{statement}  →  {told!r}" for statement, told in found)


def test_infinity_is_null_and_its_neighbours_are_kept(target: Target) -> None:
    asked = """
        select v, d, array[v, null] from (values
            (timestamptz 'infinity', date 'infinity'), ('-infinity', '-infinity'), ('2026-01-02', '2026-01-02'),
            (null, null), ('0001-01-01', '0001-01-01')) t(v, d)
    """
    rows = target.home.rows(asked, source=target.source)
    assert [row[0] is None for row in rows] == [row[1] is None for row in rows] == [True, True, False, True, False]
    assert [row[2][0] is None for row in rows] == [True, True, False, True, False]
    assert str(rows[2][0]).startswith("2026-01-02") and rows[4][1].year == 1


def test_bombs_end_by_their_time_limit(target: Target) -> None:
    for statement in statements("bombs"):
        began = time.monotonic()
        with suppress(TobitError):
            target.home.ask(statement, source=target.source, timeout_s=0.25)
        assert time.monotonic() - began < 4, statement
    until(lambda: target.admin.execute(RUNNING).fetchone() == (0,), 5)
    assert target.home.rows("select 1", source=target.source, timeout_s=5) == [(1,)]


def test_settings_of_a_session_stay_what_they_were(target: Target) -> None:
    """The connections of a pool are asked again and again: a setting that stuck would meet the next caller."""
    asked = """
        select datname, usename, application_name from pg_stat_activity
        where application_name = 'tobit-reader' and state like 'idle in transaction%'
    """
    for _ in range(3):
        target.answer("select 1; set statement_timeout = 0")
    until(lambda: target.admin.execute(asked).fetchall() == [], 5)


def fuzzed(chance: random.Random) -> str:
    """A legitimate statement with a piece of an attack somewhere in it."""
    good, bad = chance.choice(LEGITIMATE), chance.choice(ATTACKS)
    pieces = good.split(" ")
    at = chance.randrange(len(pieces) + 1)
    call = chance.choice(("pg_sleep(9)", "nextval('numbers')", "lo_create(0)", "pg_notify('x', 'y')",
                          "pg_advisory_lock(7)", "definer()", "to_bin(true)", "spy(1)"))  # fmt: skip
    put = chance.choice((
        bad, f"({bad})", f", {call}", f"or {call} is null", f"; {bad}", f"union all {bad}", f"/* {bad} */", f"'{call}'",
        f'"{call}"', f"$$ {bad} $$", f", ({bad})", f"-- {bad}\n", f"\\' {call}", f"$x$ {call}", f"/* {call}",
        f"u&'{call}'",
    ))  # fmt: skip
    return " ".join([*pieces[:at], put, *pieces[at:]])


@pytest.mark.chance
def test_no_mixture_of_the_two_has_an_effect(target: Target) -> None:
    """``TOBIT_FUZZ`` tells how many are tried; the seed is the number, so that a failure comes again."""
    with unharmed(target):
        before = target.state()
        for number in range(int(os.environ.get("TOBIT_FUZZ", "60"))):
            statement = fuzzed(random.Random(number))
            told = target.answer(statement, timeout_s=2)
            assert not isinstance(told, InternalError), (number, statement)
            if number % 20 == 19:
                assert target.state() == before, number

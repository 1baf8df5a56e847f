"""Any PostgreSQL by URL keeps the contract of sources: Debian's, and the one that Tobit brings."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import short_folder
from tests.contracts.sources import *  # noqa: F403
from tests.contracts.sources import Lab
from tests.contracts.tables import TABLES
from tobit_kernel.errors import InputError, SourceUnavailable
from tobit_kernel.server.sources.postgresql import Postgresql
from tobit_kernel.server.sources.source import Record
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.store.bootstrap import reached
from tobit_kernel.server.store.database import make_database
from tobit_kernel.server.store.embedded import EmbeddedPostgres

Needs = Callable[[object, str], None]


@contextmanager
def debian(needs: Needs) -> Iterator[Address]:
    """A server of Debian's PostgreSQL; its administrator's address."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    needs(found, "there is no PostgreSQL of Debian's (apt-get install postgresql)")
    folder, bin = short_folder(), found[-1].parent
    account = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam("postgres")
        account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    data = folder / "data"
    init = [bin / "initdb", "-D", data, "-U", "dba", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(init, check=True, capture_output=True, cwd=folder, **account)  # type: ignore[call-overload]
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    control = [bin / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True, cwd=folder, **account)  # type: ignore[call-overload]
    try:
        yield Address({"host": str(folder), "user": "dba", "dbname": "postgres"})
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, cwd=folder, **account)  # type: ignore[call-overload]
        shutil.rmtree(folder)


@contextmanager
def foreign(admin: Address) -> Iterator[str]:
    """The URL of a database with the contract's tables and a reader of its own."""
    with reached(admin, autocommit=True) as connection:
        connection.execute("create role plant_reader login password 'sesame'")
        connection.execute("create schema plant; grant usage on schema plant to plant_reader")
        connection.execute(TABLES.replace("SCHEMA", "plant"))
        connection.execute("grant select on all tables in schema plant to plant_reader; analyze plant.numbers")
    words = admin.keywords
    yield f"postgresql://plant_reader@/{words['dbname']}?host={words['host']}&port={words.get('port', 5432)}"


@pytest.fixture(scope="module", params=["embedded", "debian"])
def lab(request: pytest.FixtureRequest, needs: Needs) -> Iterator[Lab]:
    if request.param == "debian":
        with debian(needs) as admin, foreign(admin) as url:
            yield from served(url)
    else:
        cluster: EmbeddedPostgres = request.getfixturevalue("cluster")
        admin = make_database(cluster, "contract_plant")
        try:
            with foreign(admin) as url:
                yield from served(url)
        finally:
            with reached(admin.having(dbname="postgres"), autocommit=True) as connection:
                connection.execute("drop database contract_plant with (force)")
                connection.execute("drop role plant_reader")


def served(url: str) -> Iterator[Lab]:
    source = Postgresql.of(Record("default", "plant", "postgresql", url, Path("/nowhere"), password="sesame"))
    yield Lab(source, "plant", {"numbers": "plant.numbers", "empty": "plant.empty"})
    source.close()


def test_an_address_without_a_server_is_unavailable_in_words() -> None:
    source = Postgresql.of(Record("default", "x", "postgresql", "postgresql://u@127.0.0.1:9/x", Path("/nowhere")))
    with pytest.raises(SourceUnavailable) as caught:
        source.check()
    assert "\n" not in caught.value.message


def test_a_password_in_the_address_is_refused() -> None:
    with pytest.raises(InputError, match="password") as caught:
        Postgresql.of(Record("default", "x", "postgresql", "postgresql://u:secret@127.0.0.1/x", Path("/nowhere")))
    assert "secret" not in str(caught.value)


def test_functions_that_do_more_than_compute_are_left_to_the_guard(lab: Lab) -> None:
    """A foreign server's functions can't be revoked; READ ONLY and the cursor still hold."""
    from tobit_kernel.errors import TobitError

    for statement in (
        "select nextval('x')",
        "select * into t from plant.numbers",
        "select * from plant.numbers for update",
    ):
        with pytest.raises(TobitError):
            lab.ask(statement)

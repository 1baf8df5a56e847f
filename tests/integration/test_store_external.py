"""A PostgreSQL that is not ours (Debian's, an older version) by TOBIT_DATABASE_URL."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from tobit_kernel.errors import Refused, SourceUnavailable
from tobit_kernel.server.store import opened
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.store.database import prepared, superuser
from tobit_kernel.server.store.embedded import EmbeddedPostgres
from tobit_kernel.settings import Settings

Needs = Callable[[object, str], None]
numbers = count(1)


@dataclass(frozen=True)
class Server:
    """A server of Debian's with an administrator ``dba``; each test makes its own databases and roles in it."""

    admin: Address

    def run(self, *statements: str, database: str = "postgres") -> None:
        with self.admin.having(dbname=database).connect(autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def forget_roles(self) -> None:
        """As on a server that Tobit has never seen."""
        with self.admin.connect(autocommit=True) as connection:
            names = connection.execute("select datname from pg_database where datname like 'work%'").fetchall()
            for (name,) in names:
                connection.execute(f"drop database {name} with (force)".encode())
            connection.execute("drop role if exists tobit_owner, tobit_app, tobit_reader")

    def database(self, owner: str = "dba") -> Address:
        name = f"work{next(numbers)}"
        self.run(f"create database {name} owner {owner}")
        return self.admin.having(dbname=name)


@pytest.fixture(scope="module")
def debian(needs: Needs) -> Iterator[Server]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    needs(found, "there is no PostgreSQL of Debian's (apt-get install postgresql)")
    folder = Path(subprocess.check_output(["mktemp", "-d", "/tmp/tobit-debian-XXXXXX"], text=True).strip())
    (folder / "password").write_text("sesame")
    other = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam("postgres")
        other = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        for path in (folder, folder / "password"):
            os.chown(path, entry.pw_uid, entry.pw_gid)
    bin = found[-1].parent
    data, pwfile = folder / "data", f"--pwfile={folder / 'password'}"
    init = [bin / "initdb", "-D", data, "-U", "dba", "--auth=scram-sha-256", pwfile, "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run([*init, "--no-sync"], check=True, capture_output=True, cwd=folder, **other)
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    with subprocess.Popen([bin / "postgres", "-D", data, *options], stderr=-3, cwd=folder, **other) as process:
        admin = Address.parse(f"postgresql://dba:sesame@/postgres?host={folder}")
        while True:
            try:
                admin.connect().close()
                break
            except psycopg.OperationalError:
                assert process.poll() is None
        yield Server(admin)
        process.terminate()
    shutil.rmtree(folder)


@pytest.fixture
def server(debian: Server) -> Iterator[Server]:
    debian.forget_roles()
    yield debian
    debian.forget_roles()
    debian.run("drop role if exists kim")


async def test_a_superusers_database_is_made_ready(server: Server, home: Path) -> None:
    url = SecretStr(server.database().uri)
    for _ in range(2):
        async with opened(Settings(home=home, database_url=url)) as store:
            assert not store.is_embedded
            async with store.engine.connect() as connection:
                assert await connection.scalar(text("select current_user || count(*) from gate.tenant")) == "tobit_app1"
            part = (await store.parts())[0]
            assert part["state"] == "running" and "embedded" not in part["detail"]
    assert not (home / "postgres").exists()


async def test_an_owner_who_may_create_roles_is_enough(server: Server, home: Path) -> None:
    server.run("create role kim login createrole password 'open'")
    address = server.database(owner="kim").having(user="kim", password="open")
    async with opened(Settings(home=home, database_url=SecretStr(address.uri))) as store:
        with store.addresses.reader.connect(autocommit=True) as reader:
            reader.execute("set default_transaction_read_only = off")
            for statement in ("create table t (a int)", "create temporary table t (a int)", "select * from gate.bound"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    reader.execute(statement.encode())


def test_an_owner_who_may_create_roles_is_enough_on_a_newer_server_too(home: Path) -> None:
    """From 16 on who creates a role administers it, but may act as it only after a grant."""
    newer = EmbeddedPostgres(home)
    newer.start()
    try:
        server = Server(superuser(newer, "postgres"))
        server.run("create role kim login createrole password 'open'")
        address = server.database(owner="kim").having(user="kim", password="open")
        (home / "gate").mkdir()
        for _ in range(2):
            with prepared(address, home / "gate").app.connect() as app:
                assert app.execute("select count(*) from gate.tenant").fetchone() == (1,)
    finally:
        newer.stop()


def test_a_role_that_may_do_nothing_is_told_what_is_missing(server: Server, home: Path) -> None:
    server.run("create role kim login password 'open'")
    address = server.database().having(user="kim", password="open")
    with pytest.raises(Refused) as told:
        prepared(address, home)
    assert "there is no role tobit_owner" in told.value.message
    assert "create role tobit_reader login" in told.value.hint
    assert "open" not in str(told.value).split()


def test_roles_that_an_administrator_made_are_used(server: Server, home: Path) -> None:
    server.run(
        "create role kim login password 'open'",
        "create role tobit_owner nologin",
        "create role tobit_app login password 'app'",
        "create role tobit_reader login password 'reader'",
        "grant tobit_app, tobit_reader to tobit_owner",
        "grant tobit_owner to kim",
        "alter role tobit_reader set default_transaction_read_only = on",
    )
    address = server.database(owner="kim").having(user="kim", password="open")
    with pytest.raises(Refused, match="password of the role 'tobit_app' is not known"):
        prepared(address, home)
    (home / "database.json").write_text('{"tobit_app": "app", "tobit_reader": "reader"}')
    with prepared(address, home).app.connect() as app:
        assert app.execute("select count(*) from gate.tenant").fetchone() == (1,)


def test_rights_that_were_forgotten_are_named_with_the_remedy(server: Server, home: Path) -> None:
    server.run("create role kim login password 'open'", "create role tobit_owner nologin bypassrls")
    server.run("create role tobit_app login", "create role tobit_reader login")
    address = server.database().having(user="kim", password="open")
    with pytest.raises(Refused) as told:
        prepared(address, home)
    for words in ("exempt from row security", "temporary tables", "may not create schemas", "not a member"):
        assert words in told.value.message
    assert "revoke temporary on database" in told.value.hint


def test_the_gateways_of_a_team_agree_on_passwords_without_talking(server: Server, home: Path) -> None:
    address = server.database()
    first, second = (prepared(address, home / name) for name in ("a", "b") if (home / name).mkdir() is None)
    assert first.app.uri == second.app.uri and first.reader.uri == second.reader.uri
    first.app.connect().close()


def test_another_installations_password_is_never_changed(server: Server, home: Path) -> None:
    address = server.database()
    kept = prepared(address, home)
    server.run("create role kim login superuser password 'open'")
    (home / "database.json").unlink()
    with pytest.raises(Refused, match="is not known here"):
        prepared(address.having(user="kim", password="open"), home)
    kept.app.connect().close()


def test_a_wrong_password_is_told_without_it(server: Server, home: Path) -> None:
    with pytest.raises(SourceUnavailable, match="password authentication failed") as told:
        prepared(server.database().having(password="wrong-one"), home)
    assert "wrong-one" not in str(told.value)

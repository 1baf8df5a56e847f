"""Migrations: once however many start, all or nothing, and never over a newer database."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

import tobit_kernel
from tobit_kernel.errors import Conflict
from tobit_kernel.server.store import migration
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.store.bootstrap import bootstrap, reached
from tobit_kernel.server.store.database import make_database, superuser
from tobit_kernel.server.store.embedded import EmbeddedPostgres
from tobit_kernel.server.store.migration import configuration, migrate, revisions

numbers = count(1)
MIGRATE = """
import sys
from sqlalchemy import make_url
from tobit_kernel.server.store.migration import migrate
print(migrate(make_url(sys.stdin.read())))
"""


@pytest.fixture
def empty(cluster: EmbeddedPostgres) -> Iterator[Address]:
    """The owner's address of a database with roles and without tables."""
    name = f"empty_{next(numbers)}"
    owner, _, _ = bootstrap(make_database(cluster, name), cluster.passwords, ours=True)
    yield owner
    with reached(superuser(cluster, "postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
def newest() -> str:
    return revisions()[-1]


def test_revisions_count_up_in_one_line() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    assert [script.revision for script in scripts.walk_revisions()][::-1] == revisions()
    assert revisions() == [f"{number:04}" for number in range(1, len(revisions()) + 1)]


@pytest.fixture
def with_one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, newest: str) -> Path:
    """The ``.sql`` file of a further revision that only this test knows."""
    folder = tmp_path / "migrations"
    shutil.copytree(Path(migration.__file__).with_name("migrations"), folder)
    file = folder / "versions" / "9999_later.py"
    file.write_text(
        "from tobit_kernel.server.store.migration import run_sql_beside\n"
        f"revision = '9999'\ndown_revision = '{newest}'\n"
        "def upgrade():\n    run_sql_beside(__file__)\n"
    )
    monkeypatch.setattr(migration, "FOLDER", folder)
    return file.with_suffix(".sql")


def revision(owner: Address) -> str | None:
    with owner.connect() as connection:
        if connection.execute("select to_regclass('gate.alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("select version_num from gate.alembic_version").fetchone()
        return str(row[0]) if row else None


def test_all_revisions_run_and_again_nothing(empty: Address, newest: str) -> None:
    assert migrate(empty.url) == newest == revision(empty)
    assert migrate(empty.url) == newest
    with empty.connect() as connection:
        made = connection.execute("select revision, tobit_version from gate.migration order by 1").fetchall()
    assert made[0] == ("0001", tobit_kernel.__version__) and made[-1][0] == newest


def test_everything_belongs_to_the_owner(empty: Address) -> None:
    migrate(empty.url)
    with empty.connect() as connection:
        others = connection.execute(
            "select relname from pg_class where relnamespace = 'gate'::regnamespace"
            " and relowner <> 'tobit_owner'::regrole"
        ).fetchall()
    assert others == []


def test_five_starters_make_the_tables_once(empty: Address, newest: str) -> None:
    starters = [
        subprocess.Popen([sys.executable, "-c", MIGRATE], stdin=-1, stdout=-1, stderr=-1, text=True) for _ in range(5)
    ]
    url = empty.url.render_as_string(hide_password=False)
    for starter in starters:
        assert starter.stdin
        starter.stdin.write(url)
        starter.stdin.close()
    for starter in starters:
        starter.stdin = None
        assert starter.communicate(timeout=60) == (f"{newest}\n", "")
    with empty.connect() as connection:
        assert connection.execute("select count(*) from gate.migration where revision = '0001'").fetchone() == (1,)


def test_a_revision_that_fails_leaves_the_state_before(empty: Address, with_one_more: Path) -> None:
    with_one_more.write_text("create table gate.later (a int); select 1 / 0;")
    with pytest.raises(DBAPIError, match="division by zero"):
        migrate(empty.url)
    assert revision(empty) is None
    with_one_more.write_text("create table gate.later (a int);")
    assert migrate(empty.url) == "9999"


def test_a_migration_that_is_killed_leaves_the_state_before(empty: Address, with_one_more: Path, newest: str) -> None:
    with_one_more.write_text(
        "create table gate.later (a int);"
        "select pg_terminate_backend(pg_backend_pid());"
    )  # fmt: skip
    with pytest.raises(DBAPIError):
        migrate(empty.url)
    assert revision(empty) is None


def test_percent_and_colon_mean_nothing_in_a_revision(empty: Address, with_one_more: Path) -> None:
    with_one_more.write_text("create table gate.later as select '100 % :name %s %(a)s'::text as odd;")
    migrate(empty.url)
    with empty.connect() as connection:
        assert connection.execute("select odd from gate.later").fetchone() == ("100 % :name %s %(a)s",)


def test_a_database_newer_than_the_code_is_refused_in_words(
    empty: Address, with_one_more: Path, monkeypatch: pytest.MonkeyPatch, newest: str
) -> None:
    with_one_more.write_text("create table gate.later (a int);")
    with monkeypatch.context() as later:
        later.setattr(tobit_kernel, "__version__", "7.0.0")
        migrate(empty.url)
    monkeypatch.setattr(migration, "FOLDER", Path(migration.__file__).with_name("migrations"))
    with pytest.raises(Conflict) as refused:
        migrate(empty.url)
    told = str(refused.value)
    assert "9999 (made by Tobit 7.0.0)" in told and f"Tobit {tobit_kernel.__version__} knows up to {newest}" in told
    assert revision(empty) == "9999"

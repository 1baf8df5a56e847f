"""What all tests share: homes, and one PostgreSQL for the session."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.server.store.bootstrap import reached
from tobit_kernel.server.store.database import Addresses, app_engine, make_database, prepared, superuser
from tobit_kernel.server.store.embedded import EmbeddedPostgres
from tobit_kernel.server.store.store import Store
from tobit_kernel.settings import settings

numbers = count(1)


def short_folder() -> Path:
    """A folder with a short path that the account of PostgreSQL may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="tobit-", dir="/tmp"))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty ``TOBIT_HOME`` that this process's settings name; whoever starts something in it stops it."""
    folder = short_folder()
    for name in [name for name in os.environ if name.startswith("TOBIT_") and name != "TOBIT_CI"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TOBIT_HOME", str(folder))
    settings.cache_clear()
    yield folder
    settings.cache_clear()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def made_home() -> Iterator[Path]:
    """A home whose database was made and migrated and that nobody runs; copy it, don't use it."""
    folder = short_folder()
    server = EmbeddedPostgres(folder)
    server.start()
    prepared(make_database(server), folder, ours=True)
    server.stop()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def used_home(home: Path, made_home: Path) -> Path:
    """``home`` after an earlier first start: a second less than an empty one."""
    subprocess.run(["cp", "-a", f"{made_home}/.", home], check=True)
    return home


@pytest.fixture(scope="session")
def cluster() -> Iterator[EmbeddedPostgres]:
    """One embedded PostgreSQL for the whole session; leave it running."""
    folder = short_folder()
    server = EmbeddedPostgres(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def database(cluster: EmbeddedPostgres) -> Iterator[Addresses]:
    """A fresh database with all migrations: ``.owner``, ``.app``, ``.reader`` (``.url``, ``.uri``, ``.connect()``)."""
    name = f"test_{next(numbers)}"
    yield prepared(make_database(cluster, name), cluster.home, ours=True)
    with reached(superuser(cluster, "postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
async def engine(database: Addresses) -> AsyncIterator[AsyncEngine]:
    """The gateway's pool on ``database``."""
    pool = app_engine(database.app.url)
    yield pool
    await pool.dispose()


@pytest.fixture
def store(database: Addresses, engine: AsyncEngine) -> Store:
    """What ``opened`` gives, on ``database``; its server is the session's and not watched."""
    return Store(database, engine)


@pytest.fixture(scope="session")
def needs() -> Callable[[object, str], None]:
    """``needs(condition, "what is missing")``: skips here; where TOBIT_CI=1 the root conftest fails every skip."""

    def check(condition: object, reason: str) -> None:
        if not condition:
            pytest.skip(reason)

    return check

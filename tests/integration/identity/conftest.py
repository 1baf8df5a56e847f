"""Two tenants, six roles in each, and who sees which rows; on a gate of their own."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.conftest import short_folder
from tests.integration.conftest import Home
from tobit_kernel import client
from tobit_kernel.server.identity.principal import Role
from tobit_kernel.wire.models import QueryRequest

ROWS = Path(__file__).with_name("two_tenants.sql").read_text("utf-8")
TENANTS = ("red", "blue")


@dataclass
class People:
    """A gate with people; each is named ``role-tenant``, such as ``analyst-red``."""

    home: Home
    tokens: dict[str, str] = field(default_factory=dict)

    def add(self, user: str, tenant: str, role: str) -> None:
        """A person with an open session."""
        token = f"tbs_{user}"
        self.tokens[user] = token
        with self.home.database() as database:
            database.execute(
                "insert into gate.account (id, tenant_id, name, role) values (%s, %s, %s, %s)",
                (user, tenant, user, role),
            )
            database.execute(
                "insert into gate.session (digest, id, tenant_id, account, kind, method, ends_at, idle_s)"
                " values (%s, %s, %s, %s, 'program', 'password', now() + '1 day', 3600)",
                (_digest(token), _digest(token).hex()[:12], tenant, user),
            )

    def gate(self, user: str) -> client.Gate:
        """The gate as ``user`` calls it."""
        return client.Gate(self.home.facts["url"], self.tokens[user])

    def rows(self, user: str, statement: str, **options: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement as ``user`` sees them."""
        table = self.gate(user).query(QueryRequest(statement=statement, **options)).to_arrow()
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def http(self, user: str, method: str, path: str, body: Any = None) -> urllib3.BaseHTTPResponse:
        """A bare request of ``user``."""
        return self.home.http(method, path, body, authorization=f"Bearer {self.tokens[user]}")

    def said(self, user: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and ``data`` of a bare request of ``user``."""
        answer = self.http(user, method, path, body)
        return answer.status, json.loads(answer.data)["data"]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


@pytest.fixture(scope="package")
def people() -> Iterator[People]:
    home = Home(short_folder())
    done = home.tobit("sql", "select 1")
    assert done.returncode == 0, done.stderr
    with home.database() as database:
        database.execute(ROWS)
    known = People(home)
    for tenant in TENANTS:
        for role in Role:
            known.add(f"{role}-{tenant}", tenant, role)
    yield known
    home.stop()
    shutil.rmtree(home.folder, ignore_errors=True)

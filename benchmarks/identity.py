"""What it costs to know who asks: inside the gate, and as a part of a whole request."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from statistics import median, quantiles

import psycopg
import urllib3
from _table import publish
from _workbench import Workbench, workbench

from tobit_kernel import client
from tobit_kernel.server.identity.identity import Identity, digest_of
from tobit_kernel.server.identity.token import LocalToken
from tobit_kernel.server.store.database import app_engine
from tobit_kernel.server.store.notify import Notices

SESSION, KEY, LOCAL = "tbs_a_session_of_the_benchmark", "tbk_a_key_of_the_benchmark", "a local token"
PEOPLE = """
insert into gate.account (id, tenant_id, name, role) values ('kim', 'default', 'kim', 'analyst');
insert into gate.account_group values ('default', 'night');
insert into gate.membership values ('default', 'night', 'kim');
insert into gate.scope values ('default', 'group', 'night', 'line', 'L1', 'x', 'x');
"""


def main(count: int) -> None:
    with workbench() as bench:
        with bench.superuser.connect(autocommit=True) as database:
            somebody(database)
        inside = asyncio.run(in_process(bench, count))
        whole = by_http(bench, count)
    rows = [(name, "in the gate", spent) for name, spent in inside.items()]
    rows += [(name, "GET /me", spent) for name, spent in whole.items()]
    more = median(whole["session"]) - median(whole["local token"])
    publish(
        "identity",
        "Identity",
        "How long it takes until the gate knows who asks. A token that was looked up is believed for half a minute, "
        "or until a change of people is told; `GET /me` asks by the unix socket, the kinds of tokens in turn.",
        ("token", "where", "p50", "p95"),
        [(name, where, micro(median(spent)), micro(quantiles(spent, n=20)[-1])) for name, where, spent in rows],
        [f"{count:,} calls each; {count // 25:,} of those that are looked up in the database.",
         f"A session adds {more * 1e6:,.0f} µs to a request at p50 (limit: 200 µs)."],
        ("tobit-kernel", "fastapi", "uvicorn"),
    )  # fmt: skip


def somebody(database: psycopg.Connection) -> None:
    """An analyst with a group, a scope, a session and a key."""
    database.execute(PEOPLE)
    database.execute(
        "insert into gate.session (digest, id, tenant_id, account, kind, method, ends_at, idle_s)"
        " values (%s, '000000000001', 'default', 'kim', 'program', 'password', now() + '1 day', 36000)",
        (digest_of(SESSION),),
    )
    database.execute(
        "insert into gate.api_key (digest, id, tenant_id, account, name, hint, permissions)"
        " values (%s, '000000000002', 'default', 'kim', 'bench', 'tbk', '{read}')",
        (digest_of(KEY),),
    )


async def in_process(bench: Workbench, count: int) -> dict[str, list[float]]:
    """Seconds of each look at a token."""
    async with known(bench) as identity:
        spent = {}
        for name, token in (("local token", LOCAL), ("session", SESSION), ("API key", KEY)):
            spent[name] = [await one(identity, token) for _ in range(count)]
        looked_up = []
        for _ in range(count // 25):
            identity.forget()
            looked_up.append(await one(identity, SESSION))
        return {**spent, "session, looked up": looked_up}


@asynccontextmanager
async def known(bench: Workbench) -> AsyncIterator[Identity]:
    """An identity beside the gate's, on the same database."""
    engine, notices = app_engine(bench.peer.url), Notices(bench.peer)
    identity = Identity(LocalToken(LOCAL), engine, notices)
    notices.start()
    while not notices.is_listening:
        await asyncio.sleep(0.01)
    try:
        yield identity
    finally:
        await notices.close()
        await engine.dispose()


async def one(identity: Identity, token: str) -> float:
    began = time.perf_counter()
    await identity.identify(token)
    return time.perf_counter() - began


def by_http(bench: Workbench, count: int) -> dict[str, list[float]]:
    """Seconds of each request, the tokens in turn."""
    tokens = {"local token": (bench.home / "token").read_text(), "session": SESSION, "API key": KEY}
    spent: dict[str, list[float]] = {name: [] for name in tokens}
    with connected(bench) as pool:
        for _ in range(count):
            for name, token in tokens.items():
                began = time.perf_counter()
                answer = pool.request("GET", "/api/v1/me", headers={"authorization": f"Bearer {token}"}, retries=False)
                spent[name].append(time.perf_counter() - began)
                if answer.status != 200:
                    sys.exit(f"GET /me by {name}: {answer.data.decode()}")
    return spent


@contextmanager
def connected(bench: Workbench) -> Iterator[urllib3.HTTPConnectionPool]:
    """One connection to the gate's socket."""
    pool = client._pool(json.loads((bench.home / "gateway.json").read_text())["url"])
    try:
        yield pool
    finally:
        pool.close()


def micro(value: float) -> str:
    """``23 µs``."""
    return f"{value * 1e6:,.1f} µs" if value < 1e-4 else f"{value * 1e6:,.0f} µs"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)

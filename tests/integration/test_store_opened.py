"""``opened``: the store as the gateway has it, from the first start to the last stop."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from tobit_kernel.errors import Conflict, InputError, SourceUnavailable
from tobit_kernel.server.store import lock, opened
from tobit_kernel.server.store.embedded import EmbeddedPostgres
from tobit_kernel.server.store.postmaster import processes_of
from tobit_kernel.server.store.store import State, Store
from tobit_kernel.settings import Settings, settings

GATEWAY = """
import asyncio
from tobit_kernel.server.store import opened
from tobit_kernel.settings import settings
async def main():
    async with opened(settings()) as store:
        print(store.server.process.pid, flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""


async def one(store: Store, query: str) -> object:
    async with store.engine.connect() as connection:
        return await connection.scalar(text(query))


async def eventually(condition: Callable[[], object], limit_s: float = 20) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_nothing_configured_gives_a_migrated_database_and_leaves_nothing_running(home: Path) -> None:
    async with opened(settings()) as store:
        assert await one(store, "select current_user || count(*) from gate.tenant") == "tobit_app1"
        assert await one(store, "select count(*) from pg_extension where extname = 'vector'") == 1
        part = (await store.parts())[0]
        assert part["name"] == "postgresql" and part["state"] == "running" and "embedded" in part["detail"]
        assert store.server
        data = store.server.place.data
    assert processes_of(data) == []


async def test_no_password_is_shown(used_home: Path) -> None:
    async with opened(settings()) as store:
        shown = repr(store) + str(store.app_url) + str(await store.parts()) + repr(store.addresses)
        secrets = [store.addresses.app.keywords["password"], store.addresses.reader.keywords["password"]]
    assert not [secret for secret in secrets if secret in shown]
    assert all(secret not in file.read_text() for secret in secrets for file in used_home.rglob("*.log"))


async def test_a_killed_server_comes_back_with_the_data_and_tells_the_listeners(used_home: Path) -> None:
    async with opened(settings()) as store:
        told = asyncio.Event()

        async def listen() -> None:
            told.set()

        store.on_restart(listen)
        async with store.engine.begin() as connection:
            await connection.execute(text("create schema my_local"))
            await connection.execute(text("create table my_local.kept as select 42 as value"))
        assert store.server and store.server.process
        os.kill(store.server.process.pid, signal.SIGKILL)
        await asyncio.wait_for(told.wait(), 20)
        assert await one(store, "select value from my_local.kept") == 42
        assert (store.restarts, store.state) == (1, State.RUNNING)


async def test_a_server_that_cannot_come_back_is_told_and_tried_again(used_home: Path) -> None:
    async with opened(settings()) as store:
        assert store.server and store.server.process
        control = store.server.place.data / "global" / "pg_control"
        away = control.rename(control.with_suffix(".away"))
        store.server.process.kill()
        await eventually(lambda: store.state is State.FAILED)
        assert "pg_control" in (await store.parts())[0]["detail"]
        away.rename(control)
        await eventually(lambda: store.state is State.RUNNING)
        assert await one(store, "select 1") == 1


async def test_a_server_that_hangs_is_seen_in_its_part(used_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tobit_kernel.server.store.store.HEALTH_LIMIT_S", 0.3)
    async with opened(settings()) as store:
        assert store.server
        backends = processes_of(store.server.place.data)
        for pid in backends:
            os.kill(pid, signal.SIGSTOP)
        try:
            assert (await store.parts())[0] == {
                "name": "postgresql", "state": "failed", "detail": "no answer within 0.3 s"
            }  # fmt: skip
        finally:
            for pid in backends:
                os.kill(pid, signal.SIGCONT)
        assert (await store.parts())[0]["state"] == "running"


async def test_a_second_gateway_of_the_same_home_is_refused(used_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "TAKEOVER_LIMIT_S", 0.1)
    async with opened(settings()) as store:
        with pytest.raises(Conflict, match=f"process {os.getpid()}"):
            async with opened(settings()):
                pass
        assert await one(store, "select 1") == 1


async def test_a_failure_inside_still_stops_the_server(used_home: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with opened(settings()):
            raise ZeroDivisionError
    assert processes_of(used_home / "postgres" / "data") == []


async def test_a_start_that_is_interrupted_leaves_nothing(home: Path) -> None:
    async def open_and_stay() -> None:
        async with opened(settings()):
            await asyncio.sleep(60)

    for wait_s in (0.1, 0.3, 0.7):
        task = asyncio.create_task(open_and_stay())
        await asyncio.sleep(wait_s)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await eventually(lambda: not processes_of(home / "postgres" / "data"))
    async with opened(settings()) as store:
        assert await one(store, "select 1") == 1


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_end_of_the_gateway_is_the_end_of_the_server(used_home: Path, end: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", GATEWAY], stdout=-1, stderr=subprocess.DEVNULL) as gateway:
        assert gateway.stdout
        server = int(gateway.stdout.readline())
        data = used_home / "postgres" / "data"
        assert server in processes_of(data)
        gateway.send_signal(end)
    limit = time.monotonic() + 10
    while processes_of(data) and time.monotonic() < limit:
        time.sleep(0.02)
    assert processes_of(data) == []


async def test_a_fast_second_start(used_home: Path) -> None:
    async with opened(settings()):
        pass
    begun = time.monotonic()
    async with opened(settings()):
        assert time.monotonic() - begun < 3


async def test_a_home_of_another_gateways_server_is_found_busy_by_the_plain_server_too(
    used_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "TAKEOVER_LIMIT_S", 0.1)
    async with opened(settings()):
        with pytest.raises(Conflict):
            EmbeddedPostgres(used_home).prepare()


async def test_an_address_that_means_nothing_is_refused_in_words(home: Path) -> None:
    with pytest.raises(InputError, match="not one that PostgreSQL understands"):
        async with opened(Settings(home=home, database_url=SecretStr("no address"))):
            pass


async def test_a_server_that_does_not_answer_is_told_without_its_password(home: Path) -> None:
    url = SecretStr("postgresql://kim:sesame@127.0.0.1:1/tobit")
    with pytest.raises(SourceUnavailable, match="127.0.0.1:1/tobit cannot be used") as told:
        async with opened(Settings(home=home, database_url=url)):
            pass
    assert "sesame" not in str(told.value)

"""Stored secrets are encrypted anew all together or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel.errors import Conflict
from tobit_kernel.server.store.rotation import rotated
from tobit_kernel.server.store.secrets import KEY_FILE, Secrets
from tobit_kernel.settings import Settings

_INSERT = text(
    "insert into gate.source (tenant_id, name, type, location, secret, created_by)"
    " values ('default', :name, 'x', 'x', :secret, 'x')"
)


async def stored(engine: AsyncEngine) -> dict[str, bytes]:
    async with engine.connect() as connection:
        rows = await connection.execute(text("select name, secret from gate.source"))
        return {name: bytes(secret) for name, secret in rows}


@pytest.fixture
async def kept(engine: AsyncEngine) -> dict[str, str]:
    """What is stored under which name."""
    async with engine.begin() as connection:
        await connection.execute(text("delete from gate.source"))
    return {f"s{number}": f"비밀 {number}" for number in range(50)}


async def keep(engine: AsyncEngine, secrets: Secrets, kept: dict[str, str]) -> None:
    async with engine.begin() as connection:
        for name, password in kept.items():
            await connection.execute(_INSERT, {"name": name, "secret": secrets.encrypt("default", password)})


async def test_all_are_read_with_the_new_key_and_the_old_one_stays_once(
    engine: AsyncEngine, kept: dict[str, str], tmp_path: Path
) -> None:
    secrets = Secrets.of(Settings(home=tmp_path))
    await keep(engine, secrets, kept)
    other = Secrets.of(Settings(home=tmp_path))  # another part of the gate, opened before
    for newest, ids in ((2, [2, 1]), (3, [3, 2])):
        changed, _ = await rotated(engine, secrets)
        assert changed["gate.source.secret"] == 50
        assert secrets.newest == newest and Secrets.of(Settings(home=tmp_path)).ids == ids
        rows = await stored(engine)
        assert {secret[0] for secret in rows.values()} == {newest}
        assert {name: other.decrypt("default", secret) for name, secret in rows.items()} == kept


async def test_one_that_cant_be_read_leaves_all_as_they_were(
    engine: AsyncEngine, kept: dict[str, str], tmp_path: Path
) -> None:
    secrets = Secrets.of(Settings(home=tmp_path))
    await keep(engine, secrets, kept)
    await keep(engine, Secrets({9: os.urandom(32)}), {"stranger": "x"})
    before = await stored(engine)
    with pytest.raises(Conflict, match="gate.source.secret"):
        await rotated(engine, secrets)
    assert await stored(engine) == before
    assert Secrets.of(Settings(home=tmp_path)).decrypt("default", before["s1"]) == "비밀 1"


async def test_a_new_key_is_in_the_file_before_it_is_used(
    engine: AsyncEngine, kept: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = Secrets.of(Settings(home=tmp_path))
    await keep(engine, secrets, kept)

    def broken(file: Path, target: Path) -> None:
        raise OSError("the machine stops")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", broken)
        with pytest.raises(OSError, match="stops"):
            await rotated(engine, secrets)
    assert secrets.newest == 1 and len((tmp_path / KEY_FILE).read_bytes()) == 32
    changed, _ = await rotated(engine, secrets)
    assert changed["gate.source.secret"] == 50 and (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600

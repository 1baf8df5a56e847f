"""Passwords of sources at rest."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from tobit_kernel.errors import InputError
from tobit_kernel.server.store.secrets import KEY_FILE, Secrets
from tobit_kernel.settings import Settings

OLD, NEW = (base64.b64encode(bytes([letter]) * 32).decode() for letter in b"on")


def secrets_of(tmp_path: Path, keys: str | None = None) -> Secrets:
    return Secrets.of(Settings(home=tmp_path, secret_keys=SecretStr(keys) if keys else None))


def test_a_home_makes_a_key_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    sealed = secrets_of(tmp_path).encrypt("default", "한글 pass")
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert b"pass" not in sealed and secrets_of(tmp_path).decrypt("default", sealed) == "한글 pass"
    assert secrets_of(tmp_path).encrypt("default", "x") != secrets_of(tmp_path).encrypt("default", "x")


def test_another_tenant_or_a_changed_byte_reads_nothing(tmp_path: Path) -> None:
    secrets = secrets_of(tmp_path)
    sealed = secrets.encrypt("default", "x")
    for tenant, stored in (
        ("other", sealed),
        ("default", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("default", b"\x07" + sealed[1:]),
    ):
        with pytest.raises(InputError, match="Register the source again|present keys"):
            secrets.decrypt(tenant, stored)


def test_old_secrets_are_read_after_the_key_changed(tmp_path: Path) -> None:
    sealed = secrets_of(tmp_path, f"1:{OLD}").encrypt("default", "x")
    both = secrets_of(tmp_path, f"2:{NEW},1:{OLD}")
    assert both.decrypt("default", sealed) == "x" and both.encrypt("default", "x")[0] == 2
    with pytest.raises(InputError):
        secrets_of(tmp_path, f"2:{NEW}").decrypt("default", sealed)


@pytest.mark.parametrize("keys", ["x", "1:short", "300:" + NEW, "1:" + NEW + "!", ":", ","])
def test_keys_that_make_no_sense_are_said_without_showing_them(tmp_path: Path, keys: str) -> None:
    with pytest.raises(InputError, match="TOBIT_SECRET_KEYS") as caught:
        secrets_of(tmp_path, keys)
    assert NEW not in str(caught.value)

"""Passwords of roles, kept in one private file."""

import base64
import hashlib
import hmac
import json
from pathlib import Path

import pytest

from tobit_kernel.errors import InputError
from tobit_kernel.server.store.passwords import Passwords, scram_verifier


def test_a_password_is_made_once(tmp_path: Path) -> None:
    first = Passwords(tmp_path).kept_or_new("tobit_app")
    assert len(first) >= 32
    assert Passwords(tmp_path).kept_or_new("tobit_app") == first != Passwords(tmp_path).kept_or_new("tobit_reader")


def test_the_file_is_private(tmp_path: Path) -> None:
    Passwords(tmp_path).keep("a", "b")
    assert (tmp_path / "database.json").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["database.json"]


def test_a_leftover_draft_is_no_obstacle_and_no_trap(tmp_path: Path) -> None:
    import os

    (tmp_path / "elsewhere").write_text("mine")
    (tmp_path / f".database-{os.getpid()}.json").symlink_to(tmp_path / "elsewhere")
    Passwords(tmp_path).keep("a", "b")
    assert (tmp_path / "elsewhere").read_text() == "mine"
    assert json.loads((tmp_path / "database.json").read_text()) == {"a": "b"}


def test_a_broken_file_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "database.json").write_text("{")
    with pytest.raises(InputError, match="database.json"):
        Passwords(tmp_path).kept("a")


def test_a_verifier_proves_the_password_and_does_not_hold_it() -> None:
    rounds, keys = scram_verifier("sesame").removeprefix("SCRAM-SHA-256$").split("$")
    count, salt = rounds.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", b"sesame", base64.b64decode(salt), int(count))
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    assert base64.b64decode(keys.split(":")[0]) == stored
    assert "sesame" not in keys and scram_verifier("sesame") != scram_verifier("sesame")

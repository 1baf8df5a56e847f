"""Passwords of database roles, kept in ``TOBIT_HOME/database.json`` (0600) and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from tobit_kernel.errors import InputError
from tobit_kernel.runtime import unwritable


class Passwords:
    """The role passwords of one home; read at every call, because an administrator may write the file."""

    def __init__(self, home: Path) -> None:
        self.file = home / "database.json"

    def kept(self, role: str) -> str | None:
        """The password of ``role``, or None when this home has none."""
        return self._read().get(role)

    def keep(self, role: str, password: str) -> str:
        """``password`` after it was written; a reader never sees half a file."""
        if self.kept(role) == password:
            return password
        content = self._read() | {role: password}
        draft = self.file.with_name(f".database-{os.getpid()}.json")
        try:
            draft.unlink(missing_ok=True)
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
                json.dump(content, out, indent=2)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(self.file)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise unwritable(self.file, error) from error
        return password

    def kept_or_new(self, role: str) -> str:
        """The kept password of ``role``, or a random one that is kept from now on."""
        return self.kept(role) or self.keep(role, secrets.token_urlsafe(24))

    def _read(self) -> dict[str, str]:
        try:
            content: dict[str, str] = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise InputError(
                f"{str(self.file)!r} is not readable as JSON: {error}.",
                "Put it right; or remove it, and the passwords of an embedded database are made anew.",
            ) from error
        return content


def scram_verifier(password: str, rounds: int = 4096) -> str:
    """What PostgreSQL stores for ``password`` (RFC 5803), so that a statement never holds the password.

    For ASCII passwords; others would need SASLprep first.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, rounds)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${rounds}:{_base64(salt)}${_base64(stored)}:{_base64(server)}"


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()

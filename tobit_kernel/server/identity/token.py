"""The token of local mode: a file that only its owner can read."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from tobit_kernel.runtime import TOKEN_FILE
from tobit_kernel.server.identity.principal import LOCAL, Principal


def issue(home: Path) -> str:
    """A new token, written to ``home/token`` (0600) in place of the old one."""
    token = secrets.token_urlsafe(32)
    fresh = home / f"{TOKEN_FILE}.new"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token)
    fresh.replace(home / TOKEN_FILE)
    return token


class LocalToken:
    """Knows the one user by the one token; only its hash stays in memory."""

    def __init__(self, token: str) -> None:
        self._digest = hashlib.sha256(token.encode()).digest()

    def known(self, digest: bytes) -> Principal | None:
        """The one user, for the token's sha256; else None."""
        return LOCAL if hmac.compare_digest(digest, self._digest) else None

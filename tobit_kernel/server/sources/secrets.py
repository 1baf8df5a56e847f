"""Passwords of sources at rest: AES-256-GCM, the tenant as associated data.

A stored secret is ``key id (1 byte) ‖ nonce (12) ‖ ciphertext and tag``. Keys come from
``TOBIT_SECRET_KEYS`` (``id:base64,id:base64``, newest first) or a file of this home (0600).
"""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tobit_kernel.errors import InputError
from tobit_kernel.settings import Settings

KEY_FILE = "secret.key"
_NONCE_BYTES = 12


class Secrets:
    """Encrypts with the newest key, decrypts with any."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        self._keys = {number: AESGCM(key) for number, key in keys.items()}
        self._newest = next(iter(keys))

    @classmethod
    def of(cls, settings: Settings) -> Secrets:
        """The keys of ``settings``; makes the home's own key file at the first use."""
        if settings.secret_keys is not None:
            return cls(_parsed(settings.secret_keys.get_secret_value()))
        return cls({1: _own_key(settings.home / KEY_FILE)})

    def encrypt(self, tenant: str, text: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return bytes([self._newest]) + nonce + self._keys[self._newest].encrypt(nonce, text.encode(), tenant.encode())

    def decrypt(self, tenant: str, stored: bytes) -> str:
        """The text; ``InputError`` when its key is gone or it belongs to another tenant."""
        key, nonce, sealed = self._keys.get(stored[0]), stored[1 : 1 + _NONCE_BYTES], stored[1 + _NONCE_BYTES :]
        try:
            if key is not None:
                return key.decrypt(nonce, sealed, tenant.encode()).decode()
        except InvalidTag:
            pass
        raise InputError("A stored password can't be read with the present keys.", "Register the source again.")


def _parsed(text: str) -> dict[int, bytes]:
    try:
        pairs = [entry.strip().split(":", 1) for entry in text.split(",")]
        keys = {int(number): base64.b64decode(key, validate=True) for number, key in pairs}
    except (ValueError, binascii.Error):
        keys = {}
    if not keys or any(len(key) != 32 or not 0 <= number <= 255 for number, key in keys.items()):
        raise InputError(
            "TOBIT_SECRET_KEYS is not readable.", "Write 1:BASE64 of 32 bytes; several by comma, newest first."
        )
    return keys


def _own_key(file: Path) -> bytes:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(os.urandom(32))
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError:
        pass
    return file.read_bytes()

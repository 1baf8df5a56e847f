"""Secrets at rest (passwords of sources, TOTP seeds, …): AES-256-GCM, the tenant as associated data.

A stored secret is ``key id (1 byte) ‖ nonce (12) ‖ ciphertext and tag``. Keys come from
``TOBIT_SECRET_KEYS`` (``id:base64,id:base64``, newest first) or a file of this home (0600), which
holds the same by lines, or 32 bytes: key 1 alone.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tobit_kernel.errors import Conflict, InputError
from tobit_kernel.settings import Settings

KEY_FILE = "secret.key"
KEY_BYTES = 32
_NONCE_BYTES = 12


class Secrets:
    """Encrypts with the newest key, decrypts with any."""

    def __init__(self, keys: dict[int, bytes], file: Path | None = None) -> None:
        self._file = file
        self._set(keys)

    @classmethod
    def of(cls, settings: Settings) -> Secrets:
        """The keys of ``settings``; makes the home's own key file at the first use."""
        if settings.secret_keys is not None:
            return cls(_parsed(settings.secret_keys.get_secret_value(), "TOBIT_SECRET_KEYS"))
        file = settings.home / KEY_FILE
        return cls(_own_keys(file), file)

    @property
    def newest(self) -> int:
        """The id of the key that encrypts."""
        return self._newest

    @property
    def ids(self) -> list[int]:
        """The ids of all keys, newest first."""
        return list(self._keys)

    def encrypt(self, tenant: str, text: str) -> bytes:
        """``text`` for the database; only ``tenant`` can read it."""
        nonce = os.urandom(_NONCE_BYTES)
        return bytes([self._newest]) + nonce + self._keys[self._newest].encrypt(nonce, text.encode(), tenant.encode())

    def decrypt(self, tenant: str, stored: bytes) -> str:
        """The text; ``InputError`` when its key is gone or it belongs to another tenant."""
        nonce, sealed = stored[1 : 1 + _NONCE_BYTES], stored[1 + _NONCE_BYTES :]
        with suppress(InvalidTag):
            key = self._key(stored[0])
            if key is not None:
                return key.decrypt(nonce, sealed, tenant.encode()).decode()
        raise InputError("A stored password can't be read with the present keys.", "Register the source again.")

    def derived(self, label: str) -> list[bytes]:
        """Keys for another purpose (32 bytes each, newest first), from which nobody gets back to these."""
        return [
            HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label.encode()).derive(key)
            for key in self._raw.values()
        ]

    def grow(self) -> int | None:
        """The id of a new newest key in the home's own file, there before it is used; None for keys of a setting."""
        if self._file is None:
            return None
        keys = _own_keys(self._file)
        free = [each for each in [*range(max(keys) + 1, 256), *range(1, 256)] if each not in keys]
        if not free:
            raise Conflict("There are 255 keys already.", "Rotate once more when the old ones are not used.")
        self._write({free[0]: os.urandom(KEY_BYTES), **keys})
        return self._newest

    def drop(self, numbers: list[int]) -> None:
        """Forgets keys of the home's own file; the newest always stays."""
        if self._file is not None and numbers:
            keys = _own_keys(self._file)
            self._write({each: key for each, key in keys.items() if each == self._newest or each not in numbers})

    def _key(self, number: int) -> AESGCM | None:
        if number not in self._keys and self._file is not None:
            self._set(_own_keys(self._file))  # another part of this gate made a key
        return self._keys.get(number)

    def _set(self, keys: Mapping[int, bytes]) -> None:
        self._raw = dict(keys)
        self._keys = {number: AESGCM(key) for number, key in keys.items()}
        self._newest: int = next(iter(keys))

    def _write(self, keys: Mapping[int, bytes]) -> None:
        """The file whole or as it was, whenever the machine stops."""
        assert self._file is not None  # noqa: S101
        new = self._file.with_suffix(".new")
        new.unlink(missing_ok=True)
        text = "\n".join(f"{number}:{base64.b64encode(key).decode()}" for number, key in keys.items())
        _written(new, text.encode())
        new.replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._set(keys)


def _parsed(text: str, where: str) -> dict[int, bytes]:
    try:
        pairs = [entry.strip().split(":", 1) for entry in text.split(",")]
        keys = {int(number): base64.b64decode(key, validate=True) for number, key in pairs}
    except (ValueError, binascii.Error):
        keys = {}
    if not keys or any(len(key) != KEY_BYTES or not 0 <= number <= 255 for number, key in keys.items()):
        raise InputError(f"{where} is not readable.", "Write 1:BASE64 of 32 bytes; several by comma, newest first.")
    return keys


def _own_keys(file: Path) -> dict[int, bytes]:
    with suppress(FileExistsError):
        _written(file, os.urandom(KEY_BYTES))
    held = file.read_bytes()
    if len(held) == KEY_BYTES:
        return {1: held}
    return _parsed(held.decode("ascii", "replace").strip().replace("\n", ","), file.name)


def _written(file: Path, held: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(held)
        out.flush()
        os.fsync(out.fileno())

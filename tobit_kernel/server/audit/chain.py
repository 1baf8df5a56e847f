"""The chain: HMAC-SHA256 from row to row and from seal to seal, with keys that are not in the database."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

#: Before the first seal there is nothing.
NOTHING = bytes(32)
_FINGERPRINT = 16


class Keys:
    """The keys of the chain, newest first; the newest seals, all verify."""

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._keys = {hashlib.sha256(b"tobit audit key" + key).hexdigest()[:_FINGERPRINT]: key for key in keys}
        self.newest = next(iter(self._keys))

    def __contains__(self, fingerprint: str) -> bool:
        return fingerprint in self._keys

    def mac(self, fingerprint: str, content: bytes) -> bytes:
        """The HMAC of ``content``."""
        return hmac.digest(self._keys[fingerprint], content, "sha256")

    def proof(self, row: tuple[Any, ...]) -> bytes:
        """What says that the gate emptied a row: the newest key's fingerprint and its HMAC of what is left."""
        return self.newest.encode() + self.mac(self.newest, _erasure(row))

    def proves(self, proof: bytes, row: tuple[Any, ...]) -> bool:
        """Whether ``proof`` was made by a key of ours over ``row`` (id, digest, actor, resource)."""
        fingerprint, given = proof[:_FINGERPRINT].decode("ascii", "replace"), proof[_FINGERPRINT:]
        return fingerprint in self and hmac.compare_digest(self.mac(fingerprint, _erasure(row)), given)


def _erasure(row: tuple[Any, ...]) -> bytes:
    return b"erased" + json.dumps(row, ensure_ascii=False).encode()


@dataclass
class Seal:
    """A link of the chain; the fields are the columns of ``gate.audit_seal``.

    It covers the rows of ``month`` after (after_turn, after_id) and up to (upto_turn, upto_id).
    """

    seq: int
    kind: str
    at: datetime
    month: date
    after_turn: int
    after_id: int
    upto_turn: int
    upto_id: int
    rows: int
    first_id: int | None
    last_id: int | None
    first_at: datetime | None
    last_at: datetime | None
    key: str
    head: bytes
    previous: bytes
    hmac: bytes = b""

    @property
    def after(self) -> tuple[int, int]:
        return self.after_turn, self.after_id

    @property
    def upto(self) -> tuple[int, int]:
        return self.upto_turn, self.upto_id

    def content(self) -> bytes:
        """What ``hmac`` is made over."""
        values = [getattr(self, field.name) for field in fields(self) if field.name != "hmac"]
        return json.dumps([_text(value) for value in values]).encode()

    @property
    def named(self) -> str:
        """Its rows in words."""
        if self.first_id is None or self.first_at is None or self.last_at is None:
            return f"seal {self.seq}"
        return f"rows {self.first_id}–{self.last_id} ({_minute(self.first_at)} – {_minute(self.last_at)})"


COLUMNS = tuple(field.name for field in fields(Seal))


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return round(value.timestamp() * 1_000_000)
    if isinstance(value, date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def _minute(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}"


class Link:
    """Goes from row to row; ``head`` is the end so far. One key from the first row to the last."""

    def __init__(self, keys: Keys, fingerprint: str, start: bytes) -> None:
        self._keys, self._fingerprint = keys, fingerprint
        self.head = start
        self.rows = 0

    def add(self, content: bytes) -> None:
        """Takes the next row."""
        self.head = self._keys.mac(self._fingerprint, self.head + content)
        self.rows += 1

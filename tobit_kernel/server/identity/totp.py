"""The second factor: six digits of an app, each taken once, and ten codes on paper."""

from __future__ import annotations

import hashlib
import hmac
import io
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

import pyotp
import segno
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tobit_kernel.errors import Conflict, InputError
from tobit_kernel.server.store.secrets import Secrets

STEP_S = 30
#: Steps that a clock may be off.
WINDOW = 1
RECOVERY_CODES = 10
#: Letters that nobody mistakes for others.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

_PENDING = text("update gate.account set totp_pending = :sealed where id = :account and totp_secret is null")
_READ = text("select tenant_id, totp_pending, totp_secret from gate.account where id = :account for update")
_CONFIRM = text(
    "update gate.account set totp_secret = totp_pending, totp_pending = null, totp_last_step = :step"
    " where id = :account and totp_pending = :sealed"
)
_TAKE = text("update gate.account set totp_last_step = :step where id = :account and totp_last_step < :step")
_REMOVE = text("update gate.account set totp_secret = null, totp_pending = null where id = :account")
_DROP_CODES = text("delete from gate.recovery_code where account = :account")
_ADD_CODE = text(
    "insert into gate.recovery_code (digest, tenant_id, account) values (:digest, :tenant, :account)"
)
_USE_CODE = text(
    "update gate.recovery_code set used_at = now() where digest = :digest and account = :account and used_at is null"
)


@dataclass(frozen=True)
class Enrolment:
    """What an app scans: the address, as a picture (SVG) and as letters to type."""

    uri: str
    svg: str
    secret: str


class Totp:
    """The second factors of all tenants. ``clock`` tells seconds since 1970."""

    def __init__(self, engine: AsyncEngine, sealed: Secrets, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._sealed, self._clock = engine, sealed, clock

    async def begin(self, tenant: str, account: str) -> Enrolment:
        """A new secret that counts once ``confirm`` has seen a code of it; ``Conflict`` when there is one."""
        secret = pyotp.random_base32()
        values = {"account": account, "sealed": self._sealed.encrypt(tenant, secret)}
        async with self._engine.begin() as connection:
            if not (await connection.execute(_PENDING, values)).rowcount:
                raise Conflict("You have a second factor already.", "Remove it first: `%tobit login --drop-totp`.")
        uri = pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name="Tobit")
        picture = io.BytesIO()
        segno.make(uri, error="m").save(
            picture, kind="svg", border=4, dark="#000", light="#fff", omitsize=True, xmldecl=False, nl=False
        )
        return Enrolment(uri, picture.getvalue().decode(), secret)

    async def confirm(self, account: str, code: str) -> list[str]:
        """The recovery codes, told once; ``InputError`` when ``code`` is not the app's."""
        async with self._engine.begin() as connection:
            tenant, pending, _ = (await connection.execute(_READ, {"account": account})).one()
            if pending is None:
                raise Conflict("There is no second factor to confirm.", "Begin anew: `%tobit login --totp`.")
            step = self._step(self._sealed.decrypt(tenant, bytes(pending)), code)
            if step is None:
                raise InputError(
                    "That is not the code that the app shows.", "Check the phone's clock; take the newest code."
                )
            await connection.execute(_CONFIRM, {"account": account, "step": step, "sealed": pending})
            codes = [_code() for _ in range(RECOVERY_CODES)]
            await connection.execute(_DROP_CODES, {"account": account})
            rows = [{"digest": _digest(account, each), "tenant": tenant, "account": account} for each in codes]
            await connection.execute(_ADD_CODE, rows)
        return codes

    async def remove(self, connection: AsyncConnection, account: str) -> None:
        """From now on the password is enough."""
        await connection.execute(_REMOVE, {"account": account})
        await connection.execute(_DROP_CODES, {"account": account})

    async def accepts(self, connection: AsyncConnection, account: str, code: str) -> bool:
        """Whether ``code`` is right, of the app or of the paper; it is used up by that."""
        tenant, _, sealed = (await connection.execute(_READ, {"account": account})).one()
        if sealed is None:
            return False
        step = self._step(self._sealed.decrypt(tenant, bytes(sealed)), code)
        if step is not None:
            return (await connection.execute(_TAKE, {"account": account, "step": step})).rowcount == 1
        given = {"account": account, "digest": _digest(account, code)}
        return (await connection.execute(_USE_CODE, given)).rowcount == 1

    def _step(self, secret: str, code: str) -> int | None:
        """The half minute that ``code`` belongs to, around now."""
        now, app, plain = int(self._clock() // STEP_S), pyotp.TOTP(secret), "".join(code.split())
        found = None
        for step in range(now - WINDOW, now + WINDOW + 1):
            if hmac.compare_digest(app.generate_otp(step).encode(), plain.encode()):
                found = step
        return found


def _code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _digest(account: str, code: str) -> bytes:
    plain = code.lower().replace("-", "").replace(" ", "")
    return hashlib.sha256(f"{account}\0{plain}".encode()).digest()

"""Roles and rights that must be there before the first migration, on our server or another."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import sql

from tobit_kernel.errors import Refused, SourceUnavailable
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.store.passwords import Passwords, scram_verifier

OWNER, APP, READER = "tobit_owner", "tobit_app", "tobit_reader"
#: Views with the reader's rights (security_invoker) came with 15.
OLDEST_SERVER = 15
#: Any number: starters of one database wait for each other.
LOCK = 0x746F626974

Connection = psycopg.Connection[Any]


def script(name: str) -> bytes:
    """The text of an SQL file of this folder."""
    return (files("tobit_kernel.server.store") / name).read_bytes()


def bootstrap(admin: Address, passwords: Passwords, *, ours: bool) -> tuple[Address, Address, Address]:
    """The addresses of owner, app and reader, after roles and rights were made as far as missing.

    ``admin`` is a role that may make them, or one for which somebody did. ``ours`` says that
    the whole cluster belongs to Tobit, so that lost passwords are set anew and functions of
    the system are closed. ``Refused`` lists what is missing.
    """
    with reached(admin) as connection, connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        _check_server(connection, admin)
        new = _make_roles(connection)
        connection.execute(script("database.sql"))
        connection.execute(script("extensions.sql"))
        if ours:
            connection.execute(script("functions.sql"))
        _check_rights(connection)
        app, reader = (
            _signed_in(connection, admin, passwords, role, ours=ours, new=role in new) for role in (APP, READER)
        )
    as_owner = f"{admin.keywords.get('options', '')} -c role={OWNER}".strip()
    return admin.having(options=as_owner), app, reader


def reached(admin: Address, *, autocommit: bool = False) -> Connection:
    """An open connection; ``SourceUnavailable`` in words when there is none."""
    try:
        return admin.connect(autocommit=autocommit)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else "no answer"
        raise SourceUnavailable(
            f"PostgreSQL at {admin.shown} cannot be used: {reason}.",
            "Check TOBIT_DATABASE_URL and that the server runs.",
        ) from error


def _check_server(connection: Connection, admin: Address) -> None:
    version = connection.info.server_version
    if version < OLDEST_SERVER * 10000:
        raise Refused(
            f"PostgreSQL at {admin.shown} is version {version // 10000}; Tobit needs {OLDEST_SERVER} or later.",
            "Upgrade it, or leave TOBIT_DATABASE_URL empty to use the one that Tobit brings along.",
        )


def _make_roles(connection: Connection) -> list[str]:
    """Makes roles and their settings as far as the caller may; the names that are new."""
    known = connection.execute("select rolname from pg_roles where rolname = any(%s)", ([OWNER, APP, READER],))
    new = sorted({OWNER, APP, READER} - {name for (name,) in known})
    try:
        with connection.transaction():
            connection.execute(script("roles.sql"))
    except psycopg.errors.InsufficientPrivilege as error:
        if new:
            raise _refused(connection, [f"there is no role {name}" for name in new], _role_statements(new)) from error
        # Somebody made the roles for us; requirements.sql finds what they forgot.
    return new


def _role_statements(names: list[str]) -> list[str]:
    made = [f"create role {name} {'nologin' if name == OWNER else 'login'}" for name in names]
    return [*made, "or give this role CREATEROLE"]


def _check_rights(connection: Connection) -> None:
    lacking = connection.execute(script("requirements.sql")).fetchall()
    if lacking:
        raise _refused(connection, [words for words, _ in lacking], [remedy for _, remedy in lacking])
    try:
        with connection.transaction():
            connection.execute(sql.SQL("set local role {}").format(sql.Identifier(OWNER)))
            connection.execute("reset role")
    except psycopg.errors.InsufficientPrivilege as error:
        raise _refused(connection, [f"it may not act as {OWNER}"], [f"grant {OWNER} to <the role>"]) from error


def _refused(connection: Connection, lacking: list[str], remedies: list[str]) -> Refused:
    return Refused(
        f"The database of {connection.info.user!r} is not ready for Tobit: {'; '.join(lacking)}.",
        f"As its owner or a superuser run: {'; '.join(remedies)}.",
        lacking=lacking,
    )


def _signed_in(
    connection: Connection, admin: Address, passwords: Passwords, role: str, *, ours: bool, new: bool
) -> Address:
    """The address of ``role`` with a password that is right.

    In order: the kept one; one derived from the administrator's own (so that the gateways of a
    team, each with its own home, agree without talking); a new one. The password of a role that
    somebody else made is never changed, because that would lock them out.
    """
    derived = None if ours else _derived(admin, role)
    for password in () if new else (passwords.kept(role), derived):
        if password and _opens(admin.as_role(role, password)):
            return admin.as_role(role, passwords.keep(role, password))
    if not (ours or new):
        raise Refused(
            f"The password of the role {role!r} is not known here.",
            f"Copy {passwords.file.name} from the home of the gateway that made the role, or run "
            f'alter role {role} password \'…\' and write {{"{role}": "…"}} into {str(passwords.file)!r} (mode 0600).',
        )
    password = passwords.keep(role, derived or passwords.kept_or_new(role))
    statement = sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(scram_verifier(password)))
    connection.execute(statement)
    return admin.as_role(role, password)


def _derived(admin: Address, role: str) -> str | None:
    secret = admin.keywords.get("password")
    if not secret:
        return None
    return urlsafe_b64encode(hmac.digest(secret.encode(), f"tobit:{role}".encode(), "sha256")).decode().rstrip("=")


def _opens(address: Address) -> bool:
    try:
        address.connect().close()
    except psycopg.OperationalError:
        return False
    return True

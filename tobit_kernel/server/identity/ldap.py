"""Signing in by LDAP: the person is searched with the gate's own login, then proves the password by a bind."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import ldap3
from ldap3.core.exceptions import LDAPException, LDAPInvalidCredentialsResult
from ldap3.utils.conv import escape_filter_chars

from tobit_kernel.errors import Refused, SourceUnavailable
from tobit_kernel.server.identity.accounts import External
from tobit_kernel.server.identity.providers import Provider, external
from tobit_kernel.wire.providers import LdapOptions, Mapping

_TIMEOUT_S = 10


async def person(provider: Provider, name: str, password: str) -> External | None:
    """The person with that name and password; None when there is none, or more than one."""
    if not name or not password:
        return None  # a bind without a password is anonymous, and would succeed
    return await asyncio.to_thread(_person, provider, name, password)


def _person(provider: Provider, name: str, password: str) -> External | None:
    options = cast(LdapOptions, provider.options)
    try:
        with _connected(options, options.bind_dn, provider.secret) as own:
            found = _search(own, options.base_dn, options.user_filter.replace("{name}", escape_filter_chars(name)),
                            _wanted(options))  # fmt: skip
            if len(found) != 1:
                return None
            entry = found[0]
            if not _proves(options, entry["dn"], password):
                return None
            groups = _groups(own, options, entry)
    except LDAPException as error:
        raise SourceUnavailable(
            f"The directory {provider.name!r} does not answer: {type(error).__name__}.",
            "Sign in another way, or later.",
        ) from error
    told = Mapping(_one(entry, options.id_attribute) or name, _one(entry, options.name_attribute),
                   _one(entry, options.email_attribute))  # fmt: skip
    found_person = external(provider, entry["dn"].lower(), told, groups)
    if found_person.role is None and options.roles:
        raise Refused("None of your groups gives you a role here.", "Ask whoever runs the groups.")
    return found_person


@contextmanager
def _connected(options: LdapOptions, user: str, password: str) -> Iterator[Any]:
    """A bound connection; raises the library's errors."""
    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, version=ssl.PROTOCOL_TLS_CLIENT, ca_certs_file=options.ca_file or None)
    server = ldap3.Server(options.url, tls=tls, connect_timeout=_TIMEOUT_S, get_info=ldap3.NONE)
    connection = ldap3.Connection(
        server, user or None, password or None, receive_timeout=_TIMEOUT_S, raise_exceptions=True, auto_referrals=False
    )
    try:
        connection.open()
        if options.start_tls:
            connection.start_tls()
        connection.bind()
        yield connection
    finally:
        with suppress(LDAPException, OSError):
            connection.unbind()
        if connection.socket is not None:
            connection.socket.close()  # the library leaves it open where it could not connect


def _proves(options: LdapOptions, dn: str, password: str) -> bool:
    try:
        with _connected(options, dn, password):
            return True
    except LDAPInvalidCredentialsResult:
        return False


def _search(connection: Any, base: str, query: str, attributes: list[str]) -> list[dict[str, Any]]:
    try:
        connection.search(base, query, attributes=attributes, size_limit=1000)
    except ldap3.core.exceptions.LDAPNoSuchObjectResult:
        return []
    return [entry for entry in connection.response if entry.get("type") == "searchResEntry"]


def _wanted(options: LdapOptions) -> list[str]:
    names = [options.id_attribute, options.name_attribute, options.email_attribute, options.groups_attribute]
    return [name for name in names if name]


def _groups(own: Any, options: LdapOptions, entry: dict[str, Any]) -> list[str]:
    """Names of the groups; of a distinguished name its first part counts."""
    if options.groups_attribute:
        listed = entry["attributes"].get(options.groups_attribute) or []
        return [_first(str(group)) for group in (listed if isinstance(listed, list) else [listed])]
    if not options.group_base_dn:
        return []
    query = options.group_filter.replace("{dn}", escape_filter_chars(entry["dn"]))
    query = query.replace("{name}", escape_filter_chars(_one(entry, options.id_attribute)))
    found = _search(own, options.group_base_dn, query, [options.group_name_attribute])
    return [name for group in found if (name := _one(group, options.group_name_attribute))]


def _first(name: str) -> str:
    return ldap3.utils.dn.parse_dn(name)[0][1] if "=" in name else name


def _one(entry: dict[str, Any], attribute: str) -> str:
    value = entry["attributes"].get(attribute)
    value = value[0] if isinstance(value, list) and value else value
    return str(value) if value else ""

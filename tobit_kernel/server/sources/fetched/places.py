"""Which machine an address may lead to: the one that was registered, whatever its name resolves to later."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress

from tobit_kernel.errors import Refused, SourceUnavailable

#: Where machines in clouds ask for their own credentials, beside the link-local range.
_METADATA = frozenset(
    ipaddress.ip_address(text) for text in ("169.254.169.254", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200")
)


def allowed(address: str, private: bool) -> bool:
    """Whether a resolved address may be asked: never link-local or metadata, private only where the record says so."""
    found = ipaddress.ip_address(address.partition("%")[0])
    for inner in (getattr(found, "ipv4_mapped", None), getattr(found, "sixtofour", None)):
        found = inner or found
    if found in _METADATA or found.is_link_local or found.is_multicast or found.is_unspecified:
        return False
    return private or found.is_global


def connected(host: str, port: int, timeout_s: float, private: bool) -> socket.socket:
    """A connection to ``host``: its name is resolved once, and what was checked is what is connected to."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceUnavailable(f"There is no machine {host!r}.", "Look at the address of the source.") from error
    places = [(family, place) for family, _, _, _, place in found if allowed(str(place[0]), private)]
    if not places:
        raise Refused(
            f"{host!r} leads to an address that sources may not ask.",
            "Addresses of the machine itself and of metadata services are closed; inner ones need private=true.",
        )
    failure: OSError | None = None
    for family, place in places:
        channel = socket.socket(family, socket.SOCK_STREAM)
        channel.settimeout(timeout_s)
        try:
            channel.connect(place)
            channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return channel
        except OSError as error:
            failure = error
            with suppress(OSError):
                channel.close()
    raise failure or OSError("no answer")

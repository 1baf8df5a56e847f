"""``gateway``: run the gate in the foreground."""

from __future__ import annotations

from pathlib import Path

from tobit_kernel.errors import InputError
from tobit_kernel.settings import Settings
from tobit_kernel.verbs.call import Call


def gateway(
    *,
    host: str | None = None,
    port: int = 0,
    certificate: Path | None = None,
    key: Path | None = None,
    socket: Path | None = None,
    team: bool = False,
    call: Call,
) -> None:
    """Runs the gate here until it is stopped; the first cell starts one in the background by itself.

    It listens on a unix socket in TOBIT_HOME, with --host also on TCP. Without a certificate TCP is for this
    machine or a reverse proxy on it. A renewed certificate is taken while the gate runs.

    Parameters
    ----------
    host
        address to listen on beside the socket, such as 127.0.0.1
    port
        its port; 0 chooses a free one
    certificate
        certificate chain (PEM) for TLS on that port; TOBIT_TLS_CERTIFICATE where it is not given
    key
        its key (PEM); TOBIT_TLS_KEY where it is not given
    socket
        one more unix socket, for other accounts of this machine: all that may enter its folder
    team
        serve many people: everybody signs in; the first start shows a link for the first administrator
    """
    from tobit_kernel.server.gateway.listening import Address
    from tobit_kernel.server.gateway.serve import serve
    from tobit_kernel.server.gateway.tls import Pair
    from tobit_kernel.settings import settings

    told = settings()
    files = _pair(told, host, certificate, key)
    address = Address(host, port, Pair(*files) if files else None, socket)
    serve(told.model_copy(update={"team": True}) if team else told, address)


def _pair(told: Settings, host: str | None, certificate: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    """The files of certificate and key; settings count where there is TCP to protect."""
    if host is not None:
        certificate, key = certificate or told.tls_certificate, key or told.tls_key
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise InputError("A certificate needs its key, and a key its certificate.", "Give --certificate and --key.")
    return certificate.expanduser().absolute(), key.expanduser().absolute()

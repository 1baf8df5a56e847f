"""What every answer carries, and which names the gate answers to."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tobit_kernel.errors import Refused
from tobit_kernel.wire.envelope import failure

#: Of answers that are no page: nothing in them may be run or framed.
POLICY_OF_DATA = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#: Of pages: nothing from elsewhere. A page that needs more sends a policy of its own.
POLICY_OF_PAGES = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
A_YEAR_S = 365 * 24 * 3600
#: Asked by balancers and Prometheus, which know an address and no name.
ANY_NAME = frozenset({"/health", "/metrics"})


class Transport:
    """The outermost ASGI layer, so that no answer leaves without its headers.

    A page of ``evil.example`` whose name suddenly means this machine (DNS rebinding) sends its own name
    as Host: over TCP only known names, addresses and localhost are answered. No page reaches a socket file.
    """

    def __init__(self, app: ASGIApp, names: Callable[[], Iterable[str]]) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        secure = scope["scheme"] == "https"

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(MutableHeaders(raw=message.setdefault("headers", [])), scope["path"], secure)
            await send(message)

        if not self._is_known(scope):
            error = Refused(
                "The gate does not go by the name in this request's Host.",
                "TOBIT_HOSTS lists the names that it answers to.",
            )
            await JSONResponse(failure(error), error.status, {"connection": "close"})(scope, receive, sending)
            return
        await self._app(scope, receive, sending)

    def _is_known(self, scope: Scope) -> bool:
        server = scope.get("server")
        by_socket_file = server is None or server[1] is None
        if by_socket_file or scope["path"] in ANY_NAME:
            return True
        given = Headers(scope=scope).getlist("host")
        return len(given) == 1 and is_known(given[0], self._names())


def is_known(host: str, names: Iterable[str]) -> bool:
    """Whether ``host`` (with or without a port) is an address, localhost, or one of ``names`` (``*.example.com``)."""
    name = _without_port(host).lower().rstrip(".")
    try:
        ipaddress.ip_address(name.strip("[]"))
        return True
    except ValueError:
        pass
    return name == "localhost" or any(_fits(name, allowed.strip().lower()) for allowed in names)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _fits(name: str, allowed: str) -> bool:
    if allowed.startswith("*."):
        return name.partition(".")[2] == allowed[2:]
    return bool(allowed) and name == allowed


def _complete(headers: MutableHeaders, path: str, secure: bool) -> None:
    """Adds what the answer does not say itself."""
    is_page = headers.get("content-type", "").startswith("text/html")
    headers.setdefault("content-security-policy", POLICY_OF_PAGES if is_page else POLICY_OF_DATA)
    headers.setdefault("x-content-type-options", "nosniff")
    headers.setdefault("referrer-policy", "no-referrer")
    headers.setdefault("cross-origin-resource-policy", "same-origin")
    if path not in ANY_NAME:
        headers.setdefault("cache-control", "no-store")
    if secure:
        headers.setdefault("strict-transport-security", f"max-age={A_YEAR_S}")

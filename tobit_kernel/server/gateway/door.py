"""What is turned away before anything of it is read or kept."""

from __future__ import annotations

import hashlib
import hmac

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tobit_kernel.errors import InputError, LimitReached, Refused, TobitError
from tobit_kernel.server.gateway.errors import headers_of
from tobit_kernel.server.gateway.tracing import current_trace_id
from tobit_kernel.wire.envelope import failure

#: The largest body that is held in memory; a file for POST /tables is streamed to disk.
BODY_LIMIT_BYTES = 32 << 20
_TOO_LARGE = f"A request has at most {BODY_LIMIT_BYTES >> 20} MiB; files go to POST /tables."


#: What is below the prefix for those who are not signed in.
OPEN = ("sign-in", "shared/")
#: The cookie of a browser's session; its name makes browsers insist on Secure and the whole host.
COOKIE = "__Host-tobit"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Door:
    """ASGI middleware: who brings no token, a body that is too large, or a NUL where text belongs stays out.

    The framework reads a whole body before it asks who sends it.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app, self._prefix = app, prefix
        self._open = tuple(f"{prefix}/{part}" for part in OPEN)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            await self._check(scope)
        except TobitError as error:
            error.trace_id = current_trace_id()
            headers = {"connection": "close", **headers_of(error)}
            await JSONResponse(failure(error), error.status, headers)(scope, receive, send)
            return
        streams = scope["path"] == f"{self._prefix}/tables"
        await self.app(scope, receive if streams else _limited(receive), send)

    async def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if self._needs_a_name(scope["path"]):
            token = _token(scope["method"], headers)
            gate = scope["app"].state.gate
            scope.setdefault("state", {})["principal"] = principal = await gate.identity.identify(token)
            gate.rates.check(principal, gate.queries.means.limits.quotas.requests(principal))
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            raise InputError("The address holds a NUL character.", "No name or text can have one.")
        length = headers.get("content-length", "")
        if scope["path"] != f"{self._prefix}/tables" and length.isdecimal() and int(length) > BODY_LIMIT_BYTES:
            raise LimitReached(_TOO_LARGE)


    def _needs_a_name(self, path: str) -> bool:
        return path.startswith(f"{self._prefix}/") and not path.startswith(self._open)


def _token(method: str, headers: Headers) -> str | None:
    """The token of a header; that of a cookie only with its second half where something may change."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("bearer", "token"):
        return token.strip()
    token = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    if token and method not in _SAFE and not hmac.compare_digest(csrf_of(token), headers.get("x-tobit-csrf", "")):
        raise Refused(
            "The request lacks the token against forgery.", "Send x-tobit-csrf, as the sign-in told it."
        )
    return token or None


def csrf_of(token: str) -> str:
    """What a page must send beside the cookie: it follows from the cookie, which other sites can't read."""
    return hashlib.sha256(b"csrf:" + token.encode()).hexdigest()


def _limited(receive: Receive) -> Receive:
    size = 0

    async def received() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > BODY_LIMIT_BYTES:
            # the framework lets only its own exception through
            raise HTTPException(LimitReached.status, _TOO_LARGE)
        return message

    return received

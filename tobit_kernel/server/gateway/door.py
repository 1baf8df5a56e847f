"""What is turned away before anything of it is read or kept."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tobit_kernel.errors import InputError, LimitReached, TobitError
from tobit_kernel.server.gateway.tracing import current_trace_id
from tobit_kernel.wire.envelope import failure

#: The largest body that is held in memory; a file for POST /tables is streamed to disk.
BODY_LIMIT_BYTES = 32 << 20
_TOO_LARGE = f"A request has at most {BODY_LIMIT_BYTES >> 20} MiB; files go to POST /tables."


class Door:
    """ASGI middleware: who brings no token, a body that is too large, or a NUL where text belongs stays out.

    The framework reads a whole body before it asks who sends it.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            self._check(scope)
        except TobitError as error:
            error.trace_id = current_trace_id()
            await JSONResponse(failure(error), error.status, {"connection": "close"})(scope, receive, send)
            return
        streams = scope["path"] == f"{self._prefix}/tables"
        await self.app(scope, receive if streams else _limited(receive), send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if scope["path"].startswith(f"{self._prefix}/"):
            scope["app"].state.gate.identity.identify(headers.get("authorization"))
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            raise InputError("The address holds a NUL character.", "No name or text can have one.")
        length = headers.get("content-length", "")
        if scope["path"] != f"{self._prefix}/tables" and length.isdecimal() and int(length) > BODY_LIMIT_BYTES:
            raise LimitReached(_TOO_LARGE)


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

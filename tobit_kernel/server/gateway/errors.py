"""The one error handler: whatever happens becomes an envelope."""

from __future__ import annotations

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from starlette.exceptions import HTTPException

from tobit_kernel.errors import (
    InputError,
    InternalError,
    LimitReached,
    NotFound,
    Refused,
    SourceUnavailable,
    TobitError,
)
from tobit_kernel.server.audit.record import Event
from tobit_kernel.server.gateway.callers import origin_of
from tobit_kernel.server.gateway.tracing import current_trace_id
from tobit_kernel.server.identity.principal import Permission, Principal
from tobit_kernel.server.masking.texts import told as without_personal_data
from tobit_kernel.wire.envelope import failure

#: Routes whose refusals are audited with what was asked.
_KEEP_THEMSELVES = {("POST", "/query"), ("POST", "/tables")}

log = structlog.get_logger(__name__)


def install(app: FastAPI) -> None:
    """Registers the handler for every kind of exception."""
    for kind in (TobitError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _answer)


async def _answer(request: Request, error: Exception) -> JSONResponse:
    told = _shown(translated(error, request.url.path), request)
    known = request.scope.get("state", {}).get("trace_id")  # the last handler stands outside the request's span
    told.trace_id = told.trace_id or current_trace_id() or known
    if isinstance(told, InternalError):
        log.error("unforeseen failure", path=request.url.path, exc_info=error)
    if isinstance(told, Refused):
        await _kept(request, told)
    headers = {**(getattr(error, "headers", None) or {}), **headers_of(told)}  # the framework's: Allow
    if known and not current_trace_id():
        headers["x-trace-id"] = known
    return JSONResponse(failure(told), told.status, headers)


async def _kept(request: Request, refusal: Refused) -> None:
    """Who was refused what stands in the audit; statements and loads write their rows themselves."""
    principal: Principal | None = request.scope.get("state", {}).get("principal")
    route = getattr(request.scope.get("route"), "path", "")
    if principal is None or (request.method, route.removeprefix("/api/v1")) in _KEEP_THEMSELVES:
        return
    origin = origin_of(request)
    row = Event(
        principal,
        f"{request.method} {route or request.url.path[:200]}",
        outcome=type(refusal).__name__,
        resource=request.url.path[:200],
        error=refusal.message,
        ip=origin.ip,
        agent=origin.agent,
        trace_id=refusal.trace_id or None,
    )
    try:
        await request.app.state.gate.audit.record(row)
    except Exception as failure:  # the refusal stands all the same
        log.error("an audit row is lost", error=str(failure).split("\n")[0])


def headers_of(error: TobitError) -> dict[str, str]:
    """Headers that belong to an error: when it is worth another try."""
    wait_s = error.details.get("retry_after_s")
    return {} if wait_s is None else {"retry-after": str(wait_s)}


def _shown(error: TobitError, request: Request) -> TobitError:
    """``error`` without personal data, unless the caller may see it."""
    principal: Principal | None = request.scope.get("state", {}).get("principal")
    if principal is not None and principal.may(Permission.SEE_PII):
        return error
    return without_personal_data(error)


def translated(error: Exception, path: str) -> TobitError:
    """The error of our tree for ``error``; unforeseen ones keep their text to the log."""
    if isinstance(error, TobitError):
        return error
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        # of text that is no JSON it tells the offset in place of a field
        steps = () if first["type"] == "json_invalid" else first["loc"][1:]
        where = ".".join(str(step) for step in steps) or "body"
        return InputError(
            f"{where}: {first['msg']}.", "The HTTP reference lists the fields and their types.", field=where
        )
    if isinstance(error, HTTPException):
        if error.status_code == 404:
            return NotFound(f"There is no route {path!r}.", "/openapi.json lists them.")
        if error.status_code == LimitReached.status:
            return LimitReached(str(error.detail))
        told = TobitError(str(error.detail))
        told.status = error.status_code  # type: ignore[misc]  # starlette knows codes that have no class of ours
        return told
    if isinstance(error, DBAPIError | psycopg.OperationalError) and _is_away(error):
        return SourceUnavailable(
            "The workbench's database does not answer.",
            "It is started again by itself; run this once more in a moment. `%tobit status` shows its state.",
        )
    return InternalError()


def _is_away(error: DBAPIError | psycopg.OperationalError) -> bool:
    """Whether the database could not be reached, or went away in the middle."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return True

"""Trace ids in, through and out (W3C ``traceparent``), one log line per request."""

from __future__ import annotations

import time
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tobit_kernel.server.audit.spans import NAME_LETTERS
from tobit_kernel.server.gateway.metrics import REQUESTS, SECONDS

log = structlog.get_logger("tobit.request")
_tracer = trace.get_tracer(__name__)
_propagator = TraceContextTextMapPropagator()

_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())
#: Asked often and by machines; traced and logged only at level debug.
QUIET = frozenset({"/health", "/metrics", "/api/v1/me", "/api/v1/status"})


def current_trace_id() -> str:
    """The trace of this request, 32 hexadecimal digits; empty outside one."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


class Tracing:
    """ASGI middleware. Pure ASGI, so that a disconnect still reaches the route."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        parent = _propagator.extract(headers)
        outer = trace.get_current_span(parent).get_span_context()
        scope.setdefault("state", {})["parent_trace_id"] = f"{outer.span_id:016x}" if outer.is_valid else None
        scope["state"]["activity"] = activity = scope["app"].state.gate.activity
        name = f"{scope['method']} {scope['path']}"[:NAME_LETTERS]
        began, status = time.perf_counter(), 500
        with activity, _tracer.start_as_current_span(name, parent, kind=SpanKind.SERVER) as span:
            scope["state"]["trace_id"] = trace_id = current_trace_id()

            async def sending(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    carrier: dict[str, str] = {}
                    _propagator.inject(carrier)
                    extra = {"x-trace-id": trace_id, **carrier}
                    message["headers"] = [*message["headers"], *((k.encode(), v.encode()) for k, v in extra.items())]
                await send(message)

            try:
                await self.app(scope, receive, sending)
            finally:
                seconds = time.perf_counter() - began
                span.set_attribute("http.status_code", status)
                if status >= 500:
                    span.set_status(Status(StatusCode.ERROR))
                _noted(scope, status, seconds, trace_id)


def _noted(scope: Scope, status: int, seconds: float, trace_id: str) -> None:
    route: Any = scope.get("route")
    path = getattr(route, "path", "unknown")
    method = scope["method"] if scope["method"] in _METHODS else "other"  # anybody can make words up
    REQUESTS.labels(method, path, str(status)).inc()
    SECONDS.labels(method, path).observe(seconds)
    say = log.debug if scope["path"] in QUIET else log.info
    say(
        "request",
        method=scope["method"],
        path=scope["path"][:NAME_LETTERS],
        status=status,
        ms=round(seconds * 1000, 2),
        trace_id=trace_id,
    )

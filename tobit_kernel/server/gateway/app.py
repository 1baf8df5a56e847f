"""The ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from tobit_kernel import __version__
from tobit_kernel.server.audit.spans import KeptSpans
from tobit_kernel.server.gateway import errors
from tobit_kernel.server.gateway.documented import failures
from tobit_kernel.server.gateway.door import Door
from tobit_kernel.server.gateway.gate import opened_gate
from tobit_kernel.server.gateway.routes import (
    access,
    audit,
    demo,
    graph,
    health,
    keys,
    masking,
    me,
    own,
    pages,
    personal,
    providers,
    queries,
    query,
    quotas,
    sessions,
    settings,
    shares,
    sign_in,
    sources,
    tables,
    tenants,
    traces,
    usage,
    users,
)
from tobit_kernel.server.gateway.tracing import Tracing
from tobit_kernel.server.identity.token import LocalToken
from tobit_kernel.settings import Settings

#: Everything that answers with an envelope.
PREFIX = "/api/v1"
#: FastAPI's own spans would make a second root beside ours; it must not export anything either.
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
_PEOPLE = (me, own, users, personal, sessions, keys, tenants, access, sign_in, providers, shares)
_NOUNS = (*_PEOPLE, query, queries, usage, quotas, sources, masking, tables, demo, graph, settings, audit, traces)


def make_app(settings_: Settings, local: LocalToken | None) -> FastAPI:
    """The gate as an application; its parts open when the server starts it."""
    spans = KeptSpans()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened_gate(settings_, local, spans) as gate:
            app.state.gate = gate
            yield

    provider = TracerProvider()
    provider.add_span_processor(spans)
    trace.set_tracer_provider(provider)
    app = FastAPI(
        title="Tobit gate",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would send the caller to whatever the Host header says
        telemetry=_NO_TELEMETRY,
    )
    api = APIRouter(prefix=PREFIX, responses=failures())
    for noun in _NOUNS:
        api.include_router(noun.router)
    app.include_router(api)
    app.include_router(health.router)
    app.include_router(pages.router)
    app.add_middleware(Door, prefix=PREFIX)
    app.add_middleware(Tracing)
    errors.install(app)
    return app

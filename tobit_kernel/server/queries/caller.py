"""Who waits for a query."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from tobit_kernel.server.identity.principal import Principal


@dataclass
class Caller:
    """Who waits for a query; ``gone`` is set when they no longer do."""

    principal: Principal
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    trace_id: str = ""
    parent_trace_id: str | None = None
    ip: str | None = None
    agent: str | None = None
    #: What the audit calls it; the history lists queries alone.
    action: str = "query"
    #: By what it was asked, such as a link.
    resource: str | None = None

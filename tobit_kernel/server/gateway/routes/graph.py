"""The workbench's own graph."""

from fastapi import APIRouter

from tobit_kernel.server.audit.record import Event
from tobit_kernel.server.gateway.callers import Administering, TheGate
from tobit_kernel.wire.envelope import Envelope

router = APIRouter(tags=["graph"])


@router.post("/graph/rebuild")
async def rebuild(gate: TheGate, principal: Administering) -> Envelope[dict[str, int]]:
    """Makes the graph of configuration items anew from the database: ``{nodes, relationships}``."""
    counts = await gate.graph.rebuild(principal)
    await gate.audit.record(Event(principal, "graph.rebuild", resource=f"{counts['nodes']} nodes"))
    return Envelope(data=counts)

"""For load balancers and Prometheus; open to everybody who reaches the gate."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tobit_kernel.server.gateway.callers import TheGate
from tobit_kernel.wire.models import Health

router = APIRouter()


@router.get("/health", responses={503: {"model": Health}})
async def health(gate: TheGate, response: Response) -> Health:
    """Whether the gate can work, with its parts; `tobit status` tells more."""
    parts = [part.model_copy(update={"detail": ""}) for part in await gate.parts()]
    up = all(part.state == "up" for part in parts)
    response.status_code = 200 if up else 503
    return Health(status="up" if up else "down", parts=parts)


@router.get("/metrics", response_class=Response)
async def metrics() -> Response:
    """Counters in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

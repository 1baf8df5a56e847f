"""Who am I, how is the gate, end it."""

from fastapi import APIRouter

from tobit_kernel.server.gateway.callers import Administering, Known, Reading, TheGate
from tobit_kernel.server.identity.roles import Permission
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.models import Status
from tobit_kernel.wire.people import Me

router = APIRouter(tags=["gate"])


@router.get("/me")
async def me(gate: TheGate, principal: Known) -> Envelope[Me]:
    """Whom the gate takes the caller for, and what they may."""
    return Envelope(
        data=Me(
            tenant=principal.tenant,
            user=principal.user,
            role=principal.role,
            groups=sorted(principal.groups),
            permissions=[permission.value for permission in Permission if principal.may(permission)],
            scopes={name.value: sorted(values) for name, values in principal.scopes.values.items()},
            via=principal.via,
            must_change_password=principal.must_change_password,
            lang=principal.lang,
            time_zone=principal.time_zone,
            features={"data_explorer": gate.settings.enable_data_explorer},
        )
    )


@router.get("/status")
async def status(gate: TheGate, principal: Reading) -> Envelope[Status]:
    """The gate and every part of it; where it lives is for administrators."""
    told = await gate.status()
    if not principal.may(Permission.ADMINISTER):
        told.home = ""
    return Envelope(data=told)


@router.post("/stop")
async def stop(gate: TheGate, principal: Administering) -> Envelope[Status]:
    """Ends the gate and its children after this answer."""
    gate.ending.set()
    return Envelope(data=await gate.status())

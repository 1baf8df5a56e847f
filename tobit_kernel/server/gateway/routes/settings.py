"""Settings in force; the log level and how long the audit is kept can change while the gate runs."""

from typing import Literal

from fastapi import APIRouter
from pydantic import Field, SecretStr

from tobit_kernel.server.audit.record import Event
from tobit_kernel.server.gateway import logs
from tobit_kernel.server.gateway.callers import Administering, TheGate
from tobit_kernel.settings import LogLevel
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.models import SettingInfo, Strict

router = APIRouter(tags=["settings"])


class Level(Strict):
    """The new log level."""

    value: LogLevel


class Days(Strict):
    """For how many days the audit is kept, at least."""

    value: int = Field(ge=31, le=36500)


@router.get("/settings")
async def settings(gate: TheGate, principal: Administering) -> Envelope[list[SettingInfo]]:
    """All settings with where their value comes from; secrets show only whether they are set."""
    told = gate.settings
    items = [
        _info(name, getattr(told, name), name in told.model_fields_set, field.description or "")
        for name, field in type(told).model_fields.items()
    ]
    kept = await gate.sealer.keep_days()
    if kept != told.audit_keep_days:
        items = [_published(item, kept) if item.name == "audit_keep_days" else item for item in items]
    return Envelope(data=items)


@router.put("/settings/audit_keep_days")
async def audit_keep_days(gate: TheGate, principal: Administering, days: Days) -> Envelope[SettingInfo]:
    """Keeps the audit for so long from now on: whole months that are older go, sealed ones only.

    A month holds the rows of all tenants, so the longest wish of a tenant counts.
    """
    before = await gate.sealer.keep_days()
    await gate.sealer.keep(principal.tenant, days.value, principal.user)
    after = await gate.sealer.keep_days()
    event = Event(principal, "setting", resource="audit_keep_days", before=before, after=after)
    await gate.audit.record(event)
    return Envelope(data=_published(_info("audit_keep_days", after, True, ""), after))


@router.put("/settings/log_level")
async def log_level(gate: TheGate, principal: Administering, level: Level) -> Envelope[SettingInfo]:
    """Changes what is logged from now on, until the gate ends."""
    before = logs.level()
    logs.set_level(level.value)
    await gate.audit.record(Event(principal, "setting", resource="log_level", reason=f"{before} → {level.value}"))
    return Envelope(data=_info("log_level", level.value, True, ""))


def _published(item: SettingInfo, value: int) -> SettingInfo:
    return item.model_copy(update={"value": value, "origin": "published", "restart_required": False})


def _info(name: str, value: object, is_set: bool, description: str) -> SettingInfo:
    origin: Literal["published", "environment", "default"] = "environment" if is_set else "default"
    if name == "log_level":
        value = logs.level()
    shown = (
        "set"
        if isinstance(value, SecretStr)
        else (value if isinstance(value, int | float | bool) else str(value or ""))
    )
    return SettingInfo(
        name=name, value=shown, origin=origin, description=description, restart_required=name != "log_level"
    )

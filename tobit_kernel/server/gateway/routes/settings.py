"""Settings in force; the log level can change while the gate runs."""

from typing import Literal

from fastapi import APIRouter
from pydantic import SecretStr

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


@router.get("/settings")
async def settings(gate: TheGate, principal: Administering) -> Envelope[list[SettingInfo]]:
    """All settings with where their value comes from; secrets show only whether they are set."""
    told = gate.settings
    items = [
        _info(name, getattr(told, name), name in told.model_fields_set, field.description or "")
        for name, field in type(told).model_fields.items()
    ]
    return Envelope(data=items)


@router.put("/settings/log_level")
async def log_level(gate: TheGate, principal: Administering, level: Level) -> Envelope[SettingInfo]:
    """Changes what is logged from now on, until the gate ends."""
    before = logs.level()
    logs.set_level(level.value)
    await gate.audit.record(Event(principal, "setting", resource="log_level", reason=f"{before} → {level.value}"))
    return Envelope(data=_info("log_level", level.value, True, ""))


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

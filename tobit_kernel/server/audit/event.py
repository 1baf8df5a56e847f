"""What the audit is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tobit_kernel.server.store.tenancy import Bindable


class ActorType(StrEnum):
    """What kind of caller did it."""

    #: a person, signed in or on their own machine
    USER = "user"
    #: the gate by itself: retention, renewal, the first administrator
    SYSTEM = "system"
    #: a program with an API key
    API = "api"
    #: a call from outside that somebody registered
    WEBHOOK = "webhook"
    #: a scheduled or queued run
    JOB = "job"


@dataclass
class Event:
    """Who did what, with which outcome; ``ms`` is the gate's own time.

    ``before`` and ``after`` are what changed, as JSON can hold it: whole things or the changed parts only.
    """

    by: Bindable
    action: str
    outcome: str = "ok"
    resource: str | None = None
    source: str | None = None
    statement: str | None = None
    tables: list[str] = field(default_factory=list)
    rows: int | None = None
    ms: float | None = None
    cached: bool = False
    error: str | None = None
    reason: str | None = None
    ip: str | None = None
    agent: str | None = None
    trace_id: str | None = None
    parent_trace_id: str | None = None
    actor_type: ActorType = ActorType.USER
    before: Any = None
    after: Any = None


def masked(value: Any, mask: Callable[[str], str]) -> Any:
    """``value`` with ``mask`` on every text in it; names of fields stay."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {name: masked(part, mask) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [masked(part, mask) for part in value]
    return value

"""The 31,243 events of the demo: what the incidents leave, and the everyday noise around it.

All events are made at every scale; a smaller one keeps all that belong to incidents and a fixed choice of the rest,
so an event has the same number, time and text wherever it appears.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np

from tobit_kernel.server.inventory.demo.incidents import INCIDENTS, Incident
from tobit_kernel.server.inventory.demo.metrics import CURVES, MINUTES, SEED
from tobit_kernel.server.inventory.demo.topology import cis, ids

#: events at full scale
EVENTS = 31_243
SECONDS = MINUTES * 60


@dataclass(frozen=True)
class Kind:
    """An everyday event: ``weight`` is how often it comes on a CI of the subtypes, beside the others."""

    subtypes: tuple[str, ...]
    event_type: str
    severity: str
    message: str
    weight: float


@dataclass(frozen=True)
class Event:
    """``second`` counts from the begin of the data; ``attributes`` is JSON."""

    second: int
    ci: str
    event_type: str
    severity: str
    message: str
    attributes: str


#: {n} is a number of the event's own
KINDS = (
    Kind(("server", "vm", "hypervisor"), "login", "info", "ssh login of ops{n}", 5),
    Kind(("server", "vm"), "package_updated", "info", "unattended upgrade installed {n} packages", 1.5),
    Kind(("server", "vm", "hypervisor"), "time_drift", "warning", "clock was off by {n} ms", 1),
    Kind(("server", "vm"), "cpu_high", "warning", "CPU above 85 % for {n} s", 1.6),
    Kind(("server",), "fan_speed", "warning", "팬 회전수 이상: {n} rpm", 0.5),
    Kind(("server",), "memory_corrected", "warning", "ECC corrected {n} errors on DIMM A3", 0.35),
    Kind(("vm",), "vm_migrated", "info", "moved by the scheduler in {n} ms", 1.2),
    Kind(("database",), "checkpoint", "info", "checkpoint complete: wrote {n} buffers", 6),
    Kind(("database",), "slow_query", "warning", "statement took {n} ms", 3),
    Kind(("database",), "deadlock", "error", "교착 상태 감지: 트랜잭션 {n} 취소", 0.5),
    Kind(("database",), "backup_finished", "info", "backup finished: {n} MB", 1.2),
    Kind(("service", "api"), "deployed", "info", "build {n} deployed", 0.5),
    Kind(("service", "api"), "timeout", "error", "upstream did not answer in {n} ms", 1.1),
    Kind(("service",), "retry", "warning", "외부 호출 재시도 {n}회", 2.2),
    Kind(("service",), "gc_pause", "warning", "GC pause {n} ms", 1.4),
    Kind(("service", "api", "web"), "service_restart", "error", "restarted by the watchdog, exit code {n}", 0.25),
    Kind(("web",), "http_5xx", "error", "{n} answers with 5xx in a minute", 1),
    Kind(("web",), "config_reloaded", "info", "configuration reloaded in {n} ms", 1),
    Kind(("switch", "router", "san_switch"), "port_flap", "warning", "포트 {n} 링크 변동", 1.6),
    Kind(("switch", "router", "firewall"), "config_saved", "info", "running-config saved, {n} lines", 0.8),
    Kind(("firewall",), "blocked", "info", "{n} connections blocked in a minute", 9),
    Kind(("firewall",), "port_scan", "warning", "port scan of {n} ports", 3),
    Kind(("load_balancer",), "pool_member_down", "error", "health check failed {n} times", 1.6),
    Kind(("storage",), "snapshot", "info", "snapshot {n} created", 5),
    Kind(("storage",), "disk_failed", "critical", "drive {n} failed, rebuilding on the spare", 0.12),
    Kind(("backup",), "backup_failed", "error", "백업 실패: 작업 {n}", 1.5),
    Kind(("broker",), "consumer_lag", "warning", "consumer lag {n} messages", 6),
    Kind(("cache",), "evicted", "info", "{n} keys evicted", 5),
    Kind(("batch",), "job_finished", "info", "배치 완료: {n}건 처리", 5),
    Kind(("batch",), "job_failed", "error", "배치 실패: {n}번째 단계", 0.4),
    Kind(("ups",), "on_battery", "critical", "배터리 운전 {n}초", 0.12),
    Kind(("ups", "pdu"), "self_test", "info", "self test passed in {n} s", 0.8),
    Kind(("directory",), "login_failed", "warning", "{n} failed logins from one address", 12),
    Kind(("certificate",), "expiry_check", "info", "certificate checked, chain of {n}", 4),
    Kind(("gateway",), "mqtt_reconnect", "warning", "MQTT 재연결 {n}회", 3),
)


def rows(end: datetime, scale: float) -> Iterator[tuple[int, datetime, int, str, str, str, str]]:
    """(event_id, time, ci_id, event_type, severity, message, attributes) in the order of time."""
    start = end - timedelta(seconds=SECONDS)
    keep = kept(scale)
    number = ids()
    for event_id, event in enumerate(events(), start=1):
        if event_id - 1 in keep:
            yield (event_id, start + timedelta(seconds=event.second), number[event.ci], event.event_type,
                   event.severity, event.message, event.attributes)  # fmt: skip


def kept(scale: float) -> frozenset[int]:
    """Places in ``events()`` that the scale keeps: those of incidents first, then a fixed shuffle of the rest."""
    of_incidents = [place for place, event in enumerate(events()) if '"monitor"' not in event.attributes]
    everyday = np.setdiff1d(np.arange(EVENTS), of_incidents)
    shuffled = np.random.Generator(np.random.PCG64([SEED, 11])).permutation(everyday)
    return frozenset([*of_incidents, *shuffled.tolist()][: round(EVENTS * scale)])


@lru_cache(maxsize=1)
def events() -> tuple[Event, ...]:
    """All events of the full scale in the order of time."""
    traces = [event for incident in INCIDENTS for event in _traces(incident)]
    return tuple(sorted([*traces, *_everyday(EVENTS - len(traces))], key=lambda event: (event.second, event.ci)))


def _traces(incident: Incident) -> Iterator[Event]:
    for trace in incident.traces:
        last = incident.lasts if trace.every else trace.delay + 1
        for minute in range(trace.delay, last, trace.every or 1):
            second = (MINUTES - incident.before_end + minute) * 60 + 7 + len(trace.event_type)
            yield Event(second, trace.ci, trace.event_type, trace.severity, trace.message, '{"source": "log"}')


def _everyday(count: int) -> Iterator[Event]:
    dice = np.random.Generator(np.random.PCG64([SEED, 12]))
    pairs = [(ci.code, kind) for ci in cis() for kind in KINDS if ci.subtype in kind.subtypes]
    weights = np.cumsum([kind.weight for _, kind in pairs])
    chosen = np.searchsorted(weights, dice.random(count) * weights[-1], side="right")
    # More by day than by night, as seen from the usual end of the data, 9 in Korea.
    hours = MINUTES // 60
    share = np.cumsum([40 + CURVES["online"][(hour + 9 - hours) % 24] for hour in range(hours)])
    hour = np.searchsorted(share, dice.random(count) * share[-1], side="right")
    second = hour * 3600 + dice.integers(0, 3600, count)
    details = dice.integers(1, 4000, count)
    for place, when, detail in zip(chosen.tolist(), second.tolist(), details.tolist(), strict=True):
        code, kind = pairs[place]
        attributes = json.dumps({"source": "monitor", "detail": detail})
        yield Event(when, code, kind.event_type, kind.severity, kind.message.format(n=detail), attributes)

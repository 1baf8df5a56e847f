"""What people did in the demo: maintenance windows, work, changes, and the thresholds; the same at every scale."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from tobit_kernel.server.inventory.demo.incidents import INCIDENTS
from tobit_kernel.server.inventory.demo.metrics import MINUTES, SEED, series
from tobit_kernel.server.inventory.demo.topology import cis, ids

#: low, high, low_critical, high_critical by metric
LIMITS: dict[str, tuple[float | None, float | None, float | None, float | None]] = {
    "cpu_usage": (None, 85, None, 95),
    "memory_usage": (None, 80, None, 92),
    "disk_usage": (None, 80, None, 92),
    "query_latency_ms": (None, 15, None, 30),
    "connections": (None, 240, None, 285),
    "latency_ms": (None, 220, None, 400),
    "error_rate": (None, 1, None, 5),
    "requests_per_min": (None, None, None, None),
    "heap_usage": (None, 75, None, 90),
    "throughput_mbps": (None, 8000, None, 9500),
    "packet_loss": (None, 0.5, None, 5),
    "io_latency_ms": (None, 5, None, 12),
    "temperature_c": (18, 27, 15, 32),
    "days_left": (30, None, 7, None),
}
#: title, subtype it is done to, weekday (0 Monday) and hour of the window in UTC, hours
PATCHES = (
    ("월간 보안 패치", "hypervisor", 5, 16, 4),
    ("DB 정기 점검", "database", 6, 17, 3),
    ("네트워크 펌웨어 갱신", "switch", 5, 18, 2),
    ("Storage firmware check", "storage", 6, 15, 2),
)
WORK = (
    ("inspection", "server", "월간 하드웨어 점검"),
    ("patch", "vm", "OS security patches"),
    ("restart", "service", "정기 재기동"),
    ("backup", "database", "복구 시험"),
    ("repair", "server", "Fan module replaced"),
    ("inspection", "ups", "배터리 점검"),
)
#: incident, minutes from its begin, CI, change_type, field, before, after, by, reason
CHANGES: tuple[tuple[str, int, str, str, str, str, str, str, str], ...] = (
    ("memory-leak", -35, "SVC-PAY-CORE", "release", "version", "4.11.3", "4.12.0", "결제개발팀", "정산 기능 추가"),
    ("memory-leak", 4 * 1440 - 4, "SVC-PAY-CORE", "rollback", "version", "4.12.0", "4.11.3", "결제개발팀", "OOM"),
    ("connection-leak", -12, "SVC-WMS-CORE", "configuration", "pool.max_lifetime", "1800", "0", "물류IT팀", "tuning"),
    ("connection-leak", 415, "SVC-WMS-CORE", "configuration", "pool.max_lifetime", "0", "1800", "물류IT팀", "revert"),
    ("certificate-expired", 118, "CERT-01", "certificate", "not_after", "expired", "+365 d", "보안팀", "renewal"),
    ("switch-failure", 73, "SW-ACC-03", "repair", "line card 2", "SN-2211", "SN-8037", "네트워크팀", "parity error"),
    ("storage-degraded", 298, "STO-02", "repair", "controller B", "SN-104", "SN-377", "스토리지팀", "failed"),
    ("disk-full", -600, "DBH-01", "configuration", "archive_command", "rsync v1", "rsync v2", "DB운영팀", "new backup"),
    ("disk-full", 1195, "DBH-01", "configuration", "archive_command", "rsync v2", "rsync v1", "DB운영팀", "disk full"),
    ("noisy-batch", -95, "JOB-07", "configuration", "threads", "4", "32", "데이터팀", "faster export"),
    ("cooling-failure", 355, "CRAC-01", "repair", "compressor", "K1", "K2", "시설관리팀", "compressor stopped"),
)


def maintenance(end: datetime) -> Iterator[tuple[int, str, datetime, datetime, str, str, str]]:
    """(maintenance_id, ci_code, starts_at, ends_at, title, description, status), from nine weeks ago to four ahead."""
    number = 0
    first_monday = (end - timedelta(minutes=MINUTES)).replace(hour=0, minute=0, second=0, microsecond=0)
    first_monday -= timedelta(days=first_monday.weekday())
    for week in range(13):
        title, subtype, weekday, hour, hours = PATCHES[week % len(PATCHES)]
        starts = first_monday + timedelta(weeks=week, days=weekday, hours=hour)
        members = [ci.code for ci in cis() if ci.subtype == subtype]
        for code in members[week // len(PATCHES) :: 4]:
            number += 1
            ends = starts + timedelta(hours=hours)
            status = "done" if ends <= end else "planned"
            yield number, code, starts, ends, title, f"{title}: {code}", status


def work(end: datetime) -> Iterator[tuple[int, int, str, datetime, datetime, str, str, str]]:
    """(work_id, ci_id, work_type, started_at, ended_at, worker, status, description): 240 pieces of work."""
    dice = np.random.Generator(np.random.PCG64([SEED, 21]))
    days = np.sort(dice.uniform(0, MINUTES / 1440 - 1, 240))
    for number, day in enumerate(days.tolist(), start=1):
        work_type, subtype, text = WORK[int(dice.integers(len(WORK)))]
        members = [ci for ci in cis() if ci.subtype == subtype]
        ci = members[int(dice.integers(len(members)))]
        started = end - timedelta(minutes=MINUTES) + timedelta(minutes=round(day * 1440))
        ended = started + timedelta(minutes=int(dice.integers(10, 180)))
        status = "failed" if dice.random() < 0.04 else "done"
        yield number, ids()[ci.code], work_type, started, ended, ci.owner, status, text


def changes(
    end: datetime,
) -> Iterator[tuple[int, int, datetime, str, str, str, str, str, str]]:
    """(change_id, ci_id, changed_at, change_type, field, before, after, changed_by, reason): 311 changes."""
    incidents = {incident.name: incident for incident in INCIDENTS}
    found: list[tuple[datetime, str, str, str, str, str, str, str]] = [
        (incidents[change[0]].window(end)[0] + timedelta(minutes=change[1]), *change[2:]) for change in CHANGES
    ]
    dice = np.random.Generator(np.random.PCG64([SEED, 22]))
    members = [ci for ci in cis() if ci.subtype in ("service", "api", "web", "database", "vm")]
    for _ in range(300):
        ci = members[int(dice.integers(len(members)))]
        when = end - timedelta(minutes=int(dice.integers(60, MINUTES)))
        major, minor = int(dice.integers(2, 9)), int(dice.integers(0, 40))
        before, after = f"{major}.{minor}.0", f"{major}.{minor + 1}.0"
        found.append((when, ci.code, "release", "version", before, after, ci.owner, "scheduled release"))
    for number, (when, code, change_type, field, before, after, by, reason) in enumerate(sorted(found), start=1):
        yield number, ids()[code], when, change_type, field, before, after, by, reason


def thresholds() -> Iterator[tuple[int, str, str, float | None, float | None, float | None, float | None]]:
    """(threshold_id, ci_code, metric, low, high, low_critical, high_critical), one per series that has limits."""
    limited = [one for one in series() if any(limit is not None for limit in LIMITS[one.name])]
    for number, one in enumerate(limited, start=1):
        yield number, one.ci, one.name, *LIMITS[one.name]

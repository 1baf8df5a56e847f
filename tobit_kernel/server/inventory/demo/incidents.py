"""The incidents that are hidden in the demo data, with their root cause: the truth that analysis is measured by.

Times are minutes before the end of the data, so an incident lies at the same distance from "now" whenever the
demo is loaded. The truth is here and not in a table: an analyst should have to find it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DAY = 1440
HOUR = 60


class Shape(StrEnum):
    """How a symptom comes."""

    #: there within five minutes, gone as fast
    STEP = "step"
    #: grows evenly to the end of the incident
    RAMP = "ramp"


@dataclass(frozen=True)
class Symptom:
    """At full strength value × ``factor`` + ``add``; it begins ``delay`` minutes after the incident."""

    ci: str
    metric: str
    factor: float = 1.0
    add: float = 0.0
    delay: int = 0
    shape: Shape = Shape.STEP


@dataclass(frozen=True)
class Trace:
    """Events that the incident leaves: the first after ``delay`` minutes, then every ``every`` minutes (0: once)."""

    ci: str
    event_type: str
    severity: str
    message: str
    delay: int = 0
    every: int = 0


@dataclass(frozen=True)
class Incident:
    """``root`` is the CI that caused it; ``before_end`` and ``lasts`` are minutes."""

    name: str
    title: str
    root: str
    before_end: int
    lasts: int
    symptoms: tuple[Symptom, ...]
    traces: tuple[Trace, ...]

    def window(self, end: datetime) -> tuple[datetime, datetime]:
        """First moment and first moment after, for data that ends at ``end``."""
        start = end - timedelta(minutes=self.before_end)
        return start, start + timedelta(minutes=self.lasts)


INCIDENTS: tuple[Incident, ...] = (
    Incident(
        "cooling-failure", "Cooling of room A fails; hosts throttle", "CRAC-01", 52 * DAY, 6 * HOUR,
        (
            Symptom("CRAC-01", "temperature_c", add=11, shape=Shape.RAMP),
            *(Symptom(f"HOST-{n:02d}", "cpu_usage", factor=1.35, add=12, delay=90) for n in range(1, 10, 2)),
            Symptom("SVC-ORDER-CORE", "latency_ms", factor=1.9, delay=110),
        ),
        (
            Trace("CRAC-01", "compressor_stopped", "error", "압축기 정지: 실내 온도 상승"),
            Trace("CRAC-01", "temperature_high", "warning", "Room temperature above 27 °C", 60, 30),
            *(Trace(f"HOST-{n:02d}", "cpu_throttled", "warning", "CPU throttled: inlet temperature", 90, 45)
              for n in range(1, 10, 2)),
        ),
    ),
    Incident(
        "storage-degraded", "A controller of the array fails; its volumes answer slowly", "STO-02", 41 * DAY, 5 * HOUR,
        (
            Symptom("STO-02", "io_latency_ms", factor=9),
            Symptom("DB-PAY", "query_latency_ms", factor=5, delay=2),
            Symptom("DB-WMS", "query_latency_ms", factor=4.5, delay=2),
            Symptom("SVC-PAY-CORE", "latency_ms", factor=2.6, delay=5),
            Symptom("SVC-WMS-CORE", "latency_ms", factor=2.4, delay=5),
        ),
        (
            Trace("STO-02", "controller_failed", "critical", "Controller B failed, cache in write-through"),
            Trace("DB-PAY", "slow_query", "warning", "Checkpoint took 184 s", 5, 20),
            Trace("DB-WMS", "slow_query", "warning", "Statement over 5 s: update stock", 8, 25),
            Trace("SVC-PAY-CORE", "timeout", "error", "결제 승인 응답 지연 (3,000 ms 초과)", 10, 20),
        ),
    ),
    Incident(
        "certificate-expired", "The certificate of the portal expires", "CERT-01", 33 * DAY, 2 * HOUR,
        (
            Symptom("SVC-PORTAL-CORE", "error_rate", add=38, delay=1),
            Symptom("SVC-PORTAL-CORE", "requests_per_min", factor=0.35, delay=1),
        ),
        (
            Trace("CERT-01", "certificate_expired", "critical", "인증서 만료: portal.example.co.kr"),
            Trace("WEB-PORTAL-1", "tls_handshake_failed", "error", "certificate has expired", 1, 3),
            Trace("WEB-PORTAL-2", "tls_handshake_failed", "error", "certificate has expired", 1, 4),
            Trace("SVC-HR-SYNC", "call_failed", "error", "API-PORTAL answered 503", 4, 15),
        ),
    ),
    Incident(
        "memory-leak", "Release 4.12.0 of the payment core leaks memory until it is rolled back", "SVC-PAY-CORE",
        24 * DAY, 4 * DAY,
        (
            Symptom("SVC-PAY-CORE", "heap_usage", add=48, shape=Shape.RAMP),
            Symptom("SVC-PAY-CORE", "latency_ms", factor=3.2, delay=2 * DAY, shape=Shape.RAMP),
            Symptom("SVC-PAY-CORE", "error_rate", add=3.5, delay=3 * DAY, shape=Shape.RAMP),
            Symptom("SVC-ORDER-CORE", "latency_ms", factor=1.5, delay=3 * DAY, shape=Shape.RAMP),
        ),
        (
            Trace("SVC-PAY-CORE", "gc_pause", "warning", "Full GC took 4.2 s", 2 * DAY, 120),
            Trace("SVC-PAY-CORE", "out_of_memory", "critical", "OutOfMemoryError: Java heap space", 3 * DAY, 360),
            Trace("SVC-ORDER-SYNC", "timeout", "error", "API-PAY: no answer in 3 s", 3 * DAY, 180),
        ),
    ),
    Incident(
        "switch-failure", "An access switch drops packets until its module is changed", "SW-ACC-03", 16 * DAY, 75,
        (
            Symptom("SW-ACC-03", "packet_loss", add=31),
            Symptom("SW-ACC-03", "throughput_mbps", factor=0.3),
            Symptom("SVC-ORDER-CORE", "error_rate", add=9, delay=2),
            Symptom("SVC-ERP-CORE", "latency_ms", add=900, delay=2),
            Symptom("SVC-ERP-CORE", "error_rate", add=6, delay=3),
        ),
        (
            Trace("SW-ACC-03", "module_failed", "critical", "Line card 2: parity error, ports 13-24 down"),
            *(Trace(f"HOST-{n:02d}", "link_down", "error", "vmnic1 lost its link", 1, 20) for n in (3, 7, 11, 15, 19)),
            Trace("SVC-ORDER-CORE", "connection_reset", "error", "주문 DB 연결이 끊어졌습니다", 2, 5),
        ),
    ),
    Incident(
        "disk-full", "The disk of the order database's host fills up", "DBH-01", 9 * DAY + 14 * HOUR, 20 * HOUR,
        (
            Symptom("DBH-01", "disk_usage", add=60, shape=Shape.RAMP),
            Symptom("DB-ORDER", "query_latency_ms", factor=7, delay=15 * HOUR),
            Symptom("SVC-ORDER-CORE", "latency_ms", factor=4, delay=15 * HOUR + 5),
            Symptom("SVC-ORDER-CORE", "error_rate", add=12, delay=16 * HOUR),
            Symptom("SVC-ORDER-CORE", "requests_per_min", factor=0.55, delay=16 * HOUR),
        ),
        (
            Trace("DBH-01", "disk_filling", "warning", "/var/lib/pgsql fills up: archive_command fails", 8 * HOUR, 60),
            Trace("DBH-01", "disk_full", "critical", "No space left on device: /var/lib/pgsql", 15 * HOUR, 30),
            Trace("DB-ORDER", "write_failed", "critical", "could not extend file: no space left", 15 * HOUR, 10),
            Trace("SVC-ORDER-CORE", "timeout", "error", "주문 저장 실패: DB 응답 없음", 15 * HOUR + 5, 10),
            Trace("WEB-ORDER-1", "http_5xx", "error", "502 from API-ORDER", 16 * HOUR, 15),
        ),
    ),
    Incident(
        "connection-leak", "A configuration change lets the warehouse core leak connections", "SVC-WMS-CORE",
        4 * DAY, 7 * HOUR,
        (
            Symptom("DB-WMS", "connections", add=230, shape=Shape.RAMP),
            Symptom("DB-WMS", "query_latency_ms", factor=3, delay=4 * HOUR),
            Symptom("SVC-WMS-CORE", "latency_ms", factor=5, delay=4 * HOUR),
            Symptom("SVC-WMS-CORE", "error_rate", add=7, delay=5 * HOUR),
        ),
        (
            Trace("DB-WMS", "connections_high", "warning", "Connections above 80 % of the limit", 3 * HOUR, 30),
            Trace("DB-WMS", "connections_exhausted", "critical", "too many connections", 5 * HOUR, 12),
            Trace("SVC-WMS-CORE", "pool_exhausted", "error", "출고 지시 처리 실패: 커넥션 풀 고갈", 5 * HOUR, 10),
        ),
    ),
    Incident(
        "noisy-batch", "A new export job takes the CPU of the host that it shares with payments", "JOB-07",
        9 * HOUR, 3 * HOUR,
        (
            Symptom("HOST-10", "cpu_usage", factor=0.4, add=74),
            Symptom("HOST-10", "memory_usage", add=14),
            Symptom("SVC-PAY-CORE", "latency_ms", factor=3, delay=4),
            Symptom("SVC-PAY-CORE", "error_rate", add=1.6, delay=8),
            Symptom("SVC-ORDER-CORE", "latency_ms", factor=1.7, delay=6),
        ),
        (
            Trace("JOB-07", "job_started", "info", "Customer segment export started, 32 threads"),
            Trace("HOST-10", "cpu_high", "warning", "CPU ready time above 10 %", 3, 12),
            Trace("SVC-PAY-CORE", "timeout", "error", "결제 승인 응답 지연 (3,000 ms 초과)", 6, 9),
            Trace("JOB-07", "job_finished", "info", "Customer segment export finished: 4,812,003 rows", 3 * HOUR),
        ),
    ),
)  # fmt: skip

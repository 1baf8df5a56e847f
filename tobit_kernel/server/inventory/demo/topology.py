"""The 280 CIs of the demo (197 software, 75 hardware, 8 systems); the same at every scale, nothing random."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

#: code, Korean name, English name, owning team
SYSTEMS = (
    ("ORDER", "주문", "Order", "커머스개발팀"),
    ("PAY", "결제", "Payment", "결제개발팀"),
    ("PORTAL", "고객 포털", "Customer portal", "커머스개발팀"),
    ("MES", "생산관리", "Manufacturing execution", "스마트팩토리팀"),
    ("ERP", "전사자원관리", "Enterprise resources", "경영정보팀"),
    ("WMS", "물류", "Warehouse", "물류IT팀"),
    ("HR", "인사", "Human resources", "경영정보팀"),
    ("DATA", "데이터 분석", "Analytics", "데이터팀"),
)
#: the services that every system has: code, Korean, English
ROLES = (
    ("CORE", "핵심", "core"),
    ("QUERY", "조회", "query"),
    ("EVENT", "이벤트", "event"),
    ("NOTIFY", "알림", "notification"),
    ("ADMIN", "관리자", "administration"),
    ("SYNC", "연계", "exchange"),
)
#: code, name, system whose database it works on, CI that it runs on
JOBS = (
    ("JOB-01", "야간 정산 배치", "PAY", "BAT-01"),
    ("JOB-02", "주문 집계 배치", "ORDER", "BAT-01"),
    ("JOB-03", "재고 대사 배치", "WMS", "BAT-02"),
    ("JOB-04", "생산 실적 마감", "MES", "BAT-02"),
    ("JOB-05", "급여 계산", "HR", "BAT-03"),
    ("JOB-06", "총계정 마감", "ERP", "BAT-03"),
    ("JOB-07", "Customer segment export", "PORTAL", "VM-030"),
    ("JOB-08", "Data mart load", "DATA", "BAT-04"),
    ("JOB-09", "Feature build", "DATA", "BAT-04"),
    ("JOB-10", "Search index build", "PORTAL", "VM-057"),
    ("JOB-11", "Stage data refresh", "ORDER", "BAT-05"),
    ("JOB-12", "Nightly test run", "ERP", "BAT-06"),
)
LOCATIONS = ("서울 IDC A동", "서울 IDC B동")
DATABASES = ("PostgreSQL 16", "Oracle 19c", "MySQL 8.0")


@dataclass(frozen=True)
class Ci:
    """One row of ops.ci; ``name_en`` goes to its attributes."""

    code: str
    name: str
    type: str
    subtype: str
    owner: str
    location: str = ""
    env: str = "prod"
    name_en: str = ""
    attributes: dict[str, object] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def cis() -> tuple[Ci, ...]:
    """All CIs; the ci_id of one is its place, from 1."""
    return (*_systems(), *_network(), *_machines(), *_facilities(), *_platform(), *_applications(), *_shared())


@lru_cache(maxsize=1)
def ids() -> dict[str, int]:
    """ci_id by CI code."""
    return {ci.code: number for number, ci in enumerate(cis(), start=1)}


def _systems() -> Iterator[Ci]:
    for code, korean, english, team in SYSTEMS:
        yield Ci(f"SYS-{code}", f"{korean} 시스템", "SYSTEM", "business", team, name_en=f"{english} system",
                 attributes={"criticality": "A" if code in ("ORDER", "PAY", "MES") else "B"})  # fmt: skip


def _network() -> Iterator[Ci]:
    kinds = (
        ("RTR", "라우터", "router", 2),
        ("FW", "방화벽", "firewall", 2),
        ("LB", "부하분산기", "load_balancer", 2),
        ("SW-CORE", "코어 스위치", "switch", 2),
        ("SW-ACC", "액세스 스위치", "switch", 8),
    )
    for prefix, korean, subtype, count in kinds:
        for number in range(1, count + 1):
            yield Ci(f"{prefix}-{number:02d}", f"{korean} {number}", "HW", subtype, "네트워크팀", _room(number),
                     name_en=f"{subtype.replace('_', ' ')} {number}".capitalize(),
                     attributes={"vendor": "Cisco" if number % 2 else "Arista", "address": _address(prefix, number)},
                     tags=("network",))  # fmt: skip


def _machines() -> Iterator[Ci]:
    kinds = (
        ("HOST", "server", "Virtualization host", "인프라운영팀", 20),
        ("DBH", "server", "Database host", "DB운영팀", 12),
        ("STO", "storage", "Storage array", "스토리지팀", 4),
        ("SAN", "san_switch", "SAN switch", "스토리지팀", 2),
        ("BKP", "backup", "Backup appliance", "스토리지팀", 2),
        ("BAT", "server", "Batch server", "인프라운영팀", 6),
        ("EDGE", "gateway", "Factory edge gateway", "스마트팩토리팀", 4),
    )
    env = {"BAT-05": "stage", "BAT-06": "dev"}
    for prefix, subtype, name, team, count in kinds:
        for number in range(1, count + 1):
            code = f"{prefix}-{number:02d}"
            place = ("울산공장", "구미공장")[number % 2] if prefix == "EDGE" else _room(number)
            yield Ci(code, f"{name} {number}", "HW", subtype, team, place, env.get(code, "prod"),
                     attributes={"vendor": ("HPE", "Dell", "Lenovo")[number % 3], "address": _address(prefix, number),
                                 "serial": f"SN{prefix}{number * 7919 % 10000:04d}", "cores": 64,
                                 "memory_gb": 512})  # fmt: skip


def _facilities() -> Iterator[Ci]:
    for prefix, korean, subtype, count in (("UPS", "무정전 전원장치", "ups", 4), ("PDU", "분전반", "pdu", 4)):
        for number in range(1, count + 1):
            yield Ci(f"{prefix}-{number:02d}", f"{korean} {number}", "HW", subtype, "시설관리팀", _room(number))
    yield Ci("CRAC-01", "항온항습기 1", "HW", "cooling", "시설관리팀", LOCATIONS[0], name_en="Computer room cooling 1")


def _platform() -> Iterator[Ci]:
    for number in range(1, 21):
        yield Ci(f"HV-{number:02d}", f"Hypervisor {number}", "SW", "hypervisor", "인프라운영팀",
                 attributes={"version": "8.0.2"})  # fmt: skip
    for number in range(1, 61):
        env = {57: "dev", 58: "dev", 59: "stage", 60: "stage"}.get(number, "prod")
        yield Ci(f"VM-{number:03d}", f"가상서버 {number}", "SW", "vm", "인프라운영팀", env=env,
                 name_en=f"Virtual machine {number}",
                 attributes={"cores": 4 + 4 * (number % 3), "memory_gb": 16 << number % 3,
                             "address": _address("VM", number), "os": "Ubuntu 24.04"})  # fmt: skip


def _applications() -> Iterator[Ci]:
    for code, korean, english, team in SYSTEMS:
        for number in (1, 2):
            yield Ci(f"WEB-{code}-{number}", f"{korean} 웹서버 {number}", "SW", "web", team,
                     name_en=f"{english} web server {number}", attributes={"version": "nginx 1.28"})  # fmt: skip
        yield Ci(f"API-{code}", f"{korean} API", "SW", "api", team, name_en=f"{english} API")
        for role, role_korean, role_english in ROLES:
            yield Ci(f"SVC-{code}-{role}", f"{korean} {role_korean} 서비스", "SW", "service", team,
                     name_en=f"{english} {role_english} service", attributes={"runtime": "Java 21"})  # fmt: skip
        for suffix, word, word_en in (("", "주", "primary"), ("-R", "복제", "replica")):
            product = DATABASES[len(code) % 3]
            yield Ci(f"DB-{code}{suffix}", f"{korean} DB ({word})", "SW", "database", "DB운영팀",
                     name_en=f"{english} database ({word_en})", attributes={"product": product})  # fmt: skip


def _shared() -> Iterator[Ci]:
    for number in range(1, 7):
        yield Ci(f"CACHE-{number}", f"캐시 {number}", "SW", "cache", "플랫폼팀", attributes={"product": "Redis 7.4"})
    for number in range(1, 4):
        yield Ci(f"MQ-{number}", f"메시지 브로커 {number}", "SW", "broker", "플랫폼팀",
                 attributes={"product": "Kafka 3.9"})  # fmt: skip
    env = {"BAT-05": "stage", "BAT-06": "dev", "VM-057": "dev"}
    for code, name, _, place in JOBS:
        yield Ci(code, name, "SW", "batch", "데이터팀", env=env.get(place, "prod"))
    for number, domain in enumerate(("portal", "order", "pay", "api"), start=1):
        yield Ci(f"CERT-{number:02d}", f"TLS 인증서 {domain}", "SW", "certificate", "보안팀",
                 attributes={"domain": f"{domain}.example.co.kr"})  # fmt: skip
    basics = (
        ("DNS-01", "DNS 1", "dns"),
        ("DNS-02", "DNS 2", "dns"),
        ("LDAP-01", "통합 계정 디렉터리", "directory"),
        ("NTP-01", "시각 동기화", "ntp"),
    )
    for code, name, subtype in basics:
        yield Ci(code, name, "SW", subtype, "인프라운영팀")


def _room(number: int) -> str:
    return f"{LOCATIONS[(number + 1) % 2]} {number:02d}번 랙"


def _address(prefix: str, number: int) -> str:
    nets = {"HOST": 10, "DBH": 20, "STO": 30, "SAN": 31, "BKP": 32, "BAT": 40, "EDGE": 50, "VM": 60, "RTR": 1,
            "FW": 2, "LB": 3, "SW-CORE": 4, "SW-ACC": 5}  # fmt: skip
    return f"10.20.{nets[prefix]}.{number}"

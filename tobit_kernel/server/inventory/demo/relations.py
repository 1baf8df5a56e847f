"""How the CIs of the demo hang together; the same at every scale, nothing random.

Eight business systems share twenty hypervisor hosts, so that a failing host, switch or storage has an impact
that crosses systems.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tobit_kernel.server.inventory.demo.topology import JOBS, ROLES, SYSTEMS

#: the SYNC service of the first system calls the API of the second
EXCHANGES = (
    ("ORDER", "PAY"),
    ("ORDER", "WMS"),
    ("PORTAL", "ORDER"),
    ("PAY", "ERP"),
    ("WMS", "ERP"),
    ("MES", "ERP"),
    ("MES", "WMS"),
    ("ERP", "HR"),
    ("HR", "PORTAL"),
    ("DATA", "ERP"),
    ("DATA", "MES"),
)
#: the certificate that the web servers of a system show; the others share CERT-04
CERTIFICATES = {"PORTAL": "CERT-01", "ORDER": "CERT-02", "PAY": "CERT-03"}


@dataclass(frozen=True)
class Relation:
    """``start`` RUNS_ON, DEPENDS_ON, CONNECTS_TO, PART_OF ``end`` (both are CI codes)."""

    start: str
    type: str
    end: str
    origin: str = "discovered"
    confidence: float = 1.0


@lru_cache(maxsize=1)
def relations() -> tuple[Relation, ...]:
    """All relations, each once."""
    return tuple(dict.fromkeys([*_wiring(), *_hosting(), *_calls()]))


def vm_of(system: int, slot: int) -> str:
    """Code of the VM ``slot`` (0 to 6) of the system with that index; neighbours land on different hosts."""
    return f"VM-{system * 7 + slot + 1:03d}"


def host_of(vm: int) -> int:
    """Number (1 to 20) of the host under VM number ``vm`` (1 to 60)."""
    return (vm - 1) % 20 + 1


def _wiring() -> Iterator[Relation]:
    """Cables, power and cooling."""
    for one in ("RTR-01", "RTR-02"):
        yield Relation(one, "CONNECTS_TO", f"FW-{one[-2:]}")
    for number in (1, 2):
        yield Relation(f"FW-{number:02d}", "CONNECTS_TO", f"SW-CORE-{number:02d}")
        yield Relation(f"LB-{number:02d}", "CONNECTS_TO", f"SW-CORE-{number:02d}")
        yield Relation(f"BKP-{number:02d}", "CONNECTS_TO", f"SAN-{number:02d}")
    yield Relation("SW-CORE-01", "CONNECTS_TO", "SW-CORE-02")
    for number in range(1, 9):
        yield Relation(f"SW-ACC-{number:02d}", "CONNECTS_TO", f"SW-CORE-{1 + (number > 4):02d}")
        yield Relation(f"SW-ACC-{number:02d}", "DEPENDS_ON", f"PDU-{(number - 1) % 4 + 1:02d}", "manual")
    for number in range(1, 5):
        yield Relation(f"STO-{number:02d}", "CONNECTS_TO", f"SAN-{(number - 1) % 2 + 1:02d}")
        yield Relation(f"PDU-{number:02d}", "DEPENDS_ON", f"UPS-{number:02d}", "manual")
        yield Relation(f"EDGE-{number:02d}", "CONNECTS_TO", f"RTR-{(number - 1) % 2 + 1:02d}")
    for prefix, count in (("HOST", 20), ("DBH", 12), ("BAT", 6)):
        for number in range(1, count + 1):
            yield Relation(f"{prefix}-{number:02d}", "CONNECTS_TO", switch_of(prefix, number))
            yield Relation(f"{prefix}-{number:02d}", "DEPENDS_ON", f"PDU-{(number - 1) % 4 + 1:02d}", "manual")
    for number in range(1, 13):
        yield Relation(f"DBH-{number:02d}", "CONNECTS_TO", f"SAN-{(number - 1) % 2 + 1:02d}")
    # Odd numbers stand in room A, which CRAC-01 cools.
    for number in range(1, 10, 2):
        yield Relation(f"HOST-{number:02d}", "DEPENDS_ON", "CRAC-01", "manual")


def switch_of(prefix: str, number: int) -> str:
    """Access switch that a machine is plugged into: hosts share 1 to 4, database hosts 5 and 6, batch 7 and 8."""
    first, count = {"HOST": (1, 4), "DBH": (5, 2), "BAT": (7, 2)}[prefix]
    return f"SW-ACC-{first + (number - 1) % count:02d}"


def _hosting() -> Iterator[Relation]:
    """What runs on what."""
    for number in range(1, 21):
        yield Relation(f"HV-{number:02d}", "RUNS_ON", f"HOST-{number:02d}")
    for number in range(1, 61):
        yield Relation(f"VM-{number:03d}", "RUNS_ON", f"HV-{host_of(number):02d}")
    for index, (code, *_) in enumerate(SYSTEMS):
        places = {f"WEB-{code}-1": 0, f"WEB-{code}-2": 1, f"API-{code}": 5}
        places |= {f"SVC-{code}-{role}": 2 + slot // 2 for slot, (role, *_) in enumerate(ROLES)}
        for part, slot in places.items():
            yield Relation(part, "RUNS_ON", vm_of(index, slot))
        yield Relation(f"DB-{code}", "RUNS_ON", f"DBH-{index + 1:02d}")
        yield Relation(f"DB-{code}-R", "RUNS_ON", f"DBH-{9 + index // 2:02d}")
    for number in range(1, 7):
        yield Relation(f"CACHE-{number}", "RUNS_ON", vm_of(number - 1, 6))
    for number, place in enumerate((vm_of(6, 6), vm_of(7, 6), "VM-058"), start=1):
        yield Relation(f"MQ-{number}", "RUNS_ON", place)
    for code, _, _, place in JOBS:
        yield Relation(code, "RUNS_ON", place)
    for code, place in (("DNS-01", "VM-059"), ("DNS-02", "VM-060"), ("LDAP-01", "VM-059"), ("NTP-01", "VM-060")):
        yield Relation(code, "RUNS_ON", place)


def _calls() -> Iterator[Relation]:
    """Who needs whom, and what belongs to which system."""
    for index, (code, *_) in enumerate(SYSTEMS):
        service = {role: f"SVC-{code}-{role}" for role, *_ in ROLES}
        needs = [
            *((f"WEB-{code}-{number}", f"API-{code}") for number in (1, 2)),
            *((f"WEB-{code}-{number}", CERTIFICATES.get(code, "CERT-04")) for number in (1, 2)),
            (f"API-{code}", f"LB-{index % 2 + 1:02d}"),
            (f"API-{code}", service["CORE"]), (f"API-{code}", service["QUERY"]), (f"API-{code}", "LDAP-01"),
            (service["CORE"], CERTIFICATES.get(code, "CERT-04")),
            (service["CORE"], f"DB-{code}"), (service["CORE"], f"MQ-{index % 3 + 1}"),
            (service["QUERY"], f"DB-{code}-R"), (service["QUERY"], f"CACHE-{index % 6 + 1}"),
            (service["EVENT"], f"MQ-{index % 3 + 1}"), (service["NOTIFY"], service["EVENT"]),
            (service["ADMIN"], service["CORE"]), (service["SYNC"], service["CORE"]),
            (f"DB-{code}-R", f"DB-{code}"), (f"DB-{code}", f"STO-{index % 4 + 1:02d}"),
            (f"DB-{code}-R", f"STO-{(index + 2) % 4 + 1:02d}"),
        ]  # fmt: skip
        for start, end in needs:
            yield Relation(start, "DEPENDS_ON", end)
        parts = [f"WEB-{code}-1", f"WEB-{code}-2", f"API-{code}", *service.values(), f"DB-{code}", f"DB-{code}-R"]
        for part in parts:
            yield Relation(part, "PART_OF", f"SYS-{code}", "manual")
    for caller, called in EXCHANGES:
        yield Relation(f"SVC-{caller}-SYNC", "DEPENDS_ON", f"API-{called}", confidence=0.9)
    # An order is not confirmed before it is paid.
    yield Relation("SVC-ORDER-CORE", "DEPENDS_ON", "API-PAY")
    for code, _, system, _ in JOBS:
        yield Relation(code, "DEPENDS_ON", f"DB-{system}")
        yield Relation(code, "PART_OF", f"SYS-{system}", "manual")
    for number in range(1, 21):
        yield Relation(f"HV-{number:02d}", "DEPENDS_ON", "NTP-01", "imported", 0.7)

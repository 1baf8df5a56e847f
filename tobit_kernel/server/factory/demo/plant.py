"""The two plants of the demo: lines, what each makes and on which machines; nothing random."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache


@dataclass(frozen=True)
class Line:
    """``shifts`` are those that it runs. What is usual for it: ``defect_rate``, the share of defects; ``trouble``,
    breakdowns beside the mean of all lines; ``pace``, its speed beside the planned one."""

    code: str
    name: str
    factory: str
    factory_name: str
    process: str
    manager: str
    shifts: tuple[str, ...]
    operators: int
    defect_rate: float
    trouble: float
    pace: float


@dataclass(frozen=True)
class Product:
    """Made on ``line``; a unit takes ``cycle_s`` seconds when all goes well."""

    code: str
    name: str
    family: str
    line: str
    cycle_s: float
    cost_krw: int


@dataclass(frozen=True)
class Machine:
    """One machine of a line."""

    code: str
    name: str
    type: str
    line: str
    maker: str
    installed_on: date


ALL = ("day", "evening", "night")
TWO = ("day", "evening")
ULSAN, GUMI = ("ULSAN", "울산공장"), ("GUMI", "구미공장")

LINES = (
    Line("L-PRS-1", "프레스 1라인", *ULSAN, "press", "성형팀", ALL, 5, 0.014, 1.6, 0.93),
    Line("L-WLD-1", "용접 1라인", *ULSAN, "welding", "차체팀", ALL, 7, 0.019, 2.2, 0.90),
    Line("L-INJ-1", "사출 1라인", *ULSAN, "injection", "성형팀", ALL, 4, 0.023, 1.2, 0.94),
    Line("L-ASM-1", "조립 1라인", *ULSAN, "assembly", "조립팀", TWO, 14, 0.009, 0.6, 0.95),
    Line("L-SMT-1", "SMT 1라인", *GUMI, "smt", "전장팀", ALL, 4, 0.011, 1.0, 0.95),
    Line("L-SMT-2", "SMT 2라인", *GUMI, "smt", "전장팀", ALL, 4, 0.013, 1.5, 0.88),
    Line("L-DIP-1", "DIP 1라인", *GUMI, "soldering", "전장팀", TWO, 8, 0.016, 0.9, 0.86),
    Line("L-ASM-2", "조립 2라인", *GUMI, "assembly", "모듈팀", TWO, 12, 0.010, 0.7, 0.92),
)
#: line, family, products as (code, name, seconds, KRW)
RANGES = (
    (
        "L-PRS-1",
        "차체 패널",
        (
            ("P-DOOR-L", "도어 패널 좌", 11.5, 8200),
            ("P-DOOR-R", "도어 패널 우", 11.5, 8200),
            ("P-HOOD", "후드 패널", 14.0, 12900),
        ),
    ),
    (
        "L-WLD-1",
        "차체 용접물",
        (
            ("P-FRAME-A", "프론트 프레임 A", 42.0, 46500),
            ("P-FRAME-B", "프론트 프레임 B", 45.0, 51200),
            ("P-BRKT", "시트 브래킷", 21.0, 9700),
        ),
    ),
    (
        "L-INJ-1",
        "내장 부품",
        (
            ("P-DASH", "대시보드 하우징", 36.0, 15400),
            ("P-VENT", "송풍구", 18.0, 3100),
            ("P-GRILL", "라디에이터 그릴", 32.0, 11800),
        ),
    ),
    (
        "L-ASM-1",
        "도어 모듈",
        (
            ("P-DMOD-1", "도어 모듈 1형", 74.0, 88000),
            ("P-DMOD-2", "도어 모듈 2형", 80.0, 96500),
            ("P-SEAT", "시트 어셈블리", 96.0, 143000),
        ),
    ),
    (
        "L-SMT-1",
        "제어기 보드",
        (
            ("P-ECU-A", "ECU board A", 22.0, 34500),
            ("P-ECU-B", "ECU board B", 25.0, 39800),
            ("P-BCM", "Body control board", 19.0, 21700),
        ),
    ),
    (
        "L-SMT-2",
        "제어기 보드",
        (
            ("P-TCU", "TCU board", 24.0, 36900),
            ("P-ADAS", "ADAS board", 38.0, 112000),
            ("P-LED", "LED driver board", 9.5, 4300),
        ),
    ),
    (
        "L-DIP-1",
        "전원 모듈",
        (
            ("P-DCDC", "DC-DC converter", 48.0, 58700),
            ("P-OBC", "On-board charger", 66.0, 184000),
            ("P-RELAY", "Relay box", 29.0, 17600),
        ),
    ),
    (
        "L-ASM-2",
        "계기 모듈",
        (
            ("P-CLUSTER", "계기판 클러스터", 58.0, 126000),
            ("P-HUD", "Head-up display", 82.0, 238000),
            ("P-AVN", "AVN unit", 71.0, 201000),
        ),
    ),
)
#: the five machines of a line, by its process: (type, name, maker)
MACHINES = {
    "press": (
        ("press", "프레스 1,200t", "심팩"),
        ("press", "프레스 800t", "심팩"),
        ("robot", "이송 로봇", "Hyundai Robotics"),
        ("feeder", "코일 피더", "Schuler"),
        ("inspection", "비전 검사기", "Cognex"),
    ),
    "welding": (
        ("robot", "스폿 용접 로봇 A", "Hyundai Robotics"),
        ("robot", "스폿 용접 로봇 B", "Hyundai Robotics"),
        ("robot", "아크 용접 로봇", "Fanuc"),
        ("jig", "조립 지그", "자체 제작"),
        ("inspection", "3D 측정기", "Hexagon"),
    ),
    "injection": (
        ("injection", "사출기 850t", "LS엠트론"),
        ("injection", "사출기 450t", "우진플라임"),
        ("dryer", "원료 건조기", "Motan"),
        ("robot", "취출 로봇", "Yushin"),
        ("chiller", "금형 냉각기", "HB-Therm"),
    ),
    "assembly": (
        ("conveyor", "조립 컨베이어", "현대무벡스"),
        ("nutrunner", "너트 러너", "Atlas Copco"),
        ("robot", "협동 로봇", "두산로보틱스"),
        ("press", "압입기", "자체 제작"),
        ("tester", "기능 검사기", "자체 제작"),
    ),
    "smt": (
        ("printer", "스크린 프린터", "Heller"),
        ("mounter", "칩 마운터 1", "한화정밀기계"),
        ("mounter", "칩 마운터 2", "한화정밀기계"),
        ("oven", "리플로 오븐", "Heller"),
        ("inspection", "AOI 검사기", "고영테크놀러지"),
    ),
    "soldering": (
        ("inserter", "부품 삽입기", "Panasonic"),
        ("oven", "웨이브 솔더", "Ersa"),
        ("robot", "셀렉티브 솔더", "Ersa"),
        ("tester", "ICT 검사기", "Keysight"),
        ("coating", "코팅기", "Nordson"),
    ),
}


@lru_cache(maxsize=1)
def products() -> tuple[Product, ...]:
    """The 24 products, three per line."""
    return tuple(
        Product(code, name, family, line, seconds, cost)
        for line, family, range_ in RANGES
        for code, name, seconds, cost in range_
    )


@lru_cache(maxsize=1)
def machines() -> tuple[Machine, ...]:
    """The 40 machines, five per line."""
    return tuple(_machines())


def _machines() -> Iterator[Machine]:
    for place, line in enumerate(LINES):
        for number, (kind, name, maker) in enumerate(MACHINES[line.process], start=1):
            code = f"EQ{line.code[1:]}-{number}"
            yield Machine(
                code, name, kind, line.code, maker, date(2012 + (place * 3 + number * 5) % 12, 1 + number, 15)
            )

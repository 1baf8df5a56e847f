"""What masking costs: a million texts fetched by somebody who sees them as they are, and by somebody who does not.

`.venv/bin/python benchmarks/masking.py [runs]`
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import pyarrow as pa
from _table import publish, seconds

from tobit_kernel.server.audit.spans import KeptSpans
from tobit_kernel.server.gateway.gate import Gate, opened_gate
from tobit_kernel.server.identity.principal import LOCAL, Principal, Role
from tobit_kernel.server.identity.scopes import ALL_ACCESS
from tobit_kernel.server.masking.columns import masked
from tobit_kernel.server.masking.policy import DEFAULT, PATTERNS, Mode, Policy
from tobit_kernel.server.queries.caller import Caller
from tobit_kernel.settings import settings
from tobit_kernel.wire.models import QueryRequest

ROWS = 1_000_000
BATCH = 20_000
MASKED = Principal("default", "local", Role.ANALYST, scopes=ALL_ACCESS)
#: A million texts each.
COLUMNS = {
    "codes (LINE-07-EQ-0123)": "'LINE-' || lpad((i % 97)::text, 2, '0') || '-EQ-' || lpad((i % 1013)::text, 4, '0')",
    "Korean sentences": "'설비 ' || (i % 1013) || '번이 정상 가동 중입니다'",
    "times as text": "to_char(timestamp '2026-01-01' + i * interval '1 second', 'YYYY-MM-DD HH24:MI:SS.US')",
    "messages, 1 % with an e-mail": "'order ' || i || case i % 100 when 0 then ' by alice@email.com' else ' done' end",
    "e-mail addresses": "'user' || i || '@example.com'",
    "phone numbers": "'010-' || (1000 + i % 9000) || '-' || (1000 + i * 7 % 9000)",
}


@contextmanager
def a_gate() -> Iterator[tuple[Gate, asyncio.Runner]]:
    """A gate of the benchmark's own in this process."""
    home = Path(tempfile.mkdtemp(prefix="tobit-", dir="/tmp"))
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    os.environ["TOBIT_HOME"] = str(home)
    settings.cache_clear()
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            yield runner.run(stack.enter_async_context(opened_gate(settings(), None, KeptSpans()))), runner
        finally:
            runner.run(stack.aclose())
            shutil.rmtree(home, ignore_errors=True)


def fetched(gate: Gate, runner: asyncio.Runner, statement: str, by: Principal) -> float:
    """Seconds until all bytes of the answer are there."""

    async def all_of_it() -> None:
        execution = await gate.queries.start(QueryRequest(statement=statement, limit=None, timeout_s=120), Caller(by))
        async for _ in execution.stream():
            pass

    began = time.perf_counter()
    runner.run(all_of_it())
    return time.perf_counter() - began


def pattern_speed(name: str) -> float:
    """Rows a second of a column in which every value matches the pattern."""
    example = next(each.example[0] for each in PATTERNS if each.name == name)
    policy = Policy({each.name: Mode.NONE for each in PATTERNS if each.name != name})
    batch = pa.record_batch({"x": [f"{example} {n}" for n in range(BATCH)]})
    began, rounds = time.perf_counter(), 0
    while time.perf_counter() - began < 0.2:
        masked(batch, policy)
        rounds += 1
    return BATCH * rounds / (time.perf_counter() - began)


def clean_speed() -> float:
    """Rows a second of a column in which nothing matches."""
    batch = pa.record_batch({"x": [f"LINE-{n % 97:02d} stopped after {n} pieces" for n in range(BATCH)]})
    began, rounds = time.perf_counter(), 0
    while time.perf_counter() - began < 0.2:
        masked(batch, DEFAULT)
        rounds += 1
    return BATCH * rounds / (time.perf_counter() - began)


def main(runs: int) -> None:
    rows = []
    with a_gate() as (gate, runner):
        for name, expression in COLUMNS.items():
            statement = f"select {expression} as x from generate_series(1, {ROWS}) i"
            both = [[fetched(gate, runner, statement, by) for by in (LOCAL, MASKED)] for _ in range(runs)]
            plain, hidden = (min(times) for times in zip(*both, strict=True))
            rows.append((name, seconds(plain), seconds(hidden), f"{hidden / plain * 100 - 100:+.0f} %"))
    speeds = [("nothing to find", clean_speed())]
    speeds += [(name, pattern_speed(name)) for name in dict.fromkeys(each.name for each in PATTERNS)]
    rows += [(f"pattern: {name}", "", "", f"{speed / 1e6:.2f} M rows/s") for name, speed in speeds]
    publish(
        "masking", "Masking a million texts",
        "One column of 1,000,000 texts, fetched through the gate by a person with the permission `see_pii` and by one"
        " without, in turn; then how fast a column is masked in which every value matches one pattern.",
        ["column", "as it is", "masked", "difference"], rows,
        [f"Best of {runs} runs each."], ["pyarrow", "adbc-driver-postgresql"],
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)

"""Whoever stops waiting stops the statement on the server."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager

from tests.integration.conftest import Home, until

LIMIT_S = 0.5
SLOW = "select /* {mark} */ count(*) from generate_series(1, 100000000000) i"
SLOW_ROWS = "select /* {mark} */ i, repeat('x', 100) as t from generate_series(1, 1000000000) i"
#: With a parameter a cursor runs, and the server shows ``fetch … from g`` as the statement.
SLOW_BOUND = "select count(*) from generate_series(1, :n) i"

ASK = """
import sys
from tobit_kernel.autostart import gate
from tobit_kernel.errors import Cancelled
from tobit_kernel.wire.models import QueryRequest
try:
    gate().query(QueryRequest(statement=sys.argv[1], parameters={"n": 10**11}, limit=None, timeout_s=60))
except Cancelled as error:
    print(error.message)
"""


def ends_after(gate: Home, mark: str, stop: Callable[[], object]) -> float:
    """Seconds from ``stop()`` until the statement is gone on the server."""
    until(lambda: gate.active(mark), 20)
    with gate.database() as database:
        began = time.monotonic()
        stop()
        while database.execute("select 1 from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()"
                               " and query like %s", (f"%{mark}%",)).fetchone():  # fmt: skip
            assert time.monotonic() - began < 20
            time.sleep(0.01)
        return time.monotonic() - began


@pytest.mark.parametrize("statement", [SLOW, SLOW_ROWS, SLOW_BOUND], ids=["one row", "many rows", "with a parameter"])
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGKILL], ids=["interrupt", "kill -9"])
def test_a_client_that_ends_ends_its_statement(gate: Home, statement: str, kind: signal.Signals) -> None:
    times, said = [], ""
    for number in range(3):
        mark = f"gone-{time.monotonic_ns()}-{number}" if statement != SLOW_BOUND else "fetch "
        command = [sys.executable, "-c", ASK, statement.format(mark=mark)]
        with subprocess.Popen(command, env=gate.environment, text=True, stdout=subprocess.PIPE) as client:
            times.append(ends_after(gate, mark, lambda client=client: client.send_signal(kind)))  # type: ignore[misc]
            said = client.communicate(timeout=20)[0]
        if times[-1] < LIMIT_S:
            break
    assert min(times) < LIMIT_S, times
    assert ("interrupted" in said) == (kind == signal.SIGINT)


def test_ctrl_c_on_the_command_line_ends_the_statement(gate: Home) -> None:
    mark = f"ctrl-{time.monotonic_ns()}"
    with gate.started("sql", SLOW.format(mark=mark)) as client:
        ends_after(gate, mark, lambda: client.send_signal(signal.SIGINT))
        out, error = client.communicate(timeout=20)
    assert client.returncode in (1, 130) and out == "" and "Traceback" not in error


def test_the_connection_serves_the_next_one(gate: Home) -> None:
    for number in range(12):  # more than the pool has
        mark = f"next-{time.monotonic_ns()}"
        with subprocess.Popen([sys.executable, "-c", ASK, SLOW.format(mark=mark)], env=gate.environment) as client:
            until(lambda mark=mark: gate.active(mark), 20)  # type: ignore[misc]
            client.kill()
        if number % 4 == 3:
            assert gate.rows("select 1", timeout_s=5) == [(1,)]


def test_interrupt_in_a_notebook(gate: Home, tmp_path: Path) -> None:
    manager = KernelManager(kernel_name="tobit")
    manager.start_kernel(env=gate.environment, cwd=str(tmp_path))
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(60)
        times = []
        for number in range(3):
            mark = f"kernel-{time.monotonic_ns()}-{number}"
            asked = client.execute("%%tobit sql --timeout 60s\n" + SLOW.format(mark=mark))
            times.append(ends_after(gate, mark, manager.interrupt_kernel))
            reply = client.get_shell_msg(timeout=30)
            assert reply["parent_header"]["msg_id"] == asked
            assert (reply["content"]["status"], reply["content"]["ename"]) == ("error", "Cancelled")
            assert len(reply["content"]["traceback"]) <= 2
            if times[-1] < LIMIT_S:
                break
        assert min(times) < LIMIT_S, times
        client.execute("%tobit whoami")
        assert client.get_shell_msg(timeout=30)["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)

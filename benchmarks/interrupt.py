"""Kernel → Interrupt: until the kernel is free, and until the server has ended the statement."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg
from _table import publish, seconds
from _workbench import Workbench, workbench
from jupyter_client.manager import KernelManager

#: A statement of many minutes; the server is asked for it by this text.
STATEMENT = "select count(*) from generate_series(1, 100000000000) as endless"
#: Longer is not waited for.
PATIENCE_S = 10.0

TOBIT = "%load_ext tobit_kernel"
JUPYSQL = """
%load_ext sql
%config SqlMagic.feedback = 0
from sqlalchemy import create_engine
engine = create_engine({url!r})
%sql engine
"""
PANDAS = """
import pandas
from sqlalchemy import create_engine, text
connection = create_engine({url!r}).connect()
"""
ADBC = """
import adbc_driver_postgresql.dbapi as adbc
cursor = adbc.connect({uri!r}).cursor()
"""


@dataclass(frozen=True)
class Way:
    """A cell that asks for too much, after ``before``."""

    name: str
    before: str
    cell: str


WAYS = (
    Way("Tobit, %%tobit sql", TOBIT, f"%%tobit sql --timeout 1h\n{STATEMENT}"),
    Way("jupysql, %%sql", JUPYSQL, f"%%sql\n{STATEMENT}"),
    Way("pandas.read_sql", PANDAS, f"pandas.read_sql(text({STATEMENT!r}), connection)"),
    Way("ADBC alone", ADBC, f"cursor.execute({STATEMENT!r}); cursor.fetch_arrow_table()"),
)


def main(count: int) -> None:
    with workbench() as bench, bench.superuser.connect(autocommit=True) as watching:
        found = {way: [interrupted(bench, way, watching) for _ in range(count)] for way in WAYS}
    publish(
        "interrupt",
        "Interrupt",
        "A statement of many minutes runs; then the kernel is interrupted, as by Kernel → Interrupt.",
        ("way", "statement gone, median", "worst", "kernel free, median", "worst"),
        [(way.name, *columns(found[way])) for way in WAYS],
        [f"{count} interrupts each, in a fresh kernel; nobody waited longer than {PATIENCE_S:.0f} s."],
        ("tobit-kernel", "jupysql", "sqlalchemy", "psycopg", "adbc-driver-postgresql", "ipykernel"),
    )


def columns(found: list[tuple[float, float]]) -> Iterator[str]:
    for each in zip(*found, strict=True):
        for value in (median(each), max(each)):
            yield seconds(value) if value < PATIENCE_S else f"over {PATIENCE_S:.0f} s"


def interrupted(bench: Workbench, way: Way, watching: psycopg.Connection[Any]) -> tuple[float, float]:
    """Seconds until the statement is gone, and until the kernel is free."""
    address = {"url": bench.peer.url.render_as_string(hide_password=False), "uri": bench.peer.uri}
    with kernel(bench) as (manager, client):
        client.execute_interactive(way.before.format(**address), timeout=60, output_hook=lambda _: None)
        asked = client.execute(way.cell)
        wait(lambda: running(watching), 60)
        time.sleep(0.3)
        began = time.perf_counter()
        manager.interrupt_kernel()
        gone = wait(lambda: not running(watching), PATIENCE_S) - began
        free = wait(lambda: is_free(client, asked), PATIENCE_S) - began
    watching.execute("select pg_terminate_backend(pid) from pg_stat_activity where query like '%as endless%'"
                     " and pid <> pg_backend_pid()")  # fmt: skip
    return gone, max(free, gone) if free < PATIENCE_S else free


@contextmanager
def kernel(bench: Workbench) -> Iterator[tuple[Any, Any]]:
    """A fresh kernel with the benchmark's home, and a client of it."""
    manager = KernelManager(kernel_name="python3", transport="ipc")
    manager.start_kernel(env=bench.environment)
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def running(watching: psycopg.Connection[Any]) -> bool:
    """Whether the server works on the statement."""
    question = (
        "select count(*) from pg_stat_activity where state = 'active' and query like '%as endless%'"
        " and pid <> pg_backend_pid()"
    )
    return bool(watching.execute(question).fetchone()[0])  # type: ignore[index]


def is_free(client: Any, asked: str) -> bool:
    """Whether the kernel has answered the request."""
    from queue import Empty

    try:
        return bool(client.get_shell_msg(timeout=0.002)["parent_header"].get("msg_id") == asked)
    except Empty:
        return False


def wait(happens: Any, limit_s: float) -> float:
    """The moment when ``happens()`` was true, or when ``limit_s`` was over."""
    end = time.perf_counter() + limit_s
    while not happens() and time.perf_counter() < end:
        time.sleep(0.002)
    return time.perf_counter()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)

"""A million rows of eight columns into the notebook: through the gate, and past it with ADBC, jupysql, pandas."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from _measure import Process, Run, Runs, measured
from _table import megabytes, publish, seconds, times
from _workbench import Workbench, workbench

ROWS = 1_000_000
STATEMENT = "select * from my.rows"
CONDITION = " where id > :first and code <> :code"
VALUES = {"first": 0, "code": "Z"}

#: Makes and saves the rows, through the gate like everybody else's.
FILL = """
import numpy as np, pyarrow as pa
from tobit_kernel.autostart import gate
from tobit_kernel.verbs.save import as_parquet
n, dice = given["rows"], np.random.default_rng(1)
number = np.arange(1, n + 1)
texts = np.array([f"설비 {k:05d} of line {k % 97}" for k in range(20_000)])
table = pa.table({
    "id": pa.array(number, pa.int32()),
    "big": pa.array(number * 1_000_003, pa.int64()),
    "value": pa.array(dice.standard_normal(n)),
    "name": pa.array(texts[dice.integers(0, 20_000, n)]),
    "at": pa.array(1_760_000_000_000_000 + number * 1_000_000, pa.timestamp("us", "UTC")),
    "ok": pa.array(dice.random(n) < 0.9),
    "day": pa.array((20_000 + number % 900).astype("int32"), pa.int32()).cast(pa.date32()),
    "code": pa.array(np.array(["A01", "B17", "C3", "D999"])[dice.integers(0, 4, n)]),
})
"""
FILLED = """
data = as_parquet(table, "rows")
gate().upload("/tables", data, name="rows.parquet", table="rows", mode="create", types="{}")
"""

SHELL = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
"""
TOBIT = SHELL + """
shell.run_line_magic("load_ext", "tobit_kernel")
shell.run_cell_magic("tobit", "sql --into frame --frame " + given["frame"], "select 1")
"""
ASK_TOBIT = """
line = "sql --limit none --timeout 5m --into frame --frame " + given["frame"] + given["line"]
said = len(shell.run_cell_magic("tobit", line, given["statement"]))
"""
ADBC = """
import adbc_driver_postgresql.dbapi as adbc, polars, pyarrow, pandas
connection = adbc.connect(given["uri"])
cursor = connection.cursor()
cursor.execute("select 1")
cursor.fetch_arrow_table().to_pandas()
"""
ASK_ADBC = """
cursor.execute(given["numbered"], given["values"] or None)
table = cursor.fetch_arrow_table()
frames = {"pandas": table.to_pandas, "polars": lambda: polars.from_arrow(table), "arrow": lambda: table}
frame = frames[given["frame"]]()
said = len(frame)
"""
JUPYSQL = SHELL + """
import pandas
from sqlalchemy import create_engine
shell.run_line_magic("load_ext", "sql")
shell.run_line_magic("config", "SqlMagic.displaycon = False")
shell.run_line_magic("config", "SqlMagic.feedback = 0")
shell.run_line_magic("config", "SqlMagic.displaylimit = 1")
shell.run_line_magic("config", "SqlMagic.named_parameters = 'enabled'")
shell.user_ns["engine"] = create_engine(given["url"])
shell.user_ns.update(given["named"])
shell.run_line_magic("sql", "engine")
shell.run_cell_magic("sql", "", "select 1").DataFrame()
"""
ASK_JUPYSQL = """
said = len(shell.run_cell_magic("sql", "", given["statement"]).DataFrame())
"""
PANDAS = """
import pandas
from sqlalchemy import create_engine, text
connection = create_engine(given["url"]).connect()
pandas.read_sql(text("select 1"), connection)
"""
ASK_PANDAS = """
said = len(pandas.read_sql(text(given["statement"]), connection, params=given["named"]))
"""


@dataclass(frozen=True)
class Way:
    """One way to a frame; ``name`` as the table shows it."""

    name: str
    frame: str
    before: str
    work: str
    ours: bool = False


WAYS = (
    Way("Tobit, %%tobit sql", "pandas", TOBIT, ASK_TOBIT, ours=True),
    Way("ADBC alone", "pandas", ADBC, ASK_ADBC),
    Way("jupysql, %%sql", "pandas", JUPYSQL, ASK_JUPYSQL),
    Way("pandas.read_sql", "pandas", PANDAS, ASK_PANDAS),
    Way("Tobit, %%tobit sql", "polars", TOBIT, ASK_TOBIT, ours=True),
    Way("ADBC alone", "polars", ADBC, ASK_ADBC),
    Way("Tobit, %%tobit sql", "arrow", TOBIT, ASK_TOBIT, ours=True),
    Way("ADBC alone", "arrow", ADBC, ASK_ADBC),
)


def main(count: int) -> None:
    with workbench() as bench:
        measured(FILL, FILLED, {"rows": ROWS}, bench.environment)
        rows = []
        for parameters in (False, True):
            found = asked(bench, parameters, count)
            rows += [row(way, parameters, found) for way in WAYS]
    publish(
        "fetch",
        "A million rows into a frame",
        f"{ROWS:,} rows × 8 columns (int, bigint, float, text, timestamptz, bool, date, short text) from the same "
        "PostgreSQL. Each way in a process of its own, after imports and a first small query; the ratio is that "
        "of the best runs, which a busy machine disturbs least, to ADBC alone with the same frame and parameters.",
        ("way", "frame", "parameters", "median", "best", "to ADBC", "peak memory", "gate's process"),
        rows,
        [
            f"Median and best of {count}; peak memory is what the client's process needed more than before the query, "
            "of the gate all that its process has at its peak.",
            "The peers connect past the gate: nobody checks, limits, traces or audits them.",
        ],
        ("tobit-kernel", "adbc-driver-postgresql", "pyarrow", "pandas", "polars", "jupysql", "sqlalchemy", "psycopg"),
    )


def asked(bench: Workbench, parameters: bool, count: int) -> dict[Way, tuple[Runs, int]]:
    """Per way its runs and the memory of the gate; the ways take turns, so that a slow moment hits all."""
    runs: dict[Way, list[Run]] = {way: [] for way in WAYS}
    gates: dict[Way, list[int]] = {way: [] for way in WAYS}
    gate = Process(json.loads((bench.home / "gateway.json").read_text())["pid"])
    for _ in range(count):
        for way in WAYS:
            gate.restart()
            run = measured(way.before, way.work, told(bench, way, parameters), bench.environment)
            if run.said != ROWS:
                sys.exit(f"{way.name} got {run.said} rows")
            runs[way].append(run)
            gates[way].append(gate.peak_bytes)
    return {way: (Runs(runs[way]), sorted(gates[way])[count // 2]) for way in WAYS}


def told(bench: Workbench, way: Way, parameters: bool) -> dict[str, Any]:
    """What the pieces of Python get in ``given``."""
    statement = STATEMENT + (CONDITION if parameters else "")
    plain = statement if way.ours else statement.replace("my.", "my_local.")
    return {
        "frame": way.frame,
        "statement": plain,
        "line": "".join(f" {name}={value}" for name, value in VALUES.items()) if parameters else "",
        "numbered": plain.replace(":first", "$1").replace(":code", "$2"),
        "values": list(VALUES.values()) if parameters else [],
        "named": VALUES if parameters else {},
        "uri": bench.peer.uri,
        "url": bench.peer.url.render_as_string(hide_password=False),
    }


def row(way: Way, parameters: bool, found: dict[Way, tuple[Runs, int]]) -> tuple[str, ...]:
    runs, gate = found[way]
    peer = next(one for one in WAYS if one.name == "ADBC alone" and one.frame == way.frame)
    ratio = runs.best_s / found[peer][0].best_s
    return (
        way.name, way.frame, "two" if parameters else "none", seconds(runs.median_s), seconds(runs.best_s),
        times(ratio), megabytes(runs.peak_bytes), megabytes(gate) if way.ours else "",
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)

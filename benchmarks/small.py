"""Small answers, from the magic to the table in the notebook: asked anew, and from the cache."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from _measure import measured
from _table import publish, seconds, times
from _workbench import Workbench, workbench

#: What an analyst asks all day: a few rows of a join with a condition.
STATEMENT = """
select c.ci_code, c.ci_name, count(*) as events, max(e.time) as last
from ops.event_log e join ops.ci c using (ci_id)
where c.ci_type = :kind and e.severity = 'error'
group by c.ci_code, c.ci_name
order by events desc limit 50
"""
ONE = "select 1 as one"

SHELL = """
import os, sys, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
sys.stdout = open(os.devnull, "w")
shell.user_ns["kind"] = "SW"
"""
TOBIT = SHELL + """
shell.run_line_magic("load_ext", "tobit_kernel")
"""
JUPYSQL = SHELL + """
from sqlalchemy import create_engine
shell.run_line_magic("load_ext", "sql")
shell.run_line_magic("config", "SqlMagic.feedback = 0")
shell.run_line_magic("config", "SqlMagic.displaycon = False")
shell.run_line_magic("config", "SqlMagic.named_parameters = 'enabled'")
shell.user_ns["engine"] = create_engine(given["url"], isolation_level="AUTOCOMMIT")
shell.run_line_magic("sql", "engine")
"""
PSYCOPG = SHELL + """
import psycopg
connection = psycopg.connect(given["conninfo"], autocommit=True)
def ask(statement, kind="SW"):
    return connection.execute(statement.replace(":kind", "%(kind)s"), {"kind": kind}).fetchall()
shell.user_ns["ask"] = ask
"""
#: Runs the cell as a notebook does, with its displayed forms; leaves the seconds of each in ``said``.
LOOP = """
cell, said = given["cell"], []
for number in range(given["count"] + 20):
    began = time.perf_counter()
    done = shell.run_cell(cell)
    spent = time.perf_counter() - began
    done.raise_error()
    if number >= 20:
        said.append(spent)
"""


@dataclass(frozen=True)
class Way:
    """A cell in a shell that is ready."""

    name: str
    what: str
    before: str
    cell: str


WAYS = (
    Way("Tobit", "select 1", TOBIT, f"%%tobit sql\n{ONE}"),
    Way("jupysql", "select 1", JUPYSQL, f"%%sql\n{ONE}"),
    Way("psycopg alone, no table", "select 1", PSYCOPG, f"ask('{ONE}')"),
    Way("Tobit", "50 rows of a join", TOBIT, f"%%tobit sql{STATEMENT}"),
    Way("jupysql", "50 rows of a join", JUPYSQL, f"%%sql{STATEMENT}"),
    Way("psycopg alone, no table", "50 rows of a join", PSYCOPG, f'ask("""{STATEMENT}""")'),
    Way("Tobit, from the cache", "50 rows of a join", TOBIT, f"%%tobit sql --cache 1h{STATEMENT}"),
)


def main(count: int) -> None:
    with workbench() as bench:
        bench.tobit("demo", "--scale", "0.05")
        found = {way: asked(bench, way, count) for way in WAYS}
    rows = []
    for way in WAYS:
        peer = next(found[one] for one in WAYS if one.name == "jupysql" and one.what == way.what)
        spent = found[way]
        ratio = times(at(spent, 0.5) / at(peer, 0.5))
        rows.append((way.name, way.what, *(seconds(at(spent, share)) for share in (0.5, 0.95)), ratio))
    publish(
        "small",
        "Small answers, magic to table",
        "A cell in IPython, from the magic to the value with its displayed forms (grid, HTML, text), in a process that "
        "has run it twenty times already.",
        ("way", "question", "p50", "p95", "p50 to jupysql"),
        rows,
        [
            f"{count} cells each. Tobit's answers are checked, bound to a tenant, traced and audited on the way, those "
            "from the cache too; jupysql and psycopg talk to the server directly.",
        ],
        ("tobit-kernel", "jupysql", "sqlalchemy", "psycopg", "ipython"),
    )


def asked(bench: Workbench, way: Way, count: int) -> list[float]:
    """Seconds of each cell, sorted."""
    given = {
        "cell": way.cell, "count": count, "url": bench.peer.url.render_as_string(hide_password=False),
        "conninfo": bench.peer.uri,
    }  # fmt: skip
    said = measured(way.before, LOOP, given, bench.environment).said
    assert isinstance(said, list)
    return sorted(said)


def at(spent: list[float], share: float) -> float:
    """The value that ``share`` of the sorted ``spent`` stay below."""
    return spent[min(int(len(spent) * share), len(spent) - 1)]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)

"""From nothing to the first answer: imports, a gate that starts, a gate that runs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from statistics import median

from _table import publish, seconds
from _workbench import Workbench, workbench

#: What, counted from where, and the seconds of each run.
Row = tuple[str, str, list[float]]

NOTHING = "pass"
SHELL = "from IPython.core.interactiveshell import InteractiveShell; shell = InteractiveShell.instance(); "
TOBIT = SHELL + "shell.run_line_magic('load_ext', 'tobit_kernel'); "
JUPYSQL = SHELL + "shell.run_line_magic('load_ext', 'sql'); "
ASK_TOBIT = TOBIT + "shell.run_cell('%%tobit sql\\nselect 1').raise_error()"
ASK_JUPYSQL = JUPYSQL + (
    "from sqlalchemy import create_engine; shell.user_ns['engine'] = create_engine({url!r});"
    " shell.run_line_magic('sql', 'engine'); shell.run_cell('%%sql\\nselect 1').raise_error()"
)


def main(count: int) -> None:
    with workbench() as bench:
        rows = [*imports(bench, count), *answers(bench, count)]
    rows.append(('tobit sql "select 1", empty TOBIT_HOME', "a shell's prompt", [first() for _ in range(count)]))
    publish(
        "start",
        "Start",
        "Imports count beyond a bare interpreter (or shell); answers count from the start of the program. The first "
        "start makes a PostgreSQL cluster with its tables; a later one starts both servers.",
        ("what", "beyond", "median", "best"),
        [(name, beyond, seconds(median(each)), seconds(min(each))) for name, beyond, each in rows],
        [f"{count} runs each, three times as many for the shortest; files are in the system's cache."],
        ("tobit-kernel", "jupysql", "ipython"),
    )


def imports(bench: Workbench, count: int) -> list[Row]:
    """What each import adds."""

    def spent(code: str, more: int = 1) -> list[float]:
        return times_of(lambda: python(code, bench.environment), more * count)

    empty, shell = spent(NOTHING, 3), spent(SHELL)
    return [
        ("import tobit_kernel", "Python", beyond(empty, spent("import tobit_kernel", 3))),
        ("import sql (jupysql)", "Python", beyond(empty, spent("import sql"))),
        ("%load_ext tobit_kernel", "IPython", beyond(shell, spent(TOBIT))),
        ("%load_ext sql (jupysql)", "IPython", beyond(shell, spent(JUPYSQL))),
    ]


def answers(bench: Workbench, count: int) -> list[Row]:
    """From a program's start to its first answer."""
    ask_jupysql = ASK_JUPYSQL.format(url=bench.peer.url.render_as_string(hide_password=False))
    running = [
        ("Tobit in IPython, gate runs", lambda: python(ASK_TOBIT, bench.environment)),
        ("jupysql in IPython, server runs", lambda: python(ask_jupysql, bench.environment)),
        ('tobit sql "select 1", gate runs', lambda: bench.tobit("sql", "select 1")),
    ]
    found = [(name, "a shell's prompt", times_of(do, count)) for name, do in running]
    stopped = [later(bench) for _ in range(count)]
    return [*found, ('tobit sql "select 1", gate stopped', "a shell's prompt", stopped)]


def python(code: str, environment: Mapping[str, str]) -> None:
    """Runs ``code`` in an interpreter of its own."""
    subprocess.run([sys.executable, "-c", code], env=dict(environment), check=True, cwd="/", stdout=subprocess.DEVNULL)


def times_of(do: Callable[[], object], count: int) -> list[float]:
    """Seconds of each of ``count`` runs, after one that warms up."""
    do()
    return [timed(do) for _ in range(count)]


def timed(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def beyond(base: list[float], spent: list[float]) -> list[float]:
    """``spent`` without what the bare program takes in the middle."""
    return [max(each - median(base), 0.0) for each in spent]


def later(bench: Workbench) -> float:
    """Seconds to an answer when both servers have to start."""
    bench.tobit("stop")
    return timed(lambda: bench.tobit("sql", "select 1"))


def first() -> float:
    """Seconds to the first answer ever of a home."""
    with workbench(start=False) as fresh:
        return timed(lambda: fresh.tobit("sql", "select 1"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)

"""Notebooks without a person: papermill and nbval start the gate, and fail when a cell does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from tests.integration.conftest import Home

NAB = Path(__file__).parents[3] / "shared/data/nab/realKnownCause/machine_temperature_system_failure.csv"
DAILY = """%%tobit sql daily --into days --chart line:day,mean
select date_trunc('day', timestamp)::date as day, avg(value) as mean, count(*) as n
from nab.machine_temperature group by 1 order by 1"""


def notebook(folder: Path, *cells: str) -> Path:
    path = folder / "nb.ipynb"
    kernel = {"name": "tobit", "display_name": "Tobit", "language": "python"}
    made = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    made.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(made, path)
    return path


def papermill(home: Home, path: Path, *more: str) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
    out = path.with_name("out.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "papermill", str(path), str(out), "-k", "tobit", "--no-progress-bar", *more],
        env=home.environment, capture_output=True, text=True, timeout=240, cwd=path.parent, check=False,
    )  # fmt: skip
    cells = json.loads(out.read_text("utf-8"))["cells"] if out.exists() else []
    return done, [cell for cell in cells if cell["cell_type"] == "code"]


def mimes(cell: dict[str, Any]) -> set[str]:
    return {mime for output in cell["outputs"] for mime in output.get("data", {})}


def test_papermill_in_an_empty_home_loads_and_charts(
    empty: Home, tmp_path: Path, needs: Callable[[object, str], None]
) -> None:
    needs(NAB.exists(), "the data folder ../shared/data is not here")
    checks = "print(len(days), int(days.n.sum()), days.day.iloc[0], repr(float(days['mean'].iloc[0])))"
    path = notebook(tmp_path, f"%tobit load {NAB} --table nab.machine_temperature", DAILY, checks)
    done, cells = papermill(empty, path)
    assert done.returncode == 0, done.stderr
    assert "22,695 rows are in nab.machine_temperature" in json.dumps(cells[0]["outputs"], ensure_ascii=False)
    assert {"application/vnd.tobit.chart+json", "image/svg+xml", "text/plain"} <= mimes(cells[1])
    frame = pd.read_csv(NAB, parse_dates=["timestamp"])
    daily = frame.groupby(frame["timestamp"].dt.date)["value"].mean()
    count, rows, first, mean = "".join(cells[2]["outputs"][0]["text"]).split()
    assert (int(count), int(rows), first) == (len(daily), 22_695, str(daily.index[0]))
    assert float(mean) == pytest.approx(daily.iloc[0], rel=1e-12)
    assert empty.rows("select count(*) from nab.machine_temperature") == [(22_695,)]


def test_parameters_of_papermill_are_parameters_of_sql(gate: Home, tmp_path: Path) -> None:
    path = notebook(
        tmp_path, "%%tobit sql --into t\nselect :day::date + :n::int as d, :names::text[] as names", "print(t)"
    )
    done, cells = papermill(gate, path, "-p", "day", "2026-03-01", "-p", "n", "3", "-y", "names: [a, 한글]")
    assert done.returncode == 0, done.stderr
    assert "2026-03-04" in json.dumps(cells[-1]["outputs"]) and "한글" in json.dumps(
        cells[-1]["outputs"], ensure_ascii=False
    )


WRONG = [
    ("%%tobit sql\nselect nope from ops.ci", "StatementError", "nope", 4),
    ("%%tobit sql\nselect :nope", "ParameterMissing", ":nope", 2),
    ("%%tobit sql --limt 5\nselect 1", "InputError", "limt", 2),
    ("%%tobit sql --source warehouse\nselect 1", "NotFound", "warehouse", 2),
    ("%%tobit sql\ndelete from ops.ci", "Refused", "SELECT", 2),
    ("%tobit nothing", "InputError", "nothing", 2),
    ("%tobit load nowhere.csv", "NotFound", "nowhere.csv", 2),
    ("%%tobit sql --timeout 300ms\nselect count(*) from generate_series(1, 10000000000)", "TimedOut", "time", 2),
]


def test_errors_are_real_error_outputs_of_two_lines(here: Home, tmp_path: Path) -> None:
    path = notebook(tmp_path, *(cell for cell, _, _, _ in WRONG))
    client = NotebookClient(nbformat.read(path, 4), kernel_name="tobit", timeout=120, allow_errors=True)
    client.execute(cwd=str(tmp_path))
    for cell, (_, name, says, lines) in zip(client.nb.cells, WRONG, strict=True):
        [error] = [output for output in cell.outputs if output.output_type == "error"]
        assert (error.ename, says in error.evalue) == (name, True), cell.source
        assert len(error.traceback) <= lines and "File" not in "".join(error.traceback), cell.source


def test_a_wrong_cell_ends_papermill(gate: Home, tmp_path: Path) -> None:
    done, cells = papermill(gate, notebook(tmp_path, "%%tobit sql\nselect nope from ops.ci", "print('never')"))
    assert done.returncode != 0
    assert "nope" in done.stderr and "describe" in done.stderr
    wrong = next(cell for cell in cells if "nope" in "".join(cell["source"]))
    assert [output["output_type"] for output in wrong["outputs"]] == ["error"]
    assert not cells[-1]["outputs"]


def test_nbval_sees_a_wrong_cell(gate: Home, tmp_path: Path) -> None:
    def passes(*cells: str) -> bool:
        path = str(notebook(tmp_path, *cells))
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax", path],
            env=gate.environment, capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False,
        )  # fmt: skip
        return done.returncode == 0

    assert passes("%%tobit sql\nselect 1 as a", "%tobit whoami")
    assert not passes("%%tobit sql\nselect nope")


def test_the_answer_is_readable_without_scripts(gate: Home, tmp_path: Path) -> None:
    _, [cell] = papermill(gate, notebook(tmp_path, "%%tobit sql\nselect '한글' as \"이름\", 1 as n"))
    [result] = [output for output in cell["outputs"] if "text/html" in output.get("data", {})]
    page = "".join(result["data"]["text/html"])
    assert "한글" in page and "이름" in page and "<script" not in page
    assert "한글" in "".join(result["data"]["text/plain"]) and "application/vnd.tobit.grid+json" in result["data"]

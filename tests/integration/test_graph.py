"""The workbench's own graph behind a whole gate: made from the inventory, asked in Cypher, gone with the gate."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Home, until
from tobit_kernel.errors import InputError, Refused, StatementError

INVENTORY = """
    insert into ops.ci (tenant_id, ci_id, ci_code, ci_name, ci_type, status) values
        ('default', 1, 'web-01', '웹 서버', 'SW', 'running'), ('default', 2, 'host-01', 'Host', 'HW', 'running'),
        ('other', 3, 'secret-01', 'Not yours', 'SW', 'running');
    insert into ops.ci_relation (tenant_id, from_ci_id, to_ci_id, relation_type) values ('default', 1, 2, 'RUNS_ON')
"""


def java(home: Home) -> int:
    return int(json.loads((home.folder / "graph" / "process.json").read_text())["pid"])


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def parts(home: Home) -> dict[str, Any]:
    return {part["name"]: part for part in home.gate.get("/status")["parts"]}


def asked(home: Home, statement: str) -> list[Any]:
    return home.rows(statement, language="cypher", source="graph")


def test_the_graph_from_its_first_need_to_the_death_of_the_gate(own: Home) -> None:
    assert own.tobit("whoami").returncode == 0
    assert "graph" not in parts(own) and not (own.folder / "graph").exists()
    assert asked(own, "MATCH (n) RETURN n") == []
    assert parts(own)["graph"]["state"] == "up"

    with own.database() as connection:
        status = connection.execute("select enum_first(null::ops.ci_status)").fetchone()
        connection.execute(INVENTORY.replace("'running'", f"'{status[0] if status else ''}'"))
    for _ in range(2):
        assert own.gate.post("/graph/rebuild") == {"nodes": 2, "relationships": 1}
    sensitive = {"table": "ops.ci", "column": "ci_name", "kind": "name", "reason": "a test"}
    own.gate.put("/masking/columns", sensitive)
    assert asked(own, "MATCH (n) WHERE n.ci_name IS NOT NULL RETURN count(n)") == [(0,)]
    own.gate.delete("/masking/columns", table="ops.ci", column="ci_name", reason="a test")
    own.gate.post("/graph/rebuild")
    question = "MATCH (a:CI {ci_code: $who})-[:RUNS_ON]->(b:HW) RETURN a.ci_name, b.ci_code"
    found = own.data("cypher", "who=web-01", question)
    assert found["rows"] == [["웹 서버", "host-01"]]
    assert {each["name"] for each in own.gate.get("/sources/graph/tables")} == {"CI", "SW", "HW", "RUNS_ON"}
    rows = own.gate.get("/audit", limit=5)["items"]
    assert [each["tables"] for each in rows if each["statement"] == question] == [["CI", "RUNS_ON", "HW"]]

    first = java(own)
    os.kill(own.pid, signal.SIGKILL)
    until(lambda: is_gone(first), 10)
    assert own.data("cypher", "MATCH (n:CI) RETURN count(n)")["rows"] == [[2]]  # committed, so still there
    second = java(own)
    own.tobit("stop")
    until(lambda: is_gone(second), 10)


@pytest.mark.parametrize(
    ("error", "options", "statement"),
    [
        (Refused, {"language": "cypher", "source": "graph"}, "MATCH (n) DETACH DELETE n"),
        (StatementError, {"language": "cypher", "source": "graph"}, "MATCH (n RETURN n"),
        (InputError, {"language": "cypher", "source": "workbench"}, "MATCH (n) RETURN n"),
        (InputError, {"language": "sql", "source": "graph"}, "select 1"),
    ],
)
def test_what_can_t_be_asked_is_told(
    gate: Home, error: type[Exception], options: dict[str, Any], statement: str
) -> None:
    with pytest.raises(error):
        gate.ask(statement, **options)

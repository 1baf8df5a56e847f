"""The database shows the rows of the own tenant and of the own scopes, and no others."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.integration.identity.conftest import People
from tobit_kernel.errors import Refused

TABLES = [
    "ops.ci", "ops.ci_relation", "ops.metric", "ops.metric_value", "ops.metric_point", "ops.event_log", "ops.threshold",
    "ops.ci_group", "ops.ci_group_member", "mfg.dim_line", "mfg.dim_product", "mfg.dim_equipment", "mfg.dim_shift",
    "mfg.fact_daily_production", "mfg.fact_hourly_production", "mfg.fact_daily_defect", "mfg.fact_inventory_snapshot",
    "mfg.fact_equipment_event",
]  # fmt: skip
#: scopes → what can be counted: lines, products, shifts, equipment, daily production, inventory, equipment events, CIs
#: with metric values
EVERY = {name: ["*"] for name in ("factory", "line", "product_family", "shift", "equipment", "ci_group")}
CASES: list[tuple[dict[str, list[str]], list[int]]] = [
    ({}, [0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ({"all": ["*"]}, [3, 2, 2, 2, 12, 2, 2, 3, 2]),
    (EVERY, [3, 2, 2, 2, 12, 2, 2, 3, 2]),
    ({**EVERY, "factory": ["F1"]}, [2, 2, 2, 1, 8, 2, 1, 3, 2]),
    ({**EVERY, "factory": ["F1"], "line": ["L1", "L3"]}, [1, 2, 2, 1, 4, 2, 1, 3, 2]),
    ({**EVERY, "product_family": ["pump"]}, [3, 1, 2, 2, 6, 1, 2, 3, 2]),
    ({**EVERY, "shift": ["night"]}, [3, 2, 1, 2, 6, 2, 2, 3, 2]),
    ({**EVERY, "equipment": ["E3", "E9"]}, [3, 2, 2, 1, 12, 2, 1, 3, 2]),
    ({**EVERY, "ci_group": ["shop"]}, [3, 2, 2, 2, 12, 2, 2, 2, 1]),
    ({**EVERY, "ci_group": ["nobody's"]}, [3, 2, 2, 2, 12, 2, 2, 0, 0]),
    ({"line": ["*"]}, [0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ({"line": ["L1"], "factory": ["*"]}, [1, 0, 0, 0, 0, 0, 0, 0, 0]),
]
COUNTS = " union all ".join(
    f"select count(*) from {table}"
    for table in ("mfg.dim_line", "mfg.dim_product", "mfg.dim_shift", "mfg.dim_equipment", "mfg.fact_daily_production",
                  "mfg.fact_inventory_snapshot", "mfg.fact_equipment_event", "ops.ci", "ops.metric_value")
)  # fmt: skip


def give(database: psycopg.Connection[Any], tenant: str, kind: str, subject: str, scopes: dict[str, list[str]]) -> None:
    database.execute("delete from gate.scope")
    for dimension, values in scopes.items():
        for value in values:
            database.execute(
                "insert into gate.scope values (%s, %s, %s, %s, %s, 'test', 'test')",
                (tenant, kind, subject, dimension, value),
            )


@pytest.mark.parametrize(("scopes", "counts"), CASES, ids=lambda case: str(case)[:60])
def test_scopes_are_anded_and_none_means_no_rows(
    people: People, scopes: dict[str, list[str]], counts: list[int]
) -> None:
    with people.home.database() as database:
        give(database, "red", "account", "analyst-red", scopes)
    assert [count for (count,) in people.rows("analyst-red", COUNTS)] == counts


def test_scopes_come_from_roles_and_groups_too(people: People) -> None:
    with people.home.database() as database:
        give(database, "red", "role", "viewer", {"all": ["*"]})
        assert people.rows("viewer-red", "select count(*) from mfg.dim_line") == [(3,)]
        assert people.rows("viewer-blue", "select count(*) from mfg.dim_line") == [(0,)]
        database.execute("insert into gate.account_group values ('red', 'night') on conflict do nothing")
        database.execute("insert into gate.membership values ('red', 'night', 'operator-red') on conflict do nothing")
        give(database, "red", "group", "night", {"line": ["L2"], "factory": ["F1"]})
    assert people.rows("operator-red", "select line_code from mfg.dim_line") == [("L2",)]
    assert people.rows("viewer-red", "select line_code from mfg.dim_line") == []


@pytest.mark.parametrize("table", TABLES)
def test_no_row_of_another_tenant_is_read(people: People, table: str) -> None:
    for user, other in (("manager-red", "blue"), ("admin-blue", "red")):
        rows = people.rows(user, f"select to_jsonb(t)::text from {table} t")
        assert rows and not [row for row in rows if other in row[0]]


def test_a_cached_result_is_not_shared_across_scopes(people: People) -> None:
    with people.home.database() as database:
        give(database, "red", "account", "analyst-red", {"all": ["*"]})
    asked = "select count(*) as cached from mfg.dim_line"
    assert people.rows("analyst-red", asked, cache_s=60) == [(3,)] == people.rows("analyst-red", asked, cache_s=60)
    with people.home.database() as database:
        give(database, "red", "account", "analyst-red", {})
    assert people.rows("analyst-red", asked, cache_s=60) == [(0,)]
    assert people.rows("approver-red", asked, cache_s=60) == [(0,)]


@pytest.mark.parametrize(
    "statement",
    ["select * from gate.scope", "select gate.sees('line')", "select mfg.seen_lines()", "select * from gate.bound",
     "select * from my_local.x", 'select * from "my_admin_blue".t',
     "select set_config('tobit.tenant', 'blue', false)"],
)  # fmt: skip
def test_what_decides_about_rows_is_out_of_reach(people: People, statement: str) -> None:
    with pytest.raises(Refused):
        people.rows("analyst-red", statement)


def test_the_graph_is_closed_to_whom_it_would_show_too_much(people: People) -> None:
    with people.home.database() as database:
        give(database, "red", "account", "analyst-red", {**EVERY, "ci_group": ["shop"]})
    ask = {"statement": "MATCH (n) RETURN count(n) AS n", "language": "cypher", "source": "graph"}
    status, data = people.said("analyst-red", "POST", "/api/v1/query", ask)
    assert status == 403 and "ci_group" in data["message"]
    assert people.said("analyst-red", "GET", "/api/v1/sources/graph/tables")[0] == 403

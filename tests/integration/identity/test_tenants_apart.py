"""Nobody of one tenant reads anything of another: by no route, statement, error, estimate or name."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest

from tests.integration.identity.conftest import People
from tobit_kernel.errors import NotFound, StatementError, TobitError

#: They are open to balancers and Prometheus, or make a sign-in begin.
ANSWERS = "/api/v1/"
ASKING = ["admin-red", "manager-red", "approver-red", "analyst-red", "operator-red", "viewer-red"]
WORD = re.compile("blue", re.IGNORECASE)


@pytest.fixture(scope="module")
def theirs(people: People, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What blue has, by the name that routes give its id; everything of it carries the word."""
    with people.home.database() as database:
        database.execute("delete from gate.scope")
        for tenant in ("red", "blue"):
            for role in ("analyst", "manager", "operator", "viewer", "approver"):
                database.execute(
                    "insert into gate.scope values (%s, 'account', %s, 'all', '*', 'test', 'test')",
                    (tenant, f"{role}-{tenant}"),
                )
    blue = people.gate("manager-blue")
    path = "/api/v1/tables?name=x.csv&table=plant.blue_orders"
    answer = people.http("manager-blue", "POST", path, b"who,n\nblue,1\n")
    assert answer.status == 200, answer.data
    folder = tmp_path_factory.mktemp("blues")
    files = {"name": "blues", "type": "files", "location": str(folder), "description": "blue"}
    people.gate("admin-blue").post("/sources", files)
    key = blue.post("/keys", {"name": "blue key"})
    share = blue.post("/shares", {"request": {"statement": "select 'blue' as who"}, "title": "blue"})
    asked = people.http("manager-blue", "POST", f"{ANSWERS}query", {"statement": "select 'blue' as asked"})
    blue._json(
        "PUT",
        "/quotas",
        {},
        {"subject_type": "user", "subject": "viewer-blue", "measure": "rows", "amount": 9, "reason": "blue"},
    )
    blue._json(
        "PUT", "/masking/columns", {}, {"table": "plant.blue_orders", "column": "who", "kind": "name", "reason": "blue"}
    )
    session = next(each for each in blue.get("/me/sessions"))
    return {
        "user": "analyst-blue",
        "session": session["id"],
        "key": key["id"],
        "share": share["id"],
        "source": "blues",
        "table": "plant.blue_orders",
        "trace_id": str(asked.headers["x-trace-id"]),
        "number": "1",
        "provider": "blues",
        "token": share["path"].partition("#")[2],
    }


def kept(value: Any) -> Any:
    """``value`` without what people typed themselves and were refused: their own audit keeps it."""
    if isinstance(value, dict):
        return {} if value.get("outcome") == "Refused" else {name: kept(each) for name, each in value.items()}
    return [kept(each) for each in value] if isinstance(value, list) else value


def shown(data: bytes, given: dict[str, str]) -> str:
    """The body without what the request itself named."""
    text = data.decode()
    with suppress(ValueError):
        text = json.dumps(kept(json.loads(text)), ensure_ascii=False)
    for value in sorted(given.values(), key=len, reverse=True):
        text = text.replace(value, "…")
    return text


def getting(people: People) -> list[str]:
    described = json.loads(people.home.http("GET", "/openapi.json").data)["paths"]
    return [path for path, methods in described.items() if "get" in methods and path.startswith(ANSWERS)]


@pytest.mark.parametrize("user", ASKING)
def test_no_route_tells_anything_of_them(people: People, theirs: dict[str, str], user: str) -> None:
    paths, wrong = getting(people), []
    assert len(paths) > 30
    for path in paths:
        needed = re.findall(r"\{(\w+)\}", path)
        address = re.sub(r"\{(\w+)\}", lambda found: quote(theirs[found[1]], safe=""), path)
        answer = people.http(user, "GET", address)
        if answer.status >= 500 or (needed and answer.status == 200 and answer.json()["data"]):
            wrong.append((path, answer.status, answer.data[:300]))
        known = path == f"{ANSWERS}tenants" and user.startswith("admin")  # administrators reach all tenants
        if not known and WORD.search(told := shown(answer.data, theirs)):
            wrong.append((path, answer.status, told[:600]))
    assert not wrong


@pytest.mark.parametrize("user", ["manager-red", "analyst-red"])
@pytest.mark.parametrize("path", ["users", "sessions", "keys", "access", "providers", "audit"])
def test_naming_their_tenant_does_not_help(people: People, theirs: dict[str, str], user: str, path: str) -> None:
    status, _ = people.said(user, "GET", f"{ANSWERS}{path}?tenant=blue")
    assert status == 403


@pytest.mark.parametrize(
    "query",
    [
        "audit?text=blue",
        "audit?actor=manager-blue",
        "queries?text=blue",
        "users?text=blue",
        "sources?pattern=blue",
        "sources/workbench/tables?pattern=blue",
        "sources/workbench/tables?pattern=plant.*",
        "usage?by=table",
        "queries/slow?all=true",
        "sessions?user=manager-blue&ended=true",
        "keys?user=manager-blue&ended=true",
    ],
)
def test_searching_finds_nothing_of_them(people: People, theirs: dict[str, str], query: str) -> None:
    # what red itself asked for stands in its own audit
    answer = people.http("manager-red", "GET", f"{ANSWERS}{query}")
    rows = answer.json()["data"]
    rows = rows.get("items", rows) if isinstance(rows, dict) else rows
    told = [row for row in rows if "blue" in str([row.get(name) for name in ("actor", "name", "id", "account")])]
    assert answer.status == 200 and not told


#: ``{}`` is the name of a table: one of theirs must fare as one that never was.
ABOUT_A_TABLE = [
    "select * from {}",
    "select 1 from {}",
    "select count(*) from {} limit 1",
    "table {}",
    "select {}.* from {}",
    "with x as (select * from {}) select 1",
    "select 1 where exists (select from {})",
    "select (select 1 from {})",
    "select 1 from mfg.dim_line join {} on true",
    "select * from nowhere.at_all, {}",
    "select * from {}, nowhere.at_all",
    "select plant.n from {} plant",
    "select 1 from {} as plant, (select 1) plant2",
    "select null::{}",
    "select * from json_populate_record(null::{}, '{{}}')",
    "select cast(null as {})",
    "select '{}'::regclass",
    "select cast('{}' as regclass)",
    "select regclass '{}'",
    "select to_regclass('{}')",
    "select pg_relation_size('{}')",
    "select has_table_privilege('{}', 'select')",
    "select nowhere from {}",
    "select * from only {}",
    "select 1 from {} tablesample system (1)",
    "select * from lateral (select * from {}) t",
    "select '{}'::regclass::oid",
]


@pytest.mark.parametrize("statement", ABOUT_A_TABLE)
@pytest.mark.parametrize("path", ["query", "query/explain"])
def test_their_table_is_as_one_that_never_was(
    people: People, theirs: dict[str, str], path: str, statement: str
) -> None:
    told = []
    for table in ("plant.blue_orders", "plant.void_orders", "plank.void_orders"):
        body = {"statement": statement.format(*[table] * 2)}
        status, data = people.said("analyst-red", "POST", f"{ANSWERS}{path}", body)
        assert status in (400, 403, 404), data
        data.pop("trace_id")
        told.append(json.dumps(data).replace("blue", "void").replace("plank", "plant"))
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("table", ["plant.blue_orders", "blue_orders", "my_manager_blue.x", "PLANT.Blue_Orders"])
@pytest.mark.parametrize("more", ["", "/profile"])
def test_the_catalog_knows_no_table_of_theirs(people: People, theirs: dict[str, str], table: str, more: str) -> None:
    told = []
    for name in (table, table.replace("blue", "void").replace("Blue", "Void")):
        status, data = people.said("analyst-red", "GET", f"{ANSWERS}sources/workbench/tables/{name}{more}")
        assert (status, data["error"]) == (NotFound.status, "NotFound")
        told.append(str(data["message"]).lower() + str(data["hint"]).lower())
    assert told[0].replace("blue", "void") == told[1]
    assert people.gate("manager-blue").get("/sources/workbench/tables/plant.blue_orders")["rows"] is not None


def test_those_whose_table_it_is_read_it(people: People, theirs: dict[str, str]) -> None:
    assert people.rows("manager-blue", "select n from plant.blue_orders") == [(1,)]
    assert people.rows("analyst-blue", "select plant.n from plant.blue_orders as plant") == [(1,)]
    names = [table["name"] for table in people.gate("analyst-blue").get("/sources/workbench/tables", pattern="plant.*")]
    assert names == ["blue_orders"]


@pytest.mark.parametrize(
    "statement",
    [
        "select line_name::int from mfg.dim_line",
        "select sum(line_name::numeric) from mfg.dim_line where tenant_id <> 'red'",
        "select 1 / (case when factory_name = 'blue' then 0 else 1 end) from mfg.dim_line",
        "select message::date from ops.event_log",
        "select ci_name::int from ops.ci order by tenant_id",
        "select tenant_id::int from mfg.dim_line where tenant_id like 'b%'",
        "select starts_at, shift_name::uuid from mfg.dim_shift",
    ],
)
def test_an_error_quotes_no_value_of_theirs(people: People, theirs: dict[str, str], statement: str) -> None:
    try:
        rows = people.rows("analyst-red", statement)
    except StatementError as error:
        assert not WORD.search(str(error).replace(statement, "")), error
    else:
        assert "blue" not in str(rows)


@pytest.mark.parametrize("user", ["analyst-red", "manager-red", "viewer-red"])
def test_estimates_do_not_count_their_rows(people: People, theirs: dict[str, str], user: str) -> None:
    plan = people.gate(user).post("/query/explain", {"statement": "select * from mfg.fact_daily_production"})["plan"]
    assert "rows=" not in plan and "cost" not in plan
    tables = people.gate(user).get("/sources/workbench/tables", pattern="mfg.*")
    assert tables and {table["rows"] for table in tables} == {None}


@pytest.mark.parametrize("user", ["analyst-red", "viewer-red", "manager-red"])
@pytest.mark.parametrize(
    "statement",
    [
        "select * from pg_catalog.pg_class",
        "select * from information_schema.tables",
        "select * from pg_policies",
        "select * from pg_stat_user_tables",
        "select * from pg_stats",
        "select pg_get_viewdef('mfg.dim_line'::regclass)",
        "select * from gate.loaded_table",
        "select * from my_manager_blue.x",
        "select current_setting('x')",
        "select * from pg_roles",
    ],
)
def test_the_server_s_own_catalog_is_closed(people: People, theirs: dict[str, str], user: str, statement: str) -> None:
    with pytest.raises(TobitError) as refused:
        people.rows(user, statement)
    assert not WORD.search(str(refused.value).replace("my_manager_blue", ""))


def test_their_graph_is_another(people: People, theirs: dict[str, str]) -> None:
    rows = people.rows(
        "manager-red", "MATCH (n) RETURN n.ci_name AS name, n.tenant_id AS tenant", language="cypher", source="graph"
    )
    assert "blue" not in str(rows)
    assert "blue" not in json.dumps(people.gate("manager-red").get("/sources/graph/tables"))


def test_a_result_that_they_cached_is_not_given_out(people: People, theirs: dict[str, str]) -> None:
    asked = "select line_name from mfg.dim_line order by 1"
    assert "blue" in str(people.rows("manager-blue", asked, cache_s=60))
    assert "blue" not in str(people.rows("manager-red", asked, cache_s=60))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/users/{user}", {"name": "x"}),
        ("POST", "/users/{user}/unlock", {}),
        ("POST", "/users/{user}/erase", {"reason": "x"}),
        ("POST", "/users/{user}/recover", {"reason": "x"}),
        ("DELETE", "/sessions/{session}", None),
        ("DELETE", "/me/sessions/{session}", None),
        ("DELETE", "/keys/{key}", None),
        ("POST", "/keys/{key}/rotate", {}),
        ("DELETE", "/shares/{share}", None),
        ("PATCH", "/sources/{source}", {}),
        ("DELETE", "/sources/{source}", None),
        ("POST", "/sources/{source}/test", {}),
        ("DELETE", "/tables/{table}", None),
        ("DELETE", "/masking/columns?table={table}&column=who&reason=x", None),
    ],
)
def test_nothing_of_theirs_is_changed(
    people: People, theirs: dict[str, str], method: str, path: str, body: Any
) -> None:
    for user in ("manager-red", "analyst-red"):
        answer = people.http(user, method, f"/api/v1{path.format(**theirs)}", body)
        assert answer.status in (403, 404), answer.data
        assert not WORD.search(shown(answer.data, theirs))


def test_what_everybody_may_ask_names_nobody(people: People, theirs: dict[str, str]) -> None:
    for path in ("/metrics", "/health", "/openapi.json"):
        told = people.home.http("GET", path, authorization="").data.decode()
        for word in ("blue", "red line", "manager-", "plant", str(people.home.folder)):
            assert word not in told, (path, word)
    assert people.gate("analyst-red").get("/status")["home"] == ""

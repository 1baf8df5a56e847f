"""Graphs by Bolt do what every source does (tests/contracts/sources.py, in Cypher), on the real embedded server."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pytest
from neo4j import GraphDatabase, ManagedTransaction
from neo4j.exceptions import Neo4jError

from tests.conftest import short_folder
from tobit_kernel.errors import Cancelled, NotFound, Refused, StatementError, TimedOut, TobitError
from tobit_kernel.registry import Registry
from tobit_kernel.server.identity.principal import LOCAL
from tobit_kernel.server.sources.bolt import Bolt, Graph
from tobit_kernel.server.sources.source import Cancellation, Prepared, Record
from tobit_kernel.server.store.graph import EmbeddedGraph
from tobit_kernel.wire.stream import TYPE_KEY

ROWS = 30_000
SLOW = "MATCH (a:numbers), (b:numbers), (c:numbers) WHERE sin(a.half * b.half * c.half) = 2 RETURN count(*) AS n"
FILL = """
    UNWIND range(1, $rows) AS i
    CREATE (:numbers {i: i, half: i / 2.0, name: CASE WHEN i % 7 = 0 THEN null ELSE 'n' + toString(i) END,
                      moment: datetime('2026-01-01T00:00:00Z') + duration({seconds: i})})
"""
LINK = "MATCH (a:numbers {i: 1}), (b:numbers {i: 2}) CREATE (a)-[:NEXT {weight: 1.5}]->(b)"


@dataclass
class Lab:
    server: EmbeddedGraph
    source: Graph

    def ask(self, statement: str, limit: int | None = None, timeout_s: float = 60.0, **values: Any) -> pa.Table:
        run = self.source.start(LOCAL, Prepared(statement, [], limit, timeout_s, values), Cancellation())
        try:
            return pa.Table.from_batches(run.batches(), run.schema)
        finally:
            run.close()

    def write(self, statement: str, tenant: str = LOCAL.tenant, **values: Any) -> None:
        access = self.server.writer(tenant)
        with (
            GraphDatabase.driver(access.url, auth=(access.user, access.password)) as driver,
            driver.session(database=access.database) as session,
        ):
            session.execute_write(lambda transaction: transaction.run(statement, values).consume())

    def running(self) -> list[Any]:
        found: list[Any] = self.server._control()._told("list queries")
        return found


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    home = short_folder()
    server = EmbeddedGraph(home)
    assert server.state is None
    found = Lab(server, Graph(server))
    found.write(FILL, rows=ROWS)
    found.write(LINK)
    print(f"the embedded graph was ready after {server.started_s:.2f} s")
    yield found
    found.source.close()
    server.stop()
    assert server.process is None
    shutil.rmtree(home, ignore_errors=True)


def ended(lab: Lab) -> bool:
    end = time.monotonic() + 5
    while lab.running() and time.monotonic() < end:
        time.sleep(0.05)
    return not lab.running()


def test_its_type_is_registered_under_its_name() -> None:
    assert Registry("tobit.sources", "type of source")["bolt"] is Bolt


def test_it_answers_a_check_in_a_few_words(lab: Lab) -> None:
    assert 0 < len(lab.source.check()) < 80


def test_it_lists_labels_and_types_with_their_counts(lab: Lab) -> None:
    found = {(table.db_schema, table.name): (table.type, table.rows) for table in lab.source.tables(LOCAL)}
    assert found["nodes", "numbers"] == ("label", ROWS)
    assert found["relationships", "NEXT"] == ("relationship", 1)


@pytest.mark.parametrize(
    ("pattern", "found"), [("numb", True), ("NUMBERS", True), ("num*", True), ("nodes.*", True), ("zzz", False)]
)
def test_a_pattern_finds_labels(lab: Lab, pattern: str, found: bool) -> None:
    assert ("numbers" in {table.name for table in lab.source.tables(LOCAL, pattern)}) is found


def test_it_describes_a_label_by_either_name(lab: Lab) -> None:
    for name in ("numbers", "nodes.numbers", "NUMBERS"):
        columns = {column.name: column for column in lab.source.table(LOCAL, name).columns}
        assert {name: column.type for name, column in columns.items()} == {
            "i": "integer", "half": "float", "name": "string", "moment": "zoned datetime"
        }  # fmt: skip
        assert columns["name"].nullable


def test_an_unknown_label_names_near_ones(lab: Lab) -> None:
    with pytest.raises(NotFound, match="numbrs") as caught:
        lab.source.table(LOCAL, "numbrs")
    assert "numbers" in caught.value.hint


def test_rows_come_with_names_types_and_values(lab: Lab) -> None:
    statement = "MATCH (n:numbers) WHERE n.i <= 7 RETURN n.i AS i, n.half AS half, n.name AS name, n.moment AS moment"
    table = lab.ask(f"{statement} ORDER BY i")
    assert [str(column.type) for column in table.schema] == ["int64", "double", "string", "timestamp[us, tz=UTC]"]
    assert table["half"].to_pylist() == [n / 2 for n in range(1, 8)]
    assert table["name"].to_pylist() == [*(f"n{n}" for n in range(1, 7)), None]
    assert str(table["moment"].to_pylist()[0].replace(tzinfo=None)) == "2026-01-01 00:00:01"
    assert all((column.metadata or {}).get(TYPE_KEY) for column in table.schema)


@pytest.mark.parametrize(
    ("expression", "kind", "value"),
    [
        ("1", "integer", 1),
        ("1.5", "float", 1.5),
        ("true", "boolean", True),
        ("'한글'", "string", "한글"),
        ("[1, 2]", "list<integer>", [1, 2]),
        ("[1, 'x']", "list<mixed>", '[1, "x"]'),
        ("{a: {b: [1]}}", "map", '{"a": {"b": [1]}}'),
        ("null", "null", None),
        ("duration({days: 1})", "duration", '"P1D"'),
    ],
)
def test_values_have_their_type(lab: Lab, expression: str, kind: str, value: Any) -> None:
    table = lab.ask(f"RETURN {expression} AS x")
    assert table.schema.field("x").metadata[TYPE_KEY].decode() == kind
    assert table["x"].to_pylist() == [value]


def test_nodes_relationships_and_paths_are_json(lab: Lab) -> None:
    table = lab.ask("MATCH p = (a:numbers)-[r:NEXT]->(b) RETURN a, r, p")
    assert [column.metadata[TYPE_KEY] for column in table.schema] == [b"node", b"relationship", b"path"]
    assert '"labels": ["numbers"]' in table["a"][0].as_py()
    assert '"type": "NEXT"' in table["r"][0].as_py()
    assert '"relationships": [' in table["p"][0].as_py()


def test_all_rows_arrive_in_batches_of_one_schema(lab: Lab) -> None:
    run = lab.source.start(LOCAL, Prepared("MATCH (n:numbers) RETURN n.i AS i, n.name AS name"), Cancellation())
    batches = list(run.batches())
    run.close()
    assert len(batches) > 1
    assert sum(batch.num_rows for batch in batches) == ROWS
    assert {batch.schema for batch in batches} == {run.schema}


@pytest.mark.parametrize("limit", [0, 1, 100, ROWS - 1])
def test_a_limit_brings_one_row_more_that_shows_there_are_more(lab: Lab, limit: int) -> None:
    assert lab.ask("MATCH (n:numbers) RETURN n.i AS i", limit=limit).num_rows == limit + 1


def test_a_limit_beyond_the_rows_brings_them_all(lab: Lab) -> None:
    assert lab.ask("MATCH (n:numbers) RETURN n.i AS i", limit=ROWS + 5).num_rows == ROWS


@pytest.mark.parametrize(
    ("statement", "value", "rows"),
    [
        ("MATCH (n:numbers) WHERE n.i = $x RETURN n.i", 5, 1),
        ("MATCH (n:numbers {name: $x}) RETURN n.i", "n5", 1),
        ("MATCH (n:numbers {name: $x}) RETURN n.i", "'}) DETACH DELETE n //", 0),
        ("MATCH (n:numbers) WHERE n.i IN $x RETURN n.i", [1, 2, 99_999], 2),
        ("MATCH (n:numbers) WHERE n.i IN $x RETURN n.i", [], 0),
        ("MATCH (n:numbers) WHERE n.name = $x RETURN n.i", None, 0),
    ],
)
def test_values_are_bound(lab: Lab, statement: str, value: Any, rows: int) -> None:
    assert lab.ask(statement, x=value).num_rows == rows


def test_an_empty_result_has_its_columns(lab: Lab) -> None:
    table = lab.ask("MATCH (n:numbers) WHERE n.i < 0 RETURN n.i AS i, n.name AS name")
    assert (table.num_rows, table.column_names) == (0, ["i", "name"])


@pytest.mark.parametrize(
    ("statement", "at"),
    [("MATCH (n:numbers) RETURN nope", "nope"), ("MATCH (n RETURN n", "RETURN"), ("RETURN 1 +", None)],
)
def test_an_error_in_the_statement_knows_its_place(lab: Lab, statement: str, at: str | None) -> None:
    with pytest.raises(StatementError) as caught:
        lab.ask(statement)
    assert caught.value.message and "\n" not in caught.value.message
    if at is not None:
        assert statement[caught.value.details["position"] :].startswith(at)


def test_a_time_limit_ends_it_on_the_server(lab: Lab) -> None:
    began = time.monotonic()
    with pytest.raises(TimedOut):
        lab.ask(SLOW, timeout_s=0.5)
    assert time.monotonic() - began < 5
    assert ended(lab)


def test_it_ends_when_it_is_cancelled(lab: Lab) -> None:
    cancellation = Cancellation()
    timer = threading.Timer(0.5, cancellation.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        lab.source.start(LOCAL, Prepared(SLOW), cancellation)
    assert ended(lab)
    assert lab.ask("MATCH (n:numbers {i: 1}) RETURN n.i").num_rows == 1


def test_a_run_that_nobody_reads_to_its_end_ends_at_once(lab: Lab) -> None:
    began = time.monotonic()
    for _ in range(3):
        run = lab.source.start(LOCAL, Prepared("MATCH (a:numbers), (b:numbers) RETURN a.i"), Cancellation())
        next(iter(run.batches()))
        run.close()
        run.close()
    assert time.monotonic() - began < 15
    assert ended(lab)


def test_many_ask_at_the_same_time(lab: Lab) -> None:
    answers: list[int] = []
    ask = "MATCH (n:numbers) RETURN n.i AS i"
    threads = [threading.Thread(target=lambda: answers.append(lab.ask(ask).num_rows)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [ROWS] * 4


def test_a_plan_is_text(lab: Lab) -> None:
    assert (
        len(lab.source.explain(LOCAL, Prepared("MATCH (n:numbers) WHERE n.i > $x RETURN n", parameters={"x": 5}))) > 5
    )
    with pytest.raises(TobitError):
        lab.source.explain(LOCAL, Prepared("MATCH (n:numbers) RETURN nope"))


@pytest.mark.parametrize("statement", ["CREATE (:x)", "MATCH (n) SET n.i = 0", "MATCH (n) DETACH DELETE n"])
def test_it_only_reads(lab: Lab, statement: str) -> None:
    with pytest.raises(Refused):
        lab.ask(statement)


@pytest.mark.parametrize(
    "statement",
    ["CREATE (:numbers {i: 0})", "MATCH (n:numbers {i: 1}) SET n.i = 0", "MATCH (n:numbers {i: 1}) DETACH DELETE n",
     "CREATE INDEX FOR (n:numbers) ON (n.i)", "MERGE (:other {i: 1})",
     "LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l"],
)  # fmt: skip
def test_the_reader_s_own_account_can_t_write_either(lab: Lab, statement: str) -> None:
    access = lab.server.reader(LOCAL.tenant)

    def write(transaction: ManagedTransaction) -> None:
        transaction.run(statement).consume()

    with (
        GraphDatabase.driver(access.url, auth=(access.user, access.password), max_transaction_retry_time=0) as driver,
        driver.session(database=access.database) as session,
        pytest.raises(Neo4jError),
    ):
        session.execute_write(write)
    assert lab.ask("MATCH (n:numbers) RETURN count(n) AS n, min(n.i) AS low").to_pylist() == [{"n": ROWS, "low": 1}]


def test_a_tenant_reads_nothing_of_another(lab: Lab) -> None:
    lab.write("CREATE (:secret {of: 'b'})", tenant="b")
    assert "secret" not in {table.name for table in lab.source.tables(LOCAL)}
    other = replace(LOCAL, tenant="b")
    assert [table.name for table in lab.source.tables(other)] == ["secret"]
    mine, theirs = lab.server.reader(LOCAL.tenant), lab.server.reader("b")
    with (
        GraphDatabase.driver(mine.url, auth=(mine.user, mine.password)) as driver,
        driver.session(database=theirs.database) as session,
        pytest.raises(Neo4jError),
    ):
        session.run("MATCH (n) RETURN n").consume()


def test_no_password_stands_in_the_command_line_or_in_the_environment(lab: Lab) -> None:
    process = lab.server.process
    assert process is not None
    secrets = [lab.server.reader(LOCAL.tenant).password, lab.server.writer(LOCAL.tenant).password]
    for name in ("cmdline", "environ"):
        with open(f"/proc/{process.pid}/{name}", "rb") as file:
            shown = file.read().decode(errors="replace")
        assert not [secret for secret in secrets if secret and secret in shown]
    assert not (lab.server.base / "root").exists()
    assert (lab.server.home / "database.json").stat().st_mode & 0o077 == 0


def test_what_was_committed_survives_the_death_of_the_server(lab: Lab) -> None:
    lab.write("CREATE (:kept {i: 1})")
    process = lab.server.process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait(5)
    end = time.monotonic() + 30
    while lab.server.restarts == 0 and time.monotonic() < end:
        time.sleep(0.05)
    assert lab.ask("MATCH (n:kept) RETURN n.i AS i").to_pylist() == [{"i": 1}]
    assert lab.ask("MATCH (n:numbers) RETURN count(n) AS n").to_pylist() == [{"n": ROWS}]


def test_an_address_is_checked_before_anything_is_connected() -> None:
    for location in ("http://host", "bolt://", "bolt://host:99999999", "nonsense"):
        with pytest.raises(TobitError):
            Bolt.of(Record("default", "g", "bolt", location, short_folder()))

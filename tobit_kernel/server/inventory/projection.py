"""The graph of configuration items, made from ``ops.ci`` and ``ops.ci_relation``.

PostgreSQL is the truth. This makes the graph anew; what changes in between reaches it with the next call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.resources import files
from itertools import islice
from typing import Any

from neo4j import GraphDatabase, Session

from tobit_kernel.errors import Conflict
from tobit_kernel.server.store.address import Address
from tobit_kernel.server.store.graph import Access

_BATCH = 2_000
_DELETE = f"MATCH (n) WITH n LIMIT {_BATCH} DETACH DELETE n RETURN count(n) AS gone"
#: Labels and types can't be parameters; the database holds them to capitals, digits and ``_``.
_NODES = "UNWIND $rows AS row CREATE (n:CI:`{name}`) SET n = row"
_RELATIONS = (
    "UNWIND $rows AS row MATCH (a:CI {{ci_code: row.start}}), (b:CI {{ci_code: row.end}})"
    " CREATE (a)-[r:`{name}`]->(b) SET r = row.properties"
)

Row = dict[str, Any]


def rebuild(
    database: Address, access: Access, tenant: str, without: frozenset[str] = frozenset(), *, shared: bool = False
) -> dict[str, int]:
    """Makes the graph of ``tenant`` anew and tells how many ``{nodes, relationships}`` it has; blocks.

    Whoever asks meanwhile sees a part of it. Properties in ``without`` are left out. ``shared`` is a graph that
    others may write to, too: ``Conflict`` when it holds anything but what an earlier call made.
    """
    with database.connect() as connection:
        nodes = _grouped(connection, "graph_nodes.sql", tenant)
        for row in (row for rows in nodes.values() for row in rows):
            for name in without & row.keys():
                del row[name]
        relations = _grouped(connection, "graph_relations.sql", tenant)
    auth = (access.user, access.password) if access.user and access.password else None
    with (
        GraphDatabase.driver(access.url, auth=auth, user_agent="tobit projection") as driver,
        driver.session(database=access.database) as session,
    ):
        if shared:
            _refuse_strangers(session)
        while session.execute_write(lambda transaction: transaction.run(_DELETE).single(strict=True)["gone"]):
            pass
        _index(session)
        counts = {"nodes": _written(session, _NODES, nodes), "relationships": _written(session, _RELATIONS, relations)}
    return counts


def _refuse_strangers(session: Session) -> None:
    """The graph is made anew by deleting all of it."""
    strangers = session.execute_read(
        lambda transaction: transaction.run("MATCH (n) WHERE NOT n:CI RETURN count(n) AS found").single(strict=True)
    )["found"]
    if strangers:
        raise Conflict(
            f"The graph holds {strangers:,} nodes that are no configuration items; making it anew would delete them.",
            "Give Tobit a database of its own in TOBIT_GRAPH_URL.",
        )


def _grouped(connection: Any, script: str, tenant: str) -> dict[str, list[Row]]:
    """Rows by their label or type."""
    statement = (files(__package__) / "sql" / script).read_text(encoding="utf-8")
    found: dict[str, list[Row]] = defaultdict(list)
    for name, row in connection.execute(statement, {"tenant": tenant}).fetchall():
        found[name].append(row)
    return found


def _index(session: Session) -> None:
    session.run("CREATE INDEX ci_code IF NOT EXISTS FOR (n:CI) ON (n.ci_code)").consume()


def _written(session: Session, statement: str, groups: dict[str, list[Row]]) -> int:
    for name, rows in groups.items():
        for batch in _batches(rows):
            session.execute_write(
                lambda transaction, text, some: transaction.run(text, rows=some).consume(),
                statement.format(name=name),
                batch,
            )
    return sum(map(len, groups.values()))


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, _BATCH)):
        yield batch

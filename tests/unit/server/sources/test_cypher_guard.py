"""What the guard of Cypher lets through, and what it refuses; every statement stands for a way to try."""

from __future__ import annotations

import pytest

from tobit_kernel.errors import Refused, StatementError
from tobit_kernel.server.sources.bolt.guard import labels_read
from tobit_kernel.server.sources.bolt.returned import columns_of

ATTACKS = [
    "CREATE (n:X)",
    "create (n) return n",
    "MERGE (n:X {a: 1}) RETURN n",
    "MATCH (n) SET n.a = 1",
    "MATCH (n) SET n:Admin RETURN n",
    "MATCH (n)\nsEt n += {a: 1}",
    "MATCH (n) DELETE n",
    "MATCH (n) DETACH DELETE n",
    "MATCH (n) NODETACH DELETE n",
    "MATCH (n) REMOVE n.a RETURN n",
    "MATCH (n) REMOVE n:X RETURN n",
    "DROP INDEX x",
    "CREATE INDEX x FOR (n:X) ON (n.a)",
    "CREATE USER eve SET PASSWORD 'x'",
    "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'b'",
    "GRANT ROLE admin TO eve",
    "SHOW USERS",
    "TERMINATE TRANSACTIONS 'x'",
    "START n = node(*) RETURN n",
    "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
    "MATCH (n) LOAD CSV WITH HEADERS FROM 'http://x' AS line RETURN line",
    "MATCH (n) FOREACH (x IN [1] | SET n.a = x)",
    "MATCH (n) CALL { WITH n DELETE n } IN TRANSACTIONS RETURN 1",
    "MATCH (n) CALL { WITH n RETURN 1 AS x } IN TRANSACTIONS OF 10 ROWS RETURN x",
    "MATCH (n) CALL (n) { RETURN 1 AS x } IN 4 CONCURRENT TRANSACTIONS RETURN x",
    "UNWIND [1] AS x CALL { CREATE (n) } RETURN x",
    "CALL apoc.cypher.doIt('CREATE (n)', {})",
    "CALL apoc.periodic.iterate('MATCH (n) RETURN n', 'DELETE n', {})",
    "CALL `apoc`.`cypher`.`doIt`('x', {})",
    "CALL dbms.shutdown()",
    "CALL db.createLabel('X')",
    "CALL db.awaitIndexes()",
    "OPTIONAL CALL dbms.security.createUser('a', 'b')",
    "RETURN apoc.cypher.runFirstColumnSingle('CREATE (n)', {})",
    "RETURN `apoc`.`util`.`sleep`(1)",
    "MATCH (n) RETURN n; MATCH (n) DELETE n",
    "RETURN 1; CREATE (n)",
    "/* */ MATCH (n) /* */ SET n.a = 1",
    "MATCH (n) // comment\nDELETE n",
    "MATCH (n) WHERE n.a = '\\'' SET n.b = '",
    "MATCH (n) WHERE n.a = '\\\\' SET n.b = '1'",
    "MATCH (n) WHERE n.a = 'x\\u0027 SET n.b = 1 //'",
    "MATCH (n) /* \\u002a\\u002f SET n.a = 1 /* */ RETURN n",
    "MATCH (n) \\u0053ET n.a = 1",
    "MATCH (`n`) SET `n`.a = 1",
    "MATCH (n) WITH n AS as SET as.a = 1 RETURN as",
    "MATCH (n) WHERE n.a > 1. SET n.a = 2",
    "MATCH ()-[r*1..]->() SET r.a = 1",
    "MATCH (n) RETURN {a: 1} INSERT (x)",
    "EXPLAIN MATCH (n) RETURN n",
    "PROFILE MATCH (n) RETURN n",
    "CYPHER 25 MATCH (n) RETURN n",
    "USE system SHOW USERS",
    "MATCH (n) CALL { USE other MATCH (m) RETURN m } RETURN n, m",
    ":use system",
]

LEGITIMATE = {
    "MATCH (n:CI) RETURN n": ["CI"],
    "match (n) return n limit 5;": [],
    "MATCH (n:CI:SW) RETURN n.ci_code AS code ORDER BY code SKIP 2 LIMIT 3": ["CI", "SW"],
    "MATCH (a:CI)-[r:RUNS_ON|DEPENDS_ON*1..3]->(b:HW) RETURN a, r, b": ["CI", "RUNS_ON", "DEPENDS_ON", "HW"],
    "MATCH (n) WHERE n.set = 1 AND n.create = 'x' RETURN n.delete": [],
    "MATCH (n {set: 1, delete: 2}) RETURN {create: n.a, merge: n.b}": [],
    "MATCH (n:Create)-[:DELETE]->(m:Set) RETURN n": ["Create", "DELETE", "Set"],
    "MATCH (n) WHERE n.text = 'CREATE (x) SET x.a = 1; DROP' RETURN n": [],
    'MATCH (n) WHERE n.text = "DETACH DELETE" RETURN n': [],
    "MATCH (n) WHERE n.text = 'it\\'s SET' RETURN n": [],
    "MATCH (n) /* SET n.a = 1 */ RETURN n // DELETE n": [],
    "MATCH (`set`:`DROP TABLE`) RETURN `set`.`delete`": ["DROP TABLE"],
    "MATCH (n) RETURN n.a AS `create`": [],
    "MATCH (n) WHERE n.a = $set RETURN n": [],
    "MATCH (n:A&!B) RETURN n": ["A", "B"],
    "MATCH (n:(A|B)) RETURN n": ["A", "B"],
    "MATCH (n) WHERE n:A OR n:B RETURN n": ["A", "B"],
    "CALL db.labels()": [],
    "CALL db.labels() YIELD label RETURN label": [],
    "CALL db.relationshipTypes()": [],
    "CALL db.index.fulltext.queryNodes('names', $q) YIELD node, score RETURN node": [],
    "MATCH (n:A) CALL { WITH n MATCH (n)-->(m:B) RETURN count(m) AS c } RETURN n, c": ["A", "B"],
    "MATCH (n:A) CALL (n) { MATCH (n)-->(m:B) RETURN count(m) AS c } RETURN n, c": ["A", "B"],
    "MATCH (n) WHERE EXISTS { (n)-[:R]->(:B) } RETURN n": ["R", "B"],
    "MATCH (n) RETURN COUNT { (n)-->() } AS degree": [],
    "MATCH p = shortestPath((a:A)-[*..5]-(b:B)) RETURN length(p)": ["A", "B"],
    "MATCH p = (start)-[*1..3]->(end) RETURN nodes(p), relationships(p)": [],
    "UNWIND [1, 2, 3] AS x WITH x WHERE x > 1 RETURN sum(x)": [],
    "RETURN [x IN range(1, 3) | x * 2] AS doubled": [],
    "RETURN CASE WHEN 1 < 2 THEN 'set' ELSE 'drop' END": [],
    "RETURN date.truncate('month', date()), datetime(), duration({days: 1}), point({x: 1, y: 2})": [],
    "RETURN point.distance(point({x: 1, y: 1}), point({x: 2, y: 2}))": [],
    "OPTIONAL MATCH (n:CI) RETURN n UNION MATCH (n:HW) RETURN n": ["CI", "HW"],
    "WITH 1.5e-3 AS a, 0x1F AS b RETURN a, b": [],
    "MATCH (서버:서버 {이름: '웹'}) RETURN 서버.이름 AS 이름": ["서버"],
    "RETURN '\\uAC00' AS letter": [],
    "RETURN reduce(t = 0, x IN [1, 2] | t + x) AS total": [],
    "MATCH (n) RETURN n {.name, .set, label: labels(n)}": [],
    "MATCH (n) WHERE n.a IN ['a', 'b'] RETURN n.created, n.settings, n.deleted": [],
    "MATCH (n) RETURN n.load AS csv": [],
}


@pytest.mark.parametrize("statement", ATTACKS)
def test_what_is_no_reading_is_refused_with_its_place(statement: str) -> None:
    with pytest.raises((Refused, StatementError)) as caught:
        labels_read(statement)
    assert 0 <= caught.value.details["position"] < len(statement)


@pytest.mark.parametrize("statement", LEGITIMATE)
def test_reading_passes_and_its_labels_are_known(statement: str) -> None:
    assert labels_read(statement) == LEGITIMATE[statement]


@pytest.mark.parametrize("statement", ["RETURN 'x", 'RETURN "x', "MATCH (`n) RETURN 1", "RETURN 1 /* x"])
def test_what_is_not_closed_is_told_with_its_place(statement: str) -> None:
    with pytest.raises(StatementError) as caught:
        labels_read(statement)
    assert statement[caught.value.details["position"]] in "'\"`/"


def test_columns_are_named_as_the_server_names_them() -> None:
    assert columns_of("MATCH (n) RETURN DISTINCT n.a, count(*) AS c, n, {a: 1}.a AS `x y` ORDER BY c LIMIT 1") == [
        "n.a", "c", "n", "x y"
    ]  # fmt: skip
    assert columns_of("CALL { MATCH (n) RETURN n } RETURN *") == []

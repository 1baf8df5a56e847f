"""Nodes and relationships of a result as text and as a network."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa

from tobit_kernel.notebook.display.entities import text_of
from tobit_kernel.notebook.display.network import MIME, MOST_NODES, network
from tobit_kernel.notebook.display.static import html, text
from tobit_kernel.wire.stream import TYPE_KEY, Result, Tail


def node(number: int, *labels: str, **properties: Any) -> dict[str, Any]:
    return {"id": f"#1:{number}", "labels": list(labels), "properties": properties}


def link(number: int, start: int, end: int, kind: str = "RUNS_ON") -> dict[str, Any]:
    return {"id": f"#2:{number}", "type": kind, "from": f"#1:{start}", "to": f"#1:{end}", "properties": {}}


def result(**columns: tuple[str, list[Any]]) -> Result:
    fields = [pa.field(name, pa.string(), metadata={TYPE_KEY: kind}) for name, (kind, _) in columns.items()]
    values = [[None if each is None else json.dumps(each) for each in column] for _, column in columns.values()]
    table = pa.table([pa.array(column, pa.string()) for column in values], schema=pa.schema(fields))
    return Result(table, Tail(row_count=table.num_rows), source="graph", name=None)


WEB, HOST = node(1, "CI", "SW", ci_code="web-01", ci_name="<Web>"), node(2, "CI", "HW", ci_code="host-01")


def test_a_node_a_relationship_and_a_path_are_read_as_in_cypher() -> None:
    path = {"nodes": [WEB, HOST], "relationships": [link(1, 1, 2)]}
    assert text_of(json.dumps(WEB)) == "(:CI:SW {ci_code: web-01})"
    assert text_of(json.dumps(link(1, 1, 2))) == "[:RUNS_ON]"
    assert text_of(json.dumps(path)) == "(:CI:SW {ci_code: web-01})-[:RUNS_ON]->(:CI:HW {ci_code: host-01})"
    assert text_of(json.dumps({**path, "relationships": [link(1, 2, 1)]})).count("<-[:RUNS_ON]-") == 1  # type: ignore[union-attr]
    assert text_of(json.dumps([node(3)])) == "[()]"
    assert text_of(None) is None


def test_the_table_shows_them_so() -> None:
    shown = result(n=("node", [WEB, None]))
    assert "(:CI:SW {ci_code: web-01})" in text(shown) and "NULL" in text(shown)
    assert "(:CI:SW {ci_code: web-01})" in html(shown)


def test_a_result_without_nodes_has_no_network() -> None:
    assert network(result(x=("map", [{"id": 1}]))) is None
    assert network(result(n=("node", [None]))) is None


def test_a_network_has_every_node_once_and_only_edges_between_them() -> None:
    found = network(result(a=("node", [WEB, WEB]), r=("relationship", [link(1, 1, 2)] * 2), b=("node", [HOST, HOST])))
    assert found is not None
    assert [(each["label"], each["group"]) for each in found.nodes] == [("web-01", "SW"), ("host-01", "HW")]
    assert [(each["from"], each["to"], each["label"]) for each in found.edges] == [("#1:1", "#1:2", "RUNS_ON")]
    assert {each["group"]: each["count"] for each in found.legend} == {"SW": 1, "HW": 1}
    assert all(0 <= each[axis] <= 1 for each in found.nodes for axis in "xy")
    assert json.loads(json.dumps(found._repr_mimebundle_()[MIME]))["height"] > 0


def test_the_ends_of_a_relationship_are_drawn_though_the_result_has_them_not() -> None:
    found = network(result(r=("relationship", [link(1, 7, 8)])))
    assert found is not None and [each["id"] for each in found.nodes] == ["#1:7", "#1:8"]


def test_the_picture_is_sound_and_escapes_what_comes_from_data() -> None:
    found = network(result(n=("list<node>", [[node(1, "<script>", name="<b>&")]])))
    assert found is not None
    ElementTree.fromstring(found.svg)  # noqa: S314 - our own
    assert "<script>" not in found.svg and "<b>" not in found.svg


def test_at_most_so_many_are_drawn_and_it_says_so() -> None:
    many = [node(number, "CI", i=number) for number in range(MOST_NODES + 3)]
    found = network(result(n=("node", many)))
    assert found is not None and len(found.nodes) == MOST_NODES
    assert "3 are not" in found.note and found.note in found.svg

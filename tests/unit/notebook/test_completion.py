"""What can come next."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tobit_kernel.notebook.completion import GateCatalog, complete


class Known:
    """A catalog that knows two tables."""

    def sources(self) -> Sequence[str]:
        return ["workbench", "plant"]

    def tables(self, source: str) -> Sequence[tuple[str, str, str]]:
        return [] if source == "plant" else [("ops", "ci", "things"), ("my", "주문", ""), ("my", "Mixed Case", "")]

    def columns(self, source: str, table: str) -> Sequence[tuple[str, str]]:
        return {"ops.ci": [("ci_id", "bigint"), ("name", "text")], "my.주문": [("값", "integer")]}.get(table, [])


def offered(text: str, names: Sequence[str] = ()) -> list[str]:
    """What is inserted at the mark ``|``."""
    offset = text.index("|")
    found = complete(text.replace("|", "", 1), offset, Known(), names)
    assert found.start <= found.end == offset
    return [item.insert for item in found.items]


def test_verbs_of_a_line() -> None:
    assert {"sql", "save", "sources", "stop", "settings", "status"} <= set(offered("%tobit s|"))
    assert offered("%%tobit expl|") == ["explain"] and "load" in offered("%tobit |")
    assert offered("%tobit help desc|") == ["describe"]


def test_options_and_their_values() -> None:
    assert "--timeout" in offered("%%tobit sql --|") and "--timeout" not in offered("%%tobit sql --timeout 5s --|")
    assert offered("%%tobit sql --source |") == ["workbench", "plant", "local"]
    assert offered("%%tobit sql --frame p|") == ["pandas", "polars"]
    assert "line:" in offered("%%tobit sql --chart |")
    assert offered("%tobit save fr|", ["frame", "other"]) == ["frame"]
    assert offered("%tobit nothing |") == []


def test_tables_of_a_verb_are_quoted_where_needed() -> None:
    assert offered("%tobit describe o|") == ["ops.ci"]
    assert 'my."Mixed Case"' in offered("%tobit describe |") and "my.주문" in offered("%tobit describe |")
    assert offered("%tobit describe --source plant |") == []


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("%%tobit sql\nselect * from |", "ops.ci", "ci_id"),
        ("%%tobit sql\nselect * from ops.|", "ci", "주문"),
        ("%%tobit sql\nselect | from ops.ci", "ci_id", "값"),
        ("%%tobit sql\nselect c.| from ops.ci c", "name", "where"),
        ("%%tobit sql\nselect c.na| from ops.ci as c", "name", "ci_id"),
        ("%%tobit sql\nselect * from ops.ci where n|", "name", "ci_id"),
        ("%%tobit sql\nsel|", "select", "from"),
        ("%%tobit sql\nselect 값 from my.주문 o where o.|", "값", "name"),
        ("%%tobit sql\nselect :si|", ":since", "name"),
        ("%%tobit sql\nselect * from num|", "numbers", "ops.ci"),
    ],
)
def test_what_fits_in_sql(text: str, inside: str, outside: str) -> None:
    found = offered(text, ["since", "numbers"])
    assert inside in found and outside not in found


def test_nothing_outside_our_cells() -> None:
    assert offered("print(|)") == [] == offered("%%time\nselect |") == offered("%%tobit load\nsel|")


@pytest.mark.parametrize(
    "text", ['%%tobit sql\nselect "|', "%%tobit sql\nselect '한글|", "|", '%tobit "x|', "%%tobit sql --source=|\n"]
)
def test_odd_texts_do_no_harm(text: str) -> None:
    offered(text)


def test_without_a_gate_it_knows_nothing_and_starts_none(home: object) -> None:
    catalog = GateCatalog()
    assert (list(catalog.sources()), list(catalog.tables("workbench"))) == (["workbench"], [])
    assert list(catalog.columns("workbench", "ops.ci")) == []

"""The grid's messages, without a kernel; and what a result shows."""

from __future__ import annotations

import gc
import json
from typing import Any

import pyarrow as pa
import pytest
from IPython.core.interactiveshell import InteractiveShell

from tobit_kernel.notebook.display import register, show
from tobit_kernel.notebook.display.grid import MIME, answer
from tobit_kernel.notebook.display.shelf import Shelf
from tobit_kernel.notebook.display.static import caption, html, text
from tobit_kernel.wire.stream import Result, Tail

PEOPLE = pa.table([["가", "나", "다", None], [3, 1, 2, None]], names=["이름", "이름"])


def result_of(table: pa.Table = PEOPLE, **tail: Any) -> Result:
    return Result(table, Tail(row_count=table.num_rows, elapsed_ms=41.2, **tail), name="people")


def asked(message: dict[str, Any], table: pa.Table = PEOPLE) -> tuple[dict[str, Any], list[bytes]]:
    shelf, result = Shelf(), result_of(table)
    return answer(shelf, shelf.put(result), message)


def test_a_page_is_sorted_and_filtered_by_position() -> None:
    wish = {"offset": 0, "limit": 2, "sort": [{"column": 1}], "filters": [{"column": 1, "op": ">", "value": "1"}]}
    data, _ = asked({"page": wish, "request": 7})
    assert data["page"]["rows"] == [["다", "2"], ["가", "3"]]
    assert data["page"]["row_count"] == 2 and data["request"] == 7


@pytest.mark.parametrize(
    "wish",
    [
        {"filters": [{"column": 1, "op": ">", "value": "x"}]},
        {"filters": [{"column": 9, "op": "=", "value": "1"}]},
        {"filters": [{"column": "1; import os", "op": "=", "value": "1"}]},
        {"filters": [{"column": 0, "op": "like", "value": "1"}]},
        {"sort": [{"column": -1}]},
        {"sort": "이름"},
        {"offset": "0"},
    ],
)
def test_a_bad_wish_is_answered_with_an_error(wish: dict[str, Any]) -> None:
    data, _ = asked({"page": wish})
    assert data["error"]["message"]


def test_messages_from_nowhere_are_answered() -> None:
    assert "error" in asked({})[0]
    assert answer(Shelf(), "no such id", {"page": {}})[0]["gone"] is True


def test_export_comes_as_a_buffer_with_a_name() -> None:
    data, buffers = asked({"export": {"format": "csv", "sort": [{"column": 1, "descending": True}]}})
    assert data == {"export": {"name": "people.csv", "mime": "text/csv;charset=utf-8"}}
    assert buffers[0].decode("utf-8-sig").splitlines()[1] == '"가",3'


def test_the_shelf_lets_the_oldest_go_but_finds_it_while_somebody_holds_it() -> None:
    table = pa.table({"n": pa.array(range(10_000))})
    shelf = Shelf(room_bytes=100_000)
    results = [result_of(pa.table({"n": pa.array(range(10_000))})) for _ in range(3)]
    keys = [shelf.put(result) for result in results]
    assert shelf.held_bytes <= 100_000 and shelf.get(keys[0]) is not None
    shelf.put(result_of(table))
    del results
    gc.collect()
    assert shelf.get(keys[0]) is None


def test_a_result_shown_twice_has_one_id() -> None:
    result = result_of()
    assert show(result)[MIME]["id"] == show(result)[MIME]["id"]


def test_grid_content_is_json_with_texts_and_kinds() -> None:
    shown = json.loads(json.dumps(show(result_of())[MIME]))
    assert shown["columns"][1] == {"name": "이름", "type": "int64", "kind": "number"}
    assert shown["rows"][3] == [None, None] and shown["row_count"] == 4


def test_static_table_is_escaped_and_shows_null_apart_from_text() -> None:
    page = html(result_of(pa.table({"<b>": ["<script>alert(1)</script>", None, "NULL"]})))
    assert "<script" not in page and "&lt;b&gt;" in page
    assert page.count("<i style") == 1


def test_static_table_has_fifty_rows_and_says_so() -> None:
    page = html(result_of(pa.table({"n": range(22_695)}), cached=True))
    assert page.count("<td") == 51
    assert "22,695 rows · 41 ms · cached · first 50 shown" in page


@pytest.mark.parametrize("table", [pa.table({}), pa.table({"a": pa.array([], pa.string())})])
def test_results_without_rows_or_columns_are_shown(table: pa.Table) -> None:
    assert "0 rows" in html(result_of(table)) and "no rows" in html(result_of(table))
    assert "0 rows" in text(result_of(table))


def test_caption_says_what_is_missing() -> None:
    assert caption(result_of(truncated=True)) == "4 rows · 41 ms · cut off at the limit, there are more"
    assert caption(result_of(PEOPLE.slice(0, 1))) == "1 row · 41 ms"


def test_plain_text_lines_hangul_up() -> None:
    head, _, first, *_, null, _ = text(result_of(pa.table({"이름": ["서버", None], "n": [1, 20]}))).splitlines()
    assert head == "이름   n" and first == "서버   1" and null == "NULL  20"


def test_a_shell_shows_a_result_by_its_bundle() -> None:
    shell = InteractiveShell()
    register(shell)
    register(shell)
    data, _ = shell.display_formatter.format(result_of())
    assert set(data) == {MIME, "text/html", "text/plain"}

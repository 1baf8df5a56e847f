"""JSON: arrays and lines of objects."""

from __future__ import annotations

import pytest

from tobit_kernel.errors import InputError, RowsRejected

from .conftest import Opened


@pytest.mark.parametrize(
    "content",
    [
        '[{"a": 1, "b": "x"},\n {"b": "y", "a": 2}]',
        '{"a": 1, "b": "x"}\n\n{"a": 2, "b": "y"}\n',
        '{\n "a": 1,\n "b": "x"\n}\n{"a": 2, "b": "y"}',
        '\ufeff[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]',
    ],
)
def test_layouts(opened: Opened, content: str) -> None:
    assert opened("x.json", content)[1].to_pylist() == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ("1, 2, null", "bigint"),
        ("1, 2.5", "double precision"),
        ("12345678901234567890", "numeric"),
        ("true, false", "boolean"),
        ('"2024-01-05"', "date"),
        ('"2024-01-05T10:00:00Z"', "timestamptz"),
        ('"1", "2"', "text"),
        ('1, "x"', "text"),
        ("true, 1", "text"),
        ('{"k": 1}, [1], null', "jsonb"),
        ('[1], "x"', "jsonb"),
        ("null", "text"),
    ],
)
def test_types(opened: Opened, values: str, kind: str) -> None:
    content = "\n".join(f'{{"a": {value.strip()}}}' for value in _split(values))
    assert opened("x.jsonl", content)[0].columns[0].type == kind


def _split(values: str) -> list[str]:
    import json

    return [json.dumps(value) for value in json.loads(f"[{values}]")]


def test_keys_of_any_object_are_columns_in_order(opened: Opened) -> None:
    inspection, table = opened("x.json", '[{"b": 1}, {"a": 2, "b": 3, "B": 4}]')
    assert [column.name for column in inspection.columns] == ["b", "a", "B_2"]
    assert table.to_pylist()[1] == {"b": 3, "a": 2, "B_2": 4}


def test_a_mistake_has_line_and_column(opened: Opened) -> None:
    with pytest.raises(InputError, match=r"line 3, column 6: expecting value"):
        opened("x.jsonl", '{"a":1}\n\n{"a":}\n')
    with pytest.raises(InputError, match=r"line 2"):
        opened("x.json", '[{"a": 1},\n{"a": 2}')


@pytest.mark.parametrize("content", ["[1, 2]", '"text"', '{"a": 1}\n5\n', "[[1], [2]]"])
def test_what_is_no_object_is_no_row(opened: Opened, content: str) -> None:
    with pytest.raises(InputError, match="does not hold rows"):
        opened("x.json", content)


def test_a_bad_value_has_its_line(opened: Opened) -> None:
    with pytest.raises(RowsRejected) as caught:
        opened("x.json", '[{"a": 1},\n\n {"a":\n "x"}]', types={"a": "bigint"})
    assert [(row["line"], row["value"]) for row in caught.value.details["rows"]] == [(3, "x")]


def test_a_nul_in_a_text_is_refused(opened: Opened) -> None:
    with pytest.raises(RowsRejected) as caught:
        opened("x.json", '[{"a": "x\\u0000"}]')
    assert caught.value.details["rows"][0]["reason"] == "holds a NUL character"


def test_a_given_type_reads_texts(opened: Opened) -> None:
    _, table = opened("x.json", '[{"a": "007", "b": {"c": 1}}]', types={"a": "integer", "b": "text"})
    assert table.to_pylist() == [{"a": 7, "b": '{"c":1}'}]

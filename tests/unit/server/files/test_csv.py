"""CSV and TSV: separators, headers, lines, and where a bad row stands."""

from __future__ import annotations

import pytest

from tobit_kernel.errors import InputError, RowsRejected

from .conftest import Opened


def rejected(opened: Opened, content: str | bytes, **options: object) -> list[tuple[object, ...]]:
    with pytest.raises(RowsRejected) as caught:
        opened("x.csv", content, **options)
    rows = caught.value.details["rows"]
    assert all(row["file"] == "x.csv" for row in rows)
    return [(row["line"], row["column"], row["value"], row["reason"]) for row in rows]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_separators_and_newlines(opened: Opened, separator: str, newline: str) -> None:
    lines = [separator.join(row) for row in (("a", "b c", "d"), ("1", "x", ""), ("2", "y", "z"))]
    _, table = opened("x.csv", newline.join(lines) + newline)
    assert table.to_pylist() == [{"a": 1, "b c": "x", "d": None}, {"a": 2, "b c": "y", "d": "z"}]


def test_lines_that_end_in_two_ways(opened: Opened) -> None:
    _, table = opened("x.csv", "a,b\r\n1,2\n3,4\r\n")
    assert table.to_pylist() == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


def test_the_last_line_needs_no_newline(opened: Opened) -> None:
    assert opened("x.csv", "a,b\n1,2")[1].to_pylist() == [{"a": 1, "b": 2}]


def test_quoted_text_may_hold_anything(opened: Opened) -> None:
    _, table = opened("x.csv", 'a,b\n"x, ""y""\nz",1\n')
    assert table.to_pylist() == [{"a": 'x, "y"\nz', "b": 1}]


def test_lines_are_counted_as_an_editor_counts_them(opened: Opened) -> None:
    content = 'a,b\n"one\ntwo\nthree",1\n\n"x",y\n'
    assert rejected(opened, content, types={"b": "bigint"}) == [(6, "b", "y", "is not a bigint")]


def test_ragged_rows(opened: Opened) -> None:
    content = 'a,b,c\r\n1,"x\r\ny",2\r\n\r\n2,b\r\n3,c,4,5\r\n6,"open,7\r\n8,9,10\r\n'
    assert rejected(opened, content) == [
        (5, "c", "2,b", "2 values instead of 3"),
        (6, "", "3,c,4,5", "4 values instead of 3"),
        (7, "b", '6,"open,7\r\n8,9,10', "a quote is not closed, or text follows it"),
    ]


def test_all_bad_rows_are_counted_and_a_hundred_listed(opened: Opened) -> None:
    with pytest.raises(RowsRejected) as caught:
        opened("x.csv", "a\n" + "x\n" * 1000, types={"a": "integer"})
    assert caught.value.details["total"] == 1000
    assert [row["line"] for row in caught.value.details["rows"]] == list(range(2, 102))
    assert "1,000 values of 'x.csv' do not fit" in caught.value.message


def test_a_bad_row_far_down_is_found_at_its_line(opened: Opened) -> None:
    content = "a,b\n" + "1,2\n" * 300_000 + "x,2\n" + "1,2\n" * 10 + "1\n"
    assert rejected(opened, content) == [(300_013, "b", "1", "1 values instead of 2")]
    assert rejected(opened, content[: -len("1\n")], types={"a": "bigint"}) == [(300_002, "a", "x", "is not a bigint")]


def test_a_late_bad_value_makes_text_and_says_so(opened: Opened) -> None:
    inspection, table = opened("x.csv", "a\n" + "1\n" * 100_000 + "n/a\n")
    assert inspection.columns[0].type == "text"
    assert inspection.notes == ["Column 'a' is text because of 'n/a' at line 100,002."]
    assert table.column("a")[100_000].as_py() == "n/a"


def test_a_header_alone_is_no_rows(opened: Opened) -> None:
    inspection, _ = opened("x.csv", "a,b\n")
    assert (inspection.rows, [column.type for column in inspection.columns]) == (0, ["text", "text"])


@pytest.mark.parametrize("content", ["", "\n\n", "\r\n"])
def test_an_empty_file_is_refused(opened: Opened, content: str) -> None:
    with pytest.raises(InputError, match=r"is empty|has no lines"):
        opened("x.csv", content)


def test_names_are_made_unique_and_told(opened: Opened) -> None:
    inspection, _ = opened("x.csv", "a,,A, a ,xmin\n1,2,3,4,5\n")
    assert [column.name for column in inspection.columns] == ["a", "column2", "A_2", "a_3", "xmin_2"]
    assert len(inspection.notes) == 4


def test_a_long_korean_name_is_cut_between_letters(opened: Opened) -> None:
    inspection, _ = opened("x.csv", "가" * 30 + ",b\n1,2\n")
    assert inspection.columns[0].name == "가" * 21


def test_a_missing_header_is_noticed(opened: Opened) -> None:
    inspection, table = opened("x.csv", "2024-01-05,1.5,M1\n2024-01-06,2.5,M2\n")
    assert table.column_names == ["column1", "column2", "column3"]
    assert "looks like data" in inspection.notes[0]


def test_years_over_columns_are_a_header(opened: Opened) -> None:
    assert opened("x.csv", "line,2023,2024\nA,10,12\n")[1].column_names == ["line", "2023", "2024"]


def test_one_column_keeps_its_empty_lines(opened: Opened) -> None:
    assert opened("x.csv", "a\n1\n\n2\n")[1].to_pylist() == [{"a": 1}, {"a": None}, {"a": 2}]


def test_a_row_without_end_is_refused(opened: Opened) -> None:
    with pytest.raises((InputError, RowsRejected)):
        opened("x.csv", 'a,b\n1,"' + "x" * 5_000_000 + "\n")


def test_types_for_columns_that_are_not_there(opened: Opened) -> None:
    with pytest.raises(InputError, match="no column 'z'"):
        opened("x.csv", "a\n1\n", types={"z": "text"})
    with pytest.raises(InputError, match="cannot have the type 'inet'") as caught:
        opened("x.csv", "a\n1\n", types={"a": "inet"})
    assert "double precision" in caught.value.hint


def test_a_million_rows(opened: Opened) -> None:
    content = b"id,name\n" + b"".join(b"%d,row %d\n" % (number, number) for number in range(1_000_000))
    inspection, table = opened("x.csv", content)
    assert inspection.rows == 1_000_000
    assert table.column("id")[999_999].as_py() == 999_999

"""Files of a table."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pandas
import pyarrow as pa
import pyarrow.parquet
import pytest
from python_calamine import CalamineWorkbook

from tobit_kernel.errors import InputError, LimitReached
from tobit_kernel.notebook.display.export import write
from tobit_kernel.notebook.display.workbook import MOST_ROWS

MIXED = pa.table(
    {
        "이름": ['서버, "1"', "", None],
        "수": [1, None, -3],
        "at": pa.array([datetime(2026, 11, 1), None, datetime(2026, 11, 2, 3)], pa.timestamp("us", "Asia/Seoul")),
        "tags": [["a", "b"], None, []],
        "took": pa.array([(0, 1, 0), None, (0, 0, 10**9)], pa.month_day_nano_interval()),
    }
)


def written(table: pa.Table, form: str, **how: object) -> bytes:
    file = BytesIO()
    write(table, file, form, **how)  # type: ignore[arg-type]
    return file.getvalue()


def cells(table: pa.Table, **how: object) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(BytesIO(written(table, "xlsx", **how))).get_sheet_by_index(0).to_python()


def test_csv_reads_back_and_tells_null_from_empty() -> None:
    text = written(MIXED, "csv").decode()
    assert text.splitlines()[2] == '"",,,,'
    assert text.splitlines()[3].startswith(",-3,")
    assert pandas.read_csv(BytesIO(text.encode()))["이름"][0] == '서버, "1"'


def test_csv_for_excel_starts_with_the_mark() -> None:
    assert written(MIXED, "csv", for_excel=True).startswith(b'\xef\xbb\xbf"')
    assert not written(MIXED, "csv").startswith(b"\xef")


def test_parquet_keeps_types_and_tells_repeated_names_apart() -> None:
    table = MIXED.append_column("수", pa.array([1.5, None, 2.5]))
    read = pa.parquet.read_table(BytesIO(written(table, "parquet")))
    assert read.column_names == ["이름", "수", "at", "tags", "took", "수_2"]
    assert read.schema.field("at").type == pa.timestamp("us", "Asia/Seoul")


def test_workbook_holds_numbers_dates_and_korean() -> None:
    table = pa.table({"글": ["가"], "n": [1.5], "d": [date(2026, 11, 1)], "x": [Decimal("2.50")], "b": [True]})
    assert cells(table) == [["글", "n", "d", "x", "b"], ["가", 1.5, date(2026, 11, 1), 2.5, True]]


def test_workbook_shows_the_wall_clock_and_names_the_zone() -> None:
    head, first, *_ = cells(MIXED)
    assert head[2] == "at (Asia/Seoul)" and first[2] == datetime(2026, 11, 1, 9)


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-1", "{=1}", "http://x.y", "=1+1"])
def test_text_is_never_a_formula_or_link(text: str) -> None:
    data = written(pa.table({text: [text]}), "xlsx")
    assert CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python() == [[text], [text]]
    import zipfile

    sheet = zipfile.ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet


def test_what_excel_cannot_hold_exactly_becomes_text() -> None:
    table = pa.table({"n": [1234567890123456789, 5], "f": [float("nan"), float("inf")], "d": [date(1800, 1, 1), None]})
    assert cells(table)[1:] == [["1234567890123456789", "NaN", "1800-01-01"], [5.0, "Infinity", ""]]


def test_numeric_text_is_a_number_in_excel() -> None:
    assert cells(pa.table({"x": ["1.50", "NaN", None]}), types=["numeric"]) == [["x"], [1.5], ["NaN"]]


def test_too_many_rows_for_excel_are_told_before_anything_is_written() -> None:
    with pytest.raises(LimitReached) as caught:
        written(pa.table({"n": pa.nulls(MOST_ROWS + 1)}), "xlsx")
    assert "1,048,576" in caught.value.message and "CSV" in caught.value.hint


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize(
    "table", [pa.table({}), pa.table({"a": pa.array([], pa.string())}), pa.table({"a": pa.nulls(2)})]
)
def test_empty_tables_are_files_too(table: pa.Table, form: str) -> None:
    written(table, form)


def test_another_format_is_named() -> None:
    with pytest.raises(InputError, match="docx"):
        written(MIXED, "docx")

"""Workbooks: sheets, headers, cells and what is not let in."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter

from tobit_kernel.errors import InputError, RowsRejected
from tobit_kernel.server.files import excel
from tobit_kernel.server.files.excel import column_letters

from .conftest import Opened

Book = Callable[..., Path]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """``book(Sheet=[[…], …])`` → the path of a workbook; dates and times are formatted as such."""

    def write(**sheets: list[list[Any]]) -> Path:
        path = tmp_path / "book"
        with xlsxwriter.Workbook(path) as workbook:
            formats = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss", time: "hh:mm:ss", timedelta: "[h]:mm:ss"}
            made = {kind: workbook.add_format({"num_format": text}) for kind, text in formats.items()}
            for name, rows in sheets.items():
                sheet = workbook.add_worksheet(name)
                for at, row in enumerate(rows):
                    for column, cell in enumerate(row):
                        if cell is not None:
                            sheet.write(at, column, cell, *([made[type(cell)]] if type(cell) in made else []))
        return path

    return write


def test_cells_say_their_types(opened: Opened, book: Book) -> None:
    path = book(
        Data=[
            ["n", "x", "ok", "day", "at", "took", "code", "mixed"],
            [1, 1.5, True, date(2024, 1, 5), datetime(2024, 1, 5, 10, 11), timedelta(hours=30), "00123", 1],
            [2, 2, False, date(2024, 1, 6), date(2024, 1, 6), timedelta(hours=1), "00124", "x"],
            [None, None, None, None, None, None, None, None],
            [3, None, True, None, None, None, None, 2.5],
        ]
    )
    inspection, table = opened("x.xlsx", path)
    assert [column.type for column in inspection.columns] == [
        "bigint",
        "double precision",
        "boolean",
        "date",
        "timestamp",
        "interval",
        "text",
        "text",
    ]
    assert table.column("n").to_pylist() == [1, 2, 3]
    assert table.column("at").to_pylist() == [datetime(2024, 1, 5, 10, 11), datetime(2024, 1, 6), None]
    assert table.column("took")[0].as_py() == pa.MonthDayNano([0, 0, 30 * 3_600_000_000_000])
    assert table.column("mixed").to_pylist() == ["1", "x", "2.5"]


def test_the_first_sheet_with_cells_or_the_named_one(opened: Opened, book: Book) -> None:
    path = book(Empty=[], First=[["a"], [1]], 둘째=[["b"], [2]])
    inspection, table = opened("x.xlsx", path)
    assert table.to_pylist() == [{"a": 1}]
    assert inspection.notes == ["Sheet 'First' was read; there are also: Empty, 둘째."]
    assert opened("x.xlsx", path, sheet="둘째")[1].to_pylist() == [{"b": 2}]
    with pytest.raises(InputError, match="no sheet 'Third'") as caught:
        opened("x.xlsx", path, sheet="Third")
    assert "둘째" in caught.value.hint


def test_titles_above_the_header_are_skipped(opened: Opened, book: Book) -> None:
    inspection, table = opened("x.xlsx", book(S=[["2024 생산 실적"], [], ["line", "n", None], ["A", 1, None]]))
    assert table.to_pylist() == [{"line": "A", "n": 1}]
    assert "Row 3 holds the column names" in inspection.notes[0]


def test_a_bad_value_is_named_by_its_cell(opened: Opened, book: Book) -> None:
    path = book(생산=[[None, "title"], [None, "a", "n"], [None, "x", 1], [], [None, "y", "many"]])
    with pytest.raises(RowsRejected) as caught:
        opened("x.xlsx", path, types={"n": "bigint"})
    assert [(row["line"], row["column"], row["value"]) for row in caught.value.details["rows"]] == [
        ("생산!C5", "n", "many")
    ]


def test_cells_without_a_name_above(opened: Opened, book: Book) -> None:
    inspection, table = opened("x.xlsx", book(S=[["a", None, "a"], [1, 2, 3]]))
    assert table.to_pylist() == [{"a": 1, "column2": 2, "a_2": 3}]
    assert len(inspection.notes) == 2


def test_a_far_away_cell_does_not_take_the_memory(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, 1)
    with pytest.raises(InputError, match="more memory or time"):
        opened("x.xlsx", path)


def test_a_zip_bomb_is_not_unpacked(opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MAX_UNPACKED_BYTES", 10_000_000)
    path = tmp_path / "bomb"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 20_000_000)
    with pytest.raises(InputError, match="unpacks to more than"):
        opened("x.xlsx", path)
    # a directory that lies about the size
    content = path.read_bytes().replace((20_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    with pytest.raises(InputError, match="unpacks to more than"):
        opened("x.xlsx", content)


def test_what_only_looks_like_a_workbook(opened: Opened, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="web page"):
        opened("x.xls", "<html><table><tr><td>1</td></tr></table></html>")
    with pytest.raises(InputError, match="is not an Excel file"):
        opened("x.xlsx", "a,b\n1,2\n")
    path = tmp_path / "zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(InputError, match="cannot be read"):
        opened("x.xlsx", path)
    with pytest.raises(InputError, match="damaged workbook|cannot be read"):
        opened("x.xlsx", b"PK\x03\x04 and no more")


def test_column_letters() -> None:
    assert [column_letters(index) for index in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]

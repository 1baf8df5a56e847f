"""Parquet and Arrow: the types that other libraries wrote."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tobit_kernel.errors import InputError, RowsRejected

from .conftest import Opened


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        (pa.array([1], pa.int8()), "smallint"),
        (pa.array([1], pa.uint16()), "integer"),
        (pa.array([1], pa.uint32()), "bigint"),
        (pa.array([2**64 - 1], pa.uint64()), "numeric(20,0)"),
        (pa.array([1.5], pa.float32()), "real"),
        (pa.array([Decimal("1.50")], pa.decimal128(7, 2)), "numeric(7,2)"),
        (pa.array(["a"]).dictionary_encode(), "text"),
        (pa.array([1], pa.timestamp("ns")), "timestamp"),
        (pa.array([1], pa.timestamp("ns", "Asia/Seoul")), "timestamptz"),
        (pa.array([1], pa.duration("ns")), "interval"),
        (pa.array([1], pa.time32("s")), "time"),
        (pa.array([b"x"]), "bytea"),
        (pa.array([["a", None]]), "text[]"),
        (pa.array([[1.5]]), "double precision[]"),
        (pa.array([[[1]]]), "jsonb"),
        (pa.array([{"k": 1}]), "jsonb"),
        (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())), "jsonb"),
        (pa.nulls(1), "text"),
    ],
)
@pytest.mark.parametrize("format", ["parquet", "file", "stream"])
def test_types(opened: Opened, tmp_path: Path, array: pa.Array, kind: str, format: str) -> None:
    table, path = pa.table({"a": array}), tmp_path / "data"
    if format == "parquet":
        pq.write_table(table, path)
    else:
        new = pa.ipc.new_file if format == "file" else pa.ipc.new_stream
        with pa.OSFile(str(path), "wb") as file, new(file, table.schema) as writer:
            writer.write_table(table)
    inspection, _ = opened("x.parquet" if format == "parquet" else "x.arrow", path)
    assert inspection.columns[0].type == kind


def test_pandas_values_survive(opened: Opened, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "t": pd.to_datetime(["2024-01-05 10:00"]).tz_localize("Asia/Seoul"),
            "n": pd.array([None], dtype="Int64"),
            "d": [timedelta(minutes=90)],
            "c": pd.Categorical(["low"]),
        }
    )
    frame.to_parquet(tmp_path / "data", index=False)
    [row] = opened("x.parquet", tmp_path / "data")[1].to_pylist()
    assert row["t"] == datetime(2024, 1, 5, 1, tzinfo=UTC)
    assert (row["n"], row["c"]) == (None, "low")
    assert row["d"] == pa.MonthDayNano([0, 0, 90 * 60 * 10**9])


def test_polars_values_survive(opened: Opened, tmp_path: Path) -> None:
    frame = pl.DataFrame({"s": ["x"], "c": pl.Series(["k"], dtype=pl.Categorical), "d": [timedelta(seconds=1.5)]})
    frame.write_parquet(tmp_path / "data")
    [row] = opened("x.parquet", tmp_path / "data")[1].to_pylist()
    assert (row["s"], row["c"]) == ("x", "k")
    assert row["d"] == pa.MonthDayNano([0, 0, 1_500_000_000])


def test_names_that_differ_in_case_only(opened: Opened, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1], "A": [2]}), tmp_path / "data")
    assert opened("x.parquet", tmp_path / "data")[1].to_pylist() == [{"a": 1, "A_2": 2}]


def test_a_given_type_is_checked_row_by_row(opened: Opened, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1.0, 2.5], "b": ["7", "8"]}), tmp_path / "data")
    with pytest.raises(RowsRejected) as caught:
        opened("x.parquet", tmp_path / "data", types={"a": "bigint"})
    assert [(row["line"], row["value"]) for row in caught.value.details["rows"]] == [("row 2", "2.5")]
    _, table = opened("x.parquet", tmp_path / "data", types={"a": "numeric(5,1)", "b": "integer"})
    assert table.to_pylist()[0] == {"a": Decimal("1.0"), "b": 7}


def test_damaged_files(opened: Opened) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        opened("x.parquet", b"PAR1 nothing more PAR1")
    with pytest.raises(InputError, match="cannot be read"):
        opened("x.arrow", b"ARROW1 nothing more")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.parquet", b"a,b\n1,2\n", "not a Parquet file: its content is text"),
        ("x.csv", b"PAR1....", "not a CSV file: its content is a Parquet file"),
        ("x.json", b"PK\x03\x04", "not a JSON file: its content is an Excel file"),
        ("x.csv", b"\x1f\x8b\x08", "gzip archive"),
        ("x.csv", b"<!DOCTYPE html><html>", "web page"),
        ("x.dat", b"a,b\n", "does not say what kind of file"),
        ("x.csv", b"", "is empty"),
    ],
)
def test_names_that_lie(opened: Opened, name: str, content: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        opened(name, content)

"""Arrow over HTTP: the end marker and the count."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tobit_kernel.errors import StatementError, StreamTruncated
from tobit_kernel.wire.rows import rows
from tobit_kernel.wire.stream import Encoder, Result, Tail, decode, unique

SCHEMA = pa.schema([pa.field("a", pa.int64()), pa.field("t", pa.string())])


def stream(*sizes: int, tail: Tail | None = None, marker: bool = True) -> bytes:
    encoder = Encoder(SCHEMA)
    pieces = [bytes(encoder.start())]
    for size in sizes:
        columns = [list(range(size)), ["x"] * size]
        pieces.append(bytes(encoder.batch(pa.RecordBatch.from_arrays([pa.array(c) for c in columns], schema=SCHEMA))))
    return b"".join([*pieces, bytes(encoder.end(tail or Tail())) if marker else b""])


@pytest.mark.parametrize("sizes", [(), (1,), (0, 3), (5, 5, 5)])
def test_what_goes_in_comes_out(sizes: tuple[int, ...]) -> None:
    heard: list[int] = []
    table, tail = decode(io.BytesIO(stream(*sizes, tail=Tail(truncated=True, trace_id="t"))), heard.append)
    assert table.num_rows == tail.row_count == sum(sizes) == (heard[-1] if heard else 0)
    assert (table.schema, tail.truncated, tail.trace_id) == (SCHEMA, True, "t")


@given(st.integers(min_value=0))
def test_every_cut_is_noticed(at: int) -> None:
    whole = stream(3, 4)
    with pytest.raises(StreamTruncated):
        decode(io.BytesIO(whole[: at % (len(whole) - 8)]))


def test_a_stream_without_its_marker_or_with_other_rows_is_noticed() -> None:
    with pytest.raises(StreamTruncated, match="without its end marker"):
        decode(io.BytesIO(stream(3, marker=False) + b"\xff\xff\xff\xff\0\0\0\0"))
    one, two = stream(3), stream(3, 3)
    with pytest.raises(StreamTruncated, match="3 of 6"):
        decode(io.BytesIO(one[: len(stream(3, marker=False))] + two[len(stream(3, 3, marker=False)) :]))


def test_garbage_is_no_answer() -> None:
    for garbage in (b"", b"x", b"<html>502</html>" * 50, b"\xff" * 64):
        with pytest.raises(StreamTruncated):
            decode(io.BytesIO(garbage))


def test_the_error_in_the_marker_is_raised_as_itself() -> None:
    error = StatementError("Division by zero", "nullif", sqlstate="22012")
    with pytest.raises(StatementError, match="Division") as caught:
        decode(io.BytesIO(stream(3, tail=Tail(error=error.as_data()))))
    assert caught.value.details == {"sqlstate": "22012"}


@given(st.lists(st.sampled_from(["a", "a_2", "a_3", "b", ""]), max_size=8))
def test_unique_names_are_unique_and_keep_those_that_were(given: list[str]) -> None:
    answer = unique(given)
    assert len(set(answer)) == len(answer) == len(given)
    assert all(answer[given.index(name)] == name for name in given)


def test_rows_are_json_values() -> None:
    import datetime as dt

    table = pa.table({
        "f": [1.5, float("nan"), float("inf")],
        "d": [dt.timedelta(seconds=90)] * 3,
        "b": [b"\x00\xff"] * 3,
        "l": [[1.0, float("nan")]] * 3,
        "s": [{"x": dt.date(2026, 1, 1)}] * 3,
    })  # fmt: skip
    first, *others = rows(table)
    assert first == [1.5, 90.0, "00ff", [1.0, None], {"x": "2026-01-01"}]
    assert [row[0] for row in others] == [None, None]


def test_a_result_is_a_frame_of_any_kind() -> None:
    result: Any = Result(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), Tail(row_count=1))
    assert list(result.to_pandas()) == list(result.to("polars").columns) == ["a", "a_2"]
    assert (result.to("arrow") is result.table, len(result), result.columns) == (True, 1, ["a", "a"])

"""Pages, sorts and filters against a model that does the same row by row."""

from __future__ import annotations

from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tobit_kernel.errors import InputError
from tobit_kernel.notebook.display.filters import Filter, Op
from tobit_kernel.notebook.display.pages import Pages, Sort

COLUMNS = st.lists(
    st.tuples(
        st.none() | st.integers(-5, 5),
        st.none() | st.sampled_from([0.5, -1.5, 2.0, float("nan"), float("inf")]),
        st.none() | st.text("aB가힣 %_", max_size=3),
        st.none() | st.decimals(-3, 3, places=1),
    ),
    max_size=30,
)
SORTS = st.lists(st.builds(Sort, st.integers(0, 3), st.booleans()), max_size=3)
NUMBERS = {Op.EQUAL, Op.DIFFERENT, Op.LESS, Op.AT_MOST, Op.MORE, Op.AT_LEAST}


def table_of(rows: list[tuple[object, ...]]) -> pa.Table:
    types = [pa.int16(), pa.float64(), pa.string(), pa.decimal128(6, 1)]
    columns = [pa.array([row[n] for row in rows], kind) for n, kind in enumerate(types)]
    whole = pa.Table.from_arrays(columns, names=["n", "f", "글", "n"])
    return pa.Table.from_batches(whole.to_batches(max_chunksize=7), whole.schema)


def numbered(rows: list[tuple[object, ...]]) -> pa.Table:
    return table_of(rows).append_column("row", pa.array(range(len(rows))))


def rows_shown(pages: Pages, sort: list[Sort], filters: list[Filter]) -> list[int]:
    return [int(row[-1] or 0) for row in pages.page(0, 1000, sort, filters).rows]


def model_sort(rows: list[tuple[object, ...]], kept: list[int], sort: list[Sort]) -> list[int]:
    for one in reversed(sort):
        known = [n for n in kept if rows[n][one.column] is not None and rows[n][one.column] == rows[n][one.column]]
        nan = [n for n in kept if rows[n][one.column] is not None and rows[n][one.column] != rows[n][one.column]]
        null = [n for n in kept if rows[n][one.column] is None]
        known.sort(key=lambda n: rows[n][one.column], reverse=one.descending)
        kept = known + nan + null
    return kept


@given(COLUMNS, SORTS)
@settings(deadline=None, max_examples=150)
def test_sort_matches_the_model(rows: list[tuple[object, ...]], sort: list[Sort]) -> None:
    shown = rows_shown(Pages(numbered(rows)), sort, [])
    assert shown == model_sort(rows, list(range(len(rows))), sort)


@given(COLUMNS, st.sampled_from(sorted(NUMBERS)), st.decimals(-6, 6, places=1), st.sampled_from([0, 1, 3]))
@settings(deadline=None, max_examples=200)
def test_number_filter_matches_the_model(rows: list[tuple[object, ...]], op: Op, value: Decimal, column: int) -> None:
    compare = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}[op]
    typed = float(value) if column == 1 else value
    kept = [
        n for n, row in enumerate(rows) if (op is Op.DIFFERENT if row[column] is None else compare(row[column], typed))
    ]
    assert rows_shown(Pages(numbered(rows)), [], [Filter(column, op, str(value))]) == kept


@given(COLUMNS, st.text("aAbB가힣 %_.*", min_size=1, max_size=2), SORTS)
@settings(deadline=None, max_examples=150)
def test_contains_and_sort_together_match_the_model(
    rows: list[tuple[object, ...]], value: str, sort: list[Sort]
) -> None:
    kept = [n for n, row in enumerate(rows) if row[2] is not None and value.lower() in str(row[2]).lower()]
    assert rows_shown(Pages(numbered(rows)), sort, [Filter(2, Op.CONTAINS, value)]) == model_sort(rows, kept, sort)


@given(COLUMNS, st.integers(0, 40), st.integers(0, 40), SORTS)
@settings(deadline=None, max_examples=50)
def test_pages_are_slices_of_the_whole(
    rows: list[tuple[object, ...]], offset: int, limit: int, sort: list[Sort]
) -> None:
    pages = Pages(numbered(rows))
    page = pages.page(offset, limit, sort)
    assert page.rows == pages.page(0, 1000, sort).rows[offset : offset + limit]
    assert page.row_count == len(rows)


def test_empty_is_null_or_no_letters_and_not_empty_is_the_rest() -> None:
    pages = Pages(pa.table({"a": ["", None, "x", " "]}))
    assert [row[0] for row in pages.page(0, 9, filters=[Filter(0, Op.EMPTY)]).rows] == ["", None]
    assert [row[0] for row in pages.page(0, 9, filters=[Filter(0, Op.NOT_EMPTY)]).rows] == ["x", " "]


def test_decomposed_hangul_is_found_by_composed() -> None:
    decomposed = "\u1109\u1165\u1107\u1165"
    pages = Pages(pa.table({"a": [decomposed, "서버", "line"]}))
    assert pages.page(0, 9, filters=[Filter(0, Op.CONTAINS, "서버")]).row_count == 2
    assert pages.page(0, 9, filters=[Filter(0, Op.EQUAL, "서버")]).row_count == 2


@pytest.mark.parametrize(
    ("op", "value", "kept"),
    [
        ("=", "2026-11-01", [0, 1]),
        ("<=", "2026-11", [0, 1, 2, 4]),
        (">", "2026-11-01", [2, 3]),
        ("<", "2026.11.1", [4]),
    ],
)
def test_a_typed_day_is_a_day_of_the_columns_zone(op: str, value: str, kept: list[int]) -> None:
    texts = [
        "2026-10-31T15:00",
        "2026-11-01T14:59:59.999999",
        "2026-11-01T15:00",
        "2026-12-31T15:00",
        "2026-10-31T14:59",
    ]
    moments = pa.array(np.array(texts, "datetime64[us]")).cast(pa.timestamp("us", "Asia/Seoul"))
    pages = Pages(pa.table({"at": moments, "row": range(5)}))
    assert rows_shown(pages, [], [Filter(0, Op(op), value)]) == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (pa.int64(), "seven"),
        (pa.float64(), "1,5"),
        (pa.timestamp("us"), "11/01/2026"),
        (pa.date32(), "2026-13"),
        (pa.time64("us"), "25:00"),
        (pa.duration("us"), "long"),
        (pa.month_day_nano_interval(), "5 apples"),
        (pa.bool_(), "perhaps"),
        (pa.decimal128(5, 2), "__import__('os')"),
    ],
)
def test_a_value_that_does_not_suit_is_refused_in_words(kind: pa.DataType, value: str) -> None:
    with pytest.raises(InputError) as caught:
        Pages(pa.table({"a": pa.nulls(2, kind)})).page(0, 9, filters=[Filter(0, Op.EQUAL, value)])
    assert value in caught.value.message and caught.value.hint


@pytest.mark.parametrize("value", ["99999999999999999999", "-99999999999999999999", "1e999999", "inf", "-inf", "nan"])
@pytest.mark.parametrize("kind", [pa.int8(), pa.uint64(), pa.float32(), pa.decimal128(5, 2), pa.float16()])
def test_numbers_beyond_the_type_compare_without_overflow(kind: pa.DataType, value: str) -> None:
    pages = Pages(pa.table({"a": pa.array([np.float16(1)] if kind == pa.float16() else [1], kind)}))
    below = pages.page(0, 9, filters=[Filter(0, Op.LESS, value)]).row_count
    assert below == (0 if value.startswith("-") or value == "nan" else 1)


def test_numeric_text_sorts_and_compares_as_exact_numbers() -> None:
    values = ["10", "9", "-1.5", None, "100000000000000000000.2", "100000000000000000000.1"]
    pages = Pages(pa.table({"a": values}), ["numeric(38,4)"])
    shown = [row[0] for row in pages.page(0, 9, [Sort(0)]).rows]
    assert shown == ["-1.5", "9", "10", "100000000000000000000.1", "100000000000000000000.2", None]
    assert pages.page(0, 9, filters=[Filter(0, Op.MORE, "9.5")]).row_count == 3


def test_numeric_text_with_nan_and_infinity_still_compares() -> None:
    pages = Pages(pa.table({"a": ["NaN", "1", "Infinity", "-Infinity"]}), ["numeric"])
    assert [row[0] for row in pages.page(0, 9, [Sort(0)]).rows] == ["-Infinity", "1", "Infinity", "NaN"]


EVERY_TYPE = [
    pa.array([1, None], pa.dictionary(pa.int8(), pa.int64())),
    pa.array([[1, None], None], pa.list_(pa.int64())),
    pa.array([{"가": 1}, None]),
    pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
    pa.array([b"\x00\xff", None]),
    pa.array([None, None]),
    pa.array(["x", None], pa.string_view()),
    pa.array([(1, 2, 3), None], pa.month_day_nano_interval()),
    pa.array([5, None], pa.duration("ms")),
    pa.array(['{"a": 1}', None], pa.json_(pa.string())),
    pa.array([b"0123456789abcdef", None], pa.uuid()),
    pa.array(["1.5", None]).cast(pa.opaque(pa.string(), "numeric", "PostgreSQL")),
    pa.array([2**63 - 1, None], pa.timestamp("us")),
]


@pytest.mark.parametrize("column", EVERY_TYPE, ids=lambda column: str(column.type)[:40])
def test_every_type_pages_sorts_and_filters(column: pa.Array) -> None:
    pages = Pages(pa.table({"a": column}))
    assert pages.page(0, 9, [Sort(0, True)]).row_count == 2
    shown = pages.page(0, 9).rows[0][0]
    kept = pages.page(0, 9, [Sort(0)], [Filter(0, Op.CONTAINS, shown or "-")])
    assert kept.rows == ([[shown]] if shown else [])


def test_tables_without_rows_or_columns_page() -> None:
    assert (
        Pages(pa.table({"a": pa.array([], pa.string())})).page(0, 9, [Sort(0)], [Filter(0, Op.CONTAINS, "x")]).rows
        == []
    )
    assert Pages(pa.table({})).page(0, 9).rows == []


def test_an_order_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sorted_by = []
    sort = pc.sort_indices
    monkeypatch.setattr(pc, "sort_indices", lambda *asked, **more: sorted_by.append(more) or sort(*asked, **more))
    pages = Pages(pa.table({"a": np.random.default_rng(0).random(1000)}))
    for offset in (0, 500, 900):
        pages.page(offset, 50, [Sort(0)])
    assert len(sorted_by) == 1


def test_a_million_rows_sort_and_page() -> None:
    numbers = np.random.default_rng(0).permutation(1_000_000)
    whole = pa.table({"a": numbers})
    pages = Pages(pa.Table.from_batches(whole.to_batches(max_chunksize=20_000)))
    assert pages.page(500_000, 1).rows == [[str(numbers[500_000])]]
    assert pages.page(0, 2, [Sort(0, True)]).rows == [["999999"], ["999998"]]


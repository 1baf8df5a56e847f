"""Charts: what is asked, what is prepared, what the pictures hold."""

from __future__ import annotations

import json
import warnings
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tobit_kernel.errors import InputError
from tobit_kernel.notebook.display.chart import chart
from tobit_kernel.notebook.display.chart.columns import unit_of
from tobit_kernel.notebook.display.chart.downsample import extremes, sample
from tobit_kernel.notebook.display.chart.specification import Kind, parse
from tobit_kernel.wire.stream import Result, Tail

COLUMNS = ["at", "y", "설비", "a, b", "y"]
SHIFTS = pa.table(
    {"설비": ["도장", "용접", "도장", None], "불량": [1.0, 2.0, 3.0, 4.0], "교대": ["주", "주", "야", "야"]}
)
SPECIFICATIONS = ["line:불량,불량", "bar:설비,불량,교대", "pie:설비,불량", "scatter:불량,불량,교대",
                  "heatmap:설비,교대,불량", "hist:불량,교대", "area:불량,불량"]  # fmt: skip


def result_of(table: pa.Table, **tail: Any) -> Result:
    return Result(table, Tail(row_count=len(table), **tail), name="결과")


def notes(table: pa.Table, specification: str) -> list[str]:
    return chart(result_of(table), specification).drawing.notes


def test_a_specification_names_kind_and_places() -> None:
    wish = parse(' bar : "a, b" , AT, 설비', COLUMNS)
    assert (wish.kind, wish.places) == (Kind.BAR, {"x": 3, "y": 0, "by": 2})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lines:at,y", "line, bar, pie, scatter, heatmap, hist, area"),
        ("line", "line:x,y[,by]"),
        ("line:at", "line:x,y[,by]"),
        ("line:at,,설비", "line:x,y[,by]"),
        ("hist:at,설비,y", "hist:x[,by]"),
        ("line:at,설바", "설비"),
        ("line:at,y", "y_2"),
        ('line:"at,설비', "double quotes"),
    ],
)
def test_a_wrong_specification_says_what_is_right(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text, COLUMNS)
    assert said in caught.value.hint


@pytest.mark.parametrize("specification", ["line:불량,설비", "pie:교대,설비", "heatmap:설비,교대,교대", "hist:설비"])
def test_text_is_not_measured(specification: str) -> None:
    with pytest.raises(InputError) as caught:
        chart(result_of(SHIFTS), specification)
    assert caught.value.hint


def test_several_rows_per_bar_are_summed_and_said() -> None:
    drawing = chart(result_of(SHIFTS), "bar:설비,불량").drawing
    assert list(drawing.frame["x"]) == ["도장", "용접"] and list(drawing.frame["y"]) == [4, 2]
    assert drawing.notes == ["1 row with NULL left out", "sum of several rows per 설비"]


def test_one_row_per_bar_needs_no_note() -> None:
    assert notes(SHIFTS.slice(0, 2), "bar:설비,불량") == []


def test_a_bar_without_y_counts_rows() -> None:
    drawing = chart(result_of(SHIFTS), "bar:교대").drawing
    assert list(drawing.frame["y"]) == [2, 2] and drawing.notes == []


def test_a_line_is_sorted_and_keeps_gaps() -> None:
    drawing = chart(result_of(pa.table({"x": [3, 1, 2], "y": [1.0, 2.0, None]})), "line:x,y").drawing
    assert list(drawing.frame["x"]) == [1, 2, 3] and drawing.frame["y"].isna().tolist() == [False, True, False]


def test_a_million_points_are_thinned_and_said_and_keep_their_peak() -> None:
    values = np.zeros(1_000_000)
    values[123_457] = 99.0
    drawing = chart(result_of(pa.table({"x": range(1_000_000), "y": values})), "line:x,y").drawing
    assert drawing.notes == ["drawn 20,000 of 1,000,000 rows"]
    assert len(drawing.frame) <= 20_000 and drawing.frame["y"].max() == 99


def test_extremes_keep_ends_and_bounds() -> None:
    values = np.random.default_rng(0).normal(size=10_007)
    kept = extremes(values, 500)
    assert len(kept) <= 500 and kept[0] == 0 and kept[-1] == 10_006
    assert values[kept].max() == values.max() and values[kept].min() == values.min()
    assert extremes(np.full(5000, np.nan), 100)[-1] == 4999


def test_a_sample_is_the_same_every_time() -> None:
    assert (sample(100_000, 500) == sample(100_000, 500)).all()
    assert "drawn 20,000 of 30,000 rows" in notes(pa.table({"x": range(30_000), "y": range(30_000)}), "scatter:x,y")


def test_areas_stack_only_when_the_series_share_their_x() -> None:
    table = pa.table({"x": [1, 2, 1, 2], "y": [1, 2, 3, 4], "by": ["a", "a", "b", "b"]})
    assert chart(result_of(table), "area:x,y,by").drawing.stacked
    assert not chart(result_of(table.slice(1)), "area:x,y,by").drawing.stacked


def test_many_series_slices_and_bars_are_limited_and_said() -> None:
    many = pa.table({"x": [f"n{n}" for n in range(200)], "y": range(1, 201), "by": [f"s{n % 40}" for n in range(200)]})
    assert "12 of 40 by drawn, those with the most rows" in notes(many, "scatter:y,y,by")
    assert "the 189 smallest drawn as one" in notes(many, "pie:x,y")
    assert "the 100 largest of 200 drawn" in notes(many, "bar:x,y")


def test_a_pie_below_zero_is_refused() -> None:
    with pytest.raises(InputError, match="below zero"):
        chart(result_of(pa.table({"x": ["a"], "y": [-1]})), "pie:x,y")


def test_a_histogram_counts_every_row_in_shared_bins() -> None:
    table = pa.table({"v": np.random.default_rng(0).normal(size=50_000), "g": ["a", "b"] * 25_000})
    frame = chart(result_of(table), "hist:v,g").drawing.frame
    assert frame["y"].sum() == 50_000
    assert (frame[frame["by"] == "a"]["left"].to_numpy() == frame[frame["by"] == "b"]["left"].to_numpy()).all()


def test_a_heatmap_of_times_has_steps_and_says_so() -> None:
    days = [date(2026, 1, 1) + timedelta(n) for n in range(100)]
    told = notes(pa.table({"d": days, "g": ["a", "b"] * 50, "v": range(100)}), "heatmap:d,g,v")
    assert told == ["d in 48 steps", "mean of several rows per cell"]


def test_cut_off_rows_are_said() -> None:
    shown = chart(Result(SHIFTS, Tail(truncated=True)), "bar:교대")
    assert shown.drawing.notes == ["the rows were cut off at the limit"]


@pytest.mark.parametrize(
    ("name", "unit"),
    [("cpu_pct", "%"), ("elapsed_ms", "ms"), ("온도 (°C)", "°C"), ("ms", ""), ("items", ""), ("f(x)", "x")],
)
def test_units_come_from_names(name: str, unit: str) -> None:
    assert unit_of(name) == unit


@pytest.mark.parametrize("specification", SPECIFICATIONS)
@pytest.mark.parametrize("rows", [4, 1, 0])
def test_every_kind_makes_both_pictures_without_warning(specification: str, rows: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        bundle = chart(result_of(SHIFTS.slice(0, rows)), specification)._repr_mimebundle_()
    item = json.dumps(bundle["application/vnd.tobit.chart+json"])
    assert "http" not in item.replace("http://www.w3.org", "")
    assert bundle["image/svg+xml"].count("<svg") == 1
    assert ("No rows to draw" in item) == ("No rows to draw" in bundle["image/svg+xml"]) == (rows == 0)


def test_hangul_stays_text_in_the_svg() -> None:
    picture = chart(result_of(SHIFTS), "bar:설비,불량").svg
    assert ">도장</text>" in picture and "<script" not in picture


def test_long_names_leave_room_for_the_lines() -> None:
    names = [f"데이터 분석 핵심 서비스 {n}" for n in range(8)]
    table = pa.table({"x": [1, 2] * 8, "y": [1.0] * 16, "name": sorted(names * 2)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert all(f">{name}</text>" in chart(result_of(table), "area:x,y,name").svg for name in names)


def test_the_same_rows_give_the_same_svg() -> None:
    assert chart(result_of(SHIFTS), "bar:설비,불량").svg == chart(result_of(SHIFTS), "bar:설비,불량").svg


def test_a_name_that_looks_like_a_formula_is_only_text() -> None:
    table = pa.table({"$$x$$": ["$a_1$"], "<b>y": [1.0]})
    shown = chart(result_of(table), "bar:$$x$$,<b>y")
    assert "$$" not in json.dumps(shown.item, ensure_ascii=False)
    assert "$a_1$" in shown.svg and "&lt;b&gt;y" in shown.svg


def test_numeric_text_and_durations_are_numbers() -> None:
    table = pa.table({"n": ["1.5", "NaN", None], "d": pa.array([1500, None, 10], pa.duration("ms"))})
    field = table.schema.field("n").with_metadata({b"tobit.type": b"numeric"})
    result = result_of(table.cast(table.schema.set(0, field)))
    drawing = chart(result, "scatter:n,d").drawing
    assert drawing.frame.to_numpy().tolist() == [[1.5, 1.5]] and drawing.y.unit == "s"


def test_the_analysts_own_backend_of_holoviews_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    import holoviews
    import holoviews.plotting.mpl  # registers the backend

    before = holoviews.Store.current_backend
    holoviews.Store.set_current_backend("matplotlib")
    try:
        assert chart(result_of(SHIFTS), "line:불량,불량").item["root_id"]
        assert holoviews.Store.current_backend == "matplotlib" and caplog.text == ""
    finally:
        holoviews.Store.set_current_backend(before or "bokeh")

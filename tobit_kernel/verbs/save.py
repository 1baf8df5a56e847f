"""``save``: a frame of the notebook becomes a table."""

from __future__ import annotations

from typing import Any

from tobit_kernel.errors import InputError, NotFound
from tobit_kernel.verbs.call import Call, Words
from tobit_kernel.verbs.load import mode_of, sent, types_of


def save(
    variable: str,
    *,
    table: str,
    replace: bool = False,
    append: bool = False,
    types: Words = (),
    call: Call,
) -> Any:
    """Saves a DataFrame (pandas, polars, Arrow) or a result as a table: all rows or none.

    Parameters
    ----------
    variable
        name of the notebook's variable, or of a named cell
    table
        `T` in your own schema `my`, or `schema.T`
    replace
        put it in place of a table that is there
    append
        add the rows to a table that is there
    types
        types of columns that should be other than the frame's: `--types code=text`
    """
    if variable not in call.variables and variable not in call.results:
        raise NotFound(f"There is no variable {variable!r}.", "`%whos DataFrame` lists the notebook's frames.")
    value = call.variables.get(variable, call.results.get(variable))
    with call.working() as report:
        report(0, None, "packing")
        return sent(
            as_parquet(value, variable),
            f"{variable}.parquet",
            table,
            mode_of(replace, append),
            call,
            report,
            types=types_of(types),
        )


def as_parquet(value: Any, name: str) -> bytes:
    """The bytes of a Parquet file with the rows of a frame; a named index becomes columns."""
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    if hasattr(value, "to_arrow"):  # polars, our Result
        table = value.to_arrow()
    elif hasattr(value, "reset_index"):
        named = any(level is not None for level in value.index.names)
        frame = value.reset_index() if named else value
        frame.columns = [str(column) for column in frame.columns]
        table = pa.Table.from_pandas(frame, preserve_index=False)
    elif isinstance(value, pa.Table | pa.RecordBatch):
        table = value if isinstance(value, pa.Table) else pa.Table.from_batches([value])
    else:
        raise InputError(f"{name!r} is a {type(value).__name__}, no frame.", "Save a pandas, polars or Arrow table.")
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()

"""The source ``local``: DuckDB in this process, over the notebook's frames and earlier results."""

from __future__ import annotations

import json
import re
import threading
import time
from typing import TYPE_CHECKING, Any, cast

from tobit_kernel.errors import Cancelled, ParameterMissing, Refused, StatementError, TimedOut
from tobit_kernel.verbs.call import Report, Surroundings
from tobit_kernel.wire.parameters import as_any, decode, placeholders, significant
from tobit_kernel.wire.stream import Tail

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from tobit_kernel.wire.models import QueryRequest
    from tobit_kernel.wire.stream import Result

_DESCRIBE = "describe "
#: Frames and results are its tables, and nothing else: no file, no address, no extension, no Python variable.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
}
_LOCK = "set enable_external_access = false; set lock_configuration = true"


def run_local(request: QueryRequest, name: str | None, call: Surroundings) -> Result:
    """The rows of a SELECT over frames (pandas, polars, Arrow) and results of named cells, by name."""
    import duckdb
    import pyarrow as pa

    from tobit_kernel.wire.stream import Result

    began = time.perf_counter()
    text, values = _bound(request)
    connection = duckdb.connect(":memory:", config=_CONFIG)
    timer = threading.Timer(request.timeout_s, connection.interrupt)
    timer.daemon = True
    try:
        connection.execute("set timezone = 'UTC'; set errors_as_json = true")
        _register(connection, text, call)
        connection.execute(_LOCK)
        _require_select(connection, text)
        timer.start()
        connection.execute(
            _DESCRIBE + text, values or None
        ).fetchall()  # of its errors, not of sql()'s, the place is told
        with call.working() as report:
            table, truncated = _rows(connection.sql(text, params=values or None), request.limit, report)
    except KeyboardInterrupt:
        raise Cancelled("It was interrupted.") from None
    except (duckdb.Error, pa.ArrowException, OSError) as error:  # what comes while rows stream is Arrow's
        if str(error).startswith("INTERRUPT"):
            raise TimedOut() from None
        raise _told(error, text) from None
    finally:
        timer.cancel()
        connection.close()
    tail = Tail(row_count=table.num_rows, truncated=truncated, elapsed_ms=(time.perf_counter() - began) * 1000)
    return Result(table, tail, name, "local", request.statement)


def _bound(request: QueryRequest) -> tuple[str, dict[str, Any]]:
    """The statement with ``$name`` for ``:name``, and the values."""
    text = request.statement
    pieces = significant(text)
    places = {token.start: number for number, token in enumerate(pieces)}
    changes, values = [], {}
    for token in placeholders(text):
        name = token.text[1:]
        if name not in request.parameters:
            raise ParameterMissing(
                f"Parameter :{name} has no value.",
                f"Give it: `{name}=…` on the %%tobit line, or a notebook variable {name}.",
            )
        values[name] = decode(request.parameters[name])
        changes.append((token.start, token.end, f"${name}"))
        if isinstance(values[name], list):
            changes += as_any(pieces, places[token.start])
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text, values


def _rows(found: duckdb.DuckDBPyRelation, limit: int | None, report: Report) -> tuple[pa.Table, bool]:
    """The rows up to ``limit``, and whether there were more."""
    import pyarrow as pa

    reader = cast("pa.RecordBatchReader", found.to_arrow_reader(20_000))
    batches, rows = [], 0
    for batch in reader:
        batches.append(batch)
        rows += batch.num_rows
        report(rows, None, "")
        if limit is not None and rows > limit:
            break
    table = pa.Table.from_batches(batches, schema=reader.schema)
    return table.slice(0, limit), limit is not None and rows > limit


def _register(connection: duckdb.DuckDBPyConnection, text: str, call: Surroundings) -> None:
    words = set(re.findall(r"[^\W\d]\w*", text))
    for word in words & set(call.variables):
        value = call.variables[word]
        if _is_frame(value):
            connection.register(word, value)
    for word in words & set(call.results):
        connection.register(word, call.results[word].to_arrow())


def _is_frame(value: Any) -> bool:
    kind = type(value)
    return (kind.__module__.split(".")[0], kind.__name__) in {
        ("pandas", "DataFrame"),
        ("polars", "DataFrame"),
        ("polars", "LazyFrame"),
        ("pyarrow", "Table"),
        ("pyarrow", "RecordBatch"),
    }


def _require_select(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    import duckdb

    statements = connection.extract_statements(text)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise Refused("Only one SELECT at a time is run here.", "Change frames with pandas or polars.")


def _told(error: Exception, text: str) -> StatementError:
    """DuckDB's error, with its place in the cell."""
    try:
        told = json.loads(str(error).partition(": ")[2])
        message, position = told["exception_message"], told.get("position")
    except (ValueError, KeyError, TypeError):
        message, position = str(error), None
    where = {}
    if position is not None:
        at = int(position) - (len(_DESCRIBE) if told.get("exception_type") != "Parser" else 0)
        before = text.encode()[: max(at, 0)].decode(errors="ignore")  # DuckDB counts bytes
        line = before.count("\n")
        where = {"line": line + 1, "column": len(before) - before.rfind("\n"), "text": text.split("\n")[line]}
    return StatementError(message.split("\n")[0], "It runs on DuckDB, over the frames of this notebook.", **where)

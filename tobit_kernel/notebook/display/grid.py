"""The kernel's half of the grid: what a result shows at once, and a comm that answers for the rest.

Messages (target ``tobit.grid``, opened with ``{id}``) as the page sends and gets them:

    {page: {offset, limit, sort: [{column, descending}], filters: [{column, op, value}]}}
        → {page: {rows, offset, row_count, elapsed_ms}}
    {export: {format, sort, filters}}  → {export: {name, mime}} with the file as binary buffer
    anything wrong                     → {error: {message, hint}}
    a result that is gone              → {gone: true, message, hint}

``column`` is a position from 0: names may repeat. A ``request`` in a message comes back in
its answer. The answer to an export comes from a thread of its own, so that a workbook
of a million rows does not hold up pages or cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import copy_context
from io import BytesIO
from threading import Thread
from typing import TYPE_CHECKING, Any

from tobit_kernel.errors import InputError, LimitReached, TobitError
from tobit_kernel.notebook.display.export import Format, write
from tobit_kernel.notebook.display.filters import Filter, Op
from tobit_kernel.notebook.display.formats import kind_of, rows
from tobit_kernel.notebook.display.pages import LONGEST_CELL, Pages, Sort
from tobit_kernel.notebook.display.shelf import Shelf
from tobit_kernel.notebook.display.static import FIRST_ROWS
from tobit_kernel.notebook.display.words import say
from tobit_kernel.wire.stream import Result

if TYPE_CHECKING:
    from comm.base_comm import BaseComm

TARGET = "tobit.grid"
MIME = "application/vnd.tobit.grid+json"
_MOST_BYTES = 512 * 1024**2


def content(result: Result, key: str) -> dict[str, Any]:
    """What the grid draws before it asks: columns, the first 50 rows, the tail."""
    tail = result.tail
    columns = [
        {"name": field.name, "type": name, "kind": kind_of(field.type, name).value}
        for field, name in zip(result.table.schema, result.types, strict=True)
    ]
    return {
        "id": key,
        "columns": columns,
        "rows": rows(result.table.slice(0, FIRST_ROWS), LONGEST_CELL),
        "row_count": len(result),
        "truncated": tail.truncated,
        "cached": tail.cached,
        "elapsed_ms": round(tail.elapsed_ms, 1),
        "source": result.source,
        "trace_id": tail.trace_id,
        "name": result.name,
    }


def answer(shelf: Shelf, key: str, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """The answer to one message of the page, and its buffers; never raises."""
    found = shelf.get(key)
    echo = {"request": message["request"]} if "request" in message else {}
    if found is None:
        return {**_gone(), **echo}, []
    result, pages = found
    try:
        if "page" in message:
            return {"page": _page(pages, message["page"]), **echo}, []
        if "export" in message:
            described, data = _export(result, pages, message["export"])
            return {"export": described, **echo}, [data]
        raise InputError(say("The grid does not know this message."), "page | export")
    except TobitError as error:
        return {"error": {"message": error.message, "hint": error.hint}, **echo}, []
    except Exception as error:  # the page must hear of it: a comm has no other way to fail
        return {"error": {"message": f"{type(error).__name__}: {error}", "hint": ""}, **echo}, []


def serve(shelf: Shelf, comm: BaseComm, opened: Mapping[str, Any]) -> None:
    """Answers the messages of ``comm``, which the page opened with ``opened`` as its first message."""
    key = str((opened.get("content") or {}).get("data", {}).get("id", ""))

    def reply(message: Mapping[str, Any]) -> None:
        data, buffers = answer(shelf, key, message)
        comm.send(data, buffers=buffers or None)

    def hear(message: Mapping[str, Any]) -> None:
        asked = (message.get("content") or {}).get("data") or {}
        if "export" in asked:
            Thread(target=copy_context().run, args=(reply, asked), name="tobit-export", daemon=True).start()
        else:
            reply(asked)

    comm.on_msg(hear)
    if shelf.get(key) is None:
        comm.send(_gone())


def _gone() -> dict[str, Any]:
    return {
        "gone": True,
        "message": say("The kernel no longer holds this result; these are its first rows."),
        "hint": say("Run the cell again to page, sort, filter or export."),
    }


def _page(pages: Pages, asked: Mapping[str, Any]) -> dict[str, Any]:
    offset, limit = _whole(asked, "offset", 0), _whole(asked, "limit", FIRST_ROWS)
    page = pages.page(offset, limit, _sort(asked), _filters(asked))
    return {
        "rows": page.rows,
        "offset": page.offset,
        "row_count": page.row_count,
        "elapsed_ms": round(page.elapsed_ms, 1),
    }


def _export(result: Result, pages: Pages, asked: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    file = BytesIO()
    form = str(asked.get("format", ""))
    write(pages.chosen(_sort(asked), _filters(asked)), file, form, types=result.types, for_excel=True)
    if file.tell() > _MOST_BYTES:
        raise LimitReached(
            say("The file has {n:,} megabytes, too many to pass through the browser.").format(n=file.tell() >> 20),
            say("Use the command line: tobit sql … --as {form} > file.{form}").format(form=form),
        )
    chosen = Format(form)
    return {"name": f"{result.name or 'result'}.{chosen.value}", "mime": chosen.mime}, file.getvalue()


def _sort(asked: Mapping[str, Any]) -> list[Sort]:
    return [Sort(_whole(part, "column"), bool(part.get("descending"))) for part in _parts(asked, "sort")]


def _filters(asked: Mapping[str, Any]) -> list[Filter]:
    """Filters as asked; one that still waits for its value keeps every row."""
    found = []
    for part in _parts(asked, "filters"):
        name, value = part.get("op"), part.get("value")
        if name not in list(Op):
            hint = say("There are: {ops}.").format(ops=", ".join(Op))
            raise InputError(say("There is no comparison {name!r}.").format(name=name), hint)
        typed = "" if value is None else str(value)
        if typed or name in (Op.EMPTY, Op.NOT_EMPTY):
            found.append(Filter(_whole(part, "column"), Op(name), typed))
    return found


def _parts(asked: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    parts = asked.get(name) or []
    if not isinstance(parts, list) or not all(isinstance(part, Mapping) for part in parts):
        raise InputError(say("{name!r} must be a list of objects.").format(name=name))
    return parts


def _whole(asked: Mapping[str, Any], name: str, default: int | None = None) -> int:
    value = asked.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(say("{name!r} must be a whole number, not {value!r}.").format(name=name, value=value))
    return value

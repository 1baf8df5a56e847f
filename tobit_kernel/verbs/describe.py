"""``describe``: a table's columns."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from tobit_kernel.client import path_of
from tobit_kernel.errors import InputError
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call, Surroundings, Words


def describe(
    table: str,
    *,
    source: str = "workbench",
    sensitive: Words = (),
    not_sensitive: Annotated[Words, Parameter(negative=())] = (),
    mode: str = "mask",
    reason: Annotated[str, Parameter(alias="-m")] = "",
    call: Call,
) -> Any:
    """Lists the columns of a table with type, comment and what personal data they hold.

    `--sensitive phone=phone full_name=name -m "customers"` declares columns: everybody without the permission
    `see_pii` gets them masked before their SQL sees them. Kinds: name, email, phone, rrn, card, account, address,
    passport, ip, free.

    Parameters
    ----------
    table
        `schema.name` or `name`
    source
        which source
    sensitive
        columns that hold personal data, as column=kind
    not_sensitive
        columns that hold none after all
    mode
        what is shown of sensitive columns: mask, hash or drop
    reason
        why; the audit keeps it
    """
    if sensitive or not_sensitive:
        return _declared(table, source, sensitive, not_sensitive, mode, reason, call)
    data = call.gate.get(path_of("sources", source, "tables", table))
    rows = "unknown" if data["rows"] is None else f"about {data['rows']:,}"
    about = f"{data['schema']}.{data['name']} · {data['type']} · rows: {rows}"
    return Answer(data, data["columns"], note=about + (f" · {data['comment']}" if data["comment"] else ""))


def _declared(
    table: str,
    source: str,
    sensitive: tuple[str, ...],
    not_sensitive: tuple[str, ...],
    mode: str,
    reason: str,
    call: Surroundings,
) -> Answer:
    if not reason:
        raise InputError("A declaration needs a reason.", 'Add it: -m "phone numbers of customers".')
    pairs = [word.rpartition("=") for word in sensitive]
    if any(not column or not kind for column, _, kind in pairs):
        raise InputError("--sensitive takes column=kind.", "Such as: --sensitive phone=phone full_name=name.")
    where = {"source": source, "table": table}
    done: list[dict[str, Any]] = [
        call.gate.put("/masking/columns", {**where, "column": column, "kind": kind, "mode": mode, "reason": reason})
        for column, _, kind in pairs
    ]
    for column in not_sensitive:
        gone = call.gate.delete("/masking/columns", **where, column=column, reason=reason)
        done.append({**where, **gone, "kind": "", "mode": "none", "reason": reason})
    return Answer(done, done, note=f"`%tobit describe {table}` shows all its columns.")

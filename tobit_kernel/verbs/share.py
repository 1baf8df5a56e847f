"""``share``: a link to a result."""

from __future__ import annotations

from typing import Any

from tobit_kernel.client import path_of
from tobit_kernel.errors import InputError, NotFound
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call, Surroundings
from tobit_kernel.verbs.parse import assignments
from tobit_kernel.verbs.sql import request_of


def share(
    *words: str,
    title: str = "",
    days: float = 7,
    uses: int | None = None,
    password: bool = False,
    source: str = "workbench",
    limit: int = 1000,
    timeout: str = "30s",
    revoke: str | None = None,
    log: str | None = None,
    all: bool = False,  # noqa: A002 - the option's name
    browse: bool = False,
    call: Call,
) -> Any:
    """Makes a link to the result of a statement, or lists your links.

    The statement stands below the line, or is that of an earlier named cell: `%tobit share sales`.
    It runs anew whenever the link is opened, with what you may see at that moment; personal data
    stays masked even if you see it. Whoever has the link needs no account. Without a statement and
    a name the verb lists your links. On the command line: `tobit share "select 1" --title "One"`.

    Parameters
    ----------
    words
        NAME of an earlier cell of the source, then values of parameters: `day=2026-01-01`
    title
        what stands above the rows
    days
        how long the link opens
    uses
        how often it opens; without it, as often as one likes
    password
        ask for a password that opening the link needs
    source
        where the statement asks
    limit
        most rows to show
    timeout
        ends the statement after so long
    revoke
        close the link with this id at once
    log
        who came by the link with this id
    all
        list everybody's links (managers)
    browse
        opens the links as a widget, in a notebook
    """
    if browse:
        return call.browse("shares")
    if revoke is not None:
        return Answer(call.gate.delete(path_of("shares", revoke)), text=f"Link {revoke} is closed.")
    if log is not None:
        rows = call.gate.get(path_of("shares", log, "accesses"))
        return Answer(rows, rows, empty="Nobody came by this link yet.")
    if not words and not (call.body or "").strip():
        return _listed(call.gate.get("/shares", all=all or None))
    request, _ = request_of(words, source, limit, timeout, "off", _with_cell(words, source, call))
    draft: dict[str, Any] = {"request": request.model_dump(mode="json"), "title": title, "days": days, "uses": uses}
    if password:
        draft["password"] = call.ask_secret("Password of the link: ")
    made = call.gate.post("/shares", draft)
    address = made["address"] or _address(call.gate.url, made["path"])
    told = f"It opens until {made['ends_at'][:16].replace('T', ' ')} UTC. It is shown this once."
    if not address:
        told += "\nBefore it belongs the address of the gate for browsers; a gate of one person has none."
    return Answer({**made, "address": address}, text=f"{address or made['path']}\n{told}")


def _with_cell(words: tuple[str, ...], source: str, call: Surroundings) -> Surroundings:
    """The surroundings with the statement of the named cell as body, where none was written."""
    if (call.body or "").strip():
        return call
    plain, _ = assignments(words)
    known = call.cells.get(source, {})
    if not plain:
        raise InputError("There is no statement.", "Write it below the line, or name an earlier cell.")
    if plain[0] not in known:
        names = ", ".join(known) or "none"
        raise NotFound(f"There is no cell {plain[0]!r} of source {source!r}.", f"Named cells: {names}.")
    cell = known[plain[0]]
    from tobit_kernel.wire.parameters import decode

    given = {name: decode(value) for name, value in cell.parameters.items()}
    return Surroundings(body=cell.statement, variables={**call.variables, **given}, cells=call.cells)


def _address(url: str, path: str) -> str:
    """The whole link; empty where this side knows the gate by its socket alone, which no browser reaches."""
    return "" if url.startswith("unix://") else url.rstrip("/") + path


def _listed(links: list[dict[str, Any]]) -> Answer:
    names = ("id", "state", "title", "statement", "ends_at", "uses_left", "opened", "owner")
    rows = [{name: link[name] for name in names} for link in links]
    return Answer(links, rows, empty="You have no links. `%tobit share NAME` makes one of a named cell.")

"""What ``users`` does for people: accounts, links, sessions, their data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tobit_kernel.client import path_of
from tobit_kernel.errors import InputError
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Surroundings

_LISTED = ("id", "name", "role", "groups", "origin", "last_sign_in_at", "state")
_SESSION = ("id", "account", "kind", "method", "last_used_at", "ends_at", "ip")


@dataclass(frozen=True)
class Person:
    """For whom something is done, and how."""

    id: str
    tenant: str | None
    reason: str
    clear_totp: bool
    keep_tables: bool

    def path(self, *parts: str) -> str:
        """Their route; ``InputError`` without a name."""
        if not self.id:
            raise InputError("For whom?", "Write the name first: `%tobit users kim --recover`.")
        return path_of("users", self.id, *parts)

    def require_reason(self) -> str:
        """Why; ``InputError`` when nothing was said."""
        if not self.reason:
            raise InputError("This needs a reason.", 'Add -m "why": the audit keeps it.')
        return self.reason


def listed(call: Surroundings, tenant: str | None, text: str) -> Answer:
    """People that match."""
    data = call.gate.get("/users", text=text, tenant=tenant)
    rows = [{name: _shown({**each, "state": _state(each)}[name]) for name in _LISTED} for each in data["items"]]
    note = f"{len(rows)} of {data['total']}" if data["total"] > len(rows) else ""
    return Answer(data, rows, empty=f"Nobody matches {text!r}.", note=note, columns=list(_LISTED))


def add(
    call: Surroundings,
    tenant: str | None,
    account: str,
    role: str | None,
    groups: tuple[str, ...],
    name: str | None,
    email: str | None,
) -> Answer:
    """A new person and their link."""
    draft = {"id": account, "role": role or "viewer", "groups": list(groups), "name": name or "", "email": email or ""}
    return _invited(call, call.gate.post("/users", draft, tenant=tenant))


def change_of(
    role: str | None,
    groups: tuple[str, ...],
    name: str | None,
    email: str | None,
    disable: bool,
    enable: bool,
    reason: str,
) -> dict[str, Any]:
    """The body of a change; empty when nothing is to change."""
    given: dict[str, Any] = {"role": role, "name": name, "email": email, "groups": list(groups) or None}
    if disable or enable:
        if disable and not reason:
            raise InputError("Disabling somebody needs a reason.", 'Add -m "why": the audit keeps it.')
        given["disabled"] = disable
    change = {field: value for field, value in given.items() if value is not None}
    return {**change, "reason": reason} if change else {}


def change(call: Surroundings, tenant: str | None, account: str, body: dict[str, Any]) -> Answer:
    """Role, groups, name; disabled or not."""
    data = call.gate.patch(Person(account, tenant, "", False, False).path(), body, tenant=tenant)
    return Answer(data, [{name: _shown({**data, "state": _state(data)}[name]) for name in _LISTED}])


def sessions(call: Surroundings, tenant: str | None, account: str, end: str | None) -> Answer:
    """Open sessions, or the end of one."""
    if end is not None:
        data = call.gate.delete(path_of("sessions", end), tenant=tenant)
        return Answer(data, text=f"The session {end} of {data['user']} has ended.")
    data = call.gate.get("/sessions", tenant=tenant, user=account or None)
    rows = [{name: _shown(each[name]) for name in _SESSION} for each in data]
    return Answer(data, rows, empty="Nobody is signed in.", columns=list(_SESSION))


def tenants(call: Surroundings, add: str | None, name: str | None) -> Answer:
    """All tenants, or a new one."""
    if add is not None:
        data = call.gate.post("/tenants", {"id": add, "name": name or ""})
        return Answer(data, text=f"Tenant {add!r} is there; `%tobit users --add NAME --tenant {add}` lets people in.")
    data = call.gate.get("/tenants")
    return Answer(data, [{key: _shown(value) for key, value in each.items()} for each in data])


def _recover(call: Surroundings, person: Person) -> Answer:
    body = {"reason": person.require_reason(), "clear_totp": person.clear_totp}
    return _invited(call, call.gate.post(person.path("recover"), body, tenant=person.tenant))


def _unlock(call: Surroundings, person: Person) -> Answer:
    data = call.gate.post(person.path("unlock"), tenant=person.tenant)
    return Answer(data, text=f"{person.id} can try again.")


def _sign_ins(call: Surroundings, person: Person) -> Answer:
    data = call.gate.get(person.path("sign-ins"), tenant=person.tenant)
    names = ["at", "method", "outcome", "ip", "agent"]
    rows = [{name: _shown(each[name]) for name in names} for each in data]
    return Answer(data, rows, empty=f"{person.id} has not signed in.", columns=names)


def _export(call: Surroundings, person: Person) -> Answer:
    data = call.gate.get(person.path("export"), tenant=person.tenant)
    counts = ", ".join(f"{name} {len(rows)}" for name, rows in data["tables"].items())
    return Answer(data, text=f"Kept about {person.id}: the account; {counts}. `--as json` writes all of it.")


def _erase(call: Surroundings, person: Person) -> Answer:
    body = {"reason": person.require_reason(), "keep_tables": person.keep_tables}
    data = call.gate.post(person.path("erase"), body, tenant=person.tenant)
    return Answer(data, text=f"{person.id} is now {data['pseudonym']}, in {data['audit_rows']} audit rows, too.")


DONE: dict[str, Callable[[Surroundings, Person], Answer]] = {
    "recover": _recover,
    "unlock": _unlock,
    "sign_ins": _sign_ins,
    "export": _export,
    "erase": _erase,
}


def _invited(call: Surroundings, data: dict[str, Any]) -> Answer:
    url = call.gate.url
    place = f"{url}{data['path']}" if url.startswith("http") else f"the gate's address and {data['path']}"
    return Answer(
        data, text=f"{data['user']} chooses a password, once and within a day, by\n  {place}\nIt is shown this once."
    )


def _state(account: dict[str, Any]) -> str:
    if account["disabled_at"]:
        return f"disabled: {account['disabled_reason'] or ''}".rstrip(": ")
    return "paused" if account["locked_until"] else "ok"


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(value)
    return value[:16].replace("T", " ") if isinstance(value, str) and len(value) > 19 and value[4:5] == "-" else value

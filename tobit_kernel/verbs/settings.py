"""``settings``: what is in force."""

from __future__ import annotations

from typing import Any

from tobit_kernel.errors import InputError
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def settings(name: str = "", value: str | None = None, *, call: Call) -> Any:
    """Shows the gate's settings and where their values come from; changes those that can change.

    Parameters
    ----------
    name
        only this one
    value
        new value; `log_level` and `audit_keep_days` can change while the gate runs
    """
    if value is not None:
        if name == "audit_keep_days" and value.isdigit():
            data = call.gate.put("/settings/audit_keep_days", {"value": int(value)})
            return Answer(data, text=f"The audit is kept for {data['value']} days, by whole months.")
        if name != "log_level":
            raise InputError(
                f"{name!r} can't change while the gate runs.", f"Set TOBIT_{name.upper()}, then `tobit stop`."
            )
        data = call.gate.put("/settings/log_level", {"value": value})
        return Answer(data, text=f"log_level is {data['value']} until the gate ends.")
    data = [item for item in call.gate.get("/settings") if name in ("", item["name"])]
    return Answer(data, data, empty=f"There is no setting {name!r}.")

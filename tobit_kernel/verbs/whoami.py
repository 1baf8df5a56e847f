"""``whoami``: for whom the gate takes you."""

from __future__ import annotations

from typing import Any

from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call


def whoami(*, call: Call) -> Any:
    """Shows your tenant, user name and role."""
    data = call.gate.get("/me")
    return Answer(data, text=f"{data['user']} @ {data['tenant']}, {data['role']}")

"""All widgets that the caller has a use for, in tabs: the page of an administrator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tobit_kernel.client import Gate
from tobit_kernel.notebook.display.words import say
from tobit_kernel.notebook.widgets.audit import audit
from tobit_kernel.notebook.widgets.explorer import explorer
from tobit_kernel.notebook.widgets.frame import Frame, tabs
from tobit_kernel.notebook.widgets.keys import keys
from tobit_kernel.notebook.widgets.people import people
from tobit_kernel.notebook.widgets.sessions import sessions
from tobit_kernel.notebook.widgets.shares import shares
from tobit_kernel.notebook.widgets.sources import sources


def administration(*, gate: Gate | None = None) -> Administration:
    """Tabs of everything that the caller may look after."""
    return Administration(gate)


class Administration(Frame):
    """A tab for each widget; it is made when it is first looked at."""

    def __init__(self, gate: Gate | None) -> None:
        super().__init__(say("Administration"), gate)
        self.run(lambda: self._begin(gate))

    def _begin(self, gate: Gate | None) -> None:
        offered: list[tuple[str, str, Callable[..., Frame]]] = [
            ("users", say("People"), people),
            ("read", say("Sessions"), sessions),
            ("keys", say("API keys"), keys),
            ("read", say("Sources"), sources),
            ("audit", say("Audit"), audit),
            ("share", say("Links"), shares),
            ("read", say("Data explorer"), explorer),
        ]
        self.parts = [(title, made) for permission, title, made in offered if self.may(permission)]
        self.first(tabs([(title, self._page(made, gate)) for title, made in self.parts]))
        who = say("{user} of tenant {tenant}, {role}").format(**self.me)
        self.head(say("Administration"), who)

    def _page(self, made: Callable[..., Frame], gate: Gate | None) -> Callable[[], Any]:
        return lambda: made(gate=gate).box

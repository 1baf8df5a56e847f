"""The frame of a widget: title, what happened last, content; how its work shows that it is busy and how it failed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import ipywidgets

from tobit_kernel.client import Gate
from tobit_kernel.errors import TobitError
from tobit_kernel.notebook.display.words import say
from tobit_kernel.notebook.widgets import pieces

#: Does something and tells in a line what; None says nothing.
Work = Callable[[], str | None]


class Frame:
    """What all widgets share. ``gate`` is who asks; without one it is this process's.

    A page in it takes the place of the one before (``open``), with a button that leads ``back``.
    """

    def __init__(self, title: str, gate: Gate | None = None) -> None:
        self._given, self._title = gate, title
        self._first: tuple[Any, ...] = ()
        #: Work within work, such as the list behind a page: its error stays, and the outer one is not over.
        self._depth = 0
        self._reload: Callable[[], object] = lambda: None
        self.title = ipywidgets.HTML()
        self.message = ipywidgets.HTML()
        self.content = ipywidgets.VBox()
        self.content.add_class("tobit-Content")
        self.box = ipywidgets.VBox([pieces.style(), self.title, self.message, self.content])
        self.box.add_class("tobit-Widget")
        self._head("")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.box._repr_mimebundle_(include=include, exclude=exclude)

    # -- who asks ---------------------------------------------------------------

    @property
    def gate(self) -> Gate:
        """Who asks; found anew when it was not given, as gates come and go."""
        if self._given is not None:
            return self._given
        from tobit_kernel.autostart import gate

        return gate()

    @cached_property
    def me(self) -> dict[str, Any]:
        """The caller as the gate knows them."""
        return dict(self.gate.get("/me"))

    def may(self, permission: str) -> bool:
        """Whether the caller has a permission: what they may not do has no button."""
        return permission in self.me["permissions"]

    @property
    def is_team(self) -> bool:
        """Whether people sign in here; a gate of one's own has nobody to invite."""
        return bool(self.me["via"] != "local")

    # -- what happened ----------------------------------------------------------

    def run(self, work: Work, what: str = "") -> bool:
        """Whether ``work`` went well. Shows what it says or why it failed; until then the content can't be clicked."""
        self.box.add_class("tobit-mod-busy")
        if not self._depth:
            self.tell(what)
        self._depth += 1
        try:
            said = work()
        except TobitError as error:
            self.failed(error)
            return False
        except Exception as error:
            self.failed(
                TobitError(f"{type(error).__name__}: {error}", say("This is a mistake in Tobit; please report it."))
            )
            raise
        finally:
            self._depth -= 1
            if not self._depth:
                self.box.remove_class("tobit-mod-busy")
        if said or what:
            self.tell(said or "")
        return True

    def doing(self, work: Work, what: str = "") -> Callable[[], bool]:
        """``run(work)`` for a button."""
        return lambda: self.run(work, what)

    def tell(self, text: str) -> None:
        """A line above the content; none empties it."""
        self.message.value = pieces.html("message", [text], False) if text else ""

    def failed(self, error: TobitError) -> None:
        """An error's lines: what failed, what to do."""
        self.message.value = pieces.html("message", error.lines(), True)

    # -- pages ------------------------------------------------------------------

    def first(self, *children: Any) -> None:
        """The page that ``back`` leads to."""
        self._first = children
        self.content.children = children

    def open(self, title: str, *children: Any, reload: Callable[[], object]) -> None:
        """A page about one thing in place of the first, which ``reload`` brings up to date on the way back."""
        self._leave()
        self._head(title)
        self._reload = reload
        back = pieces.row(pieces.button(f"← {self._title}", self.back))
        self.content.children = (back, *children)

    def back(self) -> None:
        """The first page again, up to date; what was shown on the other is gone."""
        self._leave()
        self._head("")
        self.content.children = self._first
        self.tell("")
        self._reload()

    def _leave(self) -> None:
        for child in self.content.children:
            if child not in self._first:
                _closed(child)

    def head(self, title: str, note: str) -> None:
        """What stands above all."""
        self.title.value = pieces.html("title", title, note)

    def _head(self, note: str) -> None:
        self.head(note or self._title, self._title if note else "")

    # -- buttons ----------------------------------------------------------------

    def sure(self, text: str, question: str, work: Callable[[str], str | None], needs_reason: bool = False) -> Any:
        """A button that asks before it does something, where wanted with a reason, which ``work`` is given."""
        place = pieces.row()
        reason = pieces.text(say("Reason"), example=say("the audit keeps it"))
        reason.style.description_width, reason.layout.width = "initial", "360px"

        def asked() -> None:
            yes = pieces.button(say("Yes: {what}").format(what=text.rstrip(" …")), done, "danger")
            no = pieces.button(say("No"), closed)
            place.children = (pieces.shown("hint", question), *((reason,) if needs_reason else ()), yes, no)

        def closed() -> None:
            place.children = (pieces.button(text, asked),)

        def done() -> None:
            if needs_reason and not reason.value.strip():
                self.failed(TobitError(say("This needs a reason."), say("Write why: the audit keeps it.")))
            elif self.run(lambda: work(reason.value.strip())):
                reason.value = ""
                closed() if place.comm is not None else None

        closed()
        return place


def _closed(widget: Any) -> None:
    """Forgets a widget and what is in it: secrets of a page don't outlive it."""
    for child in getattr(widget, "children", ()):
        _closed(child)
    widget.close()


def tabs(pages: list[tuple[str, Callable[[], Any]]]) -> Any:
    """Tabs whose content is made when it is first looked at."""
    places = [pieces.stack() for _ in pages]
    made: set[int] = set()
    box = ipywidgets.Tab(children=places, titles=[title for title, _ in pages])
    box.add_class("tobit-Tabs")

    def look(change: Any) -> None:
        number = change["new"]
        if number is not None and number not in made:
            made.add(number)
            places[number].children = (pages[number][1](),)

    box.observe(look, "selected_index")
    look({"new": 0})
    box.selected_index = 0
    return box

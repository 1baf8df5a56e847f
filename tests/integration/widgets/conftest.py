"""The widgets without a browser: values are set and buttons clicked as a browser would have it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ipywidgets import Widget

from tests.integration.conftest import Team
from tobit_kernel.notebook.widgets.frame import Frame


class Screen:
    """What somebody sees of a widget, and what they do with it."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def all(self) -> Iterator[Any]:
        """Every widget that is shown."""
        yield from _within(self.frame.box)

    @property
    def text(self) -> str:
        """All that stands on it, as markup."""
        values = [str(each.value) for each in self.all() if type(each).__name__ == "HTML"]
        texts = [value for value in values if not value.startswith("<style>")]
        return "\n".join([*texts, *self.buttons])

    @property
    def said(self) -> str:
        """The line of what happened last."""
        return str(self.frame.message.value)

    @property
    def buttons(self) -> list[str]:
        """What can be clicked."""
        return [each.description for each in self.all() if type(each).__name__ == "Button" and not each.disabled]

    def click(self, text: str) -> None:
        """Clicks the last button that begins so."""
        found = [each for each in self.all() if type(each).__name__ == "Button" and each.description.startswith(text)]
        assert found, f"no button {text!r} among {self.buttons}"
        found[-1].click()

    def fill(self, **values: Any) -> None:
        """Fields by their labels; ``_`` is a blank."""
        for name, value in values.items():
            label = name.replace("_", " ")
            labelled = [each for each in self.all() if getattr(each, "description", "") == label]
            found = [each for each in labelled if hasattr(each, "value")]
            assert found, f"no field {label!r}"
            found[-1].value = value

    def tab(self, title: str) -> None:
        """Goes to a tab."""
        tabs = next(each for each in self.all() if type(each).__name__ == "Tab" and title in each.titles)
        tabs.selected_index = tabs.titles.index(title)


def _within(widget: Any) -> Iterator[Any]:
    if widget.layout is not None and widget.layout.display == "none":
        return
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _within(child)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No widget outlives its test."""
    yield
    Widget.close_all()


@pytest.fixture(scope="module")
def crowd(team: Team) -> Team:
    """The team with a thousand more people, some with long Korean names."""
    with team.database() as database:
        database.execute(
            "insert into gate.account (id, tenant_id, name, role)"
            " select 'p' || lpad(i::text, 4, '0'), 'default', '아주 긴 이름을 가진 생산기술팀 담당자 ' || i, 'viewer'"
            " from generate_series(1, 1000) i"
        )
    return team

"""The one way in which Tobit finds its own parts and other people's: entry points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from tobit_kernel.errors import NotFound


class Registry(Mapping[str, Any]):
    """Objects of one entry-point group by name; each is imported at its first use.

    ``Registry("tobit.verbs", "verb")["sql"]`` gives the function; ``NotFound`` names the
    nearest names when there is none.
    """

    def __init__(self, group: str, noun: str) -> None:
        self.group, self.noun = group, noun

    @cached_property
    def _points(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in sorted(entry_points(group=self.group))}

    def __getitem__(self, name: str) -> Any:
        try:
            return self._points[name].load()
        except KeyError:
            raise self.unknown(name) from None

    def __contains__(self, name: object) -> bool:
        return name in self._points

    def __iter__(self) -> Iterator[str]:
        return iter(self._points)

    def __len__(self) -> int:
        return len(self._points)

    def unknown(self, name: str) -> NotFound:
        """The error for a name that is not there, with what was probably meant."""
        from difflib import get_close_matches

        near = get_close_matches(name, list(self), n=3)
        hint = "Did you mean " + " or ".join(near) + "?" if near else f"There are: {', '.join(self)}."
        return NotFound(f"There is no {self.noun} {name!r}.", hint)

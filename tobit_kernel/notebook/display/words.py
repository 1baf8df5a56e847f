"""Words of the display in the user's language (gettext domain ``tobit_kernel``, English source)."""

from __future__ import annotations

from gettext import dgettext, dngettext

_DOMAIN = "tobit_kernel"


def say(text: str) -> str:
    """``text`` in the user's language."""
    return dgettext(_DOMAIN, text)


def count(number: int, one: str, many: str) -> str:
    """``1 row``, ``22,695 rows``: the number with its noun."""
    return f"{number:,} {dngettext(_DOMAIN, one, many, number)}"


def duration(ms: float) -> str:
    """``41 ms``, ``1.2 s``, ``2 min 5 s``."""
    if ms < 999.5:
        return f"{ms:.0f} ms"
    if ms < 59_950:
        return f"{ms / 1000:.1f} s"
    minutes, seconds = divmod(round(ms / 1000), 60)
    return f"{minutes} min {seconds} s"

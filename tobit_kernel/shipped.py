"""Where the folders are that come with Tobit beside its code: notebooks, dashboards, templates."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from tobit_kernel.errors import NotFound


def shipped(folder: str) -> Path:
    """The folder ``notebooks``, ``voila_apps`` or ``templates``: the checkout's, or the one that the wheel installed.

    A checkout goes first, so that an edited tutorial is the one that opens. It is known by its
    ``pyproject.toml``, as a package of that name may lie beside ours in site-packages.
    """
    checkout = Path(__file__).parents[1]
    places = [Path(base) / "share" / "tobit" for base in _data_folders()]
    if (checkout / "pyproject.toml").is_file():
        places.insert(0, checkout)
    for place in places:
        if (place / folder).is_dir():
            return place / folder
    raise NotFound(
        f"The folder {folder!r} did not come with this installation of Tobit.",
        "Install the wheel again: pip install --force-reinstall --no-deps tobit-kernel",
    )


def _data_folders() -> list[str]:
    """Where pip puts a wheel's data: in the environment, or below the user's own folder."""
    user = sysconfig.get_preferred_scheme("user")
    return [sysconfig.get_path("data"), sysconfig.get_path("data", user)]

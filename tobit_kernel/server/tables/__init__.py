"""Tables that users bring: loading a file into one, dropping it."""

from tobit_kernel.server.tables.drop import Dropped, drop
from tobit_kernel.server.tables.load import Loaded, Mode, load

__all__ = ["Dropped", "Loaded", "Mode", "drop", "load"]

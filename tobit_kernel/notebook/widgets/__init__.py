"""Widgets for people who look after others, their data and what they do; in JupyterLab and Voila.

``from tobit_kernel.notebook.widgets import people; people()``, or ``%tobit users --browse``. They show what the
caller may do and ask the gate as the verbs do.
"""

from tobit_kernel.notebook.widgets.administration import administration
from tobit_kernel.notebook.widgets.audit import audit
from tobit_kernel.notebook.widgets.explorer import explorer
from tobit_kernel.notebook.widgets.keys import keys
from tobit_kernel.notebook.widgets.people import people
from tobit_kernel.notebook.widgets.sessions import sessions
from tobit_kernel.notebook.widgets.shares import shares
from tobit_kernel.notebook.widgets.sources import sources

__all__ = ["administration", "audit", "explorer", "keys", "people", "sessions", "shares", "sources"]

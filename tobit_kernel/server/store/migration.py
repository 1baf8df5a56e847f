"""Brings the database's tables to what this version of Tobit knows.

Each revision is ``migrations/versions/<id>_<noun>.py``, ids count up (0001, 0002, …) in one line;
its SQL is in the ``.sql`` file of the
same name beside it::

    from tobit_kernel.server.store.migration import run_sql_beside

    revision = "0002"
    down_revision = "0001"

    def upgrade() -> None:
        run_sql_beside(__file__)

All missing revisions run in one transaction as ``tobit_owner``: a crash leaves the state
before. There is no way back but a backup, so there is no ``downgrade``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.pool import NullPool

import tobit_kernel
from tobit_kernel.errors import Conflict

if TYPE_CHECKING:
    from alembic.config import Config

#: The home of ``env.py`` and ``versions/``.
FOLDER = Path(__file__).with_name("migrations")
#: Any number; not that of the bootstrap, which another starter may do meanwhile.
LOCK = 0x6D696772
SCHEMA = "gate"


def migrate(owner: URL) -> str:
    """The revision that the database has afterwards. Others who start meanwhile wait.

    ``Conflict`` when the database was made by a newer Tobit; nothing is changed then.
    """
    engine = create_engine(owner, poolclass=NullPool, hide_parameters=True)
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        connection.execute(text(f"create schema if not exists {SCHEMA}"))
        known, found = revisions(), current(connection)
        if found and found not in known:
            raise _too_new(connection, found, known[-1])
        if found != known[-1]:
            from alembic import command  # a tenth of a second, for most starts in vain

            config = configuration()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return known[-1]


def revisions() -> list[str]:
    """The revisions that this version has, oldest first: the numbers that the files begin with."""
    return sorted(file.name.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*.py"))


def configuration() -> Config:
    """Alembic's settings; there is no ini file to find."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def current(connection: Connection) -> str | None:
    """The revision of the database; None when it has none yet."""
    if connection.execute(text("select to_regclass('gate.alembic_version')")).scalar() is None:
        return None
    found: str | None = connection.execute(text("select version_num from gate.alembic_version")).scalar()
    return found


def run_sql_beside(revision_file: str, **names: str) -> None:
    """Runs the ``.sql`` file beside a revision: any number of statements, no parameters.

    ``%`` and ``:`` mean nothing in it. ``{{name}}`` is replaced by ``names`` (our own words only).
    """
    from alembic import op

    statements = Path(revision_file).with_suffix(".sql").read_text(encoding="utf-8")
    for name, value in names.items():
        statements = statements.replace("{{" + name + "}}", value)
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def _too_new(connection: Connection, found: str, newest: str) -> Conflict:
    query = text("select tobit_version from gate.migration where revision = :revision")
    maker = connection.execute(query, {"revision": found}).scalar() or "a later version"
    ours = tobit_kernel.__version__
    return Conflict(
        f"The database is newer than this Tobit: it has revision {found} (made by Tobit {maker}), "
        f"and Tobit {ours} knows up to {newest}.",
        f"Install Tobit {maker} here, or use another TOBIT_HOME or TOBIT_DATABASE_URL.",
        found=found,
        known=newest,
    )

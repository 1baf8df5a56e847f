"""Schema ``gate``: who there is, who is bound to which connection, what was done."""

from tobit_kernel.server.store.migration import run_sql_beside

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql_beside(__file__)

"""Who may do what, and who sees which rows."""

from tobit_kernel.server.store.migration import run_sql_beside

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql_beside(__file__)

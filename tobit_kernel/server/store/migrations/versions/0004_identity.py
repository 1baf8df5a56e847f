"""People, their groups, sessions, keys and sign-ins."""

from tobit_kernel.server.store.migration import run_sql_beside

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql_beside(__file__)

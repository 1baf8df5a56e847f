"""What sources need beside an address."""

from tobit_kernel.server.store.migration import run_sql_beside

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql_beside(__file__)

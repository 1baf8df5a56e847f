"""The audit as partitions under seals."""

from tobit_kernel.server.store.migration import run_sql_beside

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql_beside(__file__)

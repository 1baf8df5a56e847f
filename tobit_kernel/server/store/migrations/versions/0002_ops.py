"""Schema ``ops``: the operations model."""

from tobit_kernel.server.store.migration import run_sql_beside

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql_beside(__file__)

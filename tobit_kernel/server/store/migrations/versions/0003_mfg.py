"""Schema ``mfg``: the facts and dimensions of the factory."""

from tobit_kernel.server.store.migration import run_sql_beside

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql_beside(__file__)

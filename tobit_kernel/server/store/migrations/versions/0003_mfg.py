"""The factory's facts and dimensions: schema mfg."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements beside this file as they are: no parameters, so that % stays %."""
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(statements)


def downgrade() -> None:
    """Forget the schema with everything in it."""
    op.execute("drop schema mfg cascade")

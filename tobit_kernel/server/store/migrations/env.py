"""Run by Alembic: all missing revisions on the connection and in the transaction of ``migrate``."""

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import text

import tobit_kernel


def note(ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]) -> None:
    """Remembers which Tobit made a revision, for the message of an older one that meets it."""
    context.get_bind().execute(
        text("insert into gate.migration (revision, tobit_version) values (:revision, :version)"),
        {"revision": step.up_revision_id, "version": tobit_kernel.__version__},
    )


context.configure(
    connection=context.config.attributes["connection"],
    version_table_schema="gate",
    on_version_apply=note,
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()

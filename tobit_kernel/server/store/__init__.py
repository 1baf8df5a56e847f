"""PostgreSQL: embedded or the company's own; roles, migrations, tenancy."""

from tobit_kernel.server.store.store import State, Store, opened

__all__ = ["State", "Store", "opened"]

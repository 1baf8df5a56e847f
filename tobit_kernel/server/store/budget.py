"""How many connections each part may hold, so that together they stay below the server's limit.

A part that needs more waits for its own pool and never takes another part's.
"""

from __future__ import annotations

#: Kept open for the gateway's own statements (audit, bindings, settings); each lasts milliseconds.
APP_POOL = 8
#: More of the same in a rush, closed afterwards.
APP_OVERFLOW = 8
#: Statements of analysts that run at the same time; a further one waits.
READER_POOL = 16
#: The worker process: its engine and the durable queue.
WORKER_POOL = 16
#: Migrations, demo data, backup.
OWNER_CONNECTIONS = 4
#: PostgreSQL keeps these for its superuser (superuser_reserved_connections).
RESERVED = 3

#: max_connections of the embedded server, and what another server must leave for us.
SERVER_CONNECTIONS = APP_POOL + APP_OVERFLOW + READER_POOL + WORKER_POOL + OWNER_CONNECTIONS + RESERVED

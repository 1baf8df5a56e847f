"""The demo data in a real database: right, repeatable, resumable, and apart from everybody else's rows."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tobit_kernel.errors import Conflict, InputError
from tobit_kernel.server.factory import demo as factory
from tobit_kernel.server.inventory import demo as inventory
from tobit_kernel.server.store.database import Addresses

Connection = psycopg.Connection[Any]
END = datetime(2026, 3, 2, tzinfo=UTC)
SCALE = 0.01
OPS = {
    "ops.ci": 280, "ops.ci_relation": 627, "ops.metric": 120, "ops.maintenance": 43, "ops.work_history": 240,
    "ops.change_history": 311, "ops.threshold": 112, "ops.event_log": 312, "ops.metric_value": 108_000,
}  # fmt: skip
#: Loads for tenant argv[2] at the address of argv[1] and says each step, so that a test can kill it in the middle.
LOADER = """
import sys
from datetime import datetime, UTC
import psycopg
from tobit_kernel.server.inventory.demo import seed
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    seed(connection, sys.argv[2], 0.1, datetime(2026, 3, 2, tzinfo=UTC), lambda *step: print(*step, flush=True))
"""


def quiet(done: int, total: int, note: str) -> None:
    """Progress that nobody watches."""


def count(connection: Connection, table: str, tenant: str) -> int:
    statement = SQL("select count(*) from {} where tenant_id = %s").format(Identifier(*table.split(".")))
    return int(connection.execute(statement, (tenant,)).fetchone()[0])  # type: ignore[index]


def digest(connection: Connection, table: str, columns: str, tenant: str) -> str:
    rows = f"select {columns} from {table} where tenant_id = %s"
    text = f"select md5(string_agg(r::text, '|' order by r::text)) from ({rows}) r"
    return str(connection.execute(text, (tenant,)).fetchone()[0])  # type: ignore[index]


@pytest.fixture(scope="session")
def seeded(app: Connection) -> dict[str, int]:
    """Rows per table of tenant default."""
    counts = inventory.seed(app, "default", SCALE, END, quiet)
    return counts | factory.seed(app, "default", SCALE, END, quiet)


def test_every_table_has_the_rows_that_were_told(app: Connection, seeded: dict[str, int]) -> None:
    assert {table: rows for table, rows in seeded.items() if table.startswith("ops.")} == OPS
    assert seeded["mfg.dim_date"] == 4018
    assert {table: count(app, table, "default") for table in seeded} == seeded


def test_progress_ends_at_its_total(app: Connection) -> None:
    steps: list[tuple[int, int]] = []
    inventory.seed(app, "progress", SCALE, END, lambda done, total, _: steps.append((done, total)))
    assert steps == sorted(steps)
    assert steps[0][0] == 0 and steps[-1] == (sum(OPS.values()), sum(OPS.values()))


def test_a_second_run_changes_nothing(app: Connection, seeded: dict[str, int]) -> None:
    version = app.execute("select max(xmin::text::bigint) from ops.event_log").fetchone()
    again = inventory.seed(app, "default", SCALE, END, quiet) | factory.seed(app, "default", SCALE, END, quiet)
    assert again == seeded
    assert app.execute("select max(xmin::text::bigint) from ops.event_log").fetchone() == version


def test_two_tenants_have_the_same_demo_and_see_only_their_own(
    app: Connection, seeded: dict[str, int], reading: Callable[[str], Connection]
) -> None:
    inventory.seed(app, "second", SCALE, END, quiet)
    for table in ("ops.ci", "ops.metric_value", "ops.event_log"):
        rows = (
            reading("second").execute(SQL("select count(*) from {}").format(Identifier(*table.split(".")))).fetchone()
        )
        assert rows == (OPS[table],)
    tenants = reading("second").execute("select distinct tenant_id from ops.metric_value").fetchall()
    assert tenants == [("second",)]
    assert reading("second").execute("select count(*) from mfg.dim_line").fetchone() == (0,)
    assert reading("").execute("select count(*) from ops.ci").fetchone() == (0,)
    assert reading("second").execute("select count(*) from ops.metric_point").fetchone() == (108_000,)


def test_references_without_foreign_keys_hold_too(app: Connection, seeded: dict[str, int]) -> None:
    orphans = app.execute(
        "select count(*) from ops.metric_value v left join ops.metric m using (tenant_id, metric_id, ci_id)"
        " where m.name is null"
    ).fetchone()
    assert orphans == (0,)
    thresholds = app.execute(
        "select count(*) from ops.threshold t join ops.ci c using (tenant_id, ci_code)"
        " join ops.metric m on m.tenant_id = t.tenant_id and m.ci_id = c.ci_id and m.name = t.metric"
        " where t.tenant_id = 'default'"
    ).fetchone()
    assert thresholds == (112,)


def test_rows_of_the_user_stay_when_other_demo_data_comes(app: Connection) -> None:
    tenant = "own-rows"
    inventory.seed(app, tenant, SCALE, END, quiet)
    app.execute(
        "insert into ops.ci (tenant_id, ci_code, ci_name, ci_type) values (%s, 'MINE', '내 서버', 'HW')", (tenant,)
    )
    app.execute(
        "insert into ops.event_log (tenant_id, time, ci_id, event_type) values (%s, %s, 1, 'mine')", (tenant, END)
    )
    app.execute(
        "insert into ops.metric_value (tenant_id, time, metric_id, ci_id, value) values (%s, %s, 7, 1, -1)",
        (tenant, END + timedelta(hours=23)),
    )
    counts = inventory.seed(app, tenant, SCALE, END + timedelta(days=1), quiet)
    assert count(app, "ops.ci", tenant) == 281
    assert count(app, "ops.event_log", tenant) == counts["ops.event_log"] + 1
    own = "select value, is_demo from ops.metric_value where tenant_id = %s and metric_id = 7 and time = %s"
    assert app.execute(own, (tenant, END + timedelta(hours=23))).fetchone() == (-1, None)


def test_a_value_of_the_user_at_a_moment_of_the_demo_wins(app: Connection) -> None:
    tenant = "collision"
    app.execute("select ops.ensure_partitions(%s, %s)", (END - timedelta(days=1), END))
    moment = END - timedelta(minutes=100)
    app.execute(
        "insert into ops.metric_value (tenant_id, time, metric_id, ci_id, value) values (%s, %s, 7, 1, -1)",
        (tenant, moment),
    )
    counts = inventory.seed(app, tenant, SCALE, END, quiet)
    assert counts["ops.metric_value"] == 107_999
    value = "select value from ops.metric_value where tenant_id = %s and metric_id = 7 and time = %s"
    assert app.execute(value, (tenant, moment)).fetchone() == (-1,)


def test_a_name_that_the_user_took_is_told_and_nothing_is_half_done(app: Connection) -> None:
    app.execute("insert into ops.ci (tenant_id, ci_code, ci_name, ci_type) values ('taken', 'HOST-01', 'x', 'HW')")
    with pytest.raises(Conflict, match="HOST-01"):
        inventory.seed(app, "taken", SCALE, END, quiet)
    assert count(app, "ops.ci", "taken") == 1


def test_thresholds_of_key_figures_that_people_changed_stay(app: Connection, seeded: dict[str, int]) -> None:
    app.execute("update mfg.dim_kpi set target = 77 where tenant_id = 'default' and kpi_code = 'oee'")
    factory.seed(app, "default", SCALE, END + timedelta(days=1), quiet)
    found = app.execute("select target from mfg.dim_kpi where tenant_id = 'default' and kpi_code = 'oee'").fetchone()
    factory.seed(app, "default", SCALE, END, quiet)
    assert found == (77,)


@pytest.mark.parametrize("scale", [0, -1, 1.5, float("nan")])
def test_a_scale_that_means_nothing_is_refused(app: Connection, scale: float) -> None:
    for seed in (inventory.seed, factory.seed):
        with pytest.raises(InputError):
            seed(app, "refused", scale, END, quiet)


@pytest.mark.parametrize("steps", [3, 14])
def test_a_run_that_was_killed_goes_on_to_the_same_rows(addresses: Addresses, app: Connection, steps: int) -> None:
    tenant = f"killed-{steps}"
    loader = subprocess.Popen(
        [sys.executable, "-c", LOADER, addresses.app.uri, tenant], stdout=subprocess.PIPE, text=True
    )
    assert loader.stdout is not None
    for _ in range(steps):
        loader.stdout.readline()
    time.sleep(0.05)
    loader.send_signal(signal.SIGKILL)
    assert loader.wait() == -signal.SIGKILL
    loader.stdout.close()
    kept = app.execute("select count(*) from gate.demo_step where tenant_id = %s", (tenant,)).fetchone()
    counts = inventory.seed(app, tenant, 0.1, END, quiet)
    assert kept is not None and 0 < kept[0] < 22
    assert {table: count(app, table, tenant) for table in counts} == counts
    assert counts["ops.metric_value"] == 1_080_000
    assert counts["ops.event_log"] == 3124


def test_two_runs_at_once_load_the_rows_once(addresses: Addresses, app: Connection) -> None:
    command = [sys.executable, "-c", LOADER.replace("0.1", "0.02"), addresses.app.uri, "twice"]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, env=dict(os.environ)) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    assert count(app, "ops.metric_value", "twice") == 216_000
    assert count(app, "ops.ci", "twice") == 280


def test_other_settings_take_over_and_the_earlier_run_says_so(app: Connection, addresses: Addresses) -> None:
    def taken_over(done: int, total: int, note: str) -> None:
        if note == "Metrics":
            with addresses.app.connect(autocommit=True) as other:
                inventory.seed(other, "takeover", 0.02, END, quiet)

    with pytest.raises(Conflict):
        inventory.seed(app, "takeover", SCALE, END, taken_over)
    assert count(app, "ops.metric_value", "takeover") == 216_000


def test_every_tenant_gets_the_same_rows(app: Connection, seeded: dict[str, int]) -> None:
    inventory.seed(app, "same", SCALE, END, quiet)
    for table, columns in {
        "ops.metric_value": "metric_id, time, ci_id, value",
        "ops.ci_relation": "relation_id, from_ci_id, to_ci_id, relation_type",
        "ops.event_log": "event_id, time, ci_id, event_type, severity, message, attributes",
    }.items():
        assert digest(app, table, columns, "same") == digest(app, table, columns, "default")


def test_the_data_that_is_there_tells_its_scale_and_end(app: Connection, seeded: dict[str, int]) -> None:
    assert inventory.made_with(app, "default") == (SCALE, END)
    assert inventory.made_with(app, "nobody") is None

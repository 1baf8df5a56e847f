"""Old months go whole, once they are sealed; their seals stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from tests.integration.audit.conftest import Kept
from tobit_kernel.server.audit.months import following, month_of

OLD = month_of(datetime.now(UTC) - timedelta(days=1300))
YOUNG = month_of(datetime.now(UTC) - timedelta(days=900))


async def filled(kept: Kept, *ages: date) -> None:
    """Two rows in each month of ``ages`` and two of now, not sealed yet."""
    for month in ages:
        kept.owner(f"select gate.ensure_audit_months('{month}', '{month}')")
    await kept.write(*["old"] * 2 * len(ages), "new", "new")
    for number, month in enumerate(ages):
        kept.owner(f"update gate.audit set at = '{month} 12:00+00' where id in ({2 * number + 1}, {2 * number + 2})")


async def test_a_sealed_month_goes_when_it_is_old_enough(kept: Kept) -> None:
    await filled(kept, OLD, YOUNG)
    assert await kept.sealer.seal() == 6
    assert kept.verify().seals == 3, "a seal is of one month"
    assert await kept.sealer.drop_old() == [(OLD, 2)]
    assert await kept.sealer.drop_old() == []
    found = kept.verify()
    assert found.findings == [] and (found.rows, found.seals) == (4, 4)
    assert found.dropped == [f"{OLD:%Y-%m} on {datetime.now(UTC):%Y-%m-%d}"]
    assert await kept.sealed("it goes on") == 1 and kept.verify().intact


async def test_a_month_that_somebody_else_dropped_is_missing(kept: Kept) -> None:
    await filled(kept, OLD, YOUNG)
    await kept.sealer.seal()
    kept.owner(f"drop table gate.audit_{OLD:%Y_%m}")
    assert kept.kinds() == ["missing"]


async def test_rows_put_into_a_dropped_month_are_found(kept: Kept) -> None:
    await filled(kept, OLD)
    await kept.sealer.seal()
    await kept.sealer.drop_old()
    kept.owner(f"select gate.ensure_audit_months('{OLD}', '{OLD}')")
    kept.owner(
        f"insert into gate.audit (turn, at, tenant_id, actor, actor_type, action, outcome, salt, digest)"
        f" select turn - 1, '{OLD}', tenant_id, actor, actor_type, action, outcome, salt, digest"
        " from gate.audit limit 1"
    )
    assert "inserted" in kept.kinds()


async def test_the_longest_wish_of_the_tenants_counts(kept: Kept) -> None:
    await filled(kept, OLD)
    await kept.sealer.seal()
    await kept.sealer.keep("default", 3000, "local")
    assert await kept.sealer.keep_days() == 3000
    assert await kept.sealer.drop_old() == []
    await kept.sealer.keep("default", 1200, "local")
    assert await kept.sealer.drop_old() == [(OLD, 2)]


async def test_unsealed_or_young_months_are_refused_by_the_database(kept: Kept) -> None:
    await filled(kept, OLD, YOUNG)
    for month, days in (
        (OLD, 1095),
        (YOUNG, 1095),
        (OLD, 30),
        (OLD, None),
        (following(month_of(datetime.now(UTC))), 31),
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            kept.app(f"select gate.drop_audit_month('{month}', {days or 'null'})")


async def test_a_month_that_is_being_read_stays_until_the_next_round(kept: Kept) -> None:
    await filled(kept, OLD)
    await kept.sealer.seal()
    with kept.addresses.app.connect() as reader:
        reader.execute("select count(*) from gate.audit")
        assert await kept.sealer.drop_old() == []
    assert await kept.sealer.drop_old() == [(OLD, 2)]

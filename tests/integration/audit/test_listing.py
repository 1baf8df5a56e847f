"""What the audit shows: filters, true totals, CSV, masks."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.audit.conftest import Kept, Somebody
from tobit_kernel.server.audit.record import ActorType, Audit, Event, Wanted

OURS = Wanted(tenant="default")


async def filled(kept: Kept) -> None:
    await kept.write("select 1", "select 100%")
    await kept.write("select lee", by=Somebody(user="lee"), outcome="Refused", error="no")
    await kept.write("of another", by=Somebody(tenant="other"))
    await kept.audit.record(Event(Somebody(), "source.add", resource="plant", after={"type": "redis"}))
    await kept.audit.record(Event(Somebody(), "load", resource="my.sources", actor_type=ActorType.JOB))


@pytest.mark.parametrize(
    ("wanted", "actions"),
    [
        (OURS, ["load", "source.add", "query", "query", "query"]),
        (Wanted(tenant=None), ["load", "source.add", "query", "query", "query", "query"]),
        (Wanted(tenant="other"), ["query"]),
        (Wanted(tenant="default", actor="lee"), ["query"]),
        (Wanted(tenant="default", action="source"), ["source.add"]),
        (Wanted(tenant="default", action="sourc"), []),
        (Wanted(tenant="default", outcome="failed"), ["query"]),
        (Wanted(tenant="default", outcome="Refused"), ["query"]),
        (Wanted(tenant="default", outcome="ok"), ["load", "source.add", "query", "query"]),
        (Wanted(tenant="default", source="workbench"), ["query", "query", "query"]),
        (Wanted(tenant="default", resource="PLANT"), ["source.add"]),
        (Wanted(tenant="default", text="0%"), ["query"]),
        (Wanted(tenant="default", text="sources"), ["load"]),
        (Wanted(tenant="default", since=datetime.now(UTC) + timedelta(days=1)), []),
        (Wanted(tenant="default", until=datetime.now(UTC) - timedelta(days=1)), []),
        (Wanted(tenant="default", own="kim", actor="lee"), []),
        (Wanted(tenant="default' or true --"), []),
    ],
)
async def test_a_filter_finds_its_rows_and_counts_them(kept: Kept, wanted: Wanted, actions: list[str]) -> None:
    await filled(kept)
    for _ in range(2):
        found = await kept.audit.page(wanted)
        assert [row.action for row in found.items] == actions and found.total == len(actions)


async def test_every_page_has_the_true_total_whatever_is_sealed_meanwhile(kept: Kept) -> None:
    seen: list[int] = []
    for number in range(12):
        await kept.write(f"select {number}")
        found = await kept.audit.page(OURS, limit=1)
        seen.append(found.total)
        assert found.items[0].statement == f"select {number}"
        if number % 3 == 0:
            await kept.sealer.seal()
    assert seen == list(range(1, 13))


async def test_pages_join_without_gaps_from_both_ends(kept: Kept) -> None:
    await kept.sealed(*[f"select {number}" for number in range(11)])
    pages = [await kept.audit.page(OURS, limit=3, offset=offset) for offset in range(0, 15, 3)]
    assert [row.id for page in pages for row in page.items] == list(range(11, 0, -1))
    assert {page.total for page in pages} == {11}


async def test_own_queries_are_the_callers_alone(kept: Kept) -> None:
    await filled(kept)
    found = await kept.audit.queries(Somebody())
    assert [query.statement for query in found.items] == ["select 100%", "select 1"] and found.total == 2


async def test_csv_has_all_rows_and_no_formula(kept: Kept) -> None:
    for statement in ("=1+1", "+1", "-1", "@sum(a)", "\t=1", "select ',\"\n'"):
        await kept.write(statement)
    text = "".join([piece async for piece in kept.audit.csv(OURS)])
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["statement"] for row in rows] == ["select ',\"\n'", "'\t=1", "'@sum(a)", "'-1", "'+1", "'=1+1"]
    assert rows[0]["actor"] == "kim" and rows[0]["tables"] == "[]"


async def test_what_was_typed_is_masked_before_it_is_kept(kept: Kept) -> None:
    masked = Audit(kept.engine, mask=lambda text: text.replace("010-1234-5678", "010-****-5678"))
    phone = "call 010-1234-5678"
    event = Event(Somebody(), "x", statement=phone, error=phone, reason=phone, before={"a": [phone]}, after=phone)
    await masked.record(event)
    assert kept.owner("select count(*) from gate.audit a where strpos(a::text, '1234') > 0") == [(0,)]
    [row] = (await kept.audit.page(OURS)).items
    assert row.before == {"a": ["call 010-****-5678"]} and event.statement == phone
    assert await kept.sealer.seal() == 1 and kept.verify().intact


async def test_a_month_that_nobody_made_is_made_when_a_row_comes(kept: Kept) -> None:
    month = f"{datetime.now(UTC):%Y_%m}"
    kept.owner(f"drop table gate.audit_{month}")
    await kept.write("the first of a long sleep")
    assert (await kept.audit.page(OURS)).total == 1

"""The chain over audit rows: what verification finds when somebody who owns the database changes them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.integration.audit.conftest import Kept, Somebody
from tobit_kernel.server.audit.anchor import Anchor
from tobit_kernel.server.audit.chain import Keys
from tobit_kernel.server.audit.record import ActorType, Event
from tobit_kernel.server.audit.sealing import Sealer

ODD = {"a": 1.0, "b": [1e22, 1e-7, 0.1, -0.0, True, None], "c": {"ü": "\u0000\ud800x", "d": float("nan")}, "e": 2**70}


async def test_an_untouched_audit_is_intact(kept: Kept) -> None:
    assert await kept.sealed("one", "two") == 2
    assert await kept.sealed("three") == 1
    await kept.write("not sealed yet")
    found = kept.verify()
    assert found.intact and (found.rows, found.seals, found.anchored, found.unsealed) == (4, 2, 2, 1)


async def test_every_field_comes_back_as_it_was_sealed(kept: Kept) -> None:
    event = Event(
        Somebody(user="김철수"),
        "setting",
        "Refused",
        'a "quoted" \\ thing',
        "workbench",
        "select '한글'\x00\t\ud800",
        ["a.b", "c"],
        7,
        1.2345678901234567,
        True,
        "error\n",
        "reason",
        "::1",
        "agent\x7f",
        "0" * 32,
        "1" * 32,
        ActorType.API,
        ODD,
        [ODD],
    )
    await kept.audit.record(event)
    await kept.audit.record(Event(Somebody(), "empty", tables=[], before={}, after="text"))
    await kept.sealer.seal()
    found = kept.verify()
    assert found.findings == [] and found.rows == 2


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ("update gate.audit set statement = 'harmless' where id = 3", ["edited"]),
        ("update gate.audit set actor = 'lee' where id = 3", ["edited"]),
        ("update gate.audit set rows = 0 where id = 3", ["edited"]),
        ("update gate.audit set outcome = 'ok' where id = 3", ["edited"]),
        ("update gate.audit set at = at + interval '1 second' where id = 3", ["edited"]),
        ("update gate.audit set tenant_id = 'other' where id = 3", ["edited"]),
        ("update gate.audit set salt = null, statement = null where id = 3", ["edited"]),
        ("update gate.audit set salt = '\\x00', digest = sha256('\\x00') where id = 3", ["edited", "edited"]),
        ("delete from gate.audit where id = 3", ["missing"]),
        ("delete from gate.audit where id <= 2", ["missing"]),
        ("update gate.audit set id = 100 where id = 3", ["edited"]),
        ("update gate.audit set turn = (select turn from gate.audit where id = 4) where id = 3", ["edited"]),
        (
            "update gate.audit a set turn = b.turn, id = 100 from gate.audit b where a.id = 1 and b.id = 2",
            ["edited"],
        ),
        (
            "insert into gate.audit (turn, tenant_id, actor, actor_type, action, outcome, salt, digest)"
            " select turn, 'default', 'kim', 'user', 'query', 'ok', salt, digest from gate.audit where id = 2",
            ["edited", "inserted"],
        ),
        (
            "insert into gate.audit (turn, tenant_id, actor, actor_type, action, outcome)"
            " values (-5, 'default', 'kim', 'user', 'query', 'ok')",
            ["inserted", "inserted"],
        ),
        ("update gate.audit_seal set rows = rows - 1 where seq = 1", ["seal", "inserted"]),
        ("delete from gate.audit_seal where seq = 1", ["seal", "inserted"]),
        ("truncate gate.audit_seal", ["cut off"]),
        ("delete from gate.audit", ["missing", "missing"]),
        ("delete from gate.audit where id > 4; delete from gate.audit_seal where seq > 1", ["cut off"]),
    ],
)  # fmt: skip
async def test_a_change_is_found(kept: Kept, change: str, kinds: list[str]) -> None:
    await kept.sealed("one", "two", "three", "four", rows=4, outcome="Refused")
    await kept.sealed("five", "six")
    kept.owner(change)
    found = kept.verify()
    assert not found.intact
    assert sorted({finding.kind for finding in found.findings}) == sorted(set(kinds)), found.findings
    assert all(finding.message.endswith(".") for finding in found.findings)


async def test_a_finding_names_rows_and_times(kept: Kept) -> None:
    await kept.sealed("one", "two", "three")
    await kept.sealed("four")
    kept.owner("delete from gate.audit where id = 2")
    [finding] = kept.verify().findings
    assert (finding.first_id, finding.last_id) == (1, 3)
    assert finding.since is not None and finding.since <= (finding.until or finding.since)
    assert finding.message.startswith("1 row is missing among rows 1–3 (")


async def test_a_cut_end_is_found_also_after_the_chain_went_on(kept: Kept) -> None:
    await kept.sealed("one")
    await kept.sealed("two")
    kept.owner("delete from gate.audit where id = 2; delete from gate.audit_seal where seq = 2")
    await kept.sealed("three")
    await kept.sealed("four")
    assert "anchor" in kept.kinds()


async def test_a_chain_made_anew_with_another_key_is_found(kept: Kept, tmp_path: Path) -> None:
    await kept.sealed("one", "two")
    kept.owner("delete from gate.audit where id = 1; truncate gate.audit_seal")
    (tmp_path / "forged").mkdir()
    await Sealer(kept.engine, Keys([b"f" * 32]), Anchor(tmp_path / "forged")).seal()
    assert sorted(kept.kinds()) == ["anchor", "key"]


async def test_rows_of_a_transaction_that_ends_late_are_sealed_too(kept: Kept) -> None:
    insert = (
        "insert into gate.audit (tenant_id, actor, actor_type, action, outcome, salt, digest)"
        " select 'default', 'late', actor_type, action, outcome, salt, digest from gate.audit limit 1"
    )
    await kept.sealed("first")
    with kept.addresses.app.connect() as late:
        late.execute(insert)
        await kept.write("second")
        assert await kept.sealer.seal() == 0, "a later row waits for the earlier transaction"
        assert kept.verify().unsealed == 1
    assert await kept.sealer.seal() == 2
    assert kept.verify().unsealed == 0 and kept.kinds() == ["edited"], "its digest was another row's"


async def test_sealers_of_several_gates_make_one_chain(kept: Kept, tmp_path: Path) -> None:
    homes = [tmp_path / str(number) for number in range(4)]
    for home in homes:
        home.mkdir()
    sealers = [Sealer(kept.engine, kept.keys, Anchor(home)) for home in homes]

    async def work(sealer: Sealer) -> None:
        for _ in range(10):
            await kept.write("by one of many")
            await sealer.seal()

    await asyncio.gather(*(work(sealer) for sealer in sealers))
    await kept.sealer.seal()
    for anchor in [kept.anchor, *(sealer.anchor for sealer in sealers)]:
        found = replace(kept, anchor=anchor).verify()
        assert found.intact and (found.rows, found.unsealed) == (40, 0)


async def test_a_gate_that_died_before_the_anchor_was_written_anchors_at_its_next_start(kept: Kept) -> None:
    await kept.sealed("one")
    kept.anchor.file.unlink()
    assert kept.verify().anchored == 0
    await kept.sealer.begin()
    assert kept.verify().anchored == 1 == kept.anchor.last


async def test_a_line_of_the_anchor_that_was_cut_off_by_a_crash_does_no_harm(kept: Kept) -> None:
    await kept.sealed("one")
    with kept.anchor.file.open("a") as file:
        file.write("2 abcd")
    await kept.sealed("two")
    assert kept.verify().intact and kept.anchor.last == 2


async def test_keys_that_were_rotated_still_verify(kept: Kept) -> None:
    await kept.sealed("one")
    rotated = Keys([b"n" * 32, b"k" * 32])
    await kept.write("two")
    await Sealer(kept.engine, rotated, kept.anchor).seal()
    assert kept.verify(rotated).intact
    assert [finding.kind for finding in kept.verify().findings] == ["key"]


async def test_the_chain_goes_on_in_a_server_that_counts_transactions_anew(kept: Kept) -> None:
    await kept.sealed("one")
    kept.owner(
        "update gate.audit set turn = turn + 1000000; update gate.audit_seal set upto_turn = upto_turn + 1000000"
    )
    await kept.sealer.begin()
    assert await kept.sealed("two") == 1
    assert kept.verify().unsealed == 0


@pytest.mark.parametrize("table", ["audit", "audit_seal", "audit_turn", "audit_2026_11"])
@pytest.mark.parametrize("change", ["update {} set {} = null", "delete from {}", "truncate {}", "drop table {}"])
async def test_the_gates_own_role_changes_nothing(kept: Kept, table: str, change: str) -> None:
    column = {"audit_seal": "head", "audit_turn": "shift"}.get(table, "actor")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        kept.app(change.format(f"gate.{table}", column))

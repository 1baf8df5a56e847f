"""A person is taken out of the audit; the chain still holds, and nobody else can do the same."""

from __future__ import annotations

import json

import pytest

from tests.integration.audit.conftest import Kept, Somebody
from tobit_kernel.errors import InputError
from tobit_kernel.server.audit.erasure import pseudonymise
from tobit_kernel.server.audit.record import Event

ADMIN = Somebody(user="root")
NAMING_KIM = "select count(*) from gate.audit a where strpos(a::text, 'kim') > 0"


async def filled(kept: Kept) -> None:
    await kept.sealed("select 'kim'", "select 2", ip="10.0.0.1", agent="kim's browser", tables=["my_kim.t"])
    await kept.audit.record(Event(ADMIN, "user.add", resource="kim", after={"name": "Kim"}, reason="new colleague"))
    await kept.audit.record(Event(ADMIN, "source.add", resource="kim", reason="a source of that name"))
    await kept.sealed("select 3", by=Somebody(user="lee"))
    await kept.write("not sealed yet")


async def test_an_erased_person_is_gone_and_the_chain_holds(kept: Kept) -> None:
    await filled(kept)
    assert await pseudonymise(kept.engine, kept.keys, "default", "kim", "erased-1") == 4
    await kept.sealer.seal()
    found = kept.verify()
    assert found.findings == [] and (found.rows, found.erased, found.unsealed) == (6, 4, 0)
    assert kept.owner(f"{NAMING_KIM} and action <> 'source.add'") == [(0,)]
    rows = kept.owner("select actor, resource, statement, ip, agent, tables from gate.audit order by id")
    assert rows[0] == ("erased-1", None, None, None, None, None)
    assert rows[2] == ("root", "erased-1", None, None, None, None)
    assert rows[3][:2] == ("root", "kim"), "a source that has the same name is not the person"
    assert rows[4][2] == "select 3"
    assert [line async for line in kept.audit.export("default", "kim")] == []


async def test_acts_of_others_that_name_a_person_name_the_pseudonym(kept: Kept) -> None:
    told = [
        ("scope.add", "user/kim lines", None),
        ("key.revoke", "k1", "of kim"),
        ("permission.set", "kim.lee", "kimchi"),
    ]
    for action, resource, reason in told:
        await kept.audit.record(Event(ADMIN, action, resource=resource, reason=reason))
    await kept.sealer.seal()
    assert await pseudonymise(kept.engine, kept.keys, "default", "kim", "erased-1") == 2
    rows = kept.owner("select resource, reason from gate.audit order by id")
    assert rows == [("user/erased-1 lines", None), (None, None), ("kim.lee", "kimchi")]
    assert kept.verify().intact


async def test_who_erased_somebody_can_be_erased_later(kept: Kept) -> None:
    await filled(kept)
    await pseudonymise(kept.engine, kept.keys, "default", "kim", "erased-1")
    assert await pseudonymise(kept.engine, kept.keys, "default", "root", "erased-2") == 2
    assert kept.owner("select actor, resource from gate.audit where id = 3") == [("erased-2", None)]
    assert kept.verify().intact


async def test_the_same_name_of_another_tenant_stays(kept: Kept) -> None:
    await kept.sealed("mine", by=Somebody(tenant="other"))
    assert await pseudonymise(kept.engine, kept.keys, "default", "kim", "erased-1") == 0


async def test_a_pseudonym_is_another_name(kept: Kept) -> None:
    for pseudonym in ("", "kim", "once kim"):
        with pytest.raises(InputError):
            await pseudonymise(kept.engine, kept.keys, "default", "kim", pseudonym)


@pytest.mark.parametrize(
    "change",
    [
        "update gate.audit set actor = 'lee' where id = 1",
        "update gate.audit set statement = 'put back' where id = 1",
        "update gate.audit set rows = 0 where id = 1",
        "update gate.audit set resource = 'other' where id = 3",
        "update gate.audit set erased = null where id = 1",
        "update gate.audit a set actor = 'erased-1', salt = null, statement = null, tables = null, ip = null,"
        " agent = null, erased = b.erased from gate.audit b where a.id = 5 and b.id = 1",
    ],
)
async def test_an_edit_of_an_erased_row_is_found(kept: Kept, change: str) -> None:
    await filled(kept)
    await pseudonymise(kept.engine, kept.keys, "default", "kim", "erased-1")
    kept.owner(change)
    assert kept.kinds() == ["edited"]


async def test_the_door_of_erasure_leaves_a_row_unproven_without_the_key(kept: Kept) -> None:
    await filled(kept)
    kept.app(
        "select gate.erase_audit('default', 'kim', 'x', array_agg(id), array_agg(at), array_agg(null::text),"
        " array_agg('\\x00'::bytea))"
        " from gate.audit where actor = 'kim'"
    )
    assert set(kept.kinds()) == {"edited"}


async def test_an_export_holds_what_a_person_did_and_what_was_done_to_them(kept: Kept) -> None:
    await filled(kept)
    lines = [json.loads(line) async for line in kept.audit.export("default", "kim")]
    assert [line["action"] for line in lines] == ["query", "query", "user.add", "query"]
    assert lines[0]["ip"] == "10.0.0.1" and lines[2]["after"] == {"name": "Kim"}

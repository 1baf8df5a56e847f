"""Links to results: for a time, a number of uses, with a password, and never more than their owner may see."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from tests.integration.identity.conftest import People

ASK = {"statement": "select line_code from mfg.dim_line order by 1"}


def made(people: People, user: str, **more: Any) -> dict[str, Any]:
    status, data = people.said(user, "POST", "/api/v1/shares", {"request": ASK, **more})
    assert status == 200, data
    return data


def opened(people: People, share: dict[str, Any], password: str = "") -> tuple[int, Any]:
    body = {"token": share["path"].partition("#")[2], "password": password}
    answer = people.home.http("POST", "/api/v1/shared/open", body, authorization="")
    return answer.status, json.loads(answer.data)["data"]


def change(people: People, statement: str, *values: object) -> None:
    with people.home.database() as database:
        database.execute(statement, values)


def test_whoever_has_the_link_sees_what_its_owner_sees(people: People) -> None:
    change(people, "delete from gate.scope")
    share = made(people, "manager-red", title="Lines", uses=5)
    status, data = opened(people, share)
    assert (status, data["title"], data["owner"], data["uses_left"]) == (200, "Lines", "manager-red", 4)
    assert data["result"]["rows"] == [["L1"], ["L2"], ["L3"]]
    assert share["path"].partition("#")[2] not in json.dumps(people.gate("manager-red").get("/shares"))


def test_the_owner_s_rights_count_at_the_time_of_use(people: People) -> None:
    change(people, "delete from gate.scope")
    change(people, "insert into gate.scope values ('blue', 'account', 'analyst-blue', 'line', 'L2', 'x', 'x'),"
                   " ('blue', 'account', 'analyst-blue', 'factory', '*', 'x', 'x')")  # fmt: skip
    share = made(people, "analyst-blue")
    assert opened(people, share)[1]["result"]["rows"] == [["L2"]]
    change(people, "delete from gate.scope")
    assert opened(people, share)[1]["result"]["rows"] == []
    change(people, "update gate.account set role = 'viewer' where id = 'analyst-blue'")
    assert opened(people, share)[0] == 403
    change(people, "update gate.account set role = 'analyst', disabled_at = now() where id = 'analyst-blue'")
    assert opened(people, share)[0] == 401
    change(people, "update gate.account set disabled_at = null where id = 'analyst-blue'")
    assert opened(people, share)[0] == 200


def test_a_link_ends_by_uses_by_time_and_by_its_owner(people: People) -> None:
    share = made(people, "analyst-red", uses=1)
    assert opened(people, share)[0] == 200
    assert opened(people, share)[0] == 401
    late = made(people, "analyst-red")
    change(people, "update gate.share set ends_at = now() where id = %s", late["id"])
    assert opened(people, late)[0] == 401
    closed = made(people, "analyst-red")
    people.gate("analyst-red").delete(f"/shares/{closed['id']}")
    assert opened(people, closed)[0] == 401
    states = {link["id"]: link["state"] for link in people.gate("analyst-red").get("/shares")}
    assert [states[each["id"]] for each in (share, late, closed)] == ["used up", "ended", "revoked"]


def test_of_many_at_once_no_more_come_in_than_may(people: People) -> None:
    share, got = made(people, "analyst-red", uses=3), []
    visitors = [threading.Thread(target=lambda: got.append(opened(people, share)[0])) for _ in range(12)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert sorted(got) == [200] * 3 + [401] * 9


def test_a_password_is_asked_and_can_t_be_guessed_for_ever(people: People) -> None:
    share = made(people, "analyst-red", password="red bridge 12")
    assert "red bridge" not in json.dumps(share)
    status, data = opened(people, share)
    assert status == 401 and data["details"]["needs"] == "password"
    assert opened(people, share, "wrong")[0] == 401
    assert opened(people, share, "red bridge 12")[0] == 200
    for _ in range(20):
        opened(people, share, "wrong")
    assert opened(people, share, "red bridge 12")[0] == 401


def test_a_use_that_shows_nothing_is_given_back_and_written_down(people: People) -> None:
    share = made(people, "analyst-red", uses=2)
    change(people, "update gate.share set request = jsonb_set(request, '{statement}', '\"select 1/0\"') where id = %s",
           share["id"])  # fmt: skip
    assert opened(people, share)[0] == 400
    (link,) = [each for each in people.gate("analyst-red").get("/shares") if each["id"] == share["id"]]
    assert link["uses_left"] == 2
    log = people.gate("analyst-red").get(f"/shares/{share['id']}/accesses")
    assert [access["outcome"] for access in log] == ["StatementError"]


@pytest.mark.parametrize("user", ["analyst-blue", "manager-blue", "operator-red"])
def test_links_of_others_are_out_of_reach(people: People, user: str) -> None:
    share = made(people, "analyst-red")
    assert people.said(user, "DELETE", f"/api/v1/shares/{share['id']}")[0] == 404
    assert people.said(user, "GET", f"/api/v1/shares/{share['id']}/accesses") == (200, [])
    assert share["id"] not in [link["id"] for link in people.gate(user).get("/shares")]


def test_a_statement_that_may_not_run_is_not_shared(people: People) -> None:
    for statement in ("select * from gate.account", "drop table x", "select * from no_such_table"):
        status, _ = people.said("analyst-red", "POST", "/api/v1/shares", {"request": {"statement": statement}})
        assert status in (400, 403)
    assert people.said("viewer-red", "POST", "/api/v1/shares", {"request": ASK})[0] == 403
    assert people.said("analyst-red", "POST", "/api/v1/shares", {"request": {**ASK, "limit": None}})[0] == 413


def test_made_up_tokens_open_nothing(people: People) -> None:
    for token in ("tbl_" + "x" * 43, people.tokens["admin-red"].ljust(30, "x"), "' or true --" + "x" * 20):
        answer = people.home.http("POST", "/api/v1/shared/open", {"token": token}, authorization="")
        assert answer.status == 401


def test_the_audit_knows_who_opened_what(people: People) -> None:
    share = made(people, "manager-red", title="seen")
    opened(people, share)
    rows = people.gate("manager-red").get("/audit", text="share", limit=50)["items"]
    seen = {(row["action"], row["resource"]) for row in rows}
    assert {(f"share.{done}", f"share/{share['id']}") for done in ("make", "open")} <= seen

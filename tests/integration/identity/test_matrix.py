"""Every route declares what it needs, and every role gets from it what the matrix says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from tests.integration.identity.conftest import People
from tobit_kernel.server.gateway.app import PREFIX, make_app
from tobit_kernel.server.gateway.door import OPEN
from tobit_kernel.server.identity.principal import MAY, Permission, Role
from tobit_kernel.settings import Settings

#: What may be asked by everybody and tells nothing of anybody.
PLAIN = {"/health", "/metrics", "/openapi.json"}
#: They end the gate, or begin what takes long.
NOT_HERE = {("POST", f"{PREFIX}/stop"), ("POST", f"{PREFIX}/demo")}


def declared(dependant: Dependant) -> Iterator[Permission | None]:
    if hasattr(dependant.call, "permission"):
        yield dependant.call.permission
    for below in dependant.dependencies:
        yield from declared(below)


def all_routes() -> list[tuple[str, str, list[Permission | None]]]:
    """``(method, path, declarations)`` of every route."""
    def flat(routes: object, prefix: str = "") -> Iterator[tuple[str, str, list[Permission | None]]]:
        for route in routes:  # type: ignore[attr-defined]
            if isinstance(route, APIRoute):
                for method in sorted(route.methods):
                    yield method, prefix + route.path, list(declared(route.dependant))
            elif hasattr(route, "original_router"):
                yield from flat(route.original_router.routes, prefix + route.include_context.prefix)

    return list(flat(make_app(Settings(), None).routes))


ROUTES = all_routes()
IN_API = [(method, path, needs) for method, path, needs in ROUTES if path.startswith(PREFIX)]


def test_every_route_declares_one_permission_or_that_it_is_open() -> None:
    assert len(IN_API) > 30
    for method, path, needs in ROUTES:
        is_open = path in PLAIN or not path.startswith(PREFIX) or path.startswith(tuple(f"{PREFIX}/{x}" for x in OPEN))
        assert needs.count(None) + sum(isinstance(need, Permission) for need in needs) == len(needs)
        if is_open:
            assert not any(needs), f"{method} {path} stands open and needs {needs}"
        else:
            assert len(set(needs)) == 1 and needs[0] is not None, f"{method} {path} declares {needs}"


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_what_the_matrix_says(people: People, role: Role) -> None:
    wrong = []
    for method, path, needs in IN_API:
        if (method, path) in NOT_HERE or not needs or needs[0] is None:
            continue
        address = re.sub(r"\{\w+\}", "0", path)
        if method == "DELETE" and role in MAY[needs[0]]:
            address = re.sub(r"\{\w+\}", "nothing-there", path)
        if address.endswith("/me/session"):
            continue  # it would sign the person out
        answer = people.http(f"{role}-red", method, address, {"nonsense": 1} if method != "GET" else None)
        if (answer.status == 403) is (role in MAY[needs[0]]) or answer.status in (401, 500):
            wrong.append((method, address, needs[0].value, answer.status, answer.data[:200]))
    assert not wrong


@pytest.mark.parametrize(("user", "other"), [("red", "blue"), ("blue", "red")])
def test_nobody_but_an_administrator_reaches_another_tenants_people(people: People, user: str, other: str) -> None:
    asked = [("GET", "/users"), ("GET", "/sessions"), ("GET", "/access"), ("PATCH", f"/users/viewer-{other}")]
    for method, path in asked:
        body = {} if method == "PATCH" else None
        status, data = people.said(f"manager-{user}", method, f"{PREFIX}{path}?tenant={other}", body)
        assert status == 403 and other not in str(data["message"])
    assert people.said(f"manager-{user}", "PATCH", f"{PREFIX}/users/viewer-{other}", {"name": "x"})[0] == 404
    status, data = people.said(f"admin-{user}", "GET", f"{PREFIX}/users?tenant={other}")
    assert status == 200 and {item["id"] for item in data["items"]} == {f"{role}-{other}" for role in Role}


def test_rows_give_and_take_and_explain(people: People) -> None:
    deny = {"subject_type": "group", "subject": "guests", "permission": "load", "is_allowed": False,
            "reason": "only visiting"}  # fmt: skip
    status, data = people.said("manager-red", "POST", f"{PREFIX}/access/permissions", deny)
    assert status == 404 and "guests" in data["message"]
    assert people.said("manager-red", "PATCH", f"{PREFIX}/users/analyst-red", {"groups": ["guests"]})[0] == 200
    status, row = people.said("manager-red", "POST", f"{PREFIX}/access/permissions", deny)
    assert status == 200
    status, data = people.said("analyst-red", "DELETE", f"{PREFIX}/tables/none")
    assert status == 403 and "only visiting" in data["message"] and "group 'guests'" in data["message"]
    assert people.said("analyst-blue", "DELETE", f"{PREFIX}/tables/none")[0] == 404
    assert people.said("manager-red", "DELETE", f"{PREFIX}/access/permissions/{row['id']}")[0] == 200
    assert people.said("analyst-red", "DELETE", f"{PREFIX}/tables/none")[0] == 404


@pytest.mark.parametrize(
    ("user", "change"),
    [("manager-red", {"role": "admin"}), ("manager-red", {"role": "nobody"}), ("analyst-red", {"role": "manager"})],
)
def test_nobody_rises_by_themselves(people: People, user: str, change: dict[str, str]) -> None:
    status, _ = people.said(user, "PATCH", f"{PREFIX}/users/{user}", change)
    assert status in (403, 422)
    body = {"subject_type": "account", "subject": user, "permission": "administer", "reason": "me"}
    assert people.said(user, "POST", f"{PREFIX}/access/permissions", body)[0] == 403
    body["permission"] = "see_pii"
    assert people.said(user, "POST", f"{PREFIX}/access/permissions", body)[0] == 403


def test_nobody_joins_a_group_that_may_more(people: People) -> None:
    for user in ("admin-red", "manager-red"):
        status, _ = people.said(user, "PATCH", f"{PREFIX}/users/viewer-red", {"groups": ["strong"]})
        if user == "manager-red":
            assert status == 403
            continue
        assert status == 200
        row = {"subject_type": "group", "subject": "strong", "permission": "administer", "reason": "on call"}
        assert people.said(user, "POST", f"{PREFIX}/access/permissions", row)[0] == 200
        assert people.said(user, "PATCH", f"{PREFIX}/users/viewer-red", {"groups": []})[0] == 200
    assert people.said("manager-red", "PATCH", f"{PREFIX}/users/manager-red", {"groups": ["strong"]})[0] == 403


def test_a_source_that_was_taken_is_as_if_it_were_not_there(people: People) -> None:
    deny = {"subject_type": "account", "subject": "viewer-blue", "permission": "read", "resource": "source/workbench",
            "is_allowed": False, "reason": "only the plant's own"}  # fmt: skip
    status, row = people.said("manager-blue", "POST", f"{PREFIX}/access/permissions", deny)
    assert status == 200
    assert "workbench" not in [source["name"] for source in people.gate("viewer-blue").get("/sources")]
    status, _ = people.said("viewer-blue", "POST", f"{PREFIX}/query", {"statement": "select 1"})
    assert status == 404
    people.gate("manager-blue").delete(f"/access/permissions/{row['id']}")
    assert people.rows("viewer-blue", "select 1") == [(1,)]


def test_a_disabled_person_is_out_at_once(people: People) -> None:
    people.add("leaver-red", "red", "viewer")
    assert people.rows("leaver-red", "select 1") == [(1,)]
    people.gate("manager-red")._json("PATCH", "/users/leaver-red", {}, {"disabled": True, "reason": "left"})
    assert people.http("leaver-red", "GET", f"{PREFIX}/me").status == 401


def test_names_of_groups_and_values_of_scopes_have_an_end(people: People) -> None:
    assert people.said("admin-red", "PATCH", f"{PREFIX}/users/viewer-red", {"groups": ["g" * 101]})[0] == 422
    show = {"subject_type": "role", "subject": "viewer", "dimension": "line", "values": ["v" * 201], "reason": "x"}
    assert people.said("admin-red", "POST", f"{PREFIX}/access/scopes", show)[0] == 422


def test_nobody_takes_anything_from_people_above(people: People) -> None:
    deny = {"permission": "users", "is_allowed": False, "reason": "out"}
    group = {"groups": ["board"]}
    assert people.said("admin-red", "PATCH", f"{PREFIX}/users/admin-red", group)[0] == 200
    for kind, subject in (("account", "admin-red"), ("role", "admin"), ("group", "board")):
        row = {**deny, "subject_type": kind, "subject": subject}
        status, data = people.said("manager-red", "POST", f"{PREFIX}/access/permissions", row)
        assert status == 403 and "above you" in data["message"]
    assert people.said("manager-red", "GET", f"{PREFIX}/users/admin-red/export")[0] == 403
    for kind, subject in (("user", "admin-red"), ("role", "admin")):
        none = {"subject_type": kind, "subject": subject, "measure": "requests", "amount": 0, "reason": "out"}
        assert people.said("manager-red", "PUT", f"{PREFIX}/quotas", none)[0] == 403
    status, (session, *_) = people.said("admin-red", "GET", f"{PREFIX}/me/sessions")
    assert status == 200
    assert people.said("manager-red", "DELETE", f"{PREFIX}/sessions/{session['id']}")[0] == 403
    assert people.said("admin-red", "PATCH", f"{PREFIX}/users/admin-red", {"groups": []})[0] == 200


def test_nobody_gives_themselves_back_what_was_taken(people: People) -> None:
    give = {"subject_type": "account", "subject": "analyst-red", "permission": "users", "reason": "helps"}
    status, helps = people.said("admin-red", "POST", f"{PREFIX}/access/permissions", give)
    assert status == 200
    take = {**give, "permission": "load", "is_allowed": False, "reason": "on leave"}
    status, taken = people.said("admin-red", "POST", f"{PREFIX}/access/permissions", take)
    assert status == 200
    address = f"{PREFIX}/access/permissions/{taken['id']}"
    assert people.said("analyst-red", "DELETE", address)[0] == 403
    assert people.said("analyst-red", "POST", f"{PREFIX}/access/permissions", {**take, "is_allowed": True})[0] == 403
    for number in (taken["id"], helps["id"]):
        assert people.said("admin-red", "DELETE", f"{PREFIX}/access/permissions/{number}")[0] == 200


def test_who_sees_some_rows_joins_no_group_that_sees_others(people: People) -> None:
    assert people.said("admin-red", "PATCH", f"{PREFIX}/users/viewer-red", {"groups": ["far"]})[0] == 200
    show = {"subject_type": "group", "subject": "far", "dimension": "all", "values": ["*"], "reason": "all of it"}
    assert people.said("admin-red", "POST", f"{PREFIX}/access/scopes", show)[0] == 200
    give = {"subject_type": "account", "subject": "analyst-red", "permission": "users", "reason": "helps"}
    status, helps = people.said("admin-red", "POST", f"{PREFIX}/access/permissions", give)
    assert status == 200
    assert people.said("analyst-red", "PATCH", f"{PREFIX}/users/analyst-red", {"groups": ["far"]})[0] == 403
    assert people.said("admin-red", "DELETE", f"{PREFIX}/access/permissions/{helps['id']}")[0] == 200
    assert people.said("admin-red", "DELETE", f"{PREFIX}/access/scopes", show)[0] == 200
    assert people.said("admin-red", "PATCH", f"{PREFIX}/users/viewer-red", {"groups": []})[0] == 200


def test_who_was_refused_what_stands_in_the_audit(people: People) -> None:
    assert people.said("viewer-blue", "PATCH", f"{PREFIX}/users/viewer-blue", {"role": "admin"})[0] == 403
    (row,) = people.gate("manager-blue").get("/audit", actor="viewer-blue", outcome="Refused", limit=1)["items"]
    assert (row["action"], row["resource"]) == ("PATCH /users/{user}", f"{PREFIX}/users/viewer-blue")
    assert "users" in row["error"]

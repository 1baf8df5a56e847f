"""Signing in at a gate of many people: what comes in, what stays out."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyotp
import pytest
import urllib3

from tests.conftest import short_folder
from tests.integration.conftest import PASSWORD, PEOPLE, Team, until
from tobit_kernel.errors import Conflict, NotFound, Refused, Unauthenticated


def browser(team: Team, name: str) -> tuple[str, str, str]:
    """The cookie, its second half, and the whole Set-Cookie of a browser's sign-in."""
    answer = urllib3.request("POST", f"{team.url}/api/v1/sign-in", json={"name": name, "password": PASSWORD})
    set_cookie = answer.headers["set-cookie"]
    return set_cookie.partition(";")[0], answer.json()["data"]["csrf"], set_cookie


def enrolled(team: Team, name: str) -> tuple[pyotp.TOTP, list[str]]:
    """A new person with a second factor, and their codes on paper."""
    team.invite(name)
    gate = team.client(name)
    app = pyotp.TOTP(gate.post("/me/totp", {"password": PASSWORD})["secret"])
    codes = gate.post("/me/totp/confirm", {"code": app.at(time.time() - 30)})["codes"]
    return app, codes


def attempt(team: Team, name: str, password: str, ip: str = "203.0.113.7", **more: Any) -> dict[str, Any]:
    body = {"name": name, "password": password, "kind": "program", **more}
    return team.call("POST", "/sign-in", body, **{"x-forwarded-for": ip})


def test_everybody_is_who_they_are(team: Team) -> None:
    for name, (tenant, role) in PEOPLE.items():
        me = team.client(name).get("/me")
        assert (me["user"], me["tenant"], me["role"], me["via"]) == (name, tenant, role, "session")


def test_the_first_link_is_gone_once_it_was_used(made_team: Team) -> None:
    assert not (made_team.folder / "first-admin-link").exists()
    assert made_team.said.count("#set=tbl_") == 1
    assert "#set=" not in (made_team.folder / "logs" / "gateway.log").read_text()


def test_the_one_of_local_mode_does_not_come_in(team: Team) -> None:
    assert attempt(team, "local", "")["code"] == 422
    assert attempt(team, "local", PASSWORD)["code"] == 401
    with pytest.raises(Refused):
        team.client("admin").post("/users/local/recover", {"reason": "to get in"})
    assert not (team.folder / "token").exists()


def test_a_browser_gets_a_cookie_that_scripts_and_other_sites_cannot_use(team: Team) -> None:
    cookie, csrf, whole = browser(team, "kim")
    assert cookie.startswith("__Host-tobit=tbs_")
    flags = {part.strip().lower() for part in whole.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= flags and not any("domain" in flag for flag in flags)
    assert team.call("GET", "/me", cookie=cookie)["data"]["user"] == "kim"
    assert team.call("DELETE", "/me/session", cookie=cookie)["code"] == 403
    assert team.call("DELETE", "/me/session", cookie=cookie, **{"x-tobit-csrf": "0" * 64})["code"] == 403
    assert team.call("GET", "/me/session", cookie=cookie)["data"]["csrf"] == csrf
    assert team.call("DELETE", "/me/session", cookie=cookie, **{"x-tobit-csrf": csrf})["code"] == 0
    assert team.call("GET", "/me", cookie=cookie)["code"] == 401


def test_signing_in_never_takes_over_a_session_that_was_there(team: Team) -> None:
    cookie, _, _ = browser(team, "lee")
    answer = urllib3.request(
        "POST", f"{team.url}/api/v1/sign-in", json={"name": "kim", "password": PASSWORD}, headers={"cookie": cookie}
    )
    assert answer.headers["set-cookie"].partition(";")[0] != cookie
    assert team.call("GET", "/me", cookie=cookie)["data"]["user"] == "lee"


def test_a_page_of_another_site_signs_nobody_in(team: Team) -> None:
    body = {"name": "kim", "password": PASSWORD}
    assert team.call("POST", "/sign-in", body, **{"sec-fetch-site": "cross-site"})["code"] == 403


def test_a_token_in_the_address_is_nobody(team: Team) -> None:
    for name in ("token", "access_token", "authorization"):
        assert team.call("GET", f"/me?{name}={team.tokens['kim']}")["code"] == 401


def test_unknown_names_disabled_accounts_and_wrong_passwords_are_one_answer(team: Team) -> None:
    team.invite("gone")
    team.client("admin").patch("/users/gone", {"disabled": True, "reason": "left"})
    team.client("admin").post("/users", {"id": "not_yet"})
    said = {
        (answer["code"], answer["data"]["message"], answer["data"]["hint"], str(answer["data"]["details"]))
        for answer in (
            attempt(team, "kim", "wrong"),
            attempt(team, "nobody_at_all", PASSWORD),
            attempt(team, "gone", PASSWORD),
            attempt(team, "not_yet", PASSWORD),
        )
    }
    assert len(said) == 1
    team.client("admin").post("/users/kim/unlock")


def test_a_name_that_nobody_has_costs_the_same_work(team: Team) -> None:
    team.invite("clocked")
    spent: dict[str, list[float]] = {"clocked": [], "not_there": []}
    for turn in range(8):
        for name, times in spent.items():
            began = time.perf_counter()
            attempt(team, name if turn < 4 else f"{name}{turn}", "wrong", f"198.51.100.{turn}")
            times.append(time.perf_counter() - began)
    known, unknown = statistics.median(spent["clocked"][:4]), statistics.median(spent["not_there"][:4])
    assert 0.5 < unknown / known < 2.0


def test_failures_bring_a_pause_for_known_and_unknown_names_alike(team: Team) -> None:
    team.invite("guessed")
    for name in ("guessed", "never_was"):
        assert [attempt(team, name, f"guess {n}")["code"] for n in range(6)] == [401] * 5 + [429]
        paused = attempt(team, name, PASSWORD)
        assert paused["code"] == 429 and 50 <= paused["data"]["details"]["retry_after_s"] <= 60
    assert team.client("park").get("/users/guessed")["locked_until"] is not None
    assert team.client("admin").get("/audit", action="sign-in.pause", actor="guessed")["total"] == 1
    team.client("park").post("/users/guessed/unlock")
    assert attempt(team, "guessed", PASSWORD)["code"] == 0


def test_a_hundred_guesses_at_once_are_no_more_than_five(team: Team) -> None:
    team.invite("stormed")
    with ThreadPoolExecutor(20) as pool:
        codes = list(pool.map(lambda n: attempt(team, "stormed", f"guess {n}", f"192.0.2.{n}")["code"], range(40)))
    assert codes.count(401) == 5 and codes.count(429) == 35


def test_an_address_that_guesses_many_names_waits_others_do_not(team: Team) -> None:
    codes = [attempt(team, f"sprayed{n}", "Summer2026!!", "203.0.113.99")["code"] for n in range(32)]
    assert codes == [401] * 30 + [429] * 2
    assert attempt(team, "kim", PASSWORD, "203.0.113.99")["code"] == 429
    assert attempt(team, "kim", PASSWORD, "203.0.113.98")["code"] == 0


def test_a_link_works_once_also_for_two_at_once(team: Team) -> None:
    token = team.client("admin").post("/users", {"id": "twice"})["token"]
    body = {"token": token, "password": PASSWORD, "kind": "program"}
    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(lambda _: team.call("POST", "/sign-in/one-time", body)["code"], range(4)))
    assert codes == [0, 401, 401, 401]
    assert team.call("POST", "/sign-in/one-time/check", {"token": token})["code"] == 401


def test_a_new_link_withdraws_the_old_one_and_ends_sessions(team: Team) -> None:
    session = team.invite("lost")
    first, second = (team.client("park").post("/users/lost/recover", {"reason": "lost"})["token"] for _ in range(2))
    assert team.call("GET", "/me", token=session)["code"] == 401
    assert team.call("POST", "/sign-in/one-time/check", {"token": first})["code"] == 401
    assert team.chosen(second, "green boat sings loudly")
    assert attempt(team, "lost", PASSWORD)["code"] == 401


def test_a_weak_password_leaves_the_link_unused(team: Team) -> None:
    token = team.client("admin").post("/users", {"id": "weak_one", "name": "Park Jisung"})["token"]
    for password in ("short", "aaaaaaaaaaaaaaaa", "parkjisung2026", "weak_one_1234", "password12345"):
        answer = team.call("POST", "/sign-in/one-time", {"token": token, "password": password})
        assert answer["code"] == 422 and answer["data"]["hint"], password
    assert team.chosen(token)


def test_a_code_is_taken_once(team: Team) -> None:
    app, codes = enrolled(team, "coded")
    assert attempt(team, "coded", PASSWORD)["data"]["details"] == {"needs": "code"}
    code = app.now()
    with ThreadPoolExecutor(3) as pool:
        found = sorted(pool.map(lambda _: attempt(team, "coded", PASSWORD, code=code)["code"], range(3)))
    assert found == [0, 401, 401]
    assert attempt(team, "coded", PASSWORD, code=app.at(time.time() - 30))["code"] == 401, "older than the last one"
    assert attempt(team, "coded", PASSWORD, code=codes[3])["code"] == 0
    assert attempt(team, "coded", PASSWORD, code=codes[3])["code"] == 401


def test_a_right_password_without_its_code_buys_no_further_guesses(team: Team) -> None:
    enrolled(team, "half_known")
    found = []
    for _ in range(6):
        found.append(attempt(team, "half_known", PASSWORD, code="000000")["code"])
        found.append(attempt(team, "half_known", PASSWORD)["code"])
    assert found.count(429) >= 2 and found[-1] == 429


def test_a_link_does_not_go_around_the_second_factor(team: Team) -> None:
    app, codes = enrolled(team, "linked")
    token = team.client("admin").post("/users/linked/recover", {"reason": "lost"})["token"]
    body = {"token": token, "password": "green boat sings loudly", "kind": "program"}
    assert team.call("POST", "/sign-in/one-time", body)["data"]["details"] == {"needs": "code"}
    assert team.call("POST", "/sign-in/one-time", {**body, "code": codes[0]})["code"] == 0
    token = team.client("admin").post("/users/linked/recover", {"reason": "lost", "clear_totp": True})["token"]
    assert team.chosen(token)


def test_a_session_alone_changes_no_way_in(team: Team) -> None:
    team.invite("hijacked")
    gate = team.client("hijacked")
    with pytest.raises(Unauthenticated):
        gate.post("/me/totp", {"password": "wrong"})
    with pytest.raises(Unauthenticated):
        gate.put("/me/password", {"old": "wrong", "new": "green boat sings loudly"})
    other = team.signed("hijacked")
    gate.put("/me/password", {"old": PASSWORD, "new": "green boat sings loudly"})
    assert team.call("GET", "/me", token=other)["code"] == 401
    assert gate.get("/me")["user"] == "hijacked"


def test_who_is_disabled_is_out_at_once_also_on_another_gate(team: Team) -> None:
    session = team.invite("both")
    key = team.client("both").post("/keys", {"name": "k"})["token"]
    second = Team(short_folder(), {"TOBIT_DATABASE_URL": _owner(team)})
    shutil.copy(team.folder / "secret.key", second.folder)
    shutil.copy(team.folder / "audit.keys", second.folder)
    shutil.copy(team.folder / "database.json", second.folder)
    try:
        with second.opened():
            for token in (session, key):
                assert second.call("GET", "/me", token=token)["data"]["user"] == "both"
            team.client("admin").patch("/users/both", {"disabled": True, "reason": "left"})
            assert {team.call("GET", "/me", token=token)["code"] for token in (session, key)} == {401}
            began = time.monotonic()
            until(lambda: {second.call("GET", "/me", token=token)["code"] for token in (session, key)} == {401}, 5)
            assert time.monotonic() - began < 1
    finally:
        shutil.rmtree(second.folder, ignore_errors=True)


def _owner(team: Team) -> str:
    from tobit_kernel.server.store.database import superuser
    from tobit_kernel.server.store.embedded import EmbeddedPostgres

    return superuser(EmbeddedPostgres(team.folder)).uri


def test_nobody_makes_or_recovers_people_above_themselves(team: Team) -> None:
    manager = team.client("park")
    for call in (
        lambda: manager.post("/users", {"id": "boss", "role": "admin"}),
        lambda: manager.patch("/users/park", {"role": "admin"}),
        lambda: manager.patch("/users/admin", {"role": "viewer"}),
        lambda: manager.post("/users/admin/recover", {"reason": "to get in"}),
        lambda: manager.post("/users/admin/erase", {"reason": "to get in"}),
    ):
        with pytest.raises(Refused):
            call()
    given = {"subject_type": "account", "subject": "kim", "permission": "users", "reason": "helps out"}
    row = manager.post("/access/permissions", given)
    with pytest.raises(Refused):
        team.client("kim").post("/users", {"id": "boss", "role": "manager"})
    manager.delete(f"/access/permissions/{row['id']}")


def test_a_key_is_less_than_its_owner(team: Team) -> None:
    manager = team.client("park")
    key = manager.post("/keys", {"name": "all", "permissions": ["read", "users", "keys"]})
    token = key["token"]
    assert team.call("GET", "/users", token=token)["code"] == 0
    assert team.call("POST", "/keys", {"name": "more"}, token=token)["code"] == 403
    assert team.call("POST", f"/keys/{key['id']}/rotate", {}, token=token)["code"] == 403
    assert team.call("PUT", "/me/password", {"old": PASSWORD, "new": PASSWORD}, token=token)["code"] == 403
    assert team.call("POST", "/me/totp", {"password": PASSWORD}, token=token)["code"] == 403
    assert team.call("POST", "/me/session/renew", token=token)["code"] == 403
    assert team.call("GET", "/audit", token=token)["code"] == 403
    # nor does it become its owner, or somebody who may more than it, by a link that it is told
    assert team.call("POST", "/users/park/recover", {"reason": "in"}, token=token)["code"] == 403
    assert team.call("POST", "/users/kim/recover", {"reason": "in"}, token=token)["code"] == 403
    for role in ("manager", "analyst"):
        assert team.call("POST", "/users", {"id": "puppet", "role": role}, token=token)["code"] == 403
    small = manager.post("/keys", {"name": "small"})["token"]
    assert team.call("GET", "/users", token=small)["code"] == 403
    with pytest.raises(Refused):
        team.client("kim").post("/keys", {"name": "beyond", "permissions": ["users"]})
    assert token not in str(manager.get("/keys", user="*"))


def test_nobody_recovers_who_may_or_sees_more_by_rows(team: Team) -> None:
    manager = team.client("park")
    team.invite("oh")
    rows = [
        manager.post("/access/permissions", {"subject_type": "account", "subject": name, "permission": permission,
                                             "reason": "helps"})
        for name, permission in (("kim", "users"), ("oh", "sources"))
    ]  # fmt: skip
    with pytest.raises(Refused, match="sources"):
        team.client("kim").post("/users/oh/recover", {"reason": "to get in"})
    manager.delete(f"/access/permissions/{rows[1]['id']}")
    shown = {"subject_type": "account", "subject": "oh", "dimension": "line", "values": ["L9"], "reason": "own line"}
    manager.post("/access/scopes", shown)
    with pytest.raises(Refused, match="rows"):
        team.client("kim").post("/users/oh/recover", {"reason": "to get in"})
    assert manager.post("/users/oh/recover", {"reason": "lost it"})["token"]
    manager.delete(f"/access/permissions/{rows[0]['id']}")


def test_an_address_is_one_whatever_a_proxy_repeats(team: Team) -> None:
    team.invite("yoon")
    body = {"name": "yoon", "password": PASSWORD, "kind": "program"}
    for told, kept in (("<script>", None), ("192.0.2.33", "192.0.2.33")):
        token = team.call("POST", "/sign-in", body, **{"x-forwarded-for": told})["data"]["token"]
        sessions = team.call("GET", "/me/sessions", token=token)["data"]
        assert max(sessions, key=lambda each: str(each["created_at"]))["ip"] == kept


def test_what_anybody_can_make_up_fills_no_table(team: Team) -> None:
    def kept() -> Any:
        with team.database() as database:
            return database.execute("select count(*) from gate.sign_in").fetchone()

    before = kept()
    assert team.call("POST", "/sign-in/one-time/check", {"token": "made up"})["code"] == 401
    assert kept() == before
    urllib3.request("GET", f"{team.url}/{'x' * 50_000}")

    def longest() -> int:
        with team.database() as database:
            found = database.execute("select max(length(name)) from gate.span where name like 'GET /xxx%'").fetchone()
        return int(found[0] or 0) if found else 0

    until(lambda: longest() > 0)
    assert longest() <= 200


def test_people_of_another_tenant_are_not_there(team: Team) -> None:
    theirs = team.client("acme_analyst").post("/keys", {"name": "theirs"})["id"]
    session = team.client("acme_analyst").get("/me/sessions")[0]["id"]
    manager = team.client("park")
    for call, kind in (
        (lambda: manager.get("/users/acme_analyst"), NotFound),
        (lambda: manager.patch("/users/acme_analyst", {"disabled": True}), NotFound),
        (lambda: manager.post("/users/acme_analyst/recover", {"reason": "mine"}), NotFound),
        (lambda: manager.post("/users/acme_analyst/unlock"), NotFound),
        (lambda: manager.get("/users/acme_analyst/sign-ins"), NotFound),
        (lambda: manager.get("/users/acme_analyst/export"), NotFound),
        (lambda: manager.post("/users/acme_analyst/erase", {"reason": "mine"}), NotFound),
        (lambda: manager.delete(f"/sessions/{session}"), NotFound),
        (lambda: manager.delete(f"/keys/{theirs}", user="acme_analyst"), NotFound),
        (lambda: manager.get("/users", tenant="acme"), Refused),
        (lambda: manager.get("/keys", tenant="acme"), Refused),
        (lambda: manager.post("/users", {"id": "acme_analyst"}), Conflict),
    ):
        with pytest.raises(kind):
            call()
    assert not [each for each in manager.get("/keys", user="*") if each["account"].startswith("acme")]


def test_a_renewed_session_is_another_token_of_the_same_kind(team: Team) -> None:
    renewed = team.call("POST", "/me/session/renew", token=team.tokens["jung"])["data"]["token"]
    assert renewed != team.tokens["jung"]
    assert [each["kind"] for each in team.client("jung").get("/me/sessions")] == ["program", "program"]
    cookie, csrf, _ = browser(team, "jung")
    again = team.call("POST", "/me/session/renew", cookie=cookie, **{"x-tobit-csrf": csrf})["data"]
    assert again["token"] == "" and again["csrf"] != csrf


def test_secrets_are_in_no_log(made_team: Team, team: Team) -> None:
    log = (team.folder / "logs" / "gateway.log").read_text() + team.said + made_team.said.replace("#set=tbl_", "", 1)
    assert PASSWORD not in log and "tbs_" not in log and "tbk_" not in log


def test_a_restart_makes_the_first_link_anew(made_home: Path) -> None:
    home = Team(short_folder())
    subprocess.run(["cp", "-a", f"{made_home}/.", home.folder], check=True)
    try:
        with home.opened():
            first = home.first_link
            assert (home.folder / "first-admin-link").stat().st_mode & 0o777 == 0o600
        with home.opened():
            until(lambda: home.first_link != first)
            assert home.call("POST", "/sign-in/one-time/check", {"token": first})["code"] == 401
            assert home.chosen(home.first_link)
        with home.opened():
            time.sleep(0.3)
            assert not (home.folder / "first-admin-link").exists() and "#set=" not in home.said
    finally:
        home.stop()
        shutil.rmtree(home.folder, ignore_errors=True)

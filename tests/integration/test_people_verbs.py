"""``tobit login``, ``tobit whoami``, ``tobit users``, ``tobit keys`` against a team's gate."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest

from tests.integration.conftest import PASSWORD, Team
from tobit_kernel import autostart
from tobit_kernel.errors import (
    GateUnavailable,
    InputError,
    NotFound,
    Refused,
    SourceUnavailable,
    TobitError,
    Unauthenticated,
)
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Surroundings
from tobit_kernel.verbs.parse import bound, words

Say = Callable[..., Answer]


class Typing(Surroundings):
    """A person who types these secrets one after the other."""

    def __init__(self, *secrets: str | Callable[[], str]) -> None:
        super().__init__()
        self.secrets, self.told = list(secrets), ""

    def ask_secret(self, prompt: str) -> str:
        wanted = self.secrets.pop(0)
        return wanted if isinstance(wanted, str) else wanted()

    def tell(self, text: str) -> None:
        self.told += text


@pytest.fixture
def say(home: Path) -> Iterator[Say]:
    """A line of a verb, in a home of its own."""
    autostart.connect_anew()

    def said(line: str, *secrets: str, call: Typing | None = None) -> Any:
        verb, *rest = words(line)
        return bound(verb, rest)(call or Typing(*secrets))

    yield said
    autostart.connect_anew()


def test_login_keeps_a_session_that_only_its_owner_reads(team: Team, say: Say, home: Path) -> None:
    assert say(f"login {team.url}/sign-in --name kim", PASSWORD).text.startswith("You are kim @ default")
    file = home / "session"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = json.loads(file.read_text())
    assert kept["url"] == team.url and PASSWORD not in file.read_text()
    assert say("whoami").data["user"] == "kim" and "may:    " in say("whoami").text
    assert say("login --out").text == f"You are signed out of {team.url}."
    assert kept["token"] not in file.read_text()
    assert team.call("GET", "/me", token=kept["token"])["code"] == 401


def test_who_is_signed_out_gets_no_gate_of_their_own_unawares(team: Team, say: Say, home: Path) -> None:
    say(f"login {team.url} --name kim", PASSWORD)
    say("login --out")
    for line in ("whoami", "status", "tables"):
        with pytest.raises(Unauthenticated, match=f"signed out of {team.url}") as caught:
            say(line)
        assert "`tobit login`" in caught.value.hint and "tobit stop" not in caught.value.hint
    assert not (home / "gateway.json").exists()
    assert say("login --out").text == "Nobody is signed in from here."
    assert say("login", PASSWORD).data["user"] == "kim"


def test_forgetting_a_gate_signs_out_and_goes_back_to_the_own_machine(team: Team, say: Say, home: Path) -> None:
    say(f"login {team.url} --name kim", PASSWORD)
    token = json.loads((home / "session").read_text())["token"]
    assert "your own machine" in say("login --forget").text and not (home / "session").exists()
    assert team.call("GET", "/me", token=token)["code"] == 401
    assert autostart.address_of(autostart.settings()) is None
    assert say("status").text.startswith("No gate runs")


def test_a_wrong_password_keeps_the_address_alone(team: Team, say: Say, home: Path) -> None:
    with pytest.raises(Unauthenticated, match="is wrong"):
        say(f"login {team.url} --name kim", "wrong")
    assert json.loads((home / "session").read_text()) == {"url": team.url, "name": "kim", "token": ""}
    with pytest.raises(Unauthenticated, match=f"signed out of {team.url}"):
        say("tables")


def test_a_failed_login_elsewhere_leaves_the_session_that_is_there(team: Team, say: Say) -> None:
    say(f"login {team.url} --name kim", PASSWORD)
    with pytest.raises(GateUnavailable, match="127.0.0.1:9"):
        say("login http://127.0.0.1:9 --name kim", PASSWORD)
    assert say("whoami").data["user"] == "kim"


def test_an_unknown_an_ended_and_a_disabled_session_get_one_answer(team: Team, say: Say) -> None:
    team.invite("gone")
    ended = team.signed("gone")
    team.call("DELETE", "/me/session", token=ended)
    disabled = team.signed("gone")
    team.client("admin").patch("/users/gone", {"disabled": True, "reason": "left"})
    answers = [team.call("GET", "/me", token=token) for token in ("tbs_none", ended, disabled)]
    told = [{**answer["data"], "trace_id": None} for answer in answers]
    assert told[0] == told[1] == told[2] and "tobit stop" not in told[0]["hint"] and "tobit login" in told[0]["hint"]


def test_a_key_in_a_file_works_where_nobody_can_sign_in(
    team: Team, say: Say, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "nightly.key"
    made = [team.client("admin").post("/keys", {"name": "n", "permissions": ["administer"]}) for _ in "ab"]
    file.write_text(made[0]["token"] + "\n")
    file.chmod(0o600)
    monkeypatch.setenv("TOBIT_API_KEY_FILE", str(file))
    autostart.settings.cache_clear()
    with pytest.raises(InputError, match="no gate is named"):
        say("whoami")
    monkeypatch.setenv("TOBIT_GATEWAY_URL", team.url)
    autostart.settings.cache_clear()
    assert "as it was written" in say("audit --verify").text
    file.write_text(made[1]["token"])
    team.client("admin").delete(f"/keys/{made[0]['id']}")
    assert "as it was written" in say("audit --verify").text
    file.chmod(0o640)
    autostart.connect_anew()
    with pytest.raises(InputError, match="Others may read"):
        say("whoami")


def test_a_password_does_not_travel_in_clear(say: Say) -> None:
    with pytest.raises(InputError, match="reads your password"):
        say("login http://gate.example.com --name kim", PASSWORD)


def test_a_gate_of_one_person_needs_no_login(gate: Any, say: Say) -> None:
    with pytest.raises(Refused, match="of one person"):
        say(f"login {gate.facts['url']} --name kim", PASSWORD)


def test_a_session_goes_to_its_own_gate_alone(
    team: Team, say: Say, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(f"login {team.url} --name kim", PASSWORD)
    told = autostart.settings().model_copy(update={"gateway_url": "http://127.0.0.1:9"})
    known = autostart.bearer(told)
    assert known == ""


def test_users_add_recover_disable(team: Team, say: Say) -> None:
    say(f"login {team.url} --name park", PASSWORD)
    made = say("users --add han --role analyst --group line4 --name 'Han So' --email han@example.com")
    assert "#set=" in made.text
    token = made.data["token"]
    autostart.connect_anew()
    assert say(f"login {team.url} --link", f"{team.url}/sign-in#set={token}", PASSWORD, PASSWORD).data["user"] == "han"
    assert say("whoami").data["groups"] == ["line4"]
    say(f"login {team.url} --name park", PASSWORD)
    assert [each["id"] for each in say("users han").data["items"]] == ["han"]
    assert say("users han --sessions").data
    assert say("users han --sign-ins").data[0]["method"] == "link"
    assert say("users han --role operator").data["role"] == "operator"
    with pytest.raises(InputError, match="needs a reason"):
        say("users han --disable")
    assert say('users han --disable -m "left"').data["disabled_reason"] == "left"
    assert say("users han --sessions").data == []
    assert say("users han --enable").data["disabled_at"] is None
    assert "#set=" in say('users han --recover -m "lost it"').text
    assert say("users han --unlock").text == "han can try again."


def test_users_gives_permissions_and_rows(team: Team, say: Say) -> None:
    say(f"login {team.url} --name park", PASSWORD)
    assert "allowed to group:line4" in _granted(say, team)
    shown = say('users --show-rows line=L1,L2 --to user:kim -m "own lines"')
    assert "no rows of their own yet: factory, product_family, shift" in shown.text
    assert "`--only line=L1,L2`" in shown.text
    assert shown.data["unknown"] == ["line=L1", "line=L2"] and "no row of this tenant has line=L1" in shown.text
    rows = say("users --access").rows
    assert any(row["on"] == "line=L2" and row["to"] == "user:kim" for row in rows)
    say('users --hide-rows line=* --to user:kim -m "moved"')
    number = next(row["id"] for row in rows if row["to"] == "group:line4")
    assert say(f"users --take {number}").text.startswith("Removed")
    with pytest.raises(InputError, match="To whom"):
        say('users --allow load -m "why"')


def test_rows_of_one_line_are_shown_at_once_in_place_of_others(team: Team, say: Say) -> None:
    say(f"login {team.url} --name park", PASSWORD)
    say('users --show-rows factory=F9 line=L8 --to user:lee -m "before"')
    assert "all of the other dimensions" in say('users --only line=L-PRS-1 --to user:lee -m "own line"').text
    scopes = team.call("GET", "/me", token=team.tokens["lee"])["data"]["scopes"]
    every = dict.fromkeys(("factory", "product_family", "shift", "equipment", "ci_group"), ["*"])
    assert scopes == {"line": ["L-PRS-1"], **every}
    assert "no rows" not in say('users --show-rows line=L-WLD-1 --to user:lee -m "helps there"').text
    (row,) = say("audit --action scope.only").rows
    assert row["reason"] == "own line"
    assert "line: L8 → L-PRS-1" in row["changed"] and "factory: F9 → *" in row["changed"]
    say('users --hide-rows line=* factory=* --to user:lee -m "over"')


def test_the_audit_says_what_changed_of_a_person(team: Team, say: Say) -> None:
    team.invite("changing", "viewer")
    say(f"login {team.url} --name park", PASSWORD)
    say('users changing --role operator -m "new work"')
    (row,) = say("audit --action user.change --resource changing").rows
    assert (row["reason"], row["changed"]) == ("new work", "role: viewer → operator")
    say('users --deny load --to user:changing -m "on leave"')
    row = say("audit --action permission.set --resource changing").rows[0]
    assert row["changed"] == "reason: on leave; is_allowed: no"
    assert say("audit operator --action user.change --resource changing").data["total"] == 1


def test_the_audit_pages_by_itself(team: Team, say: Say) -> None:
    say(f"login {team.url} --name park", PASSWORD)
    found = say("audit --limit 2000")
    assert len(found.rows) == found.data["total"] and set(found.whole[0]) > {"ip", "trace_id", "before"}
    with pytest.raises(InputError, match="lies between 1 and"):
        say("audit --limit 0")


def test_a_tenant_and_a_person_that_are_not_there_are_named(team: Team, say: Say) -> None:
    say(f"login {team.url} --name admin", PASSWORD)
    with pytest.raises(NotFound, match="no tenant 'nosuch'"):
        say("users --tenant nosuch")
    quota = {"subject_type": "user", "subject": "nobody", "measure": "queries", "amount": 5}
    with pytest.raises(NotFound, match="no user 'nobody'"):
        team.client("admin").put("/quotas", quota)


def test_a_refusal_names_only_who_can_give_it(team: Team) -> None:
    with pytest.raises(Refused) as refused:
        team.client("park").post("/demo")
    assert refused.value.hint == "Roles that have it: admin. An administrator can give it."
    with pytest.raises(Refused) as refused:
        team.client("jung").get("/audit")
    assert refused.value.hint.endswith("A manager or administrator of tenant 'default' can give it.")


def test_a_source_that_is_down_fails_its_test_and_is_audited_so(team: Team, say: Say, home: Path) -> None:
    logs = home / "logs"
    logs.mkdir()
    (logs / "a.csv").write_text("a\n1\n")
    say(f"login {team.url} --name admin", PASSWORD)
    say(f"sources --add fleeting --path {logs}")
    say('sources --set fleeting --description "short"')
    (logs / "a.csv").unlink()
    logs.rmdir()
    with pytest.raises(SourceUnavailable):
        say("sources --test fleeting")
    (row,) = say("audit --action source.test").rows
    assert row["outcome"] == "SourceUnavailable"
    assert say("audit --action source.change").rows[0]["changed"] == "description: none → short"
    say("sources --remove fleeting")


def test_demo_data_that_is_there_refuses_nobody(team: Team, say: Say) -> None:
    say(f"login {team.url} --name park", PASSWORD)
    with team.database() as connection:
        connection.execute(
            "insert into ops.ci (tenant_id, ci_code, ci_name, ci_type, is_demo)"
            " values ('default', 'X-1', 'x', 'HW', true)"
        )
    assert "is there" in say("demo").text
    with pytest.raises(Refused):
        say("demo --scale 0.1")
    with team.database() as connection:
        connection.execute("delete from ops.ci where ci_code = 'X-1'")


def _granted(say: Say, team: Team) -> str:
    team.client("park").patch("/users/kim", {"groups": ["line4"]})
    return str(say('users --allow load --to group:line4 --on "*" -m "they load"').text)


def test_tenants_are_for_administrators(team: Team, say: Say) -> None:
    say(f"login {team.url} --name park", PASSWORD)
    with pytest.raises(Refused):
        say("users --tenants")
    say(f"login {team.url} --name admin", PASSWORD)
    say("users --add-tenant beta --name Beta")
    assert "beta" in [each["id"] for each in say("users --tenants").data]
    assert say("users --tenant acme").data["total"] == 5


def test_providers_are_added_from_a_file_listed_and_removed(team: Team, say: Say, home: Path) -> None:
    file = home / "company.toml"
    file.write_text(
        'name = "company"\nkind = "oidc"\npreset = "keycloak"\nissuer = "https://id.plant.kr/realms/plant"\n'
        'client_id = "tobit"\ntitle = "Plant"\nroles = {engineers = "analyst"}\n'
    )
    say(f"login {team.url} --name admin", PASSWORD)
    added = say(f"users --add-provider {file}", "the client's secret")
    assert f"{team.url}/api/v1/sign-in/oidc/company/callback" in added.text and "/company/logout" in added.text
    (row,) = say("users --providers").rows
    assert (row["title"], row["where"]) == ("Plant", "https://id.plant.kr/realms/plant")
    assert row["roles"] == "engineers → analyst" and "client's secret" not in json.dumps(say("users --providers").data)
    assert "Plant" in [way["title"] for way in team.call("GET", "/sign-in/methods")["data"]]
    assert "stay" in say("users --remove-provider company").text
    assert say("users --providers").data == []


def test_a_provider_s_file_holds_no_secret_and_says_what_it_is(team: Team, say: Say, home: Path) -> None:
    say(f"login {team.url} --name admin", PASSWORD)
    file = home / "ldap.toml"
    file.write_text('name = "directory"\nkind = "ldap"\nsecret = "x"\n')
    with pytest.raises(InputError, match="secret stands in the file"):
        say(f"users --add-provider {file}")
    file.write_text('kind = "ldap"\n')
    with pytest.raises(InputError, match="name and a kind"):
        say(f"users --add-provider {file}")
    file.write_text('name = "directory"\nkind = "ldap"\nurl = "ldap://dir.plant.kr"\nbase_dn = "dc=plant"\n')
    with pytest.raises(InputError, match="options"):
        say(f"users --add-provider {file}")
    file.write_text('name = "plant"\nkind = "oidc"\npreset = "keycloak"\nclient_id = "tobit"\n')
    with pytest.raises(InputError, match="issuer"):
        say(f"users --add-provider {file}", "the client's secret")
    say(f"login {team.url} --name park", PASSWORD)
    with pytest.raises(Refused):
        say("users --providers")


def test_a_result_is_shared_looked_after_and_closed(team: Team, say: Say) -> None:
    say(f"login {team.url} --name kim", PASSWORD)
    call = Typing()
    call.body = "select count(*) from ops.ci where ci_type = :kind"
    made = say("share kind=SW --title Software --days 2 --uses 3", call=call)
    assert made.data["address"] == made.text.split("\n")[0] == team.url + made.data["path"]
    opened = team.call("POST", "/shared/open", {"token": made.data["path"].partition("#")[2]})["data"]
    assert (opened["title"], opened["uses_left"], opened["result"]["row_count"]) == ("Software", 2, 1)
    (link,) = say("share").rows
    assert (link["state"], link["opened"]) == ("open", 1) and made.data["path"] not in link.values()
    assert say(f"share --log {link['id']}").rows[0]["outcome"] == "ok"
    assert say(f"share --revoke {link['id']}").text.endswith("is closed.")
    assert say("share").rows[0]["state"] == "revoked"


def test_keys_are_made_rotated_and_revoked(team: Team, say: Say) -> None:
    say(f"login {team.url} --name kim", PASSWORD)
    made = say("keys --add ci --may read load --days 30").data
    assert team.call("GET", "/me", token=made["token"])["data"]["permissions"] == ["load", "read"]
    assert [each["name"] for each in say("keys").data] == ["ci"] and made["token"] not in say("keys").data[0].values()
    fresh = say(f"keys --rotate {made['id']} --grace 10m").data
    assert team.call("GET", "/me", token=made["token"])["code"] == 0
    assert say(f"keys --revoke {made['id']}").text.endswith("of kim has ended.")
    assert team.call("GET", "/me", token=made["token"])["code"] == 401
    assert team.call("GET", "/me", token=fresh["token"])["code"] == 0
    with pytest.raises(TobitError):
        say("keys --add more --may users")


def test_a_second_factor_by_verb(team: Team, say: Say) -> None:
    team.invite("totp_verb")
    say(f"login {team.url} --name totp_verb", PASSWORD)
    typing = Typing(PASSWORD)
    typing.secrets.append(lambda: pyotp.TOTP(typing.told.split("\n  ")[1]).now())
    codes = say("login --totp", call=typing).data["codes"]
    assert len(codes) == 10
    assert say(f"login {team.url} --name totp_verb", PASSWORD, codes[0]).data["user"] == "totp_verb"
    say("login --change-password", PASSWORD, "another tram eats marble", "another tram eats marble")
    assert say("login --drop-totp", "another tram eats marble").data == {"totp": False}


def test_a_person_is_exported_and_erased(team: Team, say: Say) -> None:
    team.invite("leaver", email="leaver@example.com")
    team.client("leaver").post("/query", {"statement": "select 1"})
    team.client("leaver").post("/keys", {"name": "k"})
    say(f"login {team.url} --name admin", PASSWORD)
    kept = say("users leaver --export").data
    assert kept["account"]["email"] == "leaver@example.com" and "password_hash" not in kept["account"]
    assert kept["tables"]["sign_ins"] and kept["tables"]["audit"]
    done = say('users leaver --erase -m "asked for it"')
    assert done.data["pseudonym"].startswith("erased-") and done.data["audit_rows"] >= 1
    assert say("users leaver@example.com").data["total"] == 0
    assert team.call("GET", "/me", token=team.tokens["leaver"])["code"] == 401
    assert "leaver" not in json.dumps(team.client("admin").get("/audit", text="leaver")["items"])
    assert _places(team, "leaver") == []


def _places(team: Team, person: str) -> list[str]:
    """Every column of the gate's own tables in which ``person`` stands; traces go by themselves after days."""
    with team.database() as connection:
        columns = connection.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'gate' and data_type in ('text', 'jsonb')"
            " and table_name not like 'audit%' and table_name <> 'span'"
        ).fetchall()
        return [
            f"{table}.{column}"
            for table, column in columns
            if connection.execute(
                f'select 1 from gate."{table}" where "{column}"::text like %s limit 1', (f"%{person}%",)
            ).fetchone()
        ]

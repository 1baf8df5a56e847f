"""The widgets of people, permissions, sessions and keys on a team's gate."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.integration.conftest import Team
from tests.integration.widgets.conftest import Screen
from tobit_kernel.notebook.widgets import keys, people, sessions


def names(screen: Screen) -> list[str]:
    """The first column of the list."""
    return [row[0] for row in screen.frame.list.texts]  # type: ignore[attr-defined]


def test_a_thousand_people_come_in_pages(crowd: Team) -> None:
    screen = Screen(people(gate=crowd.client("park")))
    assert "1–20 of 1,007 people" in screen.text and len(names(screen)) == 20
    screen.click("Next")
    assert "21–40 of 1,007 people" in screen.text and "p0015" in names(screen)
    screen.frame.list.search.value = "담당자 99"
    assert "p0099" in names(screen) and "of 1,007" not in screen.text
    screen.frame.list.search.value = "nobody at all"
    assert "Nobody matches." in screen.text


def test_somebody_is_added_and_the_link_is_shown_once(team: Team) -> None:
    screen = Screen(people(gate=team.client("park")))
    screen.click("Add a person")
    screen.fill(Name="han", Full_name="한소라", Role="analyst", Groups="line4, 품질")
    screen.click("Add")
    link = re.search(r"#set=([\w-]+)", unescape(screen.text))
    assert link and "It is shown this once" in screen.text
    assert team.call("GET", "/me", token=team.chosen(link[1]))["data"]["groups"] == ["line4", "품질"]
    screen.click("← People")
    assert "#set=" not in screen.text and "han" in names(screen)


def test_what_the_gate_refuses_is_said_in_its_words(team: Team) -> None:
    screen = Screen(people(gate=team.client("park")))
    screen.click("Add a person")
    screen.fill(Name="kim")
    screen.click("Add")
    assert "kim" in screen.said and "→" in screen.said and "tobit-mod-failed" in screen.said


def test_a_person_is_changed_disabled_and_enabled(team: Team) -> None:
    team.invite("roh")
    screen = Screen(people("roh", gate=team.client("park")))
    screen.click("roh")
    screen.fill(Role="operator", Full_name="<b>노</b>")
    screen.click("Save")
    assert "roh is changed." in screen.said and team.call("GET", "/me", token=team.tokens["roh"])["code"] == 0
    screen.click("Disable")
    screen.click("Yes")
    assert "needs a reason" in screen.said
    screen.fill(Reason="left the <plant>")
    screen.click("Yes")
    assert "roh is disabled." in screen.said and "left the &lt;plant&gt;" in screen.text
    assert team.call("GET", "/me", token=team.tokens["roh"])["code"] == 401
    screen.click("Enable")
    screen.click("New password")
    screen.fill(Reason="forgot it")
    screen.click("Yes")
    assert "#set=" in screen.text
    screen.click("← People")
    assert screen.frame.list.items[0]["role"] == "operator" and "<b>" not in screen.text


def test_permissions_and_rows_are_given_and_taken(team: Team) -> None:
    screen = Screen(people(gate=team.client("admin")))
    screen.tab("Permissions")
    assert "nothing was given or taken" in screen.text
    screen.click("Give or take")
    screen.fill(To_a="account", called="kim", Permission="see_pii", Reason="claims of customers")
    screen.click("Save")
    assert "see_pii" in team.call("GET", "/me", token=team.tokens["kim"])["data"]["permissions"]
    assert "claims of customers" in screen.text
    screen.click("person kim")
    screen.click("Remove")
    screen.click("Yes")
    assert "see_pii" not in team.call("GET", "/me", token=team.tokens["kim"])["data"]["permissions"]
    screen.tab("Rows")
    screen.click("Show rows")
    screen.fill(To_a="account", called="kim", Dimension="line", Values="L4, L5", Reason="own lines")
    screen.click("Save")
    assert team.call("GET", "/me", token=team.tokens["kim"])["data"]["scopes"] == {"line": ["L4", "L5"]}
    screen.click("person kim")
    screen.click("Hide again")
    screen.fill(Reason="moved")
    screen.click("Yes")
    assert len(team.call("GET", "/me", token=team.tokens["kim"])["data"]["scopes"]["line"]) == 1


def test_the_roles_are_a_picture(team: Team) -> None:
    screen = Screen(people(gate=team.client("park")))
    screen.tab("Roles")
    row = re.search(r"<tr><td>users</td>(.*?)</tr>", screen.text)
    assert row and re.findall(r">(✓✓|✓|–)<", row[1]) == ["✓✓", "✓", "–", "–", "–", "–"]


def test_an_administrator_goes_to_another_tenant(team: Team) -> None:
    screen = Screen(people(gate=team.client("admin")))
    screen.fill(Tenant="acme")
    assert set(names(screen)) == {name for name in team.tokens if name.startswith("acme")}
    assert "Tenant" not in str([each.description for each in Screen(people(gate=team.client("park"))).all()
                                if hasattr(each, "description")])  # fmt: skip


@pytest.mark.parametrize("who", ["kim", "jung"])
def test_who_does_not_answer_for_people_sees_why_and_no_buttons(team: Team, who: str) -> None:
    screen = Screen(people(gate=team.client(who)))
    assert "This needs the permission &#39;users&#39;" in screen.said and "→ Roles that have it" in screen.said
    assert screen.buttons == []


def test_sessions_end_with_two_clicks(team: Team) -> None:
    team.invite("yoon")
    token = team.signed("yoon")
    screen = Screen(sessions(gate=team.client("yoon")))
    assert names(screen) == ["yoon", "yoon"] and not [each for each in screen.all() if "Toggle" in type(each).__name__]
    newest = max(range(2), key=lambda number: screen.frame.list.items[number]["created_at"])
    screen.frame.list.pick(newest)
    screen.click("End this session")
    assert team.call("GET", "/me", token=token)["code"] == 0
    screen.click("Yes")
    assert "has ended" in screen.said and team.call("GET", "/me", token=token)["code"] == 401
    boss = Screen(sessions("yoon", gate=team.client("park")))
    assert names(boss) == []
    boss.frame.whose.value = True
    assert names(boss) == ["yoon"]


def test_a_key_is_made_rotated_and_revoked(team: Team) -> None:
    screen = Screen(keys(gate=team.client("kim")))
    assert "There are no keys." in screen.text
    screen.click("Add a key")
    screen.fill(Name="야간 보고서", May=("read", "load"), Days=30)
    screen.click("Make it")
    first = token_of(screen)
    assert team.call("GET", "/me", token=first)["data"]["permissions"] == ["load", "read"]
    screen.click("← API keys")
    assert first not in screen.text and names(screen) == ["야간 보고서"]
    screen.click("야간")
    screen.fill(The_old_one_works=0)
    screen.click("New token")
    screen.click("Yes")
    second = token_of(screen)
    assert [team.call("GET", "/me", token=each)["code"] for each in (first, second)] == [401, 0]
    screen.click("← API keys")
    screen.click("야간")
    screen.click("Revoke")
    screen.click("No")
    screen.click("Revoke")
    screen.click("Yes")
    assert "has ended" in screen.said and team.call("GET", "/me", token=second)["code"] == 401


def token_of(screen: Screen) -> str:
    found = re.search(r">(tb\w_[\w-]+)</pre>", screen.text)
    assert found
    return found[1]


def test_a_viewer_may_have_no_keys(team: Team) -> None:
    screen = Screen(keys(gate=team.client("jung")))
    assert "permission &#39;keys&#39;" in screen.said and screen.buttons == []

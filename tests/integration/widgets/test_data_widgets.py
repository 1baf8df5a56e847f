"""The widgets of sources, audit, links and the explorer on a team's gate."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from tests.integration.conftest import Team
from tests.integration.widgets.conftest import Screen
from tobit_kernel.errors import InputError
from tobit_kernel.notebook.widgets import administration, audit, explorer, shares, sources
from tobit_kernel.notebook.widgets.first_query import first_query
from tobit_kernel.verbs.call import Surroundings
from tobit_kernel.verbs.parse import bound, words
from tobit_kernel.wire.models import QueryRequest


@pytest.fixture(scope="module")
def plant(team: Team, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of Korean rows, registered as the source ``plant``."""
    folder = tmp_path_factory.mktemp("plant")
    (folder / "설비.csv").write_text("번호,이름\n1,펌프 <b>A</b>\n2,밸브\n", "utf-8")
    team.client("admin").post("/sources", {"name": "plant", "type": "files", "location": str(folder)})
    return folder


def test_a_source_is_tested_added_changed_and_removed(team: Team, plant: Path) -> None:
    screen = Screen(sources(gate=team.client("admin")))
    screen.click("Add a source")
    screen.fill(Type="files", Name="logs", File_or_folder="/nosuch/folder")
    screen.click("Test")
    assert "logs does not answer" in screen.said and "→ Correct" in screen.said
    screen.click("Add")
    assert "tobit-mod-failed" in screen.said
    screen.fill(File_or_folder=str(plant), Description="기록")
    screen.click("Test")
    assert "logs is up" in screen.said
    screen.click("Add")
    assert "logs is registered" in screen.said
    screen.fill(Description="라인 4의 기록")
    screen.click("Save")
    assert "logs is changed" in screen.said and "라인 4의 기록" in screen.text
    screen.click("Test")
    assert "logs is up" in screen.said
    screen.click("Remove")
    screen.click("Yes")
    assert "logs is forgotten" in screen.said and "logs" not in str(screen.frame.list.texts)


def test_a_password_is_not_shown_again(team: Team) -> None:
    screen = Screen(sources(gate=team.client("park")))
    screen.click("Add a source")
    screen.fill(Name="db", Address="postgresql://reader@127.0.0.1:9/none", Password="hunter2")
    screen.click("Add")
    assert "tobit-mod-failed" in screen.said
    assert [type(each).__name__ for each in screen.all() if getattr(each, "value", "") == "hunter2"] == ["Password"]
    screen.click("← Sources")
    assert "hunter2" not in str([getattr(each, "value", "") for each in screen.all()])


def test_who_may_not_register_sees_sources_without_buttons(team: Team, plant: Path) -> None:
    screen = Screen(sources(gate=team.client("kim")))
    assert "plant" in str(screen.frame.list.texts) and "Add a source …" not in screen.buttons
    screen.click("plant")
    assert screen.buttons == ["← Sources"]


def test_the_audit_is_filtered_opened_downloaded_and_verified(team: Team, plant: Path) -> None:
    team.client("kim").query(QueryRequest(statement="select 42 as answer"))
    screen = Screen(audit(gate=team.client("admin")))
    screen.fill(Action="query", Person="kim", Since="1h")
    assert {row[1] for row in screen.frame.list.texts} == {"kim"}
    screen.frame.list.search.value = "42 as answer"
    screen.frame.list.pick(0)
    assert "select 42 as answer" in screen.text and "Trace" in screen.text
    screen.click("← Audit")
    screen.fill(Since="yesterday-ish")
    assert "is no time" in screen.said
    screen.fill(Since="")
    screen.click("CSV")
    link = re.search(r"base64,([\w+/=]+)", screen.text)
    assert link and b"select 42 as answer" in base64.b64decode(link[1])
    screen.click("Verify")
    assert "The audit is as it was written" in screen.said


def test_only_administrators_verify(team: Team) -> None:
    assert "Verify" not in Screen(audit(gate=team.client("park"))).buttons
    assert Screen(audit(gate=team.client("kim"))).buttons == []


def test_a_link_shows_who_came_and_is_closed(team: Team) -> None:
    draft = {"request": {"statement": "select 1 as one", "limit": 10}, "title": "불량률", "days": 1}
    made = team.client("kim").post("/shares", draft)
    team.call("POST", "/shared/open", {"token": made["path"].partition("#")[2].rpartition("=")[2]})
    screen = Screen(shares(gate=team.client("kim")))
    screen.click("불량률")
    assert "select 1 as one" in screen.text and "<td title=\"ok\">" in screen.text
    screen.click("Close")
    screen.click("Yes")
    assert "is closed" in screen.said and "revoked" in str(screen.frame.list.texts)


def test_the_explorer_shows_columns_rows_and_a_query(team: Team, plant: Path) -> None:
    screen = Screen(explorer(source="plant", gate=team.client("park")))
    screen.click("설비")
    assert "번호" in screen.text and "펌프 &lt;b&gt;A&lt;/b&gt;" in screen.text
    cell = next(each.value for each in screen.all() if "%%tobit sql" in str(getattr(each, "value", "")))
    assert "--source plant" in cell and "tobit-mod-copied" in cell
    screen.click("← Data explorer")
    screen.frame.source.value = "workbench"
    screen.frame.list.search.value = "nosuchtable"
    assert "Nothing here has such a name." in screen.text


def test_a_preview_that_fails_leaves_the_rest_of_the_page(team: Team, plant: Path) -> None:
    screen = Screen(explorer(source="plant", gate=team.client("park")))
    team.client("park").post("/access/permissions", {
        "subject_type": "account", "subject": "park", "permission": "read", "resource": "source/plant",
        "is_allowed": False, "reason": "audit of the widgets",
    })  # fmt: skip
    screen.click("설비")
    assert screen.text.count("There is no source") == 2 and "To copy into a cell" in screen.text
    screen.click("← Data explorer")
    assert "There is no source" in screen.said


def test_a_gate_without_an_explorer_says_so(team: Team) -> None:
    class Off:
        """A gate that has it switched off."""

        def get(self, path: str, **query: object) -> object:
            found = team.client("kim").get(path, **query)
            return {**found, "features": {"data_explorer": False}} if path == "/me" else found

    assert team.client("kim").get("/me")["features"] == {"data_explorer": True}
    screen = Screen(explorer(gate=Off()))  # type: ignore[arg-type]
    assert "switched off" in screen.said and "→ `%tobit tables`" in screen.said and screen.buttons == []


@pytest.mark.parametrize(
    ("source", "table", "statement"),
    [
        (("postgresql", ""), ("mfg", 'a"b', "table"), 'select *\nfrom "mfg"."a""b"'),
        (("sqlalchemy", "mysql+pymysql://h/d"), ("plant", "줄`", "table"), "select *\nfrom `plant`.`줄```"),
        (("bolt", "x"), ("nodes", "Host", "label"), "MATCH (n:`Host`)\nRETURN n"),
        (("bolt", "x"), ("relationships", "RUNS", "relationship"), "MATCH (a)-[r:`RUNS`]->(b)\nRETURN a, r, b"),
        (("redis", "x"), ("keys", "ci:", "table"), "SCAN 0 MATCH ci:*"),
        (("redis", "x"), ("keys", "a b*", "table"), 'SCAN 0 MATCH "a b\\\\*"'),
    ],
)
def test_the_first_question_is_in_the_language_of_the_source(
    source: tuple[str, str], table: tuple[str, str, str], statement: str
) -> None:
    listed = dict(zip(("schema", "name", "type"), table, strict=True))
    assert first_query({"type": source[0], "location": source[1]}, listed).statement == statement


def test_the_page_of_an_administrator_has_what_its_reader_may(team: Team) -> None:
    titles = {
        who: [title for title, _ in administration(gate=team.client(who)).parts] for who in ("admin", "kim", "jung")
    }
    assert titles["admin"] == ["People", "Sessions", "API keys", "Sources", "Audit", "Links", "Data explorer"]
    assert titles["kim"] == ["Sessions", "API keys", "Sources", "Links", "Data explorer"]
    assert titles["jung"] == ["Sessions", "Sources", "Data explorer"]
    screen = Screen(administration(gate=team.client("admin")))
    for title in titles["admin"]:
        screen.tab(title)
        assert "tobit-mod-failed" not in screen.text


@pytest.mark.parametrize("line", ["users", "whoami", "keys", "sources", "audit", "share", "tables"])
def test_a_command_line_has_no_widgets(line: str) -> None:
    verb, *rest = words(f"{line} --browse")
    with pytest.raises(InputError, match="needs a notebook"):
        bound(verb, rest)(Surroundings())

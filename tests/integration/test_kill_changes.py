"""kill -9 of a team's gate while everything is changed: what was answered is there, the rest is whole or absent."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.conftest import short_folder
from tests.integration.conftest import Team, until
from tobit_kernel.errors import TobitError

USES = 40
ROWS = 20_000


class Changing:
    """Changes of all kinds until the gate is gone; ``done`` holds those that were answered."""

    def __init__(self, home: Team, round_: int) -> None:
        self.home, self.round, self.over = home, round_, threading.Event()
        self.done: dict[str, list[Any]] = {name: [] for name in ("user", "table", "permission", "scope", "use", "key")}
        admin = home.client("admin")
        request = {"statement": "select 1 as one"}
        self.share = admin.post("/shares", {"request": request, "uses": USES})["path"].partition("#")[2]
        self.key = admin.post("/keys", {"name": f"of round {round_}"})
        self.body = b"n,t\n" + b"".join(b"%d,x\n" % n for n in range(ROWS))
        works = (self.users, self.tables, self.permissions, self.scopes, self.uses, self.keys)
        self.threads = [threading.Thread(target=self.on_and_on, args=(work,)) for work in works]

    def on_and_on(self, work: Callable[[int], None]) -> None:
        number = 0
        while not self.over.is_set():
            with suppress(TobitError, urllib3.exceptions.HTTPError, ValueError, KeyError):
                work(number)
            number += 1

    def users(self, number: int) -> None:
        name = f"u{self.round}_{number}"
        self.home.client("admin").post("/users", {"id": name, "groups": ["night", "day"]})
        self.done["user"].append(name)

    def tables(self, number: int) -> None:
        headers = {"authorization": f"Bearer {self.home.tokens['admin']}"}
        name = f"t{self.round}_{number}"
        path = f"{self.home.url}/api/v1/tables?name=x.csv&table={name}"
        answer = urllib3.request("POST", path, body=self.body, headers=headers, retries=False, timeout=60)
        if json.loads(answer.data)["code"] == 0:
            self.done["table"].append(name)

    def permissions(self, number: int) -> None:
        draft = {"subject_type": "role", "subject": "viewer", "permission": "share", "reason": f"{self.round}/{number}",
                 "resource": f"source/s{self.round}_{number}"}  # fmt: skip
        self.done["permission"].append(self.home.client("admin").post("/access/permissions", draft)["id"])

    def scopes(self, number: int) -> None:
        values = [f"L{self.round}_{number}_{place}" for place in range(20)]
        draft = {"subject_type": "role", "subject": "viewer", "dimension": "line", "values": values, "reason": "x"}
        self.home.client("admin").post("/access/scopes", draft)
        self.done["scope"].append(values[0].rpartition("_")[0])

    def uses(self, number: int) -> None:
        if self.home.call("POST", "/shared/open", {"token": self.share})["code"] == 0:
            self.done["use"].append(number)

    def keys(self, number: int) -> None:
        made = self.home.client("admin").post(f"/keys/{self.key['id']}/rotate", {"grace_s": 0})
        self.done["key"].append((self.key["id"], made["id"]))
        self.key = made


def one_round(home: Team, round_: int, after_s: float) -> int:
    """How many changes were answered before the gate was killed ``after_s`` into them."""
    with home.opened():
        if round_ == 0:
            home.tokens["admin"] = home.chosen(home.first_link)
        work = Changing(home, round_)
        for thread in work.threads:
            thread.start()
        time.sleep(after_s)
        os.kill(home.pid, signal.SIGKILL)
        work.over.set()
        for thread in work.threads:
            thread.join(90)
        until(lambda: not home.processes(), 30)
    with home.opened():
        everything_is_whole(home, work)
        found = home.client("admin").get("/audit/verify")
        assert found["intact"] and found["unsealed"] == 0, found
    until(lambda: not home.processes(), 30)
    return sum(map(len, work.done.values()))


def everything_is_whole(home: Team, work: Changing) -> None:
    done = work.done
    with home.database() as database:

        def column(statement: str, *values: Any) -> list[Any]:
            return [row[0] for row in database.execute(statement.encode(), values)]

        accounts = column("select id from gate.account where id like %s", f"u{work.round}\\_%")
        assert set(done["user"]) <= set(accounts)
        linked = column("select account from gate.one_time")
        members = column("select account from gate.membership group by account having count(*) = 2")
        assert set(accounts) <= set(linked) and set(accounts) <= set(members), "nobody is there by half"

        known = column("select table_name from gate.loaded_table where schema_name = 'my_admin'")
        there = column(
            "select relname from pg_class where relnamespace = to_regnamespace('my_admin') and relkind = 'r'"
        )
        assert sorted(known) == sorted(there) and set(done["table"]) <= set(known)
        assert not [name for name in there if name.startswith("loading")]
        for name in there:
            assert column(f"select count(*) from my_admin.{name}") == [ROWS]  # noqa: S608
        assert set(done["permission"]) <= set(column("select id from gate.permission"))
        scopes = dict(database.execute("select regexp_replace(value, '_[0-9]+$', ''), count(*) from gate.scope"
                                       " where dimension = 'line' group by 1").fetchall())  # fmt: skip
        assert set(done["scope"]) <= set(scopes) and set(scopes.values()) <= {20}

        [left] = column("select uses_left from gate.share order by created_at desc limit 1")
        came = column("select count(*) from gate.share_access where outcome = 'ok' and share ="
                      " (select id from gate.share order by created_at desc limit 1)")  # fmt: skip
        assert len(done["use"]) <= came[0] <= USES - left <= USES

        follows = dict(database.execute("select id, replaced_by from gate.api_key").fetchall())
        assert all(follows[old] == new for old, new in done["key"])
        assert all(new is None or new in follows for new in follows.values()), "no key was replaced by nothing"

        told = set(column("select resource from gate.audit where action in ('user.add', 'load')"))
        assert set(done["user"]) <= told and {f"my.{name}" for name in done["table"]} <= told


@pytest.fixture
def grounds(made_home: Path) -> Iterator[Team]:
    home = Team(short_folder())
    subprocess.run(["cp", "-a", f"{made_home}/.", home.folder], check=True)
    yield home
    home.stop()
    shutil.rmtree(home.folder, ignore_errors=True)


def test_kill_9_in_the_middle_of_all_changes(grounds: Team) -> None:
    answered = [one_round(grounds, round_, after_s) for round_, after_s in enumerate((0.4, 1.1, 1.9))]
    assert sum(answered) > 10


@pytest.mark.chaos
@pytest.mark.timeout(3600)
def test_kill_9_again_and_again_in_the_middle_of_all_changes(grounds: Team, chaos: int) -> None:
    for round_ in range(max(chaos, 15)):
        one_round(grounds, round_, 0.2 + 0.17 * round_ % 2.5)

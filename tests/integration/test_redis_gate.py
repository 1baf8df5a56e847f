"""``%%tobit redis``: the setting, the verb, the catalog and the audit, through a gate."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
import redis

from tests.conftest import short_folder
from tests.integration.conftest import Home, until


@pytest.fixture(scope="module")
def home(needs: Callable[[object, str], None]) -> Iterator[Home]:
    """A gate whose TOBIT_REDIS_URL holds a password."""
    found = shutil.which("redis-server")
    needs(found, "there is no redis-server (apt-get install redis-server)")
    folder, place = Home(short_folder()), short_folder()
    command = [found or "", "--port", "0", "--unixsocket", f"{place}/r.sock", "--save", "", "--requirepass", "sesame:@"]
    with subprocess.Popen([*command, "--dir", str(place)], stdout=subprocess.DEVNULL) as process:
        try:
            until((place / "r.sock").exists)
            with closing(redis.Redis(unix_socket_path=f"{place}/r.sock", password="sesame:@")) as admin:
                admin.hset("ci:build:1", mapping={"status": "green", "seconds": 31})
                admin.set("line/4:state", "on")
            folder.more["TOBIT_REDIS_URL"] = f"unix://:sesame%3A%40@{place}/r.sock"
            yield folder
            folder.stop()
        finally:
            process.kill()
    for each in (folder.folder, place):
        shutil.rmtree(each, ignore_errors=True)


def test_a_redis_of_the_settings_is_asked_by_its_verb(home: Home) -> None:
    data = home.data("redis", "key=ci:build:1", body="HGETALL :key\n")
    assert data["rows"] == [["status", "green"], ["seconds", "31"]]
    assert data["columns"][0]["name"] == "field"
    assert ("redis", "redis") in {(each["name"], each["type"]) for each in home.data("sources")}
    assert [each["name"] for each in home.data("tables", "--source", "redis")] == ["ci:", "line/4:"]
    assert "O(1)" in home.tobit("explain", "--source", "redis", "--language", "redis", body="GET a").stdout


def test_a_name_with_a_slash_is_described(home: Home) -> None:
    told = home.data("describe", "line/4:", "--source", "redis")
    assert [column["name"] for column in told["columns"]] == ["key", "value"]


def test_a_write_is_refused_and_audited(home: Home) -> None:
    done = home.tobit("redis", body="GET a\nDEL ci:build:1")
    assert done.returncode == 1 and "DEL is not run here" in done.stderr
    found = json.dumps(home.data("audit"))
    assert "DEL ci:build:1" in found and "sesame" not in found


def test_sql_is_told_the_right_verb(home: Home) -> None:
    assert "%%tobit redis --source redis" in home.tobit("sql", "--source", "redis", "select 1").stderr

"""A real Redis: what is read, and that nothing else is done to it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import redis

from tests.conftest import short_folder
from tests.integration.conftest import until
from tobit_kernel.errors import (
    Cancelled,
    InputError,
    LimitReached,
    NotFound,
    ParameterMissing,
    Refused,
    SourceUnavailable,
    StatementError,
    TimedOut,
    TobitError,
)
from tobit_kernel.server.identity.principal import LOCAL
from tobit_kernel.server.sources.redis import Redis, connection
from tobit_kernel.server.sources.redis.commands import commands
from tobit_kernel.server.sources.source import Cancellation, Prepared, Record


@pytest.fixture(scope="module")
def server(needs: Callable[[object, str], None]) -> Iterator[Path]:
    """The socket of a Redis with a few keys and the login ``reader`` (password sesame)."""
    found = shutil.which("redis-server")
    needs(found, "there is no redis-server (apt-get install redis-server)")
    folder = short_folder()
    place = folder / "redis.sock"
    command = [found or "", "--port", "0", "--unixsocket", str(place), "--save", "", "--dir", str(folder)]
    command += ["--enable-debug-command", "yes"]  # DEBUG SLEEP
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            until(place.exists)
            with closing(client(place)) as admin:
                fill(admin)
            yield place
        finally:
            process.kill()
    shutil.rmtree(folder, ignore_errors=True)


def client(place: Path) -> Any:
    return redis.Redis(unix_socket_path=str(place))


def fill(admin: Any) -> None:
    admin.hset("ci:build:1", mapping={"status": "green", "seconds": 31})
    admin.set("ci:name", "한글")
    admin.set("ci:short", "x", ex=1000)
    admin.set("ci:bytes", b"\xff\x00")
    admin.set("secret:plan", "hidden")
    admin.set("cigar", "another")
    admin.rpush("ci:queue", *range(100))
    admin.zadd("ci:slow", {"a": 1.5, "b": 2})
    admin.sadd("ci:tags", "x", "y")
    admin.xadd("ci:log", {"level": "info", "n": 1}, id="1760000000000-0")
    admin.xadd("ci:log", {"level": "warn"}, id="1760000001000-0")
    admin.mset({f"many:{number}": "v" for number in range(5000)})
    admin.acl_setuser("reader", enabled=True, passwords=["+sesame"], commands=["+@read", "-@dangerous"], keys=["ci:*"])


def made(place: Path, user: str = "", password: str | None = None, **options: Any) -> Redis:
    address = f"unix://{user + '@' if user else ''}{place}"
    return Redis.of(Record("default", "lab", "redis", address, place.parent, password=password, options=options))


@pytest.fixture
def source(server: Path) -> Redis:
    return made(server)


@pytest.fixture
def narrow(server: Path) -> Redis:
    return made(server, prefixes=["ci:"])


def ask(source: Redis, statement: str, limit: int | None = None, timeout_s: float = 20, **values: Any) -> pa.Table:
    run = source.start(LOCAL, Prepared(statement, [], limit, timeout_s, values), Cancellation())
    try:
        return pa.Table.from_batches(run.batches(), run.schema)
    finally:
        run.close()


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("GET ci:name", [{"value": "한글"}]),
        ("get nowhere", [{"value": None}]),
        ("GET ci:bytes", [{"value": "\\xff00"}]),
        ("STRLEN ci:name", [{"value": 6}]),
        ("TTL ci:name", [{"value": -1}]),
        ("TYPE ci:slow", [{"value": "zset"}]),
        ("OBJECT ENCODING ci:slow", [{"value": "listpack"}]),
        ("EXISTS ci:name ci:nope", [{"value": 1}]),
        ("MGET ci:name ci:nope", [{"key": "ci:name", "value": "한글"}, {"key": "ci:nope", "value": None}]),
        ("HMGET ci:build:1 status x", [{"field": "status", "value": "green"}, {"field": "x", "value": None}]),
        ("HGETALL ci:build:1", [{"field": "status", "value": "green"}, {"field": "seconds", "value": "31"}]),
        ("HSCAN ci:build:1 0 MATCH st*", [{"field": "status", "value": "green"}]),
        ("LRANGE ci:queue 0 1", [{"index": 0, "value": "0"}, {"index": 1, "value": "1"}]),
        ("ZRANGE ci:slow 0 -1 WITHSCORES", [{"member": "a", "score": 1.5}, {"member": "b", "score": 2.0}]),
        ("ZRANGE ci:slow 0 -1 REV", [{"member": "b"}, {"member": "a"}]),
        ("ZSCORE ci:slow a", [{"score": 1.5}]),
        ("ZMSCORE ci:slow a z", [{"member": "a", "value": "1.5"}, {"member": "z", "value": None}]),
        ("SMISMEMBER ci:tags x z", [{"member": "x", "value": 1}, {"member": "z", "value": 0}]),
        ("SINTERCARD 2 ci:tags ci:tags LIMIT 1", [{"value": 1}]),
        ("GET :key", [{"value": "한글"}]),
        ('GET "ci:\\x6eame"', [{"value": "한글"}]),
        ("# a remark\n\n  GET 'ci:name'  ", [{"value": "한글"}]),
        ("MGET :keys", [{"key": "ci:name", "value": "한글"}, {"key": "7", "value": None}]),
    ],
)
def test_a_command_answers_in_rows(source: Redis, statement: str, rows: list[dict[str, Any]]) -> None:
    assert ask(source, statement, key="ci:name", keys=["ci:name", 7]).to_pylist() == rows


def test_a_stream_has_a_column_per_field_and_times(source: Redis) -> None:
    table = ask(source, "XRANGE ci:log - +")
    assert table.column_names == ["id", "time", "level", "n"]
    assert table["n"].to_pylist() == ["1", None]
    assert table["time"].to_pylist()[0].timestamp() == 1_760_000_000


def test_several_commands_share_a_table(source: Redis) -> None:
    assert ask(source, "GET ci:name\nLLEN ci:queue\nZRANGE ci:slow 0 0 WITHSCORES").to_pylist() == [
        {"command": "GET ci:name", "value": "한글", "member": None, "score": None},
        {"command": "LLEN ci:queue", "value": "100", "member": None, "score": None},
        {"command": "ZRANGE ci:slow 0 0 WITHSCORES", "value": None, "member": "a", "score": 1.5},
    ]


def test_scan_and_keys_bring_types_and_times_to_live(source: Redis) -> None:
    for statement in ("SCAN 0 MATCH ci:s* COUNT 3", "KEYS ci:s*"):
        found = {row["key"]: (row["type"], row["ttl"]) for row in ask(source, statement).to_pylist()}
        assert found["ci:slow"] == ("zset", None)
        assert found["ci:short"][0] == "string" and 0 < found["ci:short"][1] <= 1000
    assert {row["key"] for row in ask(source, "SCAN 0 TYPE zset").to_pylist()} == {"ci:slow"}
    assert ask(source, "SCAN 0 MATCH many:*").num_rows == 5000
    assert ask(source, "KEYS many:*", limit=10).num_rows == 11


def test_a_limit_brings_one_row_more(source: Redis) -> None:
    assert ask(source, "LRANGE ci:queue 0 -1", limit=10).num_rows == 11
    assert ask(source, "SSCAN ci:tags 0", limit=0).num_rows == 1


def test_blocking_keys_never_reaches_the_server(server: Path, source: Redis) -> None:
    with closing(client(server)) as admin:
        admin.config_resetstat()
        ask(source, "KEYS *")
        assert "cmdstat_keys" not in admin.info("commandstats")
        assert "cmdstat_scan" in admin.info("commandstats")


def test_whatever_the_server_counts_as_a_write_or_danger_is_refused(server: Path, source: Redis) -> None:
    with closing(client(server)) as admin:
        categories = ("write", "admin", "dangerous", "scripting", "pubsub", "transaction", "blocking", "connection")
        refused = {one for each in categories for one in names(admin.execute_command("ACL", "CAT", each))}
        everything = names(admin.command_list())
    assert len(everything) > 200 and {"SET", "EVAL", "CONFIG|SET", "FLUSHALL", "SORT", "KEYS"} <= refused
    ours = set(commands())
    assert refused & ours == {"INFO", "KEYS"}  # INFO in parts; KEYS becomes SCAN
    for name in sorted((refused | set(everything)) - ours):
        for arguments in ("", " ci:name", " ci:name 1 2"):
            with pytest.raises(TobitError) as caught:
                ask(source, name.replace("|", " ") + arguments)
            assert isinstance(caught.value, Refused | StatementError), name


def names(found: list[Any]) -> set[str]:
    return {(one.decode() if isinstance(one, bytes) else str(one)).upper() for one in found}


def test_our_keys_are_where_the_server_says_they_are(server: Path) -> None:
    arguments = {
        "SINTERCARD": ["2", "k1", "k2"],
        "GEOSEARCH": ["k1", "FROMMEMBER", "a", "BYRADIUS", "1", "m"],
    }
    with closing(client(server)) as admin:
        known = names(admin.command_list())
        for name, command in commands().items():
            if command.keys == "-" or name.split("|")[0] not in known:
                continue
            first, *second = name.split("|")
            given = [*second, *arguments.get(name, ["k1", "k2", "k3", "k4"])]
            ours = [given[at] for at in command.keys_in(given)]
            theirs = []
            for count in range(len(given), 0, -1):  # some take fewer arguments
                try:
                    theirs = admin.command_getkeys(first, *given[:count])
                    break
                except redis.ResponseError:
                    continue
            assert [key for key in ours if key in given[:count]] == [str(key) for key in theirs], name


@pytest.mark.parametrize(
    "statement",
    [
        "GET secret:plan",
        "GET cigar",
        "GET CI:name",
        "GET ' ci:name'",
        'GET "\\x63i"',
        "GET ''",
        "MGET ci:name secret:plan",
        "EXISTS ci:name secret:plan",
        "SUNION ci:tags secret:plan",
        "SINTERCARD 2 ci:tags secret:plan",
        "SINTERCARD 1 ci:tags secret:plan",
        "OBJECT ENCODING secret:plan",
        "MEMORY USAGE secret:plan",
        "XINFO STREAM secret:plan",
        "HSCAN secret:plan 0",
        "GET :key",
        "MGET :keys",
        "GET ci:name\nGET secret:plan",
        "DBSIZE",
        "INFO keyspace",
        "INFO",
        "RANDOMKEY",
    ],
)
def test_other_keys_are_out_of_reach(narrow: Redis, statement: str) -> None:
    if statement == "INFO":
        told = ask(narrow, statement).to_pylist()
        assert told and not [row for row in told if "/" in row["value"]]  # no path of the server
        return
    with pytest.raises((Refused, StatementError)):
        ask(narrow, statement, key="secret:plan", keys=["ci:name", "secret:plan"])


@pytest.mark.parametrize("statement", ["SCAN 0", "KEYS *", "SCAN 0 MATCH *", "SCAN 0 MATCH secret*", "KEYS c*"])
def test_a_scan_shows_its_own_keys_only(narrow: Redis, statement: str) -> None:
    found = [row["key"] for row in ask(narrow, statement).to_pylist()]
    assert all(key.startswith("ci:") for key in found)
    assert bool(found) is ("secret" not in statement)


def test_letters_of_patterns_in_a_prefix_mean_themselves(server: Path) -> None:
    assert ask(made(server, prefixes=["c?:"]), "SCAN 0").num_rows == 0
    assert made(server, prefixes=["[cs]*"]).tables(LOCAL) == []


@pytest.mark.parametrize(
    "value", ["ci:name\r\nSET ci:name x", "ci:name\r\n*1\r\n$8\r\nFLUSHALL\r\n", "a b", 'x" y', "\x01", "$-1", "-ERR"]
)
def test_no_value_becomes_a_command(server: Path, source: Redis, value: str) -> None:
    assert ask(source, "GET :key", key=value).to_pylist() == [{"value": None}]
    assert ask(source, "GET ci:name").to_pylist() == [{"value": "한글"}]
    with closing(client(server)) as admin:
        admin.set("many:0", value)
        assert ask(source, "GET many:0\nGET ci:name")["value"].to_pylist() == [value, "한글"]


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ('GET ci:name\nGET "open', '"open'),
        ("GET ci:name\n  HGETALL ci:name", "HGETALL"),
        ("GET a'b", "a'b"),
        ("LRANGE ci:queue", "LRANGE"),
        ("GET", "GET"),
        (":key x", ":key"),
        ("SCAN x", "SCAN"),
        ("XRANGE ci:log - + COUNT x", "XRANGE"),
    ],
)
def test_an_error_knows_its_line(source: Redis, statement: str, at: str) -> None:
    with pytest.raises(StatementError) as caught:
        ask(source, statement, key="x")
    assert statement[caught.value.details["position"] :].startswith(at)


def test_counts_that_would_flood_are_refused(source: Redis) -> None:
    for statement in ("SRANDMEMBER ci:tags -1000000000", "HRANDFIELD ci:build:1 -9e9 WITHVALUES", "ZRANDMEMBER a ٣"):
        with pytest.raises(Refused):
            ask(source, statement)
    assert ask(source, "SRANDMEMBER ci:tags -5").num_rows == 5


def test_huge_values_end_at_the_limit(server: Path, source: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BYTES_LIMIT", 1 << 20)
    with closing(client(server)) as admin:
        admin.set("huge", b"x" * (2 << 20))
        admin.rpush("long", *(["y" * 100] * 20_000))
        for statement in ("GET huge", "LRANGE long 0 -1", "GETRANGE huge 0 900000\nGETRANGE huge 0 900000"):
            with pytest.raises(LimitReached):
                ask(source, statement)
        assert ask(source, "GETRANGE huge 0 9").to_pylist() == [{"value": "x" * 10}]
        admin.delete("huge", "long")


def test_parameters_and_empty_cells_are_told(source: Redis) -> None:
    with pytest.raises(ParameterMissing, match=":nope"):
        ask(source, "GET :nope")
    with pytest.raises(InputError):
        ask(source, "\n# nothing\n")
    with pytest.raises(InputError):
        ask(source, "GET :key", key=None)
    with pytest.raises(LimitReached):
        ask(source, "GET a\n" * 1001)


def test_inspect_names_keys_and_refuses_writes(source: Redis, narrow: Redis) -> None:
    assert source.inspect(LOCAL, "GET ci:name\nMGET a b\nGET :key\nSCAN 0 MATCH x*") == [
        "ci:name",
        "a",
        "b",
        ":key",
        "x*",
    ]
    for statement in ("SET a 1", "SET :key 1", "GET a\nDEL a"):
        with pytest.raises(Refused):
            source.inspect(LOCAL, statement)
    with pytest.raises(Refused):
        narrow.inspect(LOCAL, "GET secret:plan")


def test_prefixes_are_tables(source: Redis, narrow: Redis) -> None:
    tables = {table.name: table for table in source.tables(LOCAL)}
    assert tables["many:"].rows == 5000 and tables["many:"].db_schema == "db0"
    assert "1 stream" in (tables["ci:"].comment or "")
    assert [table.name for table in narrow.tables(LOCAL)] == ["ci:"]
    assert [table.name for table in source.tables(LOCAL, "man*")] == ["many:"]
    assert [column.name for column in source.table(LOCAL, "many").columns] == ["key", "value"]
    with pytest.raises(NotFound) as caught:
        source.table(LOCAL, "mani:")
    assert "many:" in caught.value.hint


def test_check_warns_of_a_login_that_can_write(server: Path, source: Redis) -> None:
    assert "can write" in source.check()
    reader = made(server, "reader", "sesame", prefixes=["ci:"])
    assert reader.check().endswith("read-only")
    assert ask(reader, "GET ci:name").to_pylist() == [{"value": "한글"}]
    with pytest.raises(SourceUnavailable, match="login"):
        made(server, "reader", "wrong").check()


def test_the_servers_own_refusal_is_one(server: Path) -> None:
    reader = made(server, "reader", "sesame")
    with pytest.raises(Refused, match="login"):
        ask(reader, "GET secret:plan")


def test_a_plan_lists_commands_and_costs(source: Redis) -> None:
    assert source.explain(LOCAL, Prepared("GET ci:name\nKEYS *")).splitlines() == [
        "command        cost  keys",
        "GET            O(1)  ci:name",
        "SCAN in steps  O(N)",
    ]


def test_it_ends_at_its_time_limit_and_when_cancelled(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        source = Redis.of(Record("default", "x", "redis", address, tmp_path))
        with pytest.raises(TimedOut):
            ask(source, "GET a", timeout_s=0.3)
        cancellation = Cancellation()
        threading.Timer(0.3, cancellation.cancel).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            source.start(LOCAL, Prepared("GET a"), cancellation)
        assert time.monotonic() - began < 2


def test_a_server_that_is_busy_is_left_in_time(server: Path, source: Redis) -> None:
    with closing(client(server)) as admin:
        busy = threading.Thread(target=lambda: admin.execute_command("DEBUG", "SLEEP", "1"))
        busy.start()
        time.sleep(0.1)
        began = time.monotonic()
        with pytest.raises(TimedOut):
            ask(source, "GET ci:name", timeout_s=0.2)
        assert time.monotonic() - began < 0.7
        busy.join()


@pytest.mark.parametrize(
    "address",
    [
        "http://x",
        "redis://u:secret@x",
        "redis://x/one",
        "unix://",
        "redis://x?password=secret",
        "redis://x:0x",
        "redis://x?ssl=1",
    ],
)
def test_addresses_that_make_no_sense_are_refused(address: str) -> None:
    with pytest.raises(InputError) as caught:
        Redis.of(Record("default", "x", "redis", address, Path("/nowhere")))
    assert "secret" not in str(caught.value)


def test_what_is_no_redis_or_does_not_answer_is_told(tmp_path: Path) -> None:
    def reply() -> None:
        channel, _ = other.accept()
        with channel:
            channel.recv(100)
            channel.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as other:
        thread = threading.Thread(target=reply)
        thread.start()
        source = Redis.of(Record("default", "x", "redis", f"redis://127.0.0.1:{other.getsockname()[1]}", tmp_path))
        with pytest.raises(SourceUnavailable, match="no Redis"):
            source.check()
        thread.join()
    with pytest.raises(SourceUnavailable):
        source.check()

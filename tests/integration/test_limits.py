"""Quotas, statements at the same time, slow statements, sizes of answers, and what was used."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import short_folder
from tests.integration.conftest import Home, until
from tobit_kernel.errors import LimitReached, RateLimited, Refused, TobitError

SLOW = "select count(*) from generate_series(1, 4000000) g where g % 7 = 3"


@pytest.fixture(scope="module")
def limited() -> Iterator[Home]:
    """A gate for which a fifth of a second is slow and 8 MiB are much."""
    home = Home(short_folder(), {"TOBIT_SLOW_QUERY_S": "0.2", "TOBIT_ANSWER_BYTES": str(8 << 20)})
    done = home.tobit("sql", "select 1")
    assert done.returncode == 0, done.stderr
    yield home
    home.stop()
    shutil.rmtree(home.folder, ignore_errors=True)


def quota(home: Home, measure: str, amount: int | None, subject_type: str = "user", subject: str = "local") -> Any:
    body = {"subject_type": subject_type, "subject": subject, "measure": measure, "amount": amount, "reason": "a test"}
    return home.http("PUT", "/api/v1/quotas", body)


def test_a_quota_is_used_up_told_and_taken_away(limited: Home) -> None:
    limited.ask("select 1")
    assert quota(limited, "queries", 1).status == 200
    answer = limited.http("POST", "/api/v1/query", {"statement": "select 1"})
    assert answer.status == 429 and 0 < int(answer.headers["retry-after"]) <= 86_401
    assert answer.json()["data"]["error"] == "RateLimited" and "quota of 1 queries" in answer.json()["data"]["message"]
    assert quota(limited, "queries", None).json()["data"] == []
    limited.ask("select 1")


@pytest.mark.parametrize("measure", ["rows", "bytes", "seconds"])
@pytest.mark.parametrize(("subject_type", "subject"), [("role", "admin"), ("tenant", "")])
def test_every_measure_counts_for_roles_and_tenants(
    limited: Home, measure: str, subject_type: str, subject: str
) -> None:
    limited.ask("select * from generate_series(1, 5)")
    assert quota(limited, measure, 0, subject_type, subject).status == 200
    with pytest.raises(RateLimited):
        limited.ask("select 1")
    quota(limited, measure, None, subject_type, subject)
    limited.ask("select 1")


def test_what_was_used_survives_a_gate_that_was_killed_and_is_seen_by_the_next(own: Home) -> None:
    own.tobit("sql", "select 1")
    for _ in range(3):
        own.ask("select * from generate_series(1, 10)")
    with own.database() as database:
        asked = "select coalesce(sum(rows), 0)::int from gate.usage_day where table_name = ''"
        until(lambda: database.execute(asked).fetchone() == (31,), 8)
    quota(own, "rows", 31)
    own.stop()
    assert "quota of 31 rows" in own.tobit("sql", "select 1").stderr


def test_a_users_statements_wait_for_their_turn(limited: Home) -> None:
    quota(limited, "concurrent", 1)
    thread = threading.Thread(target=_quietly, args=(limited, "select count(*) from generate_series(1, 1e12)", 1.5))
    thread.start()
    until(lambda: limited.active("1e12") > 0, 5)
    with pytest.raises(RateLimited, match="1 statements of yours"):
        limited.ask("select 2", timeout_s=0.2)
    began = time.monotonic()
    assert limited.rows("select 3", timeout_s=10) == [(3,)]  # as soon as the other has ended
    assert time.monotonic() - began < 5
    thread.join()
    quota(limited, "concurrent", None)


def _quietly(home: Home, statement: str, timeout_s: float) -> None:
    try:
        home.ask(statement, timeout_s=timeout_s)
    except TobitError:
        pass


def test_requests_of_a_minute_are_counted(limited: Home) -> None:
    quota(limited, "requests", 20)
    statuses = [limited.http("GET", "/api/v1/me").status for _ in range(30)]
    assert statuses.count(429) >= 9 and statuses[0] == 200
    answer = limited.http("GET", "/api/v1/me")
    assert answer.status == 429 and 1 <= int(answer.headers["retry-after"]) <= 60
    with limited.database() as database:
        database.execute("delete from gate.quota")
    until(lambda: limited.http("GET", "/api/v1/me").status == 200, 10)


def test_an_answer_has_a_largest_size(limited: Home) -> None:
    with pytest.raises(LimitReached, match="8 MiB"):
        limited.ask("select repeat('x', 1000) from generate_series(1, 100000)", limit=None)
    assert limited.rows("select 1") == [(1,)]


def test_a_slow_statement_is_kept_with_its_plan_masked(limited: Home) -> None:
    limited.ask("select 1")
    limited.ask(SLOW + " and 'kim@example.com' <> ''")
    until(lambda: _slow(limited), 5)
    (found,) = _slow(limited)
    assert found["ms"] >= 200 and found["rows"] == 1 and "Function Scan" in found["plan"]
    assert "kim@example.com" not in str(found) and "cost=" not in found["plan"]
    shown = limited.data("queries", "--slow")["items"]
    assert any("4000000" in item["statement"] for item in shown)


def _slow(home: Home) -> list[dict[str, Any]]:
    items = home.gate.get("/queries/slow", all=True)["items"]
    return [item for item in items if "4000000" in item["statement"]]


def test_use_is_told_by_user_source_and_table(limited: Home) -> None:
    limited.ask("select * from ops.ci limit 1")
    limited.gate.get("/usage")
    today = datetime.now(UTC).date().isoformat()
    for by, name in (("user", "local"), ("source", "workbench"), ("table", "workbench ops.ci")):
        rows = limited.gate.get("/usage", by=by, since=today)
        found = next(row for row in rows if row["name"] == name)
        assert found["day"] == today and found["queries"] >= 1
    assert limited.data("queries", "--usage", "--by", "table", "--since", "1d")


def test_an_errors_use_is_counted_as_one(limited: Home) -> None:
    before = _errors(limited)
    with pytest.raises(Refused):
        limited.ask("select pg_sleep(1)")
    assert _errors(limited) == before + 1


def _errors(home: Home) -> int:
    return sum(row["errors"] for row in home.gate.get("/usage"))


def test_plans_tell_an_order_of_magnitude_to_who_does_not_administer() -> None:
    from tobit_kernel.server.queries.explain import explained

    plan = "Seq Scan on ops.ci  (cost=0.00..8123.40 rows=734512 width=8)\n  Filter: (x > 1)"
    told = explained(plan, exact=False)
    assert told.plan == "Seq Scan on ops.ci  (rows=100000)\n  Filter: (x > 1)"
    assert "100,000" in told.warnings[0]
    assert explained(plan, exact=True).plan == plan


def test_what_is_no_quota_is_refused(limited: Home) -> None:
    for body in ({"subject_type": "user", "subject": "", "measure": "rows", "amount": 1},
                 {"subject_type": "tenant", "subject": "x", "measure": "rows", "amount": 1},
                 {"subject_type": "user", "subject": "x", "measure": "apples", "amount": 1},
                 {"subject_type": "user", "subject": "x", "measure": "rows", "amount": -1}):  # fmt: skip
        assert limited.http("PUT", "/api/v1/quotas", body).status == 422


def test_a_client_that_does_not_read_keeps_no_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit itself is a minute; here what happens when it is over."""
    import asyncio

    from tobit_kernel.server.gateway.routes import query

    monkeypatch.setattr(query, "SLOW_READER_S", 0.05)
    ended: list[BaseException | None] = []

    class Endless:
        source_name = source_type = "workbench"
        tail = __import__("tobit_kernel.wire.stream", fromlist=["Tail"]).Tail()

        async def stream(self) -> Any:
            while True:
                yield b"x"

        async def finish(self, error: BaseException | None) -> None:
            ended.append(error)

    async def main() -> None:
        from tobit_kernel.server.identity.principal import LOCAL
        from tobit_kernel.server.queries.caller import Caller

        async def never(*_: Any) -> Any:
            await asyncio.Event().wait()

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                await never()

        await query._ArrowResponse(Endless(), Caller(LOCAL))({"type": "http"}, never, send)  # type: ignore[arg-type]

    asyncio.run(main())
    assert "did not read" in str(ended[0])

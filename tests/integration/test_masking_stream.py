"""Many rows for somebody who may not see them: the next are fetched while some are masked, and nothing else changes."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from tests.conftest import short_folder
from tests.integration.masked import ANALYST, TRUSTED, Asked, asked
from tobit_kernel.errors import Cancelled, TobitError
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.queries.caller import Caller
from tobit_kernel.server.queries.execution import Execution
from tobit_kernel.settings import settings
from tobit_kernel.wire.models import QueryRequest

MAILS = "select i, 'user' || i || '@example.com' as mail from generate_series(1, 200000) i"
#: What comes after the first rows takes minutes.
SLOW = """
select i, 'user' || i || '@example.com' as mail,
  case when i > 150000 then (select count(*) from generate_series(1, 3000000) j where j <> i) end as n
from generate_series(1, 200000) i
"""
BROKEN = "select 'user' || i || '@example.com' as mail, 1 / (150000 - i) as n from generate_series(1, 200000) i"


@pytest.fixture(scope="module")
def bench(made_home: Path) -> Iterator[Asked]:
    folder = short_folder()
    subprocess.run(["cp", "-a", f"{made_home}/.", folder], check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOBIT_HOME", str(folder))
        settings.cache_clear()
        with asked(folder) as bench:
            yield bench
    settings.cache_clear()
    shutil.rmtree(folder, ignore_errors=True)


async def opened(bench: Asked, statement: str, limit: int | None = None, by: Principal = ANALYST) -> Execution:
    request = QueryRequest(statement=statement, limit=limit, timeout_s=60)
    return await bench.gate.queries.start(request, Caller(by))


def rows(bench: Asked, statement: str, limit: int | None = None, by: Principal = ANALYST) -> pa.Table:
    """All batches, one behind the other."""

    async def read() -> pa.Table:
        execution = await opened(bench, statement, limit, by)
        batches = [batch async for batch in execution.batches()]
        await execution.finish(None)
        return pa.Table.from_batches(batches)

    found: pa.Table = bench.run(read())
    return found


def test_rows_keep_their_order_and_none_is_lost(bench: Asked) -> None:
    hidden, shown = rows(bench, MAILS), rows(bench, MAILS, by=TRUSTED)
    assert hidden["i"].to_pylist() == shown["i"].to_pylist() == list(range(1, 200001))
    assert set(hidden["mail"].to_pylist()) == {"u**@example.com"}
    assert shown["mail"][7].as_py() == "user8@example.com"


@pytest.mark.parametrize("limit", [1, 70_000, 199_999])
def test_a_limit_ends_a_masked_answer(bench: Asked, limit: int) -> None:
    found = rows(bench, MAILS, limit)
    assert len(found) == limit and set(found["mail"].to_pylist()) == {"u**@example.com"}


def test_an_error_half_way_comes_after_the_rows_before_it(bench: Asked) -> None:
    async def read() -> int:
        execution, seen = await opened(bench, BROKEN), 0
        try:
            async for batch in execution.batches():
                seen += len(batch)
        except TobitError as error:
            await execution.finish(error)
            assert "zero" in error.message
            return seen
        raise AssertionError("no error")

    assert 0 < bench.run(read()) < 150_000


def test_rows_are_there_before_the_next_and_leaving_ends_the_statement(bench: Asked) -> None:
    async def read() -> tuple[float, float]:
        execution = await opened(bench, SLOW)
        batches, began = execution.batches(), time.perf_counter()
        first = await anext(batches)
        assert first["mail"][0].as_py() == "u**@example.com"
        waited, began = time.perf_counter() - began, time.perf_counter()
        await asyncio.sleep(0.2)
        await execution.finish(Cancelled())
        return waited, time.perf_counter() - began

    waited, ended = bench.run(read())
    assert waited < 10 and ended < 10
    assert rows(bench, MAILS, 10)["i"].to_pylist() == list(range(1, 11))

"""A word before a parenthesis is a function only where SQL means one."""

import pytest

from tobit_kernel.errors import Refused
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.queries.guard import guard
from tobit_kernel.server.queries.parse import read

LOCAL = Principal("default", "local", "admin")


@pytest.mark.parametrize(
    "statement",
    [
        "select 1 where true and (1 = 1 or (2 = 2))",
        "select case (1) when 1 then 2 end",
        "select not (true), 1 in (1), exists (select 1), 2 between (1) and (3)",
        "select current_timestamp(3), localtime (0)",
    ],
)
def test_reserved_words_before_a_parenthesis_pass(statement: str) -> None:
    guard(read(statement, "postgres"), LOCAL, "postgres")


def test_a_function_that_is_not_allowed_is_named() -> None:
    with pytest.raises(Refused, match="pg_sleep"):
        guard(read("select 1 where true and (pg_sleep(1) is null)", "postgres"), LOCAL, "postgres")

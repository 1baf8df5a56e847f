"""A long statement is read beside the event loop."""

from __future__ import annotations

import asyncio
import threading

from tobit_kernel.server.queries import parse
from tobit_kernel.server.queries.long import SHORT, reading


def test_a_long_statement_is_read_in_another_thread() -> None:
    here = threading.get_ident()
    assert asyncio.run(reading(SHORT, threading.get_ident)) == here
    assert asyncio.run(reading(SHORT + 1, threading.get_ident)) != here


def test_what_was_read_of_a_long_statement_is_not_remembered() -> None:
    parse._remembered.cache_clear()
    for letters in (10, 30_000):
        assert parse.read(f"select '{'x' * letters}'", "postgres").is_select
    assert parse._remembered.cache_info().currsize == 1

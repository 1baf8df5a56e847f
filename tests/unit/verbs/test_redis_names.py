"""Which words of a Redis cell are parameters."""

from __future__ import annotations

import pytest

from tobit_kernel.verbs.redis import REDIS


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("GET :key", ["key"]),
        ("GET ci:build:1", []),
        ("MGET :a :b\nGET :키", ["a", "b", "키"]),
        ("SCAN 0 MATCH *:foo", []),
        ("GET a::b", []),
        ("GET :1", []),
    ],
)
def test_only_whole_words_are_parameters(text: str, names: list[str]) -> None:
    assert REDIS.names(text) == names

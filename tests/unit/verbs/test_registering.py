"""What the words of ``sources`` mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from tobit_kernel.errors import InputError
from tobit_kernel.verbs.registering import options_of, type_of


@pytest.mark.parametrize(
    ("location", "type_"),
    [
        ("postgresql://u@h/db", "postgresql"), ("postgres://u@h/db", "postgresql"),
        ("mysql+pymysql://u@h/db", "sqlalchemy"),
        ("mysql://u@h/db", "sqlalchemy"), ("MariaDB://u@h/db", "sqlalchemy"), ("sqlite:////a.db", "sqlalchemy"),
        ("duckdb:////a.duckdb", "duckdb"), ("/a/b.duckdb", "duckdb"), ("/a/b", "files"), ("/a/b.csv", "files"),
        ("bolt://h", "bolt"), ("neo4j+s://h", "bolt"), ("redis://h/0", "redis"), ("rediss://h/0", "redis"),
        ("oracle+oracledb://h", "sqlalchemy"), ("firebird+fdb://h", "sqlalchemy"),
    ],
)  # fmt: skip
def test_an_address_tells_its_type(location: str, type_: str) -> None:
    assert type_of(location) == type_


def test_an_http_address_and_an_unknown_one_need_a_type() -> None:
    for location in ("http://h:9090", "https://h", "gopher://h"):
        with pytest.raises(InputError) as caught:
            type_of(location)
        assert "--type" in caught.value.hint


def test_options_are_words_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text('{"a": 1, "b": [1]}')
    (tmp_path / "o.toml").write_text("a = 1\nb = [1]")
    for file in ("o.json", "o.toml"):
        assert options_of(("a=2", "c=x"), tmp_path / file) == {"a": 2, "b": [1], "c": "x"}
    (tmp_path / "bad.json").write_text("[1]")
    for words, file in ((("a",), None), ((), tmp_path / "bad.json"), ((), tmp_path / "none.json")):
        with pytest.raises(InputError):
            options_of(words, file)

"""Options and addresses of sources hold no secret."""

from __future__ import annotations

import pytest

from tobit_kernel.errors import InputError
from tobit_kernel.server.sources.options import checked_options, refuse_secret
from tobit_kernel.server.sources.sqlalchemy import Sqlalchemy


@pytest.mark.parametrize(
    "location",
    ["mysql://u:secret@h/x", "redis://:secret@h", "postgresql://u:s@e/c@h/x", "mysql://h/x?passwd=secret",
     "http://h?token=secret", "bolt://u:9@h", "mysql://u@h/x?a=1&ssl_key_password=secret"],
)  # fmt: skip
def test_an_address_with_a_password_is_refused_without_repeating_it(location: str) -> None:
    with pytest.raises(InputError) as caught:
        refuse_secret(location)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "location",
    ["mysql://u@h:3306/x", "http://h:9090/a@b", "sqlite:////data/a:b@c.db", "/data/a@b:c", "bolt://h:7687",
     "mysql://u@/x?unix_socket=/run/a", "postgresql:///x?host=/run&port=5432"],
)  # fmt: skip
def test_an_address_without_one_is_taken(location: str) -> None:
    refuse_secret(location)


@pytest.mark.parametrize("options", [{"password": "x"}, {"headers": {"Authorization": "x"}}, {"a": [{"api_key": "x"}]}])
def test_an_option_that_looks_like_a_secret_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(InputError, match="looks like a secret"):
        checked_options(Sqlalchemy, options)

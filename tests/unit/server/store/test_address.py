"""One address, three libraries."""

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tobit_kernel.errors import InputError
from tobit_kernel.server.store.address import Address

ODD = Address({"host": "/tmp/a b/한글+%", "port": "5432", "dbname": "my db", "user": "kim", "password": "p@:/?&=+% 한"})


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://kim:secret@db.example:5433/plant?sslmode=require",
        "postgres://kim:secret@db.example:5433/plant?sslmode=require",
        "postgresql+psycopg://kim:secret@db.example:5433/plant?sslmode=require",
        "host=db.example port=5433 user=kim password=secret dbname=plant sslmode=require",
    ],
)
def test_every_usual_form_is_understood(text: str) -> None:
    assert Address.parse(text).keywords == {
        "host": "db.example", "port": "5433", "user": "kim", "password": "secret", "dbname": "plant",
        "sslmode": "require",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["nonsense", "mysql://a@b/c", "postgresql://h:port/x?unknown=1"])
def test_another_text_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InputError) as refused:
        Address.parse(text)
    assert text not in str(refused.value)


def test_odd_characters_survive_the_uri() -> None:
    assert conninfo_to_dict(ODD.uri) == dict(ODD.keywords)


def test_odd_characters_survive_sqlalchemys_url() -> None:
    arguments, keywords = ODD.url.get_dialect()().create_connect_args(ODD.url)
    assert arguments == [] and {key: str(value) for key, value in keywords.items() if key in ODD.keywords} == dict(
        ODD.keywords
    )


def test_a_password_is_not_shown() -> None:
    assert "p@" not in repr(ODD) + str(ODD) + str(ODD.url) + ODD.shown
    assert ODD.shown == "/tmp/a b/한글+%:5432/my db"


def test_another_role_does_not_inherit_the_password_or_options() -> None:
    admin = ODD.having(options="-c role=tobit_owner", sslmode="require")
    assert admin.as_role("tobit_app", None).keywords == {
        "host": ODD.keywords["host"], "port": "5432", "dbname": "my db", "user": "tobit_app", "sslmode": "require",
    }  # fmt: skip


def test_a_connection_that_fails_does_so_soon() -> None:
    with pytest.raises(psycopg.OperationalError):
        ODD.connect()

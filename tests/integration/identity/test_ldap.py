"""Signing in by LDAP, against a real slapd."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.conftest import short_folder
from tests.integration.conftest import until
from tobit_kernel.errors import Refused, SourceUnavailable
from tobit_kernel.server.identity.ldap import person
from tobit_kernel.server.identity.principal import Role
from tobit_kernel.server.identity.providers import Provider
from tobit_kernel.wire.providers import LdapOptions

SLAPD = Path("/usr/sbin/slapd")
OWN, OWN_PASSWORD = "cn=gate,dc=plant,dc=kr", "the gate's own"
CONFIGURATION = f"""
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "dc=plant,dc=kr"
rootdn "{OWN}"
rootpw "{OWN_PASSWORD}"
directory FOLDER
access to attrs=userPassword by anonymous auth by * none
access to * by * none
"""


@pytest.fixture(scope="module")
def directory(needs: Callable[[object, str], None]) -> Iterator[str]:
    """The address of a running slapd with two people."""
    needs(SLAPD.exists(), "slapd (Debian: slapd) is not installed")
    folder = short_folder()
    (folder / "slapd.conf").write_text(CONFIGURATION.replace("FOLDER", str(folder)))
    people = Path(__file__).with_name("directory.ldif")
    subprocess.run(["/usr/sbin/slapadd", "-f", folder / "slapd.conf", "-l", people], check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"ldap://127.0.0.1:{free.getsockname()[1]}"
    log = (folder / "log").open("wb")
    with subprocess.Popen([SLAPD, "-d", "0", "-h", address, "-f", folder / "slapd.conf"], stderr=log) as server:
        until(lambda: _listens(int(address.rpartition(":")[2])) or server.poll() is not None)
        yield address
        server.terminate()
    log.close()
    shutil.rmtree(folder, ignore_errors=True)


def _listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def house(address: str, **more: Any) -> Provider:
    given = {"url": address, "bind_dn": OWN, "base_dn": "ou=people,dc=plant,dc=kr",
             "group_base_dn": "ou=groups,dc=plant,dc=kr", "roles": {"engineers": "analyst"}, **more}  # fmt: skip
    return Provider("default", "house", "ldap", LdapOptions.model_validate(given), OWN_PASSWORD)


async def test_a_person_with_the_right_password_is_known(directory: str) -> None:
    kim = await person(house(directory), "kim", "kim's own password")
    assert kim is not None
    assert (kim.id, kim.name, kim.email, kim.role, kim.groups) == (
        "kim", "김철수", "kim@plant.kr", Role.ANALYST, ["engineers"],
    )  # fmt: skip
    assert kim.subject == "uid=kim,ou=people,dc=plant,dc=kr"


@pytest.mark.parametrize(
    ("name", "password"),
    [("kim", "wrong"), ("kim", ""), ("", "x"), ("nobody", "x"), ("*", "kim's own password"),
     ("k*", "kim's own password"), ("kim)(uid=*", "kim's own password"),
     ("kim\x00", "kim's own password"), ("*)(&", "x"), ("gate", OWN_PASSWORD)],
)  # fmt: skip
async def test_nobody_else_is(directory: str, name: str, password: str) -> None:
    assert await person(house(directory), name, password) is None


async def test_a_name_is_a_value_never_a_pattern(directory: str) -> None:
    star = await person(house(directory), "lee*", "lee's own password")
    assert star is not None and star.id == "lee*" and star.role is Role.VIEWER


async def test_without_a_group_nobody_comes_in_where_a_group_is_wanted(directory: str) -> None:
    with pytest.raises(Refused):
        await person(house(directory, default_role=""), "lee*", "lee's own password")


async def test_a_directory_that_is_away_or_does_not_know_the_gate_says_so(directory: str) -> None:
    with pytest.raises(SourceUnavailable):
        await person(house("ldap://127.0.0.1:9"), "kim", "x")
    wrong = house(directory)
    with pytest.raises(SourceUnavailable):
        await person(Provider("default", "house", "ldap", wrong.options, "wrong"), "kim", "kim's own password")


def test_passwords_go_only_where_they_are_encrypted() -> None:
    with pytest.raises(ValidationError, match="ldaps://"):
        LdapOptions(url="ldap://directory.plant.kr", base_dn="dc=plant")
    assert LdapOptions(url="ldap://directory.plant.kr", base_dn="dc=plant", start_tls=True).start_tls

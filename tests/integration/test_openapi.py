"""What the gate answers to anything is what /openapi.json says: schemathesis asks, of every route, from every side."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from tests.conftest import short_folder
from tests.integration.conftest import PASSWORD, Home, Team, until

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
#: They end the gate, fill its database or ask every row of it: each has tests of its own.
NOT_ASKED = ["POST /api/v1/stop", "POST /api/v1/demo", "POST /api/v1/graph/rebuild", "DELETE /api/v1/me/session"]
#: What is set here shuts others out: a quota of nothing, a permission taken from all. Asked when all else was.
LAST = [
    "PUT /api/v1/quotas",
    "POST /api/v1/access/permissions",
    "PATCH /api/v1/users/{user}",
    "POST /api/v1/users/{user}/recover",
    "POST /api/v1/users/{user}/erase",
    "DELETE /api/v1/sessions/{session}",
]
#: How many requests are made up for each route: in every run, and where there is time.
FEW, MANY = 3, int(os.environ.get("TOBIT_FUZZ", "150"))


@pytest.fixture(scope="module")
def fuzzed(made_home: Path) -> Iterator[Team]:
    """A team's gate that nobody needs afterwards, with an analyst; no limit on how often it is asked."""
    home = Team(short_folder(), {"TOBIT_USER_REQUESTS": "0"})
    subprocess.run(["cp", "-a", f"{made_home}/.", home.folder], check=True)
    with home.opened():
        home.tokens["admin"] = home.chosen(home.first_link, PASSWORD)
        home.invite("kim")
        yield home
    subprocess.run(["rm", "-rf", home.folder], check=True)


@pytest.mark.parametrize("who", ["admin", "kim", ""], ids=["administrator", "analyst", "nobody"])
def test_no_answer_is_other_than_described(fuzzed: Team, who: str) -> None:
    conforms(fuzzed.url, fuzzed.tokens.get(who, ""), FEW, "fuzzing")


@pytest.mark.chaos
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("who", ["admin", "kim", ""], ids=["administrator", "analyst", "nobody"])
def test_no_answer_of_many_is_other_than_described(fuzzed: Team, who: str) -> None:
    conforms(fuzzed.url, fuzzed.tokens.get(who, ""), MANY, "coverage,fuzzing")


@pytest.mark.chaos
@pytest.mark.timeout(3600)
def test_the_gate_of_one_person_answers_as_described_too(own: Home) -> None:
    own.more["TOBIT_IDLE_S"] = "0"
    with own.started("gateway", "--host", "127.0.0.1", "--port", "0"):
        until(lambda: own.facts.get("tcp"))
        conforms(own.facts["tcp"], (own.folder / "token").read_text(), MANY, "coverage,fuzzing")


def test_what_shuts_others_out_is_described_too(fuzzed: Team) -> None:
    conforms(fuzzed.url, fuzzed.tokens["admin"], FEW, "fuzzing", LAST)


def test_every_route_tells_its_failures_in_their_one_shape(fuzzed: Team) -> None:
    described = urllib3.request("GET", f"{fuzzed.url}/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            told = operation["responses"]
            if path.startswith("/api/"):
                assert {"401", "403", "404", "413", "422", "429", "503", "507"} <= set(told), (method, path)
                assert told["422"]["content"]["application/json"]["schema"]["$ref"].endswith("/Failure"), (method, path)


def conforms(url: str, token: str, count: int, phases: str, only: list[str] | None = None) -> None:
    """Fails with schemathesis's report when an answer is not as described."""
    word = "--include-name" if only else "--exclude-name"
    names = [each for name in only or [*NOT_ASKED, *LAST] for each in (word, name)]
    words = [*names, "--checks", CHECKS, "--phases", phases, "--max-examples", str(count), "--no-shrink",
             "--generation-database", "none", "--no-color", "--continue-on-failure"]  # fmt: skip
    # The same requests in every run of CI, others in each of chaos; a graph that starts may take its time.
    words += ["--request-timeout", "60", *(["--seed", "3"] if count == FEW else [])]
    if token:
        words += ["--header", f"Authorization: Bearer {token}"]
    program = "import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())"
    command = [sys.executable, "-c", program, "run", f"{url}/openapi.json", *words]
    done = subprocess.run(command, text=True, capture_output=True, check=False, cwd="/tmp")
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]

"""The CIs of the demo and how they hang together."""

from collections import Counter

import pytest

from tobit_kernel.server.inventory.demo import INCIDENTS, Incident
from tobit_kernel.server.inventory.demo.relations import relations
from tobit_kernel.server.inventory.demo.topology import cis, ids


def around(code: str) -> set[str]:
    """CIs that are one relation away."""
    return {one.end for one in relations() if one.start == code} | {one.start for one in relations() if one.end == code}


def distance(start: str, goal: str) -> int:
    seen, edge, steps = {start}, {start}, 0
    while goal not in seen:
        edge = {near for code in edge for near in around(code)} - seen
        assert edge, f"{start} and {goal} are not connected"
        seen |= edge
        steps += 1
    return steps


def test_there_are_280_cis_of_the_three_types() -> None:
    assert Counter(ci.type for ci in cis()) == {"SW": 197, "HW": 75, "SYSTEM": 8}
    assert len(ids()) == 280


def test_every_relation_joins_two_cis_once() -> None:
    assert {code for one in relations() for code in (one.start, one.end)} == set(ids())
    assert len({(one.start, one.type, one.end) for one in relations()}) == len(relations())


def test_nothing_runs_on_itself_however_indirectly() -> None:
    below = {one.start: one.end for one in relations() if one.type == "RUNS_ON"}
    for code in below:
        for _ in range(6):
            code = below.get(code, "")
        assert not code


def test_every_vm_stands_on_one_host_in_the_end() -> None:
    below = {one.start: one.end for one in relations() if one.type == "RUNS_ON"}
    vms = [ci.code for ci in cis() if ci.subtype == "vm"]
    assert len(vms) == 60
    assert {below[below[vm]][:5] for vm in vms} == {"HOST-"}


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda incident: incident.name)
def test_every_symptom_can_be_reached_from_its_root_cause(incident: Incident) -> None:
    assert max(distance(incident.root, symptom.ci) for symptom in incident.symptoms) <= 7

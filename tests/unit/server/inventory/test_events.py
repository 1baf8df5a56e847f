"""The events and the history of the demo."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from tobit_kernel.server.inventory.demo import INCIDENTS, events, history
from tobit_kernel.server.inventory.demo.metrics import MINUTES
from tobit_kernel.server.inventory.demo.topology import ids

END = datetime(2026, 3, 2, tzinfo=UTC)


def test_full_scale_has_31243_events_in_the_order_of_time() -> None:
    rows = list(events.rows(END, 1))
    assert len(rows) == 31_243
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)
    assert max(row[1] for row in rows) < END


@pytest.mark.parametrize("scale", [0.001, 0.1, 0.33])
def test_a_smaller_scale_keeps_a_part_of_the_same_events(scale: float) -> None:
    small = set(events.rows(END, scale))
    assert len(small) == round(31_243 * scale)
    assert small < set(events.rows(END, 1))


def test_every_incident_leaves_events_at_a_tenth() -> None:
    rows = list(events.rows(END, 0.1))
    for incident in INCIDENTS:
        start, stop = incident.window(END)
        severe = {row[2] for row in rows if start <= row[1] <= stop and row[4] in ("error", "critical", "warning")}
        assert severe & {ids()[trace.ci] for trace in incident.traces}


def test_most_events_are_harmless_and_few_are_critical() -> None:
    severities = Counter(row[4] for row in events.rows(END, 1))
    assert severities["info"] > severities["warning"] > severities["error"] > severities["critical"] > 50


def test_incidents_lie_within_the_data_and_their_traces_within_them() -> None:
    for incident in INCIDENTS:
        assert incident.lasts <= incident.before_end <= MINUTES
        assert all(trace.delay <= incident.lasts for trace in incident.traces)
        assert all(symptom.delay < incident.lasts for symptom in incident.symptoms)


def test_a_release_precedes_the_leak_and_a_rollback_ends_it() -> None:
    leak = next(incident for incident in INCIDENTS if incident.name == "memory-leak")
    start, stop = leak.window(END)
    changes = [row for row in history.changes(END) if row[1] == ids()[leak.root] and row[5:7] == ("4.11.3", "4.12.0")]
    assert len(changes) == 1
    assert changes[0][2] < start
    assert [row[2] < stop for row in history.changes(END) if row[3] == "rollback"] == [True]


def test_maintenance_reaches_from_the_past_into_the_future() -> None:
    windows = list(history.maintenance(END))
    assert {row[6] for row in windows} == {"done", "planned"}
    assert all(row[2] < row[3] for row in windows)
    assert all((row[6] == "done") == (row[3] <= END) for row in windows)

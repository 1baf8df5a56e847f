"""The series of the demo: their number, their reproducibility, and the incidents in them."""

import hashlib
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tobit_kernel.server.inventory.demo import INCIDENTS, Incident
from tobit_kernel.server.inventory.demo.incidents import Symptom
from tobit_kernel.server.inventory.demo.metrics import DAY, MINUTES, Floats, minutes_of, series, values

END = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = 7 * DAY
#: symptoms with their incident
SYMPTOMS = [(incident, symptom) for incident in INCIDENTS for symptom in incident.symptoms]


@pytest.fixture(scope="module")
def everything() -> Floats:
    """All series at one value every five minutes, shape (120, 18000)."""
    minutes = minutes_of(5)
    return np.concatenate([values(END, minutes[minutes // DAY == day]) for day in range(63)], axis=1)


def of(everything: Floats, symptom: Symptom) -> Floats:
    place = next(n for n, one in enumerate(series()) if (one.ci, one.name) == (symptom.ci, symptom.metric))
    return np.asarray(everything[place], dtype=np.float64)


def test_there_are_120_series_and_10_8_million_values_at_full_scale() -> None:
    assert len({(one.ci, one.name) for one in series()}) == 120
    assert len(series()) * len(minutes_of(1)) == 10_800_000


@pytest.mark.parametrize(("step", "count"), [(1, 90_000), (10, 9_000), (100, 900), (7, 12_857)])
def test_a_coarser_scale_keeps_every_nth_minute_counted_from_the_end(step: int, count: int) -> None:
    minutes = minutes_of(step)
    assert len(minutes) == count
    assert set((MINUTES - minutes) % step) == {0}
    assert minutes[0] >= 0


def test_a_coarser_scale_has_the_same_values_at_the_same_minutes() -> None:
    whole = values(END, np.arange(30 * DAY, 31 * DAY))
    tenth = minutes_of(10)
    tenth = tenth[tenth // DAY == 30]
    assert np.array_equal(whole[:, tenth - 30 * DAY], values(END, tenth))


def test_the_same_seed_gives_the_same_bytes() -> None:
    """The number changes only together with VERSION in seed.py."""
    day = values(END, np.arange(53 * DAY, 54 * DAY))
    assert hashlib.sha256(day.astype("<f8").tobytes()).hexdigest()[:16] == "1157d76a26fc236f"


def test_values_are_finite_and_stay_in_their_range(everything: Floats) -> None:
    assert np.isfinite(everything).all()
    assert everything.min() >= 0
    high = np.array([one.quantity.high for one in series()])
    assert (everything.max(axis=1) <= high).all()


def test_the_load_follows_the_clock_in_korea(everything: Floats) -> None:
    requests = of(everything, Symptom("SVC-ERP-CORE", "requests_per_min")).reshape(-1, 12).mean(axis=1)
    start = END - timedelta(minutes=MINUTES) + timedelta(hours=9)
    hours = [start + timedelta(hours=place) for place in range(len(requests))]
    mean = {
        (weekend, hour): np.mean([
            requests[place] for place, when in enumerate(hours)
            if (when.weekday() >= 5) is weekend and when.hour == hour
        ])
        for weekend in (False, True) for hour in (3, 10)
    }  # fmt: skip
    assert mean[False, 10] > 4 * mean[False, 3]
    assert mean[False, 10] > 3 * mean[True, 10]


def test_what_serves_one_system_moves_together(everything: Floats) -> None:
    requests = of(everything, Symptom("SVC-PAY-CORE", "requests_per_min"))
    connections = of(everything, Symptom("DB-PAY", "connections"))
    assert np.corrcoef(requests, connections)[0, 1] > 0.9


@pytest.mark.parametrize(("incident", "symptom"), SYMPTOMS, ids=[f"{i.name}-{s.ci}-{s.metric}" for i, s in SYMPTOMS])
def test_an_incident_stands_out_from_the_same_hours_of_other_weeks(
    everything: Floats, incident: Incident, symptom: Symptom
) -> None:
    values_ = of(everything, symptom)
    stop = (MINUTES - incident.before_end + incident.lasts) // 5
    # A ramp is at its height near its end, a step all along.
    length = max(4, (incident.lasts - symptom.delay) // 5 // 4)
    weeks = [shift * WEEK // 5 for shift in range(-9, 10) if shift]
    same_hours = [values_[stop - length + week : stop + week] for week in weeks if 0 <= stop - length + week]
    usual = np.concatenate([one for one in same_hours if len(one) == length])
    spread = max(1.4826 * float(np.median(np.abs(usual - np.median(usual)))), 0.01)
    score = abs(float(values_[stop - length : stop - 1].mean()) - float(np.median(usual))) / spread
    assert score > 3

"""Rate, intervals and warnings, against hearts we made and hearts cardiologists marked."""

import numpy as np
import pytest

from ecg.engine import beats, readers
from ecg.engine.measure import Measured, analyse
from ecg.engine.rules import DEFAULT, Thresholds, triage
from fixtures.ecg import files
from fixtures.ecg.synthetic import Heart, draw
from tests.ecg.references import PLACE, needs_records, reference, wfdb


def measured(heart: Heart) -> Measured:
    return analyse(readers.read(files.dicom(draw(heart))))


@pytest.mark.parametrize("rate", [30, 45, 72, 100, 150, 170])
@pytest.mark.parametrize("hz", [240, 500, 1000])
def test_every_beat_is_found_where_it_was_put(rate, hz):
    drawn = draw(Heart("sinus", rate, hz=hz, seed=3))
    found = analyse(readers.read(files.dicom(drawn)))
    assert found.beats == len(drawn.beats)
    assert max(min(abs(at - peak) for peak in found.peaks) for at in drawn.beats) < 0.02
    assert abs((found.rate or 0) - rate) <= 2


def test_intervals_of_a_normal_heart():
    found = measured(Heart())
    assert found.p_waves is True
    assert 130 <= (found.pr or 0) <= 190
    assert 80 <= (found.qrs or 0) <= 118
    assert 360 <= (found.qt or 0) <= 430
    assert 30 <= (found.axis or 0) <= 60
    assert found.flags == ()


@pytest.mark.parametrize(
    ("rhythm", "rate", "codes"),
    [
        ("sinus", 72, set()),
        ("avb3", 32, {"BRADY"}),
        ("pause", 70, {"PAUSE"}),
        ("stemi", 80, {"ACUTE_MI"}),
        ("svt", 205, {"VT", "SVT"}),
        ("af", 95, set()),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_critical_rhythms_are_called_and_normal_ones_are_not(rhythm, rate, codes, seed):
    called = {alert.code for alert in triage(measured(Heart(rhythm, rate, seed=seed))) if alert.critical}
    assert called <= codes
    assert bool(called) == bool(codes)


def test_no_pr_is_given_in_fibrillation():
    found = measured(Heart("af", 95))
    assert (found.p_waves, found.pr, found.p) == (False, None, None)
    assert "AF" in {alert.code for alert in triage(found)}


def test_a_flat_line_is_never_cleared():
    drawn = draw(Heart())
    flat = type(drawn)((drawn.samples * 0 + np.arange(5000) % 2).astype(np.int16), 500, ())
    found = analyse(readers.read(files.dicom(flat)))
    assert [alert.code for alert in triage(found) if alert.critical] == ["NO_BEATS"]


def test_an_electrode_that_fell_off_is_named():
    drawn = draw(Heart())
    samples = drawn.samples.copy()
    samples[8] = 0
    assert "lead_off:V3" in analyse(readers.read(files.dicom(type(drawn)(samples, 500, ())))).flags


def test_a_wrong_conversion_is_named():
    drawn = draw(Heart())
    samples = drawn.samples.copy()
    samples[2] = samples[2] * 2
    assert "einthoven" in analyse(readers.read(files.dicom(type(drawn)(samples, 500, ())))).flags


def test_arms_exchanged_are_named():
    drawn = draw(Heart())
    one, two, three, right, left, foot, *chest = drawn.samples
    swapped = np.vstack([-one, three, two, left, right, foot, *chest]).astype(np.int16)
    assert "arms_swapped" in analyse(readers.read(files.dicom(type(drawn)(swapped, 500, ())))).flags


def test_an_alert_names_the_version_of_the_rules():
    ours = Thresholds(version="qinghe/7", brady=60)
    alerts = triage(measured(Heart("sinus", 50)), ours)
    assert [(alert.code, alert.limit, alert.rule_version) for alert in alerts if alert.critical] == [
        ("BRADY", 60, "qinghe/7")
    ]
    assert DEFAULT.brady == 35


@needs_records
def test_beats_of_marked_records_are_found():
    hits = missed = false = 0
    for name, said in reference("ludb").items():
        _names, signal = beats.prepared(wfdb(PLACE / "ludb" / name))
        peaks, marks = beats.r_peaks(signal), np.array(said["r_peaks_lead_ii_samples"])
        near = np.abs(peaks[:, None] - marks[None, :]) < 75
        hits += int(near.any(axis=0).sum())
        missed += int((~near.any(axis=0)).sum())
        inside = (peaks >= marks.min() - 75) & (peaks <= marks.max() + 75)
        false += int((inside & ~near.any(axis=1)).sum())
    assert hits / (hits + missed) >= 0.999
    assert hits / (hits + false) >= 0.998


@needs_records
def test_intervals_of_marked_records_stay_in_the_limits_of_the_standard():
    limits = {"p": (10, 15), "pr": (10, 10), "qrs": (10, 15), "qt": (25, 45)}
    gaps: dict[str, list[float]] = {name: [] for name in limits}
    for name, said in reference("ludb").items():
        found = analyse(wfdb(PLACE / "ludb" / name))
        for key, rows in gaps.items():
            ours, theirs = getattr(found, key), said.get(f"{key}_ms")
            if ours is not None and theirs is not None:
                rows.append(ours - theirs)
    for key, (mean, spread) in limits.items():
        assert abs(np.mean(gaps[key])) <= mean, key
        assert np.std(gaps[key]) <= spread, key


@needs_records
def test_ordinary_records_raise_few_critical_alarms():
    calm = [name for name, said in reference("ludb").items() if not said["critical_expected"]]
    false = [
        name for name in calm if any(one.critical for one in triage(analyse(wfdb(PLACE / "ludb" / name))))
    ]
    assert len(false) <= len(calm) // 50 + 1

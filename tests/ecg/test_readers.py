"""Every cart's file becomes the same record, or a clear refusal."""

import contextlib
import time

import numpy as np
import pytest

from ecg.engine import compact, leads, readers, strip
from ecg.engine.readers import kit
from ecg.engine.record import MISSING, UnreadableEcg
from fixtures.ecg import files
from fixtures.ecg.synthetic import LEADS, LSB, Heart, draw
from tests.ecg.references import PLACE, needs_records, reference
from tests.factories.ecg import ecg_file

DRAWN = draw(Heart())


def test_dicom_and_aecg_of_one_heart_are_equal_to_the_bit():
    one, other = readers.read(files.dicom(DRAWN)), readers.read(files.aecg(DRAWN, patient_id="P1"))

    assert (one.leads, one.lsb, one.rate) == (LEADS, LSB, 500)
    assert np.array_equal(one.samples, DRAWN.samples)
    assert np.array_equal(other.samples, DRAWN.samples)
    assert (one.format, other.format, other.said.patient_id) == ("dicom", "aecg", "P1")


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_good_file_is_refused_for_the_entity_it_defines(coding):
    """Nothing else is wrong with it: what refuses the file is the definition, before a parser sees it."""
    good = files.aecg(DRAWN, patient_id="P1").decode().replace("UTF-8", coding)
    head, end, body = good.partition("?>")
    assert kit.aecg(good.encode(coding)).rate == 500
    with pytest.raises(UnreadableEcg, match="entity definitions"):
        kit.aecg(f'{head}{end}<!DOCTYPE a [<!ENTITY l "ha">]>{body}'.encode(coding))


def test_missing_limb_leads_are_computed_and_named():
    signals = {name: row * LSB for name, row in zip(LEADS, DRAWN.samples.astype(float), strict=True)}
    stored = {name: signals[name] for name in ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")}
    full, derived = leads.derive(stored, LSB)
    samples, lsb = leads.counts(full, LSB)
    assert derived == ("III", "aVR", "aVL", "aVF")
    assert (tuple(full), lsb) == (LEADS, LSB)
    assert np.array_equal(samples, DRAWN.samples)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Lead I (Einthoven)", "I"),
        ("MDC_ECG_LEAD_aVR", "aVR"),
        ("ECG AVF", "aVF"),
        ("v4r", "V4R"),
        ("Lead V2", "V2"),
        ("Resp", "Resp"),
    ],
)
def test_leads_have_one_name(label, name):
    assert leads.canonical(label) == name


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"this is a text file\n" * 40, "not_ecg"),
        (b"", "empty"),
        (b"\x00" * 128 + b"DICM" + b"\x00" * 400, "not_ecg"),
        (b"%PDF-1.7 " * 100, "not_ecg"),
        (b"<html><body>not an ecg</body></html>", "not_ecg"),
        (b"<AnnotatedECG><x>", "damaged"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><AnnotatedECG>&b;</AnnotatedECG>', "damaged"),
        (files.dicom(DRAWN)[:-2000], "damaged"),
        (files.dicom(DRAWN)[:9000], "damaged"),
        (files.aecg(DRAWN)[:40000], "damaged"),
        (files.dicom(draw(Heart(seconds=1))), "length"),
        (b"x" * (20 * 1024 * 1024 + 1), "too_large"),
    ],
)
def test_what_is_no_whole_ecg_is_refused_by_code(data, code):
    with pytest.raises(UnreadableEcg) as error:
        readers.read(data)
    assert error.value.code == code


@pytest.mark.parametrize("make", [files.dicom, files.aecg])
def test_broken_bytes_never_crash_or_hang(make):
    whole, dice = bytearray(make(DRAWN)), np.random.default_rng(7)
    for _turn in range(60):
        broken = bytearray(whole)
        for place in dice.integers(0, min(len(broken), 4000), 4):
            broken[place] = int(dice.integers(0, 256))
        begun = time.thread_time()
        with contextlib.suppress(UnreadableEcg):
            readers.read(bytes(broken))
        assert time.thread_time() - begun < 5


def test_packed_samples_come_back_and_are_small():
    record = readers.read(ecg_file())
    body = compact.pack(leads=record.leads, samples=record.samples, lsb=record.lsb, rate=record.rate)
    names, samples, lsb, rate = compact.unpack(body)
    assert len(body) <= 40_000
    assert (names, lsb, rate) == (record.leads, record.lsb, record.rate)
    assert np.array_equal(samples, record.samples)


def test_a_gap_survives_packing_and_is_not_drawn():
    samples = DRAWN.samples.copy()
    samples[1, 1000:1200] = MISSING
    body = compact.pack(leads=LEADS, samples=samples, lsb=LSB, rate=500)
    assert np.array_equal(compact.unpack(body)[1], samples)
    frame = strip.frame(leads=LEADS, samples=samples, lsb=LSB, rate=500)
    rhythm = frame.traces[-1]
    assert (rhythm.lead, rhythm.path.count("M")) == ("II", 2)


def test_the_first_frame_is_true_to_the_millimetre():
    samples = np.zeros((12, 5000), np.int16)
    samples[1, 250:260] = 400
    trace = strip.frame(leads=LEADS, samples=samples, lsb=LSB, rate=500).traces[-1]
    words = trace.path.replace("-.", "-0.")
    heights = [float(part.split(" ")[-1]) for part in words.replace("l", "L").split("L")[1:] if " " in part]
    assert max(abs(height) for height in heights) == 10.0


@needs_records
def test_real_files_are_read_within_one_step():
    expected = {name: said for name, said in reference("formats").items() if "uV" in said}
    for name, said in expected.items():
        record = readers.read((PLACE / "formats" / name).read_bytes())
        values = record.microvolts()
        assert record.rate == said["fs"], name
        for lead, numbers in said["uV"].items():
            row = values[record.leads.index(lead)]
            known = np.nan_to_num(
                np.array(numbers["first8"], float)
            )  # a blank of the reference is a true 0 µV
            assert np.abs(row[:8] - known).max() <= record.lsb, (name, lead)


@needs_records
def test_three_copies_of_one_recording_are_equal_to_the_bit():
    names = ("Example.scp", "Example.dcm", "Example_aECG.xml")
    one, *others = (readers.read((PLACE / "formats" / name).read_bytes()) for name in names)
    assert all(np.array_equal(one.samples, other.samples) for other in others)
    assert int((one.samples == MISSING).sum()) == 0


@needs_records
def test_a_contec_file_is_read_with_the_leads_that_were_attached():
    record = readers.read((PLACE / "formats" / "contec_ecg90a_0000037.ECG").read_bytes())
    assert (record.leads, record.rate, record.lsb) == (LEADS[:6], 800, 5.0)
    assert round(record.seconds, 2) == 10.47


@needs_records
@pytest.mark.parametrize("part", [0.3, 0.7, 0.95])
def test_truncated_real_files_are_refused(part):
    for path in sorted((PLACE / "formats").iterdir()):
        if path.suffix == ".json":
            continue
        data = path.read_bytes()
        with pytest.raises(UnreadableEcg):
            readers.read(data[: int(len(data) * part)])

"""Pure DICOM: headers, character sets, frame places, multipart, queries; held against pydicom's own files."""

import io
import random
from pathlib import Path

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.encaps import generate_frames

from imaging.engine import charset, frames, multipart, names, part10, query, scan, syntaxes
from imaging.engine.charset import PersonName
from imaging.engine.elements import Unreadable
from imaging.engine.sieve import Said, Sieve
from tests.factories.imaging import file_bytes, make_dataset

DATA = Path(pydicom.__file__).parent / "data"
READABLE = [
    path
    for path in sorted(DATA.glob("*_files/*.dcm"))
    if b"1.2.840" in path.read_bytes()[128:1000] and "DICOMDIR" not in path.name
]


def scanned(path: Path) -> scan.Header | None:
    try:
        return scan.scan(path.read_bytes())
    except Unreadable:
        return None


HEADERS = {path.stem: header for path in READABLE if (header := scanned(path))}


def test_most_of_what_pydicom_ships_is_read():
    assert len(HEADERS) >= 70


@pytest.mark.parametrize("name", [name for name in HEADERS if name != "badVR"])
def test_the_scanner_sees_what_pydicom_sees(name):
    path = next(path for path in READABLE if path.stem == name)
    dataset, header = pydicom.dcmread(path), HEADERS[name]

    expected = {f"{int(one.tag):08X}" for one in dataset if one.tag.group < 0x7FE0 and one.tag.element != 0}
    assert set(header.metadata) == expected
    assert (header.sop_uid, header.study_uid) == (dataset.SOPInstanceUID, dataset.StudyInstanceUID)


CHARSETS = ["chrArab", "chrFren", "chrFrenMulti", "chrGerm", "chrGreek", "chrH31", "chrH32", "chrHbrw", "chrI2",
            "chrJapMulti", "chrRuss", "chrX1", "chrX2"]  # fmt: skip


@pytest.mark.parametrize("name", CHARSETS)
def test_names_in_every_character_set(name):
    expected = str(pydicom.dcmread(DATA / "charset_files" / f"{name}.dcm").PatientName)

    assert "=".join(HEADERS[name].patient_name).rstrip("=") == expected


@pytest.mark.parametrize("text", ["朱镕基", "欧阳㛃㛃", "𠮷田", "王喆", "龑"])
@pytest.mark.parametrize(
    ("codec", "label"),
    [("gb18030", ["GB18030"]), ("utf_8", ["ISO_IR 192"]), ("utf_8", ["ISO_IR 100"]), ("utf_8", [])],
)
def test_rare_hanzi(text, codec, label):
    assert charset.decode(text.encode(codec), label) == text


@pytest.mark.parametrize("text", ["朱镕基", "王喆", "龑", "周桂芳"])
@pytest.mark.parametrize("label", [["ISO_IR 100"], ["ISO_IR 6"], [], ["GBK"], ["", "ISO 2022 IR 58"]])
def test_gbk_under_the_wrong_label(text, label):
    assert charset.decode(text.encode("gbk"), label) == text


@pytest.mark.parametrize("text", ["Müller^Jürgen", "Buc^Jérôme", "Åse^Ødegård", "Peña"])
def test_latin_names_stay_latin(text):
    assert charset.decode(text.encode("latin_1"), ["ISO_IR 100"]) == text


def test_hanzi_in_the_first_group_are_moved_where_they_belong():
    assert charset.person_name("周^桂芳") == PersonName("", "周^桂芳", "")


ENCAPSULATED = [
    name for name, header in HEADERS.items() if header.frames.encapsulated and "embedded" not in name
]


@pytest.mark.parametrize("name", ENCAPSULATED)
def test_compressed_frames_lie_where_the_scanner_says(name):
    path = next(path for path in READABLE if path.stem == name)
    whole, dataset, found = path.read_bytes(), pydicom.dcmread(path), HEADERS[name].frames

    mine = [whole[at : at + size] for at, size in zip(found.offsets, found.lengths, strict=True)]
    mine = [frames.strip(one) for one in mine] if found.fragmented else mine
    assert mine == list(generate_frames(dataset.PixelData, number_of_frames=len(mine)))


@pytest.mark.parametrize("cut", [10, 140, 200, 400, -1, -700])
def test_a_cut_file_is_unreadable(cut):
    with pytest.raises(Unreadable):
        scan.scan(file_bytes(make_dataset())[:cut])


@pytest.mark.parametrize("data", [b"", b"text", bytes(200), b"\0" * 128 + b"DICM"])
def test_what_is_no_dicom_is_unreadable(data):
    with pytest.raises(Unreadable):
        scan.scan(data)


def test_noise_in_a_file_is_read_or_refused_and_nothing_else():
    noise, samples = random.Random(11), [path.read_bytes()[:6000] for path in READABLE[:40]]
    for _round in range(1500):
        data = bytearray(noise.choice(samples))
        for _flip in range(noise.randrange(1, 20)):
            data[noise.randrange(len(data))] = noise.randrange(256)
        try:
            scan.scan(bytes(data))
        except Unreadable:
            continue


def test_a_head_written_here_is_read_by_pydicom():
    head = part10.head(
        sop_class="1.2.3", sop_uid="1.2.34", transfer_syntax=syntaxes.EXPLICIT_LE, source="CT1"
    )

    meta = pydicom.dcmread(io.BytesIO(head)).file_meta

    assert (meta.MediaStorageSOPInstanceUID, meta.SourceApplicationEntityTitle) == ("1.2.34", "CT1")
    assert part10.meta(head).offset == len(head)


class Dribble:
    """A stream that gives a few bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        self.stream, self.step = io.BytesIO(data), step

    def read(self, size: int) -> bytes:
        return self.stream.read(min(size, self.step))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4), st.integers(1, 40))
def test_multipart_comes_back_whole_however_it_dribbles_in(bodies, step):
    boundary = "a9-frontier-that-no-body-holds"
    data = b"".join(
        multipart.head(boundary, "application/dicom", first=number == 0) + body
        for number, body in enumerate(bodies)
    ) + multipart.tail(boundary)

    parts, found = multipart.Parts(Dribble(data, step), boundary), []
    for headers in parts.each():
        assert headers["content-type"] == "application/dicom"
        pieces: list[bytes] = []
        parts.take(pieces.append)
        found.append(b"".join(pieces))

    assert found == bodies


@pytest.mark.parametrize("cut", range(3, 80, 7))
def test_a_cut_multipart_is_malformed(cut):
    data = multipart.head("b", "application/dicom", first=True) + b"x" * 20 + multipart.tail("b")

    parts = multipart.Parts(io.BytesIO(data[:-cut]), "b")

    with pytest.raises(multipart.Malformed):
        list(parts.each())


@pytest.mark.parametrize(
    ("name", "recorded", "same"),
    [
        (PersonName("Zhou^GuiFang"), "周桂芳", True),
        (PersonName("", "周^桂芳"), "周桂芳", True),
        (PersonName("Ouyang^Jie"), "欧阳洁", True),
        (PersonName("Zhou^GuiFang", "李^明"), "周桂芳", False),
        (PersonName("Zhou^Gui"), "周桂芳", False),
        (PersonName(), "周桂芳", False),
    ],
)
def test_names_agree(name, recorded, same):
    assert names.same(name, recorded) is same


@pytest.mark.parametrize("value", ["10%", "a_b", "x\\y"])
def test_signs_of_like_are_taken_literally(value):
    assert query.like(value + "*").endswith("%")
    assert query.like(value).count("\\") > 0


def test_a_context_offering_several_syntaxes_gets_the_first_known():
    assert syntaxes.choose([syntaxes.IMPLICIT_LE, syntaxes.EXPLICIT_LE]) == syntaxes.EXPLICIT_LE
    assert syntaxes.choose(["1.2.3", syntaxes.IMPLICIT_LE]) == syntaxes.IMPLICIT_LE
    assert syntaxes.choose(["1.2.3"]) is None


@pytest.mark.parametrize(
    ("value", "fuzzy", "found"),
    [("周桂芳", False, True), ("*桂*", False, True), ("周?芳", False, True), ("zhou*", False, True),
     ("guif", True, True), ("guif", False, False), ("z.f", False, False), ("周*桂", False, False)],
)  # fmt: skip
def test_sealed_names_are_matched_as_dicom_says(value, fuzzy, found):
    said = Said("P1", "Zhou^GuiFang=周^桂芳", names.search_text(PersonName("Zhou^GuiFang", "周^桂芳")))
    sieve = Sieve()
    sieve.add_name(value, fuzzy=fuzzy)

    assert sieve.passes(said) is found
    if found:
        assert sieve.pieces <= names.pieces(said.forms)

"""Stored bytes: counted and hashed when they come, verified when they go, sealed from label 4."""

import io
import os
import time
from uuid import uuid4

import pytest
from django.db import transaction

from kernel import files
from kernel.errors import OutOfReach, TooLarge, Unavailable
from kernel.files import writing
from kernel.files.sealed import CHUNK
from kernel.models import Alarm, AuditEntry, StoredFile
from tests.factories.kernel import make_actor, make_file

SECRET = "患者欧阳娜娜 990101199001011237".encode()


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    return tmp_path


def bytes_on_disk(root):
    return b"".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file())


def place_of(file):
    return files.LocalStore().place(file.pk)


@pytest.mark.parametrize("label", [1, 3, 4, 5])
@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_goes_in_comes_out(db, label, size):
    data = os.urandom(size)
    file = make_file(data, label=label)
    assert (file.size, file.sealed) == (size, label >= 4)
    assert files.read_verified(file.pk) == data


def test_a_level_4_file_lies_sealed(db, root):
    make_file(SECRET, label=3)
    assert SECRET in bytes_on_disk(root)
    open_file = StoredFile.objects.get()
    files.store().remove(open_file.pk)
    make_file(SECRET, label=4)
    assert SECRET not in bytes_on_disk(root)


@pytest.mark.parametrize("label", [3, 4])
def test_a_file_can_be_read_in_pieces_from_anywhere(db, label):
    data = os.urandom(2 * CHUNK + 500)
    with files.open_verified(make_file(data, label=label).pk) as file:
        assert file.seek(CHUNK - 10) == CHUNK - 10
        assert file.read(20) == data[CHUNK - 10 : CHUNK + 10]
        file.seek(-5, io.SEEK_END)
        assert file.read() == data[-5:]
        file.seek(0)
        assert file.read(3) == data[:3]


def test_only_people_on_this_machine_s_account_may_read_it(db):
    assert place_of(make_file()).stat().st_mode & 0o007 == 0


def test_too_many_bytes_leave_nothing_behind(db, root):
    with pytest.raises(TooLarge):
        files.ingest(
            by=make_actor(), stream=io.BytesIO(b"x" * 101), name="a", content_type="text/plain", limit=100
        )
    assert [path for path in root.rglob("*") if path.is_file()] == []
    assert StoredFile.objects.count() == 0


def test_a_stream_that_breaks_leaves_nothing_behind(db, root):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("the line broke")

    with pytest.raises(OSError, match="the line broke"):
        files.ingest(by=make_actor(), stream=Broken(), name="a", content_type="text/plain", limit=100)
    assert [path for path in root.rglob("*") if path.is_file()] == []


def flip(data):
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("label", [3, 4])
@pytest.mark.parametrize(
    "bend",
    [
        flip,
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: b"",
        lambda data: data[CHUNK + 30 :],
    ],
)
def test_damage_is_found_at_read_and_recorded(race_db, label, bend, caplog):
    file = make_file(os.urandom(2 * CHUNK + 7), label=label)
    place = place_of(file)
    place.write_bytes(bend(place.read_bytes()))
    with pytest.raises(Unavailable) as refused:
        files.open_verified(file.pk)
    assert (refused.value.status, refused.value.code) == (503, "file_damaged")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_id, entry.actor_name) == (
        "file.damaged",
        str(file.pk),
        "system:kernel",
    )
    assert f"kernel.storedfile {file.pk}" in caplog.text
    alarm = Alarm.objects.get()
    assert (alarm.code, alarm.subject_id) == ("kernel.file_damaged", str(file.pk))


def test_a_file_that_is_gone_is_damage(race_db):
    file = make_file()
    place_of(file).unlink()
    with pytest.raises(Unavailable):
        files.read_verified(file.pk)
    assert AuditEntry.objects.get().detail["reason"] == "the file is gone"


def test_inside_a_transaction_the_edge_records_the_damage(db):
    file = make_file()
    place_of(file).unlink()
    with pytest.raises(Unavailable) as refused:
        files.read_verified(file.pk)
    assert not refused.value.recorded


@pytest.mark.parametrize("label", [3, 4])
def test_two_exchanged_files_are_damage(race_db, label):
    one, two = make_file(b"one", label=label), make_file(b"two", label=label)
    place_of(one).write_bytes(place_of(two).read_bytes())
    with pytest.raises(Unavailable):
        files.read_verified(one.pk)


def test_an_unknown_file_is_out_of_reach(db):
    with pytest.raises(OutOfReach):
        files.open_verified(uuid4())


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("心电图.xml", "file.xml"),
        ("欧阳娜娜 990101199001011237.DCM", "file.dcm"),
        ("../../etc/passwd", "file"),
        ("C:\\Users\\li\\ecg.xml", "file.xml"),
        ("a\x00b\n.dcm", "file.dcm"),
        ("a.dcm\n", "file"),
        ("report.10012345678", "file"),
        ("report.王伟", "file"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".dcm", "file.dcm"),
    ],
)
def test_of_a_name_only_the_ending_is_kept(name, kept):
    assert writing.plain_name(name) == kept


def test_files_whose_row_was_rolled_back_are_swept(race_db):
    @transaction.atomic
    def fail():
        make_file()
        raise KeyError

    kept = make_file()
    with pytest.raises(KeyError):
        fail()
    assert writing.sweep(time.time() - 60) == 0
    assert writing.sweep(time.time() + 60) == 1
    assert files.read_verified(kept.pk).startswith(b"%PDF")


def test_drafts_of_a_killed_process_are_cleared(root):
    (root / "drafts").mkdir()
    (root / "drafts" / "left").write_bytes(b"half")
    assert files.LocalStore().clear_drafts(time.time() - 60) == 0
    assert files.LocalStore().clear_drafts(time.time() + 60) == 1

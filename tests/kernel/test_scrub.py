"""Damage is found before anybody reads, and nothing is left lying in drafts."""

import os

import pytest
from django.core.cache import cache

from kernel import files, scrub
from kernel.models import Alarm, StoredFile
from kernel.tasks import scrub_store
from tests.factories.kernel import make_file


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    cache.clear()
    return tmp_path


def bend(file):
    place = files.LocalStore().place(file.pk)
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 1
    place.write_bytes(data)


@pytest.mark.parametrize("label", [3, 4])
def test_a_flipped_byte_in_any_stored_file_is_found_by_the_walk(race_db, label):
    whole, bent = make_file(os.urandom(5000), label=label), make_file(os.urandom(5000), label=label)
    assert scrub.scrub(5) == (2, 0)
    bend(bent)
    assert scrub.scrub(5) == (2, 1)
    alarm = Alarm.objects.get()
    assert (alarm.code, alarm.subject_id) == ("kernel.file_damaged", str(bent.pk))
    assert files.read_verified(whole.pk)


def test_a_round_goes_on_where_the_last_one_ended(race_db, monkeypatch):
    rows = [make_file(b"x" * place) for place in range(1, 6)]
    bend(rows[-1])
    looked = []
    ticks = iter(range(1000))
    monkeypatch.setattr(scrub, "monotonic", lambda: float(next(ticks)))
    real = scrub._is_damaged
    monkeypatch.setattr(scrub, "_is_damaged", lambda pk: looked.append(pk) or real(pk))
    # The clock ticks once a question: a round of two seconds has time for one file.
    for _round in range(5):
        scrub.scrub(2)
    assert looked == list(StoredFile.objects.order_by("pk").values_list("pk", flat=True))
    assert Alarm.objects.get().subject_id == str(rows[-1].pk)


def test_the_timer_s_task_walks(race_db):
    bend(make_file(os.urandom(5000)))
    assert scrub_store() == 1


def test_nothing_is_left_in_drafts(race_db, root):
    for label in (3, 4):
        files.read_verified(make_file(os.urandom(3 << 20), label=label).pk)
    assert list((root / "drafts").iterdir()) == []

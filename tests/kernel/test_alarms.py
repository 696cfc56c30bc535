"""An alarm stands whatever becomes of the work it was seen in, and the same trouble rings once."""

import logging
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from kernel import alarms, clock
from kernel.models import Alarm, OutboxEvent
from tests.factories.kernel import make_actor, make_file


def rung():
    return OutboxEvent.objects.filter(topic="kernel.alarm_raised").count()


def test_an_alarm_says_who_where_and_about_what(db, caplog):
    by, file = make_actor("reader"), make_file()
    alarms.alarm("kernel.file_damaged", by=by, level=3, subject=file, detail={"reason": "hash"})
    alarm = Alarm.objects.get()
    assert (alarm.code, alarm.level, alarm.times) == ("kernel.file_damaged", 3, 1)
    assert (alarm.actor_name, alarm.actor_id, alarm.address) == ("wang", by.id, "192.0.2.10")
    assert (alarm.subject_kind, alarm.subject_id) == ("kernel.storedfile", str(file.pk))
    assert alarm.detail == {"reason": "hash"}
    assert rung() == 1
    assert [record.levelno for record in caplog.records if record.name == "kernel.alarms"] == [
        logging.CRITICAL
    ]


def test_the_same_trouble_counts_up_for_ten_minutes(db):
    by, file = make_actor(), make_file()
    for _time in range(3):
        alarms.alarm("kernel.file_damaged", by=by, subject=file)
    assert (Alarm.objects.get().times, rung()) == (3, 1)
    Alarm.objects.update(last_at=clock.now() - timedelta(minutes=11))
    alarms.alarm("kernel.file_damaged", by=by, subject=file)
    assert (Alarm.objects.count(), rung()) == (2, 2)


def test_another_subject_or_another_person_rings_anew(db):
    for _number in range(2):
        alarms.alarm("kernel.file_damaged", subject=make_file())
        alarms.alarm("consortium.mass_reading", by=make_actor())
    assert (Alarm.objects.count(), rung()) == (4, 4)


@transaction.atomic
def fail_after_alarm():
    alarms.alarm("kernel.row_damaged")
    raise RuntimeError


def test_an_alarm_stands_although_the_verb_is_undone(race_db):
    with pytest.raises(RuntimeError):
        fail_after_alarm()
    assert (Alarm.objects.get().code, rung()) == ("kernel.row_damaged", 1)


def test_of_eight_who_see_it_at_once_one_rings(race_db):
    def see():
        alarms.alarm("kernel.row_damaged")

    assert race_db.at_once([see] * 8) == [None] * 8
    assert (Alarm.objects.get().times, rung()) == (8, 1)


@pytest.mark.parametrize(
    "order",
    [
        "DELETE FROM kernel_alarm",
        "TRUNCATE kernel_alarm",
        "UPDATE kernel_alarm SET code = 'nothing'",
        "UPDATE kernel_alarm SET actor_name = 'nobody'",
        "UPDATE kernel_alarm SET raised_at = now()",
    ],
)
def test_the_app_removes_no_alarm_and_rewrites_none(race_db, order):
    alarms.alarm("kernel.row_damaged")
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(order)
    assert Alarm.objects.get().code == "kernel.row_damaged"


def test_an_alarm_has_a_name_people_read(db):
    alarms.named("test.seen", "seen by a test")
    assert (alarms.name("test.seen"), alarms.name("test.unnamed")) == ("seen by a test", "test.unnamed")
    del alarms.NAMES["test.seen"]

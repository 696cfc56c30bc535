"""Each rule sees what it is for within a minute, and leaves ordinary work alone."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from config.celery import app
from consortium import services
from consortium.choices import Role
from consortium.tasks import watch
from kernel import audit, clock, ids
from kernel.actor import Actor, Kind
from kernel.models import Alarm, AlarmRule
from tests.factories import consortium as make
from tests.factories.kernel import make_actor

HOUSE = Actor.system("watch")
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # 12:00 in the county
NIGHT = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)  # 02:30


@pytest.fixture
def at(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)
        monkeypatch.setattr(clock, "present", lambda: moment)
        monkeypatch.setattr(ids.time, "time_ns", lambda: int(moment.timestamp() * 1e9))
        monkeypatch.setattr(ids, "_last", 0)

    return set_to


@pytest.fixture(autouse=True)
def _noon(db, at):
    at(NOON)


def raised():
    return sorted(Alarm.objects.values_list("code", "actor_name"))


def opens(by, count, action="access.record_opened"):
    for _number in range(count):
        audit.record(by=by, action=action, patient=uuid4())


def searches(by, count, hits):
    for _number in range(count):
        audit.record(by=by, action="emr.patient_searched", detail={"hits": hits, "shape": "name"})


def looked(at, after=timedelta(seconds=30)):
    """The rules look half a minute later."""
    at(clock.now() + after)
    return services.watch(by=HOUSE)


def test_rules_look_often_enough_for_an_alarm_within_a_minute():
    every = app.conf.beat_schedule["watch"]["schedule"]
    deliver = app.conf.beat_schedule["deliver"]["schedule"]
    assert every + deliver <= 30


def test_mass_reading(at):
    thief = make_actor("reader", name="zhao")
    opens(thief, 40)
    assert (looked(at), raised()) == (1, [("watch.mass_reading", "zhao")])
    alarm = Alarm.objects.get()
    assert (alarm.level, alarm.detail) == (3, {"counted": 40, "minutes": 10, "threshold": 40})
    assert (looked(at), raised()) == (1, [("watch.mass_reading", "zhao")])


def test_a_county_that_is_loaded_at_night_alarms_nobody(at):
    at(NOON.replace(hour=18))  # 02:00 in Shanghai
    opens(make_actor("reader", name="zhao", session="", address=""), 200)
    assert (looked(at), raised()) == (0, [])


def test_a_busy_morning_is_no_mass_reading(at):
    doctor, patients = make_actor("branch_doctor"), [uuid4() for _number in range(30)]
    for patient in patients * 3:
        audit.record(by=doctor, action="access.record_opened", patient=patient)
    opens(make_actor("branch_doctor", name="li"), 30)
    assert (looked(at), raised()) == (0, [])


def test_eighty_records_over_two_hours_are_no_mass_reading(at):
    doctor = make_actor("branch_doctor")
    for _quarter in range(8):
        opens(doctor, 10)
        assert looked(at, timedelta(minutes=15)) == 0


def test_an_interface_reads_more_but_not_everything(at):
    AlarmRule.objects.filter(code="watch.client_reading").update(threshold=60)
    client = make_actor(kind=Kind.CLIENT, name="client:lab")
    opens(client, 59)
    assert looked(at) == 0
    opens(client, 1)
    assert (looked(at), raised()) == (1, [("watch.client_reading", "client:lab")])


def test_records_opened_at_night_by_somebody_off_duty(at):
    staff = make.make_staff(Role.BRANCH_DOCTOR)
    at(NIGHT)
    opens(make.actor_of(staff), 5)
    assert (looked(at), raised()) == (1, [("watch.odd_hours", staff.username)])


def test_who_is_on_the_roster_works_at_night(at):
    staff = make.make_staff(Role.BRANCH_DOCTOR)
    make.make_duty(
        staff, make.make_organisation(), starts_at=NIGHT - timedelta(hours=8), ends_at=NIGHT + timedelta(hours=4)
    )  # fmt: skip
    at(NIGHT)
    opens(make.actor_of(staff), 12)
    assert (looked(at), raised()) == (0, [])


def test_who_often_works_at_night_is_not_odd(at):
    by = make.actor_of(make.make_staff(Role.SPECIALIST))
    at(NIGHT - timedelta(days=6, minutes=20))
    opens(by, 1)
    at(NIGHT)
    opens(by, 12)
    assert (looked(at), raised()) == (0, [])


def test_the_same_by_day_is_ordinary(at):
    opens(make.actor_of(make.make_staff(Role.BRANCH_DOCTOR)), 12)
    assert (looked(at), raised()) == (0, [])


def test_trying_out_numbers(at):
    by = make_actor("reception", name="zhao")
    searches(by, 12, hits=0)
    for _number in range(8):
        audit.record_refusal(by=by, action="access.out_of_reach", detail={"model": "emr.patient"})
    assert (looked(at), raised()) == (1, [("watch.enumeration", "zhao")])


def test_a_few_slips_are_no_enumeration(at):
    by = make_actor("reception")
    searches(by, 12, hits=0)
    searches(by, 20, hits=1)
    opens(by, 20)
    assert (looked(at), raised()) == (0, [])


def test_searching_without_opening(at):
    by = make_actor("reception", name="zhao")
    searches(by, 40, hits=3)
    opens(by, 4)
    assert (looked(at), raised()) == (1, [("watch.searching", "zhao")])


def test_who_searches_and_opens_works(at):
    by = make_actor("reception")
    searches(by, 40, hits=1)
    opens(by, 30)
    assert (looked(at), raised()) == (0, [])


def test_one_account_at_two_institutions(at):
    by = make_actor("branch_doctor", name="zhao", address="192.0.2.1")
    there = make_actor("branch_doctor", name="zhao", id=by.id, address="198.51.100.1")
    opens(by, 1)
    at(NOON + timedelta(minutes=4))
    opens(there, 1)
    assert (looked(at), raised()) == (1, [("watch.two_places", "zhao")])


def test_who_changes_her_post_at_one_pc_is_at_one_place(at):
    by = make_actor("branch_doctor", address="192.0.2.1")
    opens(by, 1)
    opens(make_actor("specialist", id=by.id, address="192.0.2.1"), 1)
    opens(make_actor("branch_doctor", id=by.id, organisation=by.organisation, address="192.0.2.2"), 1)
    assert (looked(at), raised()) == (0, [])


def test_who_drove_over_in_an_hour_is_no_alarm(at):
    by = make_actor("branch_doctor", address="192.0.2.1")
    opens(by, 1)
    looked(at)
    at(NOON + timedelta(hours=1))
    opens(make_actor("branch_doctor", id=by.id, address="198.51.100.1"), 1)
    assert (looked(at), raised()) == (0, [])


def test_refused_again_and_again(at):
    by = make_actor("cashier", name="zhao")
    for _number in range(19):
        audit.record_refusal(by=by, action="access.refused", detail={"wanted": "view"})
    assert looked(at) == 0
    audit.record_refusal(by=by, action="access.refused", detail={"wanted": "view"})
    assert (looked(at), raised()) == (1, [("watch.refusals", "zhao")])


def test_a_wave_of_locked_accounts_and_failed_sign_ins(at):
    for _account in range(5):
        staff, by = make.make_staff(None, password="Long-enough-1"), Actor(
            kind=Kind.CLIENT, name="unknown", address="203.0.113.5"
        )  # fmt: skip
        for _time in range(6):
            services.check_password(by=by, username=staff.username, password="wrong")
    assert looked(at) == 2
    assert [code for code, _name in raised()] == ["watch.locked_accounts", "watch.wrong_sign_ins"]
    assert Alarm.objects.get(code="watch.wrong_sign_ins").address == "203.0.113.5"


def test_one_forgotten_password_is_no_wave(at):
    staff = make.make_staff(None, password="Long-enough-1")
    for _time in range(6):
        services.check_password(by=make_actor(), username=staff.username, password="wrong")
    assert (looked(at), raised()) == (0, [])


def test_nothing_is_lost_while_the_rules_stood_still(at):
    looked(at)
    at(NOON + timedelta(minutes=20))
    opens(make_actor("reader", name="zhao"), 45)
    assert looked(at, timedelta(hours=5)) == 1
    assert raised() == [("watch.mass_reading", "zhao")]
    assert looked(at, timedelta(minutes=11)) == 0


def test_a_rule_that_is_off_says_nothing(at):
    AlarmRule.objects.filter(code="watch.mass_reading").update(enabled=False)
    opens(make_actor("reader"), 60)
    assert (looked(at), raised()) == (0, [])


def test_thresholds_are_data(at):
    AlarmRule.objects.filter(code="watch.mass_reading").update(threshold=3)
    opens(make_actor("reader", name="zhao"), 3)
    assert (looked(at), raised()) == (1, [("watch.mass_reading", "zhao")])


def test_the_task_runs_rules_and_escalation(at):
    opens(make_actor("reader"), 40)
    at(NOON + timedelta(seconds=20))
    assert watch() == 1

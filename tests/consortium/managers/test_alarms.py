"""Alarms reach the security managers, are taken over, closed with a finding, and told on when nobody answers."""

from datetime import timedelta

import pytest
from django.test import Client

from consortium import services
from consortium.choices import Role
from consortium.models import Change, Notification, NotificationRecipient
from kernel import alarms, clock, delivery
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, Refused
from kernel.models import Alarm, AlarmRule
from tests.factories import consortium as make
from tests.factories.kernel import audit_trail, make_actor

HOUSE = Actor.system("watch")


@pytest.fixture
def alarm(db):
    alarms.alarm("watch.mass_reading", by=make_actor("reader"), level=3, detail={"counted": 60})
    return Alarm.objects.get()


def told():
    return sorted(NotificationRecipient.objects.values_list("staff__username", flat=True))


def test_every_security_manager_is_told_once(alarm):
    managers = [make.make_staff(Role.SECURITY_MANAGER) for _number in range(2)]
    make.make_staff(Role.BRANCH_DOCTOR)
    delivery.deliver()
    assert told() == sorted(one.username for one in managers)
    notice = Notification.objects.get()
    assert (notice.level, notice.url) == (3, f"/security/alarms/{alarm.pk}/")
    alarms.alarm("watch.mass_reading", by=Actor.system("kernel"))
    delivery.deliver()
    services.tell_alarm(by=HOUSE, alarm_id=alarm.pk)
    assert Notification.objects.count() == 2


def test_one_takes_it_over_and_closes_it_with_a_finding(alarm):
    manager = make.make_actor(Role.SECURITY_MANAGER)
    delivery.deliver()
    taken = services.take_alarm(by=manager, alarm_id=alarm.pk, version=1)
    assert (taken.taken_by, taken.version) == (manager.id, 2)
    assert NotificationRecipient.objects.filter(read_at=None).count() == 0
    with pytest.raises(Conflict):
        services.take_alarm(by=make.make_actor(Role.SECURITY_MANAGER), alarm_id=alarm.pk, version=1)
    with pytest.raises(Invalid):
        services.close_alarm(by=manager, alarm_id=alarm.pk, version=2, verdict="mistake", finding=" ok ")
    finding = "Asked her: she checked yesterday's list."
    services.close_alarm(by=manager, alarm_id=alarm.pk, version=2, verdict="mistake", finding=finding)
    alarm.refresh_from_db()
    assert (alarm.verdict, alarm.finding, alarm.closed_by) == ("mistake", finding, manager.id)
    assert [action for _who, action in audit_trail()][-2:] == [
        "consortium.alarm_closed", "consortium.notice_closed",
    ]  # fmt: skip
    with pytest.raises(Conflict):
        services.close_alarm(by=manager, alarm_id=alarm.pk, version=3, verdict="fault", finding="once more")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_MANAGER])
def test_nobody_else_touches_an_alarm(alarm, role):
    other = make.make_actor(role)
    with pytest.raises(Refused):
        services.take_alarm(by=other, alarm_id=alarm.pk, version=1)
    with pytest.raises(Refused):
        services.close_alarm(
            by=other, alarm_id=alarm.pk, version=1, verdict="fault", finding="nothing at all"
        )
    with pytest.raises(Refused):
        services.propose_rule(by=other, code="watch.refusals", payload={}, reason="no")


@pytest.mark.parametrize(("level", "minutes"), [(1, 480), (2, 30), (3, 10)])
def test_an_unanswered_alarm_is_told_to_the_other_managers(alarm, monkeypatch, level, minutes):
    people = [make.make_staff(role) for role in (Role.SYSTEM_MANAGER, Role.AUDIT_MANAGER)]
    Alarm.objects.update(level=level)
    due = alarm.raised_at + timedelta(minutes=minutes)
    monkeypatch.setattr(clock, "present", lambda: due - timedelta(minutes=1))
    assert services.escalate_alarms(by=HOUSE) == 0
    monkeypatch.setattr(clock, "present", lambda: due + timedelta(seconds=1))
    assert (services.escalate_alarms(by=HOUSE), services.escalate_alarms(by=HOUSE)) == (1, 0)
    assert told() == sorted(one.username for one in people)


def test_an_alarm_somebody_looks_into_is_not_told_on(alarm, monkeypatch):
    services.take_alarm(by=make.make_actor(Role.SECURITY_MANAGER), alarm_id=alarm.pk, version=1)
    later = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "present", lambda: later)
    assert services.escalate_alarms(by=HOUSE) == 0


def test_the_page_lists_takes_and_closes(alarm):
    manager, browser = make.make_staff(Role.SECURITY_MANAGER), Client(headers={"Accept-Language": "en"})
    make.sign_in(browser, manager)
    page = browser.get("/security/alarms/").content.decode()
    assert page.count(str(alarm.pk)) == 1
    assert browser.get(f"/security/alarms/{alarm.pk}/").status_code == 200
    assert browser.post(f"/security/alarms/{alarm.pk}/take/", {"version": 1}).status_code == 302
    short = browser.post(f"/security/alarms/{alarm.pk}/", {"version": 2, "verdict": "fault", "finding": "x"})
    assert (short.status_code, "x</textarea>" in short.content.decode()) == (422, True)
    words = {"version": 2, "verdict": "fault", "finding": "The disk was replaced."}
    assert browser.post(f"/security/alarms/{alarm.pk}/", words).status_code == 302
    assert str(alarm.pk) not in browser.get("/security/alarms/").content.decode()
    assert str(alarm.pk) in browser.get("/security/alarms/?show=closed&page=nonsense").content.decode()
    assert "The disk was replaced." in browser.get(f"/security/alarms/{alarm.pk}/").content.decode()


def test_a_rule_changes_when_a_second_person_agreed(db):
    manager, browser = make.make_staff(Role.SECURITY_MANAGER), Client()
    make.sign_in(browser, manager)
    assert browser.get("/security/alarms/rules/refusals/").status_code == 200
    assert browser.get("/security/alarms/rules/nothing/").status_code == 404
    words = {"threshold": 7, "minutes": 5, "enabled": "on", "reason": "A quiet county."}
    assert browser.post("/security/alarms/rules/refusals/", words).status_code == 302
    rule = AlarmRule.objects.get(code="watch.refusals")
    assert (rule.threshold, rule.minutes) == (20, 10)
    change = Change.objects.get()
    services.approve(by=make.make_actor(Role.SECURITY_MANAGER), change_id=change.pk, version=change.version)
    rule.refresh_from_db()
    assert (rule.threshold, rule.minutes, rule.enabled) == (7, 5, True)

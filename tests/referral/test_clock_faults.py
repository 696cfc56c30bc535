"""What the clock survives: a broker that loses everything, two beats, a worker killed, a node whose time steps back."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from config.local.places import ROOT
from consortium.choices import Role
from consortium.models import Notification, NotificationRecipient
from kernel import clock, outbox
from kernel.actor import Actor
from referral import selectors, services, tasks
from referral.choices import Event, Status
from referral.models import HistoryEntry
from tests.factories.consortium import make_actor, make_staff
from tests.referral.steps import at, cause
from tests.referral.test_timers import overdue

HOUSE = Actor.system("referral")

WORKER = textwrap.dedent(
    """
    import os, signal, sys
    import django
    django.setup()
    from consortium import services as consortium
    from kernel import outbox
    from referral.services import announcing

    def die(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGKILL)

    notify = consortium.notify
    def told_then_dead(**order):
        notify(**order)
        die()

    consortium.notify = {"before": die, "after": told_then_dead}[sys.argv[1]]
    outbox.drain()
    """
)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_between_commit_and_notice_tells_exactly_once(race_db, moment):
    leg = overdue(at(Status.SUBMITTED))
    desk = make_staff(Role.COORDINATOR, leg.target)
    outbox.drain()
    services.run_late(by=HOUSE, referral_id=leg.pk)
    leg.refresh_from_db()

    ended = worker(moment)

    key = f"referral:{leg.pk}:{leg.version}"
    told = NotificationRecipient.objects.filter(notification__key=key, staff=desk)
    assert (ended, told.count()) == (-signal.SIGKILL, 0)
    outbox.drain()
    outbox.drain()
    assert told.count() == 1
    assert Notification.objects.filter(key=key).count() == 1


def worker(moment):
    """A worker process on the test's database that dies at `moment`."""
    database = settings.DATABASES["default"]
    name = connection.settings_dict["NAME"]
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{name}?host={database['HOST']}"
    env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", WORKER, moment]
    return subprocess.run(command, env=env, cwd=ROOT, timeout=90, check=False).returncode


def test_two_beats_and_a_lost_queue_fire_once(race_db):
    """Nothing of the clock is in the queue: whenever a sweep comes, early, late or twice, it finds what is due."""
    legs = [overdue(at(Status.SUBMITTED)) for _number in range(2)]
    race_db.at_once([tasks.fire_due] * 3)
    assert tasks.fire_due() == 0
    fired = HistoryEntry.objects.filter(referral__in=legs, event=Event.ESCALATE)
    assert sorted(fired.values_list("referral", flat=True)) == sorted(leg.pk for leg in legs)


@pytest.mark.django_db
def test_a_leg_that_cannot_be_passed_up_holds_up_no_other(monkeypatch):
    broken, sound = overdue(at(Status.SUBMITTED)), overdue(at(Status.SUBMITTED))
    run = services.run_late

    def fails(*, by, referral_id):
        if referral_id == broken.pk:
            raise RuntimeError("this one")
        return run(by=by, referral_id=referral_id)

    monkeypatch.setattr(services, "run_late", fails)
    with pytest.raises(ExceptionGroup) as failed:
        tasks.fire_due()
    assert [str(error) for error in failed.value.exceptions] == ["this one"]
    sound.refresh_from_db()
    assert sound.escalations == 1


@pytest.mark.django_db
def test_history_never_runs_back_when_this_nodes_time_does(monkeypatch):
    leg = at(Status.SUBMITTED)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now - timedelta(hours=3))
    leg = cause(leg, Event.REQUEST_INFO)
    leg = cause(leg, Event.SUPPLY_INFO)
    times = list(leg.entries.order_by("version").values_list("happened_at", flat=True))
    assert times == sorted(times)
    assert services.run_late(by=HOUSE, referral_id=leg.pk) is None


@pytest.mark.django_db
def test_an_emergency_rings_each_minute_until_somebody_says_who_waits_where(monkeypatch):
    leg = cause(at(Status.DRAFT), Event.EMERGENCY_SEND)
    desk = make_staff(Role.COORDINATOR, leg.target)
    sent = clock.now()
    assert timedelta(minutes=9) < leg.due_at - sent <= timedelta(minutes=10)
    for minute in (10, 11, 12):
        monkeypatch.setattr(clock, "now", lambda past=minute: sent + timedelta(minutes=past, seconds=1))
        assert tasks.fire_due() == 1
        assert tasks.fire_due() == 0
    leg.refresh_from_db()
    assert leg.escalations == 3
    services.announce(by=HOUSE, referral_id=leg.pk, event=Event.ESCALATE, version=leg.version)
    notice = Notification.objects.get(key=f"referral:{leg.pk}:{leg.version}")
    assert (notice.level, notice.recipients.filter(staff=desk).count()) == (2, 1)

    by = make_actor(Role.COORDINATOR, leg.target)
    services.confirm_ready(by=by, referral_id=leg.pk, version=leg.version, key="", ready="抢救室 王医生")

    leg.refresh_from_db()
    assert (leg.escalations, leg.due_at > leg.eta_at) == (0, True)
    assert tasks.fire_due() == 0
    assert selectors.late(by=by) == []

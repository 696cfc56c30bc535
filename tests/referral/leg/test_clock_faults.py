"""What the clock survives: workers that are killed, a broker that loses everything, two beats, a leg that somebody
holds, a node whose time steps back. Workers and broker are real processes."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg
import pytest
from celery import Celery
from django.db import connection

from config.local import addresses
from config.local.places import ROOT
from config.local.valkey import Valkey
from consortium.choices import Role
from consortium.models import Notification, NotificationRecipient
from consortium.selectors import notices
from kernel import clock, delivery
from kernel.actor import Actor
from kernel.models import OutboxDelivery
from referral import selectors, services, tasks
from referral.choices import Event, MessageState, Status
from referral.models import HistoryEntry, PeerMessage
from tests import databases
from tests.factories.consortium import actor_of, make_actor, make_staff
from tests.factories.kernel import fanned
from tests.factories.outside import make_outside
from tests.factories.referral import make_county
from tests.referral.exchanged import arrived_there, sent
from tests.referral.leg.test_timers import overdue
from tests.referral.steps import at, cause

HOUSE = Actor.system("referral")
PATIENCE = 100
"""Seconds a worker has to get somewhere, on a machine that does other work too."""


def superuser(name):
    """The database's own administrator, on the test's clone: who can hold what a worker wants."""
    return psycopg.connect(
        host=databases.sockets(),
        user=addresses.SUPERUSER,
        password=databases.places().secret("database-superuser"),
        dbname=name,
        autocommit=True,
    )


@pytest.fixture
def broker(tmp_path):
    """A Valkey of this test alone, which it may stop."""
    valkey = Valkey(tmp_path / "valkey", tmp_path / "line", tmp_path / "valkey.log", durable=False)
    valkey.start()
    yield valkey
    valkey.stop()


@contextmanager
def worker(race_db, valkey):
    """A worker of the house on the test's database and broker; killed in the end, if it still runs."""
    env = {**os.environ, **addresses.database_variables(databases.places(), race_db.name)}
    env |= {"REDIS_URL": f"unix://{valkey.address}?db=0", "DJANGO_SETTINGS_MODULE": "config.settings"}
    order = [
        "-m",
        "celery",
        "-A",
        "config.celery",
        "worker",
        "-P",
        "solo",
        "--without-mingle",
        "--without-gossip",
    ]
    process = subprocess.Popen(
        [sys.executable, *order, "-l", "ERROR"], env=env, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


def send(valkey, task):
    """What beat does: one more message in the queue."""
    line = Celery(broker=f"redis+socket://{valkey.address}?virtual_host=0")
    line.conf.broker_transport_options = {"global_keyprefix": f"{os.environ['REDIS_PREFIX']}:"}
    with closing(line.connection()):
        line.send_task(task)


def until(fact, *, line=None, task=""):
    """Wait for something to become true; fails when it does not. Beat sends `task` to `line` every three seconds.

    One message alone proves nothing: an older transaction of any database of the cluster holds events back, and the
    next sweep finds them.
    """
    for fifth in range(PATIENCE * 5):
        if fact():
            return
        if line and fifth % 15 == 0:
            send(line, task)
        time.sleep(0.2)
    raise AssertionError("it did not come to that")


def waits(admin, table):
    """Whether somebody waits for a lock to write `table`."""
    here = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
    return (
        admin.execute(f"{here} AND wait_event_type = 'Lock' AND query ~ %s", [table]).fetchone() is not None
    )


def killed_at(race_db, broker, task, held):
    """A worker does `task` until it waits for the table that is `held` in a mode, and is killed there."""
    with superuser(race_db.name) as admin, superuser(race_db.name) as seer, admin.transaction():
        admin.execute(f"LOCK TABLE {held}")
        with worker(race_db, broker) as process:
            send(broker, task)
            until(lambda: waits(seer, held.split()[0]))
            process.send_signal(signal.SIGKILL)
            assert process.wait(20) == -signal.SIGKILL


def told(leg, person):
    return NotificationRecipient.objects.filter(
        notification__key=f"referral:{leg.pk}:{leg.version}", staff=person
    ).count()


@pytest.mark.timeout(500)
def test_workers_killed_between_commit_and_notice_tell_exactly_once(race_db, broker):
    """One is killed before the notice is written, the next one when it is written and not yet committed."""
    leg = at(Status.SUBMITTED)
    doctor = leg.doctor
    delivery.drain()
    leg = cause(leg, Event.REQUEST_INFO)
    fanned()
    others = OutboxDelivery.objects.filter(done_at__isnull=True).exclude(handler="referral.announce")
    others.update(due_at=clock.now() + timedelta(hours=1))

    for table in ("consortium_notification", "kernel_outboxdelivery"):
        killed_at(race_db, broker, "kernel.tasks.deliver", f"{table} IN SHARE MODE")
        assert told(leg, doctor) == 0

    with worker(race_db, broker):
        until(lambda: told(leg, doctor) == 1, line=broker, task="kernel.tasks.deliver")
    others.update(due_at=clock.now())
    delivery.drain()
    assert told(leg, doctor) == 1
    assert Notification.objects.filter(key=f"referral:{leg.pk}:{leg.version}").count() == 1


@pytest.mark.timeout(500)
def test_workers_killed_between_commit_and_message_send_exactly_once(race_db, broker, hospital):
    """The worker is killed as it composes the message to the hospital outside, as it takes it up, and when it has
    taken it up and sent nothing yet. The hospital is a process of its own and counts what comes."""
    county = make_county()
    leg = sent(county, make_outside(hospital))
    fanned()
    others = OutboxDelivery.objects.filter(done_at__isnull=True).exclude(handler="referral.exchange")
    others.update(due_at=clock.now() + timedelta(hours=1))

    killed_at(race_db, broker, "kernel.tasks.deliver", "referral_peermessage IN SHARE MODE")
    assert not PeerMessage.objects.exists()
    delivery.drain()
    killed_at(race_db, broker, "referral.tasks.carry", "referral_peermessage IN SHARE MODE")
    assert PeerMessage.objects.get().attempts == 0
    killed_at(race_db, broker, "referral.tasks.carry", "referral_peer IN ACCESS EXCLUSIVE MODE")
    assert (PeerMessage.objects.get().attempts, arrived_there(hospital, leg)) == (1, [])

    PeerMessage.objects.update(due_at=clock.now())  # a minute later, when it is nobody's any more
    others.update(due_at=clock.now())
    with worker(race_db, broker):
        taken = PeerMessage.objects.filter(state=MessageState.TAKEN)
        until(taken.exists, line=broker, task="referral.tasks.carry")
        until(lambda: delivery.waiting() == 0, line=broker, task="kernel.tasks.deliver")
    (message,) = arrived_there(hospital, leg)
    assert (message["activity"], message["times"], PeerMessage.objects.count()) == ("C01001", 1, 1)


@pytest.mark.timeout(500)
def test_a_broker_that_loses_everything_loses_nothing_of_the_house(race_db, broker):
    """The queue goes while legs wait and move; when it is back, empty, the next sweep does all of it."""
    late, moved = overdue(at(Status.SUBMITTED)), at(Status.SUBMITTED)
    desk = make_staff(Role.COORDINATOR, late.target)
    delivery.drain()
    send(broker, "referral.tasks.fire_due")
    broker.stop()
    assert not broker.answers()
    moved = cause(moved, Event.REQUEST_INFO)

    broker.start()
    with worker(race_db, broker):
        risen = HistoryEntry.objects.filter(referral=late, event=Event.ESCALATE)
        until(risen.exists, line=broker, task="referral.tasks.fire_due")
        late.refresh_from_db()
        until(
            lambda: (told(late, desk), told(moved, moved.doctor)) == (1, 1),
            line=broker,
            task="kernel.tasks.deliver",
        )
    assert late.escalations == 1


def test_two_beats_and_a_lost_queue_fire_once(race_db):
    """Nothing of the clock is in the queue: whenever a sweep comes, early, late or twice, it finds what is due."""
    legs = [overdue(at(Status.SUBMITTED)) for _number in range(2)]
    race_db.at_once([tasks.fire_due] * 3)
    assert tasks.fire_due() == 0
    fired = HistoryEntry.objects.filter(referral__in=legs, event=Event.ESCALATE)
    assert sorted(fired.values_list("referral", flat=True)) == sorted(leg.pk for leg in legs)


def test_a_leg_that_somebody_holds_holds_up_no_other(race_db):
    """Another session keeps one leg's row: the sweep gives up on that one, says so and does the rest."""
    held, sound = overdue(at(Status.SUBMITTED)), overdue(at(Status.SUBMITTED))
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
    with superuser(race_db.name) as other, other.transaction():
        other.execute("SELECT 1 FROM referral_referral WHERE id = %s FOR UPDATE", [held.pk])
        with pytest.raises(ExceptionGroup) as failed:
            tasks.fire_due()

    assert ["lock timeout" in str(error) for error in failed.value.exceptions] == [True]
    for leg, times in ((sound, 1), (held, 0)):
        leg.refresh_from_db()
        assert leg.escalations == times
    assert tasks.fire_due() == 1


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
def test_an_emergency_nobody_answers_climbs_in_minutes_then_rings_on_ever_slower(monkeypatch):
    """A night without an answer: 10, 11, 12, then 1, 2, 4, 8, 16 and each 30 minutes; one line in the bell."""
    leg = cause(at(Status.DRAFT), Event.EMERGENCY_SEND)
    desk = make_staff(Role.COORDINATOR, leg.target)
    sent, rang = clock.now(), []
    for minute in range(10, 8 * 60):
        monkeypatch.setattr(clock, "now", lambda past=minute: sent + timedelta(minutes=past, seconds=1))
        if services.run_late(by=HOUSE, referral_id=leg.pk) is None:
            continue
        rang.append(minute)
        leg.refresh_from_db()
        services.announce(by=HOUSE, referral_id=leg.pk, event=Event.ESCALATE, version=leg.version)

    assert rang == [10, 11, 12, 13, 15, 19, 27, 43, *range(73, 8 * 60, 30)]
    by = actor_of(desk)
    assert [(one.times, one.read_at) for one in notices(by=by) if one.level == 2] == [(len(rang), None)]
    assert NotificationRecipient.objects.filter(staff=desk, replaced=True).count() == len(rang) - 1


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
        services.announce(by=HOUSE, referral_id=leg.pk, event=Event.ESCALATE, version=leg.version)
    assert leg.escalations == 3
    notice = Notification.objects.get(key=f"referral:{leg.pk}:{leg.version}")
    assert (notice.level, notice.recipients.filter(staff=desk).count()) == (2, 1)
    waiting = NotificationRecipient.objects.filter(staff=desk, read_at__isnull=True)
    assert [one.notification_id for one in waiting] == [notice.pk]  # the bell counts the leg once

    by = make_actor(Role.COORDINATOR, leg.target)
    services.confirm_ready(by=by, referral_id=leg.pk, version=leg.version, key="", ready="抢救室 王医生")

    leg.refresh_from_db()
    assert (leg.escalations, leg.due_at > leg.eta_at) == (0, True)
    assert tasks.fire_due() == 0
    assert selectors.late(by=by) == []
    services.announce(by=HOUSE, referral_id=leg.pk, event=Event.CONFIRM_READY, version=leg.version)
    assert not notice.recipients.filter(read_at__isnull=True).exists()

"""The day a place is expected is moved for somebody who waits: recorded, told, with a door in page and API."""

from datetime import timedelta

import pytest
from django.urls import reverse

from consortium.choices import Role
from consortium.models import NotificationRecipient, Staff, TextMessage
from emr.repository import selectors as repository
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from referral import selectors, services
from referral.models import DayChange
from referral.selectors.leg.chronicle import chronicle
from tests.factories.api import of_staff
from tests.factories.consortium import make_actor, make_organisation, sign_in
from tests.factories.kernel import audit_trail
from tests.factories.referral import County, make_county
from tests.referral.desk.test_places import waiting

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("referral")


@pytest.fixture
def county() -> County:
    return make_county()


def move(county, leg, days=5, reason="预留的床位转给急诊", **more):
    order = {"by": county.coordinator, "version": leg.version, "key": "", **more}
    day = clock.today() + timedelta(days=days)
    return services.expect(referral_id=leg.pk, expected_date=day, reason=reason, **order)


def test_another_day_is_written_down_published_and_read_on_both_sides(county):
    leg = waiting(county, county.ward, "routine")
    due, steps = leg.due_at, leg.entries.count()
    moved = move(county, leg)

    row = DayChange.objects.get()
    days = (row.before_date, row.after_date) == (leg.expected_date, clock.today() + timedelta(days=5))
    assert (days, row.version, moved.version, moved.due_at) == (True, leg.version + 1, leg.version + 1, due)
    assert (moved.entries.count(), audit_trail()[-1]) == (
        steps,
        (county.coordinator.name, "referral.expected_moved"),
    )
    asked = repository.read(by=county.doctor, kind="Appointment", id=f"{leg.pk}-a")["requestedPeriod"]
    assert asked == [{"start": f"{row.after_date:%Y-%m-%d}"}]
    newest = selectors.detail(by=county.doctor, referral_id=leg.pk).events[0]
    assert (str(newest["what"]), "预留的床位转给急诊" in str(newest["text"])) == ("预计日期有变", True)
    lines = chronicle(by=county.doctor, referral_id=leg.pk).lines
    (line,) = [one for one in lines if str(one.what) == "预计日期有变"]
    assert [(one.before, one.after) for one in line.changes] == [
        (f"{row.before_date:%Y-%m-%d}", f"{row.after_date:%Y-%m-%d}")
    ]


def test_sender_and_patient_are_told(county):
    moved = move(county, waiting(county, county.ward, "routine"))
    services.announce_aside(by=HOUSE, referral_id=moved.pk, what="expected_moved", version=moved.version)
    queued = [
        services.text_patient(by=HOUSE, referral_id=moved.pk, event="expected_moved", version=moved.version)
        for _twice in range(2)
    ]

    told = NotificationRecipient.objects.get(
        staff=county.doctor.id, notification__key=f"referral:{moved.pk}:{moved.version}"
    )
    assert told.notification.body == f"{moved.expected_date:%Y-%m-%d}"
    assert queued == [True, False]
    assert TextMessage.objects.filter(template="referral.expected", patient_id=moved.patient_id).count() == 1


@pytest.mark.parametrize(("days", "reason"), [(-1, "改期"), (2, "改期"), (5, " ")])
def test_a_day_that_is_over_the_same_day_and_no_reason_are_refused(county, days, reason):
    leg = waiting(county, county.ward, "routine")
    with pytest.raises(Invalid):
        move(county, leg, days, reason)
    assert DayChange.objects.count() == 0


def test_only_who_waits_is_moved_once_per_version_and_key(county):
    leg = waiting(county, county.ward, "routine")
    moved = move(county, leg, key="k")
    assert move(county, leg, key="k").version == moved.version
    with pytest.raises(Conflict):
        move(county, leg, 9)
    services.withdraw(by=county.doctor, referral_id=leg.pk, version=moved.version, key="", reason="不去了")
    moved.refresh_from_db()
    with pytest.raises(Conflict):
        move(county, moved, 9)


def test_another_hospital_and_the_sender_move_nothing(county):
    leg = waiting(county, county.ward, "routine")
    with pytest.raises(OutOfReach):
        move(county, leg, by=make_actor(Role.BED_DESK, make_organisation()))
    with pytest.raises(Refused):
        move(county, leg, by=county.doctor)


def test_the_desk_moves_the_day_on_the_legs_page_from_the_list(client, county):
    leg = waiting(county, county.ward, "routine")
    sign_in(client, Staff.objects.get(pk=county.coordinator.id))
    there = reverse("referral:detail", args=[leg.pk])
    assert client.get(reverse("referral:waitlist")).content.decode().count(f"{there}#expect") == 1
    day = clock.today() + timedelta(days=6)
    said = {"version": leg.version, "key": "p", "expected_date": f"{day:%Y-%m-%d}", "reason": "床位周转慢"}

    answer = client.post(reverse("referral:expect", args=[leg.pk]), said)

    leg.refresh_from_db()
    assert (answer.status_code, answer["Location"], leg.expected_date) == (302, there, day)


@pytest.mark.parametrize("many", [1, 3])
def test_the_waiting_list_takes_the_same_statements(client, county, many, django_assert_num_queries):
    for _each in range(many):
        waiting(county, county.ward, "routine")
    sign_in(client, Staff.objects.get(pk=county.coordinator.id))
    client.get(reverse("referral:waitlist"))

    with django_assert_num_queries(10):
        page = client.get(reverse("referral:waitlist"))
    assert [len(line) for _ward, line in page.context["lists"]] == [many]


def test_the_workflow_api_moves_the_day_and_says_when_it_cannot(county):
    leg = waiting(county, county.ward, "routine")
    desk = of_staff(Staff.objects.get(pk=county.coordinator.id))
    day = f"{clock.today() + timedelta(days=4):%Y-%m-%d}"
    said = {"event": "expect", "version": leg.version, "expected_date": day, "reason": "床位周转慢"}

    moved = desk.post(f"referrals/{leg.pk}/events/", key="a", **said)
    late = desk.post(f"referrals/{leg.pk}/events/", key="b", **said)

    told = moved.json()
    assert (moved.status_code, told["expected_date"], told["status"]) == (200, day, "waitlisted")
    assert (late.status_code, late.json()["code"]) == (409, "version_conflict")

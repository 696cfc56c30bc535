"""An institution closes from a day on: agreed by two, told to both desks, nobody is sent there, no bed is kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from consortium import selectors as places
from consortium import services as consortium
from consortium.choices import OrganisationKind, Role
from consortium.models import Change, NotificationRecipient, Staff
from emr.capacity import services as capacity
from emr.capacity.choices import PoolKind
from emr.capacity.models import BedUse
from kernel import clock, delivery
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from referral import services
from referral.choices import Status
from referral.selectors.house.relations import page
from tests.factories.consortium import (
    make_actor,
    make_bed,
    make_department,
    make_organisation,
    make_staff,
    sign_in,
)
from tests.factories.emr import make_patient
from tests.factories.referral import County, make_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> County:
    return make_county()


@pytest.fixture
def office():
    return make_organisation(OrganisationKind.CONSORTIUM_OFFICE)


@pytest.fixture
def neighbour(county):
    """Another branch with a ward, a counted bed and a doctor who answers."""
    return make_organisation(name="下坪乡分院")


def fresh(role, place=None):
    return replace(make_actor(role, place), proved_at=clock.now())


def ask(office, place, days=0, by=None):
    day = clock.today() + timedelta(days=days)
    return services.propose_closing(
        by=by or fresh(Role.MEDICAL_AFFAIRS, office), organisation_id=place.pk, day=day, reason="撤并"
    )


def agree(change):
    return consortium.approve(by=fresh(Role.LEADER), change_id=change, version=1)


def leg_to(county, place):
    draft = services.draft(
        by=county.doctor, key="", patient_id=make_patient(organisation=county.branch).pk, target_id=place.pk,
        priority="routine", diagnosis="肺炎", reason="发热", consent="patient",
    )  # fmt: skip
    return draft


def submit(county, leg):
    return services.submit(by=county.doctor, referral_id=leg.pk, version=leg.version, key="")


def test_one_person_closes_nothing_and_a_second_one_does_at_once(county, office, neighbour):
    change = ask(office, neighbour)
    neighbour.refresh_from_db()
    assert (neighbour.active, Change.objects.get().verdict) == (True, "waiting")

    agree(change)

    neighbour.refresh_from_db()
    assert (neighbour.active, neighbour.closes_date) == (False, clock.today())
    shown = page(by=make_actor(Role.STATISTICIAN, places.organisation(office.pk))).closings
    assert [(one.name, one.closed) for one in shown] == [(neighbour.short_name, True)]


def test_both_desks_hear_of_every_open_leg_once(
    county, office, neighbour, django_capture_on_commit_callbacks
):
    there = make_actor(Role.BRANCH_DOCTOR, neighbour)
    leg = submit(county, leg_to(county, neighbour))
    with django_capture_on_commit_callbacks(execute=True):
        agree(ask(office, neighbour))
    delivery.drain()
    again = services.tell_closing(
        by=Actor.system("referral"),
        organisation_id=neighbour.pk,
        day=f"{clock.today():%Y-%m-%d}",
        closed=True,
    )

    told = NotificationRecipient.objects.filter(notification__key__startswith=f"closing:{neighbour.pk}")
    assert set(told.values_list("staff", flat=True)) == {county.doctor.id, there.id}
    assert (told.count(), again, set(told.values_list("notification__title", flat=True))) == (
        2,
        1,
        {f"{leg.number} {neighbour.short_name}已停用"},
    )


def test_a_draft_to_a_closed_organisation_is_not_submitted_and_an_emergency_neither(
    county, office, neighbour
):
    leg, rush = leg_to(county, neighbour), leg_to(county, neighbour)
    agree(ask(office, neighbour))

    with pytest.raises(Invalid) as wrong:
        submit(county, leg)
    with pytest.raises(Invalid):
        services.emergency_send(
            by=county.doctor, referral_id=rush.pk, version=rush.version, key="", eta_minutes=30
        )
    leg.refresh_from_db()
    assert str(wrong.value.fields["target"]) == f"{neighbour.short_name}已停用，请另选。"
    assert (leg.status, leg.entries.count()) == (Status.DRAFT, 0)


def test_no_bed_by_name_or_number_of_a_closed_organisation_is_kept(county, office, neighbour):
    ward = make_department(neighbour)
    bed, desk = make_bed(ward), make_actor(Role.BED_DESK, neighbour)
    counting = make_department(neighbour)
    pool = capacity.tell(by=desk, department_id=counting.pk, kind=PoolKind.FEMALE, places=2)
    agree(ask(office, neighbour))

    for named in ({"bed_id": bed.pk}, {"pool_id": pool.pk}):
        with pytest.raises(Conflict) as closed:
            capacity.hold(
                by=desk, patient_id=county.patient.pk, source=f"referral:{named}", until=soon(), **named
            )
        assert closed.value.code == "closed"
    with pytest.raises(Conflict):
        capacity.tell(by=desk, department_id=counting.pk, kind=PoolKind.FEMALE, places=3)
    assert BedUse.objects.count() == 0


def soon():
    return clock.now() + timedelta(hours=2)


def test_a_day_to_come_closes_it_then(county, office, neighbour):
    agree(ask(office, neighbour, days=3))
    neighbour.refresh_from_db()
    house = Actor.system("consortium")
    waits = (
        neighbour.active,
        consortium.close_due(by=house),
        submit(county, leg_to(county, neighbour)).status,
    )
    type(neighbour).objects.filter(pk=neighbour.pk).update(closes_date=clock.today())

    closed = (consortium.close_due(by=house), consortium.close_due(by=house))

    neighbour.refresh_from_db()
    assert (waits, closed, neighbour.active) == ((True, 0, Status.SUBMITTED), (1, 0), False)


def test_the_head_hospital_a_day_that_is_over_and_a_second_time_are_refused(county, office, neighbour):
    with pytest.raises(Invalid):
        ask(office, county.hospital)
    with pytest.raises(Invalid):
        ask(office, neighbour, days=-1)
    agree(ask(office, neighbour))
    with pytest.raises(Conflict):
        ask(office, neighbour)


def test_nobody_away_from_the_office_asks_and_nobody_but_a_leader_agrees(county, office, neighbour):
    with pytest.raises(Refused):
        ask(office, neighbour, by=fresh(Role.MEDICAL_AFFAIRS, county.hospital))
    with pytest.raises(Refused):
        ask(office, neighbour, by=fresh(Role.STATISTICIAN, office))
    change = ask(office, neighbour)
    with pytest.raises((Refused, OutOfReach)):
        consortium.approve(by=fresh(Role.SECURITY_MANAGER), change_id=change, version=1)
    with pytest.raises(Refused):
        consortium.close_organisation(
            by=make_actor(Role.COORDINATOR), organisation_id=neighbour.pk, day=clock.today(), reason="撤并"
        )


def test_the_office_asks_on_its_page_which_its_home_leads_to(client, county, office, neighbour):
    staff: Staff = make_staff(Role.MEDICAL_AFFAIRS, office)
    sign_in(client, staff)
    there = reverse("referral:relations")
    assert (
        client.get("/").content.decode().count(f'href="{there}"') == 3
    )  # the rail, its fold on the phone, the button
    day = clock.today() + timedelta(days=30)
    said = {"place": str(neighbour.pk), "day": f"{day:%Y-%m-%d}", "reason": "撤并", "key": "k"}

    refused = client.post(reverse("referral:close_place"), {**said, "reason": ""})
    asked = client.post(reverse("referral:close_place"), said)

    assert (refused.status_code, asked.status_code, asked["Location"]) == (422, 302, there)
    assert Change.objects.get().payload["organisation"] == str(neighbour.pk)
    agree(Change.objects.get().pk)
    back = reverse("referral:keep_place")
    empty = client.post(back, {**said, "reason": ""})
    taken = client.post(back, said)
    assert (empty.status_code, taken.status_code, taken["Location"]) == (422, 302, there)
    assert Change.objects.latest("proposed_at").payload["day"] == f"{day:%Y-%m-%d}"
    assert "收回停用要等领导同意" in client.get(there).content.decode()


def test_a_hospitals_own_medical_affairs_are_not_led_there(client, county, office):
    sign_in(client, make_staff(Role.MEDICAL_AFFAIRS, county.hospital))
    assert client.get("/").content.decode().count(reverse("referral:relations")) == 0

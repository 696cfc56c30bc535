"""A leg speaks of a person: she dies, two records of her are one, two desks act at once; nothing is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from consortium.choices import Role
from consortium.models import Notification, NotificationRecipient
from emr.capacity import selectors as capacity
from emr.index import services as index
from kernel import clock, delivery
from kernel.actor import Actor
from kernel.errors import Conflict, DomainError
from referral import selectors, services
from referral.choices import TERMINAL, Event, Status
from referral.models import Referral
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.emr import make_patient
from tests.factories.referral import County, make_county, make_draft, make_submitted
from tests.referral.steps import at
from tests.referral.test_services import accepted

OPEN = [status for status in Status if status not in TERMINAL]
MERGER = Role.MEDICAL_AFFAIRS


def desk(place) -> Actor:
    return replace(make_actor(MERGER, place), proved_at=clock.now())


def second_branch(county: County) -> County:
    """Another branch of the same county, with its own record of somebody."""
    branch = make_organisation()
    return replace(
        county,
        branch=branch,
        patient=make_patient(organisation=branch),
        doctor=make_actor(Role.BRANCH_DOCTOR, branch),
    )


def merge(county: County, other: County) -> None:
    by = desk(other.branch)
    index.merge(
        by=by, patient_id=other.patient.pk, into_person_id=county.patient.person_id, reason="同一身份证"
    )


def two_legs_of_one_person():
    county = make_county()
    other = second_branch(county)
    first = accepted(county, make_submitted(county))
    second = services.accept(
        by=county.coordinator,
        referral_id=(leg := make_submitted(other)).pk,
        version=leg.version,
        key="",
        department_id=county.ward.pk,
    )
    return county, other, first, second


@pytest.mark.django_db
@pytest.mark.parametrize("status", OPEN, ids=lambda one: one.value)
def test_a_death_in_the_index_ends_the_leg_wherever_it_stands(status):
    leg = at(status)
    place = leg.patient.organisation
    index.declare_dead(
        by=make_actor(Role.BRANCH_DOCTOR, place),
        patient_id=leg.patient_id,
        at=clock.now() - timedelta(minutes=5),
    )
    delivery.drain()
    leg.refresh_from_db()
    entry = leg.entries.order_by("-version").first()
    assert leg.status == (Status.CLOSED if status == Status.CARE_COMPLETED else Status.DIED)
    assert (entry.event, entry.staff_id) == (Event.DEATH, None)
    assert capacity.use_of(f"referral:{leg.pk}") is None


@pytest.mark.django_db
def test_a_death_ends_the_legs_of_all_her_records():
    county, other, _first, second = two_legs_of_one_person()
    merge(county, other)
    index.declare_dead(by=county.doctor, patient_id=county.patient.pk, at=clock.now())
    delivery.drain()
    assert set(Referral.objects.values_list("status", flat=True)) == {Status.DIED}
    told = Notification.objects.filter(key__startswith=f"referral:{second.pk}:", title__contains="死亡")
    assert told.exists()


@pytest.mark.django_db
def test_nobody_refers_a_person_who_has_died():
    county = make_county()
    draft = make_draft(county)
    index.declare_dead(by=county.doctor, patient_id=county.patient.pk, at=clock.now())
    with pytest.raises(Conflict):
        services.submit(by=county.doctor, referral_id=draft.pk, version=1, key="")
    with pytest.raises(Conflict):
        make_draft(county)


@pytest.mark.django_db
def test_the_death_told_twice_ends_once():
    leg = at(Status.SUBMITTED)
    person = leg.patient.person_id
    assert services.end_for_death(by=Actor.system("referral"), person_id=person) == 1
    assert services.end_for_death(by=Actor.system("referral"), person_id=person) == 0


@pytest.mark.django_db
def test_one_person_has_one_open_leg_to_a_department_whichever_record_it_starts_from():
    county = make_county()
    other = second_branch(county)
    accepted(county, make_submitted(county))
    merge(county, other)
    draft = services.draft(
        by=other.doctor,
        key="",
        patient_id=other.patient.pk,
        target_id=county.hospital.pk,
        department_id=county.ward.pk,
        diagnosis="胸痛",
        reason="胸痛",
        consent="patient",
        priority="urgent",
    )
    with pytest.raises(Conflict) as refused:
        services.submit(by=other.doctor, referral_id=draft.pk, version=1, key="")
    assert refused.value.code == "already_open"


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_open_leg_of_a_person():
    _county, _other, first, second = two_legs_of_one_person()
    with pytest.raises(IntegrityError, match="referral_one_open_per_department"), transaction.atomic():
        Referral.objects.filter(pk=second.pk).update(person=first.person_id)


@pytest.mark.django_db
def test_a_merge_with_two_open_legs_keeps_both_and_tells_both_sides():
    county, other, first, second = two_legs_of_one_person()
    merge(county, other)
    delivery.drain()

    legs = list(Referral.objects.order_by("created_at"))
    assert [leg.status for leg in legs] == [Status.SCHEDULED, Status.ACCEPTED]
    assert [(leg.person_id, leg.doubled) for leg in legs] == [(county.patient.person_id, True)] * 2
    for leg, doctor in ((first, county.doctor), (second, other.doctor)):
        told = NotificationRecipient.objects.filter(notification__key=f"referral.doubled:{leg.pk}")
        assert set(told.values_list("staff_id", flat=True)) == {doctor.id, county.coordinator.id}
    assert selectors.detail(by=county.coordinator, referral_id=first.pk).twins[0].referral == second
    assert {row.key for row in selectors.work(by=county.coordinator).waiting} >= {
        f"referral-twin-{first.pk}", f"referral-twin-{second.pk}",
    }  # fmt: skip


@pytest.mark.django_db
def test_unmerging_restores_both_legs_as_they_were():
    county, other, _first, _second = two_legs_of_one_person()
    before = list(
        Referral.objects.order_by("pk").values("pk", "status", "version", "person", "doubled", "bed")
    )
    merge(county, other)
    delivery.drain()
    index.unmerge(by=desk(other.branch), patient_id=other.patient.pk, reason="两个人")
    delivery.drain()
    after = list(
        Referral.objects.order_by("pk").values("pk", "status", "version", "person", "doubled", "bed")
    )
    assert after == before
    unread = NotificationRecipient.objects.filter(
        notification__key__startswith="referral.doubled:", read_at__isnull=True
    )
    assert not unread.exists()


@pytest.mark.django_db
def test_the_task_ends_when_one_of_the_two_is_withdrawn():
    county, other, first, second = two_legs_of_one_person()
    merge(county, other)
    delivery.drain()
    second.refresh_from_db()
    services.withdraw(
        by=other.doctor, referral_id=second.pk, version=second.version, key="", reason="重复转诊"
    )
    delivery.drain()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.doubled, second.status, second.doubled) == (
        Status.SCHEDULED, False, Status.CANCELLED, False,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("side", "status"), [("hospital", 422), ("branch", 409)])
def test_no_leg_opens_to_or_from_a_closed_institution(side, status):
    county = make_county()
    draft = make_draft(county)
    place = getattr(county, side)
    place.active = False
    place.save(update_fields=["active"])
    with pytest.raises(DomainError) as refused:
        services.submit(by=county.doctor, referral_id=draft.pk, version=1, key="")
    assert refused.value.status == status


@pytest.mark.django_db
def test_the_slower_desk_reads_who_was_faster_with_what():
    county = make_county()
    leg = make_submitted(county)
    accepted(county, leg)
    leg.refresh_from_db()
    with pytest.raises(Conflict) as refused:
        services.withdraw(by=county.doctor, referral_id=leg.pk, version=2, key="", reason="不去了")
    said = str(refused.value.message)
    assert county.coordinator.display in said
    assert county.hospital.short_name in said


@pytest.mark.django_db
def test_a_clock_that_runs_backwards_makes_no_history_that_does(monkeypatch):
    county = make_county()
    leg = make_submitted(county)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now - timedelta(hours=3))
    accepted(county, leg)
    times = list(leg.entries.order_by("version").values_list("happened_at", flat=True))
    assert times == sorted(times)

"""Counted beds and slots for a leg, the directory, the ward's one tap, who is next."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.urls import reverse

from consortium.choices import Role
from consortium.models import NotificationRecipient
from emr.capacity import selectors as capacity
from emr.capacity import services as places
from emr.capacity.choices import Part, PoolKind
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from referral import services
from referral.choices import Status
from referral.models import WardQuestion
from referral.selectors.desk.waitlist import asking, open_questions, waitlist
from referral.selectors.house import directory as listing
from tests.factories.consortium import make_actor, make_bed, make_department, make_staff, sign_in
from tests.factories.emr import make_patient
from tests.factories.referral import County, make_county, make_submitted
from tests.referral.steps import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> County:
    cache.delete("referral.pace")
    return make_county()


@pytest.fixture
def ward(county):
    return make_department(county.hospital, services="胸痛中心")


@pytest.fixture
def desk(county, ward):
    return make_actor(Role.BED_DESK, county.hospital, department=ward)


def tell(county, ward, places_=1, kind=PoolKind.FEMALE, **when):
    by = make_actor(Role.BED_DESK, county.hospital)
    return places.tell(by=by, department_id=ward.pk, kind=kind, places=places_, **when)


def accept(county, leg, pool):
    return services.accept(
        by=county.coordinator, referral_id=leg.pk, version=leg.version, key="", pool_id=pool.pk
    )


def test_a_leg_is_accepted_with_a_counted_bed_and_arrives_in_it(county, ward):
    pool = tell(county, ward)
    leg = accept(county, make_submitted(county), pool)
    kept = (
        leg.status,
        leg.department_id,
        leg.pool_id,
        leg.bed_id,
        capacity.use_of(f"referral:{leg.pk}").unit,
    )
    services.arrive(
        by=county.reception, referral_id=leg.pk, version=leg.version, key="", identity_checked=True
    )
    pool.refresh_from_db()

    assert kept == (Status.SCHEDULED, ward.pk, pool.pk, None, 1)
    assert (pool.places, capacity.use_of(f"referral:{leg.pk}")) == (0, None)


def test_a_leg_waits_for_its_slot_until_the_half_day_ends(county, ward):
    day = clock.today() + timedelta(days=2)
    pool = tell(county, ward, kind=PoolKind.CLINIC, day_date=day, part=Part.MORNING)
    leg = accept(county, make_submitted(county), pool)

    assert (leg.status, f"{clock.local(leg.due_at):%m-%d %H:%M}") == (Status.SCHEDULED, f"{day:%m-%d} 12:00")


def test_a_withdrawn_leg_gives_its_number_back_in_the_same_step(county, ward):
    leg = accept(county, make_submitted(county), tell(county, ward))
    services.withdraw(by=county.doctor, referral_id=leg.pk, version=leg.version, key="", reason="不去了")

    (standing,) = [one for one in capacity.board(county.hospital.pk) if one.counts]
    assert (standing.free, capacity.use_of(f"referral:{leg.pk}")) == (1, None)


def test_another_place_frees_the_first(county, ward):
    leg = accept(county, make_submitted(county), tell(county, ward))
    bed = make_bed(make_department(county.hospital, code="EXTRA"))
    with pytest.raises(Invalid):
        reschedule(county, leg, bed_id=bed.pk)
    other = tell(county, ward, kind=PoolKind.EXTRA)
    leg = reschedule(county, leg, pool_id=other.pk)

    use = capacity.use_of(f"referral:{leg.pk}")
    assert (use.pool_id, leg.pool_id, leg.bed_id) == (other.pk, other.pk, None)


def reschedule(county, leg, **place):
    return services.reschedule(
        by=county.coordinator, referral_id=leg.pk, version=leg.version, key="", **place
    )


@pytest.mark.parametrize("named", [{}, {"bed": True, "pool": True}])
def test_a_leg_is_kept_one_place_no_more_no_less(county, ward, named):
    leg = services.accept(
        by=county.coordinator, referral_id=(leg := make_submitted(county)).pk, version=leg.version, key="",
        department_id=ward.pk,
    )  # fmt: skip
    place = {"bed_id": county.bed.pk, "pool_id": tell(county, ward).pk} if named else {}

    with pytest.raises(Invalid):
        services.schedule(by=county.coordinator, referral_id=leg.pk, version=leg.version, key="", **place)


def test_the_directory_says_what_the_bed_board_says(county, ward):
    accept(county, make_submitted(county), tell(county, ward, places_=3))

    board = {one.department_id: one.free for one in capacity.board(county.hospital.pk)}
    listed = {
        one.department_id: one.free
        for one in listing.directory(by=county.doctor)
        if one.organisation_id == county.hospital.pk and one.free is not None
    }
    assert listed == board == {ward.pk: 2, county.ward.pk: 1}


def test_the_directory_knows_how_soon_one_hears(county, ward):
    leg = accept(county, make_submitted(county), tell(county, ward))
    leg.submitted_at = leg.accepted_at - timedelta(minutes=18)
    leg.save(update_fields=["submitted_at"])
    cache.delete("referral.pace")

    (entry,) = [one for one in listing.directory(by=county.doctor) if one.department_id == ward.pk]
    assert (round(entry.decided_in.total_seconds() / 60), entry.arrived_in) == (18, None)
    assert [one.department for one in listing.directory(by=county.doctor, words="胸痛")] == [ward.name]


def test_a_ward_is_asked_and_answers_with_one_tap(county, ward, desk):
    leg = make_submitted(county)
    row = services.ask_ward(
        by=county.coordinator, referral_id=leg.pk, key="k", department_id=ward.pk, words="今天下午"
    )
    told = set(NotificationRecipient.objects.values_list("staff_id", flat=True))
    waiting = [one.pk for one in open_questions(by=desk)]
    done = services.answer_ward(by=desk, question_id=row.pk, key="", answer="extra", words="走廊 1 张")

    (shown,) = asking(by=county.coordinator, referral_id=leg.pk).questions
    assert (desk.id in told, waiting, open_questions(by=desk)) == (True, [row.pk], [])
    assert (shown.answer, shown.answer_words, shown.answered_by_id, done.pk) == (
        "extra",
        "走廊 1 张",
        desk.id,
        row.pk,
    )


def test_a_question_is_put_once_and_answered_once(county, ward, desk):
    leg = make_submitted(county)
    asked = {"by": county.coordinator, "referral_id": leg.pk, "department_id": ward.pk}
    row = services.ask_ward(key="k", **asked)

    assert services.ask_ward(key="k", **asked).pk == row.pk
    with pytest.raises(Conflict):
        services.ask_ward(key="other", **asked)
    services.answer_ward(by=desk, question_id=row.pk, key="", answer="no")
    with pytest.raises(Conflict):
        services.answer_ward(by=desk, question_id=row.pk, key="", answer="yes")
    assert WardQuestion.objects.get().answer == "no"


def test_another_wards_desk_and_a_doctor_answer_nothing(county, ward):
    leg = make_submitted(county)
    row = services.ask_ward(by=county.coordinator, referral_id=leg.pk, key="", department_id=ward.pk)
    other = make_actor(Role.BED_DESK, county.hospital, department=make_department(county.hospital))

    with pytest.raises(OutOfReach):
        services.answer_ward(by=other, question_id=row.pk, key="", answer="yes")
    with pytest.raises(Refused):
        services.answer_ward(by=county.specialist, question_id=row.pk, key="", answer="yes")
    with pytest.raises(Refused):
        services.ask_ward(by=county.doctor, referral_id=leg.pk, key="", department_id=ward.pk)


def test_who_is_more_urgent_waits_before_who_came_first_and_is_called(county, ward, desk):
    legs = [waiting(county, ward, priority) for priority in ("routine", "urgent")]
    ((_name, line),) = waitlist(by=county.coordinator)
    place = f"{uuid4()}:cleaning:{uuid4()}"
    called = services.call_next(by=Actor.system("referral"), department_id=ward.pk, place=place)

    assert [one.row.referral.pk for one in line] == [legs[1].pk, legs[0].pk]
    assert called.pk == legs[1].pk
    assert (
        NotificationRecipient.objects.filter(
            staff=desk.id, notification__url__contains=str(called.pk)
        ).count()
        == 1
    )


def waiting(county, ward, priority):
    patient = make_patient(organisation=county.branch)
    leg = services.draft(
        by=county.doctor, key="", patient_id=patient.pk, target_id=county.hospital.pk, priority=priority,
        diagnosis="肺炎", reason="发热", consent="patient",
    )  # fmt: skip
    leg = services.submit(by=county.doctor, referral_id=leg.pk, version=leg.version, key="")
    leg = services.accept(
        by=county.coordinator, referral_id=leg.pk, version=leg.version, key="", department_id=ward.pk
    )
    day = clock.today() + timedelta(days=2)
    return services.waitlist(
        by=county.coordinator, referral_id=leg.pk, version=leg.version, key="", expected_date=day
    )


def test_nobody_waits_and_nobody_is_called(ward):
    assert services.call_next(by=Actor.system("referral"), department_id=ward.pk, place="bed:1") is None


def test_a_no_show_holds_nothing(county):
    leg = at(Status.NO_SHOW)

    assert capacity.use_of(f"referral:{leg.pk}") is None


def test_a_ward_tells_all_its_numbers_with_one_press_or_none(client, county, ward):
    staff = make_staff(Role.BED_DESK, county.hospital)
    sign_in(client, staff)
    said = {"department_id": str(ward.pk), "male": "4", "female": "0", "extra": ""}

    told = client.post(reverse("referral:tell"), said)
    wrong = client.post(reverse("referral:tell"), {**said, "male": "7", "female": "999"})

    (standing,) = [one for one in capacity.board(county.hospital.pk) if one.counts]
    typed = re.findall(r'name="(?:fe)?male"[^>]*value="(\d*)"', wrong.content.decode())
    assert (told.status_code, wrong.status_code, typed) == (302, 422, ["7", "999"])
    assert [(one.kind, one.places) for one in standing.counts] == [("male", 4), ("female", 0)]

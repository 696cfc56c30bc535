"""Who did not come is phoned; what came of the call is kept, ends the leg, or asks the desk for another time."""

import pytest

from consortium.choices import Role
from consortium.models import NotificationRecipient
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import AuditEntry
from referral import selectors, services
from referral.choices import ENDS_WITH_THE_CALL, CallOutcome, Event, Status
from referral.models import CallNote, Handover, Referral
from tests.factories.consortium import actor_of, make_actor, make_organisation, make_staff, sign_in
from tests.referral.steps import at

pytestmark = pytest.mark.django_db


def call(leg: Referral, outcome: str, by=None, **more):
    doctor = by or make_actor(Role.BRANCH_DOCTOR, leg.source)
    said = {"version": leg.version, "key": "", "words": "家属接的电话", **more}
    return services.log_call(by=doctor, referral_id=leg.pk, outcome=outcome, **said)


@pytest.mark.parametrize("outcome", CallOutcome)
def test_a_call_is_kept_and_ends_the_leg_where_nobody_comes_any_more(outcome):
    leg = at(Status.NO_SHOW)
    done = call(leg, outcome)
    note = CallNote.objects.get(referral=leg)
    ended = outcome in ENDS_WITH_THE_CALL
    assert (note.outcome, note.words) == (outcome, "家属接的电话")
    assert done.status == (Status.CANCELLED if ended else Status.NO_SHOW)
    assert AuditEntry.objects.filter(action="referral.called", subject_id=str(leg.pk)).count() == 1
    entry = leg.entries.order_by("-version").first()
    assert (entry.event == Event.CLOSE_NO_SHOW) is ended


def test_who_wants_to_come_is_told_to_the_desk_once_per_call():
    leg = at(Status.NO_SHOW)
    desk = make_staff(Role.COORDINATOR, leg.target)
    call(leg, CallOutcome.COMING)
    told = NotificationRecipient.objects.filter(notification__key__contains=":call:", staff=desk)
    assert told.count() == 1


def test_the_same_order_twice_is_one_call():
    leg = at(Status.NO_SHOW)
    doctor = make_actor(Role.BRANCH_DOCTOR, leg.source)
    for _time in range(2):
        call(leg, CallOutcome.UNREACHED, by=doctor, key="k1")
    assert CallNote.objects.count() == 1


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.ARRIVED, Status.CANCELLED])
def test_only_for_who_did_not_come(status):
    with pytest.raises(Conflict):
        call(at(status), CallOutcome.BETTER)


def test_by_the_senders_doctors_alone_and_with_an_outcome():
    leg = at(Status.NO_SHOW)
    with pytest.raises(Refused):
        call(leg, CallOutcome.BETTER, by=make_actor(Role.COORDINATOR, leg.target))
    with pytest.raises(OutOfReach):
        call(leg, CallOutcome.BETTER, by=make_actor(Role.BRANCH_DOCTOR, make_organisation()))
    with pytest.raises(Invalid):
        call(leg, "")


@pytest.mark.parametrize("many", [1, 3])
def test_the_call_list_is_the_branchs_own(client, many, django_assert_num_queries):
    legs = [at(Status.NO_SHOW) for _ in range(many)]
    Referral.objects.filter(pk__in=[leg.pk for leg in legs]).update(source=legs[0].source)
    at(Status.NO_SHOW)
    for leg in legs:
        call(leg, CallOutcome.UNREACHED, by=make_actor(Role.BRANCH_DOCTOR, legs[0].source))
    doctor = make_staff(Role.BRANCH_DOCTOR, legs[0].source)
    sign_in(client, doctor)
    with django_assert_num_queries(10):
        found = selectors.calls(by=actor_of(doctor))
    page = client.get("/referrals/calls/")
    assert {one.row.referral.pk for one in found} == {leg.pk for leg in legs}
    assert [[note.outcome for note in one.notes] for one in found] == [[CallOutcome.UNREACHED]] * many
    assert page.content.decode().count("家属接的电话") == many


def test_the_hand_over_sheet_goes_with_the_patient_and_is_shown_to_who_receives_her():
    leg = at(Status.SCHEDULED)
    doctor = make_actor(Role.BRANCH_DOCTOR, leg.source)
    said = {
        "transport": "县 120 三号车",
        "escort": "护士 唐蓉 10059030000",
        "condition": "神清，BP 98/56，HR 34，SpO₂ 95%",
        "running": "异丙肾上腺素 1 mg/250 ml 静滴",
        "watch": "每 10 分钟测血压心率",
    }
    services.start_transfer(
        by=doctor, referral_id=leg.pk, version=leg.version, key="", eta_minutes=35, **said
    )
    seen = selectors.detail(by=make_actor(Role.RECEPTION, leg.target), referral_id=leg.pk).told.handover
    assert [seen.vehicle, seen.escort, seen.condition, seen.running, seen.watch] == list(said.values())


def test_a_hand_over_that_is_too_long_is_refused_at_its_field_and_nobody_sets_out():
    leg = at(Status.SCHEDULED)
    with pytest.raises(Invalid) as refusal:
        services.start_transfer(
            by=make_actor(Role.BRANCH_DOCTOR, leg.source), referral_id=leg.pk, version=leg.version, key="",
            eta_minutes=35, transport="车" * 61, watch="长" * 301,
        )  # fmt: skip
    leg.refresh_from_db()
    assert (set(refusal.value.fields), leg.status) == ({"transport", "watch"}, Status.SCHEDULED)
    assert Handover.objects.count() == 0

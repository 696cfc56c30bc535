"""Who is expected and shows up is proposed, never confirmed; the form's code opens exactly its leg."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from consortium.choices import Role
from consortium.models import NotificationRecipient
from emr.chart import services as chart
from emr.index import services as index
from kernel import clock, delivery, papers
from kernel.actor import Actor
from kernel.errors import Conflict, OutOfReach, Refused
from referral import selectors, services
from referral.choices import AT_THE_DOOR, PAPER, ArrivalSign, Event, ProposalState, Status
from referral.models import ArrivalProposal, Referral
from referral.services.care.arriving import of_today
from tests.factories import api
from tests.factories.consortium import make_actor, make_organisation, make_staff, sign_in
from tests.factories.emr import make_patient
from tests.referral.steps import at, cause

HOUSE = Actor.system("referral")
DOOR = "/referrals/arrivals/"


def own_record(leg: Referral, by: Actor):
    """The receiving hospital's record of the patient, as its desk makes it."""
    return index.enrol(by=by, key="", person_id=leg.patient.person_id)


def proposals(leg: Referral):
    return list(leg.proposals.order_by("pk").values_list("sign", "state"))


@pytest.mark.parametrize("status", AT_THE_DOOR)
@pytest.mark.django_db
def test_a_registration_of_somebody_expected_is_proposed_and_told_to_reception(status):
    leg = at(status)
    desk = make_staff(Role.RECEPTION, leg.target)
    own_record(leg, make_actor(Role.RECEPTION, leg.target))
    delivery.drain()
    delivery.drain()
    leg.refresh_from_db()
    assert (proposals(leg), leg.status) == ([(ArrivalSign.REGISTRATION, ProposalState.OPEN)], status)
    told = NotificationRecipient.objects.filter(notification__key__startswith="arrival:", staff=desk)
    assert told.count() == 1


@pytest.mark.django_db
def test_somebody_whose_record_stands_here_is_noticed_when_she_comes_again():
    leg = at(Status.SCHEDULED)
    desk = make_actor(Role.RECEPTION, leg.target)
    own_record(leg, desk)
    delivery.drain()
    ArrivalProposal.objects.all().delete()
    own_record(leg, desk)
    delivery.drain()
    assert proposals(leg) == [(ArrivalSign.REGISTRATION, ProposalState.OPEN)]


@pytest.mark.django_db
def test_an_encounter_here_is_proposed_one_elsewhere_and_one_of_last_year_are_not():
    leg = at(Status.SCHEDULED)
    note = {"complaint": "头晕", "diagnoses": [(None, "头晕", "confirmed")], "key": ""}
    chart.record_encounter(by=make_actor(Role.BRANCH_DOCTOR, leg.source), patient_id=leg.patient_id, **note)
    own = own_record(leg, make_actor(Role.RECEPTION, leg.target))
    delivery.drain()
    ArrivalProposal.objects.all().delete()
    doctor = make_actor(Role.SPECIALIST, leg.target)
    chart.record_encounter(by=doctor, patient_id=own.pk, at=clock.now() - timedelta(days=300), **note)
    delivery.drain()
    assert proposals(leg) == []
    chart.record_encounter(by=doctor, patient_id=own.pk, **note)
    delivery.drain()
    assert proposals(leg) == [(ArrivalSign.ENCOUNTER, ProposalState.OPEN)]


@pytest.mark.django_db
def test_an_encounter_sent_by_the_hospitals_own_system_is_proposed(client):
    leg = at(Status.SCHEDULED)
    own = own_record(leg, make_actor(Role.RECEPTION, leg.target))
    delivery.drain()
    ArrivalProposal.objects.all().delete()
    system = api.of_client(leg.target, "system/*.*")
    encounter = {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/{own.pk}"},
        "period": {"start": clock.now().isoformat(timespec="seconds")},
    }
    sent = client.post(
        "/fhir/Encounter",
        json.dumps(encounter),
        content_type="application/fhir+json",
        headers={"Authorization": f"Bearer {system.token}"},
    )
    assert sent.status_code == 201
    delivery.drain()
    assert proposals(leg) == [(ArrivalSign.ENCOUNTER, ProposalState.OPEN)]


@pytest.mark.django_db
def test_nobody_is_expected_after_the_arrival_and_nobody_elsewhere():
    leg = at(Status.ARRIVED)
    delivery.drain()
    own_record(leg, make_actor(Role.RECEPTION, leg.target))
    own_record(leg, make_actor(Role.RECEPTION, make_organisation()))
    make_patient(organisation=leg.target)
    delivery.drain()
    assert ArrivalProposal.objects.count() == 0


@pytest.mark.parametrize(
    ("words", "here"),
    [
        ({"status": "in-progress"}, True),
        ({"status": "planned"}, False),
        ({"status": "finished", "period": {"start": "2019"}}, False),
        ({"status": "arrived", "period": {"start": "2019-03-01T08:00:00+08:00"}}, False),
        ({"status": "arrived", "period": {"start": "now"}}, True),
    ],
)
def test_what_counts_as_being_here(words, here):
    now = clock.now()
    if words.get("period", {}).get("start") == "now":
        words = {**words, "period": {"start": now.isoformat()}}
    assert of_today(words, now) is here


def test_eight_deliveries_at_once_make_one_proposal(race_db):
    leg = at(Status.SCHEDULED)
    own = own_record(leg, make_actor(Role.RECEPTION, leg.target))
    notice = lambda: services.notice_arrival(  # noqa: E731  eight times the same
        by=HOUSE, patient_id=own.pk, sign=ArrivalSign.ENCOUNTER, reference="e1"
    )
    assert sorted(race_db.at_once([notice] * 8)) == [0] * 7 + [1]


@pytest.mark.django_db
def test_confirming_settles_the_proposal_dismissing_leaves_the_leg_expected():
    leg, other = at(Status.SCHEDULED), at(Status.SUBMITTED)
    desk = make_actor(Role.RECEPTION, leg.target)
    for one in (leg, other):
        own_record(one, desk)
    delivery.drain()
    assert [one.row.referral.pk for one in selectors.proposed(by=desk)] == [leg.pk, other.pk]
    cause(leg, Event.ARRIVE)
    services.dismiss_arrival(by=desk, proposal_id=other.proposals.get().pk)
    other.refresh_from_db()
    assert (proposals(leg), proposals(other), other.status) == (
        [(ArrivalSign.REGISTRATION, ProposalState.CONFIRMED)],
        [(ArrivalSign.REGISTRATION, ProposalState.DISMISSED)],
        Status.SUBMITTED,
    )
    assert selectors.proposed(by=desk) == []
    with pytest.raises(Conflict):
        services.dismiss_arrival(by=desk, proposal_id=other.proposals.get().pk)


@pytest.mark.django_db
def test_a_proposal_is_settled_by_its_own_reception():
    leg = at(Status.SCHEDULED)
    own_record(leg, make_actor(Role.RECEPTION, leg.target))
    delivery.drain()
    row = leg.proposals.get()
    with pytest.raises(OutOfReach):
        services.dismiss_arrival(by=make_actor(Role.RECEPTION, make_organisation()), proposal_id=row.pk)
    with pytest.raises(Refused):
        services.dismiss_arrival(by=make_actor(Role.COORDINATOR, leg.target), proposal_id=row.pk)


@pytest.mark.django_db
def test_code_address_and_number_open_exactly_the_leg(client):
    leg, _other = at(Status.SCHEDULED), at(Status.SCHEDULED)
    sign_in(client, make_staff(Role.RECEPTION, leg.target))
    token = papers.of(PAPER, leg.pk, papers.latest(PAPER, leg.pk)).token
    first = papers.of(PAPER, leg.pk, 1).token
    said = [token, first, f"https://county.example/verify/{token}", f" {leg.number.lower()} "]
    answers = [client.post(reverse("referral:scan"), {"code": one}).headers["Location"] for one in said]
    answers.append(client.get(reverse("referral:by_code", args=[token])).headers["Location"])
    assert answers == [f"{DOOR}?row={leg.pk}"] * 5
    page = client.get(answers[0])
    assert (page.context["referral"], page.context["card"].id) == (leg, leg.patient_id)


@pytest.mark.parametrize(
    "code", ["nothing", "A" * 22, "ZZ19990101-0001", "https://elsewhere.example/verify/x"]
)
@pytest.mark.django_db
def test_any_other_code_is_answered_alike(client, code):
    leg = at(Status.SCHEDULED)
    sign_in(client, make_staff(Role.RECEPTION, make_organisation()))
    token = papers.of(PAPER, leg.pk, 1).token
    own = client.post(reverse("referral:scan"), {"code": code})
    foreign = client.post(reverse("referral:scan"), {"code": token})
    assert (own.status_code, foreign.status_code) == (422, 422)
    assert own.context["form"].errors == foreign.context["form"].errors != {}


@pytest.mark.django_db
def test_who_comes_before_the_decision_is_received(client):
    leg = at(Status.SUBMITTED)
    sign_in(client, make_staff(Role.RECEPTION, leg.target))
    page = client.get(f"{DOOR}?row={leg.pk}")
    ward = page.context["page"].departments[0]
    order = {"version": leg.version, "identity_checked": "on", "department": ward.pk, "then": DOOR}
    done = client.post(reverse("referral:arrive", args=[leg.pk]), order)
    leg.refresh_from_db()
    assert (done.headers["Location"], leg.status, leg.department_id) == (DOOR, Status.ARRIVED, ward.pk)


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.django_db
def test_the_door_takes_a_fixed_number_of_statements(many, django_assert_num_queries):
    legs = [at(Status.SCHEDULED) for _ in range(many)]
    desk = make_actor(Role.RECEPTION, legs[0].target)
    for leg in legs:
        own_record(leg, desk)
    delivery.drain()
    with django_assert_num_queries(14):
        rows, seem = selectors.expected(by=desk), selectors.proposed(by=desk)
    assert (len(rows), len(seem)) == (many, many)


@pytest.mark.parametrize("address", [f"{DOOR}?row=%s", "/referrals/?tab=running"])
@pytest.mark.django_db
def test_a_list_of_one_leg_offers_no_next_page_whatever_may_be_done_with_it(client, address):
    leg = at(Status.IN_TRANSIT)
    sign_in(client, make_staff(Role.COORDINATOR, leg.target))
    page = client.get(address.replace("%s", str(leg.pk))).content.decode()
    assert (leg.number in page, "下一页" in page) == (True, False)

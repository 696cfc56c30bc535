"""A hospital outside without an electronic address: staff write down what it says, through the same table."""

from datetime import timedelta

import pytest

from consortium.choices import OrganisationKind, Role
from emr.repository import selectors as repository
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from referral import services
from referral.choices import Behalf, Event, Status
from referral.models import Telephoned
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.outside import make_outside
from tests.factories.referral import make_county, make_draft
from tests.referral.steps import at

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("tests")


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def leg(county):
    """Sent to a hospital outside by a branch below the head hospital."""
    county.branch.parent = county.hospital
    county.branch.save()
    draft = make_draft(county)
    draft = services.edit(
        by=county.doctor, referral_id=draft.pk, version=draft.version, target_id=make_outside().pk, priority="routine",
        diagnosis="主动脉夹层", reason="本县不能手术", consent="patient",
    )  # fmt: skip
    return services.submit(by=county.doctor, referral_id=draft.pk, version=draft.version, key="")


def told(leg, event, by, **said):
    leg.refresh_from_db()
    return services.telephoned(
        by=by, referral_id=leg.pk, event=event, version=leg.version, key=said.pop("key", ""),
        told_by=said.pop("told_by", "市一院 心外科 王主任"), told_at=said.pop("told_at", None), said=said,
    )  # fmt: skip


def test_the_whole_way_outside_and_every_trace(county, leg):
    by = county.doctor
    leg = told(leg, Event.ACCEPT, by)
    leg = services.start_transfer(by=by, referral_id=leg.pk, version=leg.version, key="", eta_minutes=90)
    leg = told(leg, Event.ARRIVE, by, identity_checked=True)
    leg = told(leg, Event.ADMIT, by, complaint="胸痛")
    care = repository.read(by=HOUSE, kind="Encounter", id=leg.care_encounter_id)
    assert (care["status"], care["serviceProvider"]["reference"]) == (
        "in-progress",
        f"Organization/{leg.target_id}",
    )
    leg = told(
        leg,
        Event.COMPLETE_CARE,
        by,
        outcome="术后好转",
        advice="控制血压",
        follow_up="none",
        no_plan="cured",
        no_plan_words="已愈",
    )
    leg = services.acknowledge(by=by, referral_id=leg.pk, version=leg.version, key="")
    assert leg.status == Status.CLOSED
    assert repository.read(by=HOUSE, kind="Encounter", id=leg.care_encounter_id)["status"] == "finished"
    lines = [
        (one.event, one.behalf, one.organisation_id, one.staff_id) for one in leg.entries.order_by("version")
    ]
    outside, ours = (Behalf.OUTSIDE, leg.target_id, by.id), ("", leg.source_id, by.id)
    assert lines == [
        ("submit", *ours), ("accept", *outside), ("start_transfer", *ours), ("arrive", *outside), ("admit", *outside),
        ("complete_care", *outside), ("acknowledge", *ours),
    ]  # fmt: skip
    assert Telephoned.objects.filter(referral=leg).count() == 4
    assert (leg.accepted_by_id, leg.receiving_doctor_id) == (None, None)


def test_provenance_names_the_hospital_outside_as_informant(county, leg):
    leg = told(leg, Event.ACCEPT, county.doctor)
    newest = str(leg.entries.order_by("-version").values_list("pk", flat=True).first())
    agents = repository.read(by=HOUSE, kind="Provenance", id=newest)["agent"]
    assert [one["type"]["coding"][0]["code"] for one in agents] == ["author", "informant"]


def test_the_referral_centre_of_the_head_hospital_writes_it_down_too(county, leg):
    assert (
        told(leg, Event.REJECT, county.coordinator, code="R01", text="无床", instead="转省立").status
        == "rejected"
    )


def test_others_neither_see_nor_write_it(county, leg):
    with pytest.raises(OutOfReach):
        told(leg, Event.ACCEPT, make_actor(Role.COORDINATOR))
    with pytest.raises(OutOfReach):
        told(leg, Event.ACCEPT, make_actor(Role.BRANCH_DOCTOR))
    with pytest.raises(Refused):
        told(leg, Event.ACCEPT, county.reception)


def test_without_telephone_nobody_here_answers_for_it(county, leg):
    with pytest.raises((OutOfReach, Refused)):
        services.accept(by=county.doctor, referral_id=leg.pk, version=leg.version, key="")


def test_who_told_and_when_is_asked(county, leg):
    with pytest.raises(Invalid) as refused:
        told(leg, Event.ACCEPT, county.doctor, told_by=" ")
    assert list(refused.value.fields) == ["told_by"]
    with pytest.raises(Invalid) as refused:
        told(leg, Event.ACCEPT, county.doctor, told_at=clock.now() + timedelta(hours=1))
    assert list(refused.value.fields) == ["told_at"]
    with pytest.raises(Invalid) as refused:
        told(leg, "schedule", county.doctor)
    assert list(refused.value.fields) == ["event"]


def test_a_step_out_of_turn_is_409(county, leg):
    with pytest.raises(Conflict) as refused:
        told(leg, Event.COMPLETE_CARE, county.doctor, outcome="x", advice="y")
    assert refused.value.code == "illegal_step"


def test_our_own_steps_are_not_telephoned(county, leg):
    with pytest.raises(Conflict):
        told(leg, Event.WITHDRAW, county.doctor, reason="x")


def test_a_leg_between_members_has_nobody_outside(county):
    leg = at(Status.SUBMITTED)
    with pytest.raises(OutOfReach):
        told(leg, Event.ACCEPT, make_actor(Role.COORDINATOR, leg.target))


def test_the_same_key_twice_is_one_call(county, leg):
    told(leg, Event.ACCEPT, county.doctor, key="k")
    again = told(leg, Event.ACCEPT, county.doctor, key="k")
    assert (again.status, Telephoned.objects.count()) == (Status.ACCEPTED, 1)


def test_onward_out_of_the_county():
    leg = at(Status.IN_CARE)
    city = make_organisation(kind=OrganisationKind.OUTSIDE)
    specialist = make_actor(Role.SPECIALIST, leg.target)
    child = services.refer_onward(
        by=specialist, referral_id=leg.pk, version=leg.version, key="", target_id=city.pk, text="需心外科手术"
    )
    assert (child.target_id, child.source_id, child.status) == (city.pk, leg.target_id, Status.SUBMITTED)
    assert told(child, Event.ACCEPT, specialist).status == Status.ACCEPTED

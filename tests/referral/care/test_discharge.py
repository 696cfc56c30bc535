"""The reply is due a day after the discharge, which the ward writes down or the hospital's own system tells."""

from datetime import timedelta

import pytest

from consortium.choices import Role
from consortium.models import Staff
from emr.index.models import Patient
from kernel import clock, delivery
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from referral import selectors, services
from referral.choices import LONGEST_STAY, Status
from referral.models import Discharge
from tests.emr.repository.conftest import Fhir
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.kernel import audit_trail, fanned
from tests.referral.steps import at

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)


def ward(leg):
    return make_actor(Role.BED_DESK, leg.target)


def day(moment):
    return f"{clock.local(moment):%m-%d %H:%M}"


def discharged(leg, by, **said):
    return services.discharge(by=by, referral_id=leg.pk, version=leg.version, key="", **said)


def test_nothing_is_late_before_the_discharge_and_the_reply_a_day_after_it():
    leg = at(Status.IN_CARE)
    assert leg.due_at - clock.now() > LONGEST_STAY - timedelta(minutes=5)
    by, version = ward(leg), leg.version

    left = discharged(leg, by)

    assert (left.status, left.version, left.due_at - left.discharged_at) == (Status.IN_CARE, version + 1, DAY)
    assert left.call_at == left.due_at
    assert audit_trail()[-1] == (by.name, "referral.discharged")


def test_it_has_a_line_in_the_history_and_in_the_chronicle():
    leg = at(Status.IN_CARE)
    nurse, left_at = ward(leg), leg.arrived_at
    discharged(leg, nurse, left_at=left_at)

    line = selectors.detail(by=nurse, referral_id=leg.pk).events[0]
    (told,) = [one for one in selectors.chronicle(by=nurse, referral_id=leg.pk).lines if one.kind == "left"]

    who = Staff.objects.get(pk=nurse.id).name
    assert (str(line["what"]), line["text"]) == ("已出院", f"{who} {leg.target.short_name} {day(left_at)}")
    assert (str(told.what), str(told.who)) == ("已出院", f"{who} {leg.target.short_name}")


def test_the_moment_is_after_the_arrival_and_not_to_come():
    leg = at(Status.IN_CARE)
    for moment in (leg.arrived_at - timedelta(minutes=1), clock.now() + timedelta(minutes=5)):
        with pytest.raises(Invalid) as wrong:
            discharged(leg, ward(leg), left_at=moment)
        assert set(wrong.value.fields) == {"left_at"}


def test_only_once_and_only_from_the_ward():
    leg, other = at(Status.IN_CARE), at(Status.ARRIVED)
    with pytest.raises(Refused):
        discharged(leg, make_actor(Role.RECEPTION, leg.target))
    with pytest.raises(OutOfReach):
        discharged(leg, make_actor(Role.BED_DESK, make_organisation()))
    with pytest.raises(Conflict):
        discharged(other, ward(other))
    left = discharged(leg, ward(leg))
    with pytest.raises(Conflict):
        discharged(left, ward(leg))


def test_a_hospitals_own_system_tells_it_by_the_end_of_the_stay():
    leg = at(Status.IN_CARE)
    own = Patient.objects.get(person=leg.patient.person_id, organisation=leg.target)
    delivery.drain()
    ended = clock.now().isoformat()  # whole seconds could lie before the arrival
    stay = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/{own.pk}"},
        "period": {"start": leg.arrived_at.isoformat(timespec="seconds"), "end": ended},
    }
    hospital = Fhir(leg.target)
    assert hospital.post("Encounter", stay).status_code == 201

    fanned()
    delivery.drain()

    leg.refresh_from_db()
    assert (leg.status, leg.due_at - leg.discharged_at) == (Status.IN_CARE, DAY)
    assert [(one.staff_id, one.organisation_id) for one in Discharge.objects.all()] == [(None, leg.target_id)]

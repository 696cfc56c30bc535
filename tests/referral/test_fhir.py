"""A leg in the repository: the whole set of every state is valid R4, and a step publishes only what it changed."""

from collections import Counter
from datetime import timedelta

import pytest
from fhir.resources.R4B import get_fhir_model_class

from consortium.choices import Role
from emr.capacity import services as capacity
from emr.capacity.choices import Part, PoolKind
from emr.repository import selectors as repository
from emr.repository.models import Resource
from kernel import clock
from kernel.actor import Actor
from referral import services
from referral.choices import Direction, Event, PlanLine, Status
from referral.fhir import care_plan
from tests.factories.consortium import make_actor, make_department
from tests.factories.referral import make_county, make_followed, make_submitted
from tests.referral.steps import at, cause, make_leg, order, tick
from tests.referral.test_services import accepted, arrived, cared_for

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("tests")
MAP = {
    "internal_review": "draft", "submitted": "requested", "info_requested": "on-hold", "accepted": "accepted",
    "waitlisted": "accepted", "no_show": "on-hold", "scheduled": "accepted", "in_transit": "accepted",
    "arrived": "accepted", "in_care": "in-progress", "rehab_active": "in-progress", "care_completed": "in-progress",
    "closed": "completed", "managed_locally": "completed", "rejected": "rejected", "cancelled": "cancelled",
    "expired": "cancelled", "redirected": "completed", "died": "failed", "entered_in_error": "entered-in-error",
}  # fmt: skip
"""Our states and FHIR's, row by row. A draft is published by no step."""
KINDS = (
    "ServiceRequest", "Task", "Appointment", "AppointmentResponse", "Consent", "CarePlan", "Provenance", "Encounter",
)  # fmt: skip


def of_leg(leg, kind):
    """What is stored of the leg's patient, of this kind."""
    return repository.of_patient(by=HOUSE, patient_id=leg.patient_id, kind=kind)


def versions():
    return dict(Resource.objects.filter(managed_by="referral").values_list("id", "version"))


def published_by(step):
    """Kinds of which `step` stored a new version."""
    before = versions()
    step()
    rows = Resource.objects.filter(managed_by="referral").values_list("kind", "id", "version")
    return Counter(kind for kind, pk, version in rows if before.get(pk) != version)


def test_the_map_has_every_state_that_is_published():
    assert set(MAP) == set(Status) - {Status.DRAFT}


@pytest.mark.parametrize("status", sorted(MAP))
def test_what_a_leg_publishes_is_valid_in_every_state(status):
    leg = at(status)
    found = [one for kind in KINDS for one in of_leg(leg, kind)]
    for resource in found:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    task = repository.read(by=HOUSE, kind="Task", id=f"{leg.pk}-t")
    assert task["status"] == MAP[status]
    onward = ["referred-onward"] if status == Status.REDIRECTED else []
    assert [one["code"] for one in task["businessStatus"]["coding"]] == [status, *onward]
    care = {"reference": f"Encounter/{leg.care_encounter_id}"} if leg.care_encounter_id else None
    assert task.get("encounter") == care
    assert task["owner"]["reference"] == f"Organization/{leg.target_id}"


def test_the_whole_set_of_an_up_leg_and_its_down_leg():
    county = make_county()
    up = cared_for(county)
    down = services.start_down_leg(
        by=county.specialist, referral_id=up.pk, version=up.version, key="",
        plan=[PlanLine("拆线", clock.today() + timedelta(days=7))], medicines=(), no_medicines=True,
    )  # fmt: skip
    assert {kind: len(of_leg(up, kind)) for kind in KINDS} == {
        "ServiceRequest": 2, "Task": 2, "Appointment": 2, "AppointmentResponse": 1, "Consent": 2, "CarePlan": 1,
        "Provenance": up.entries.count() + down.entries.count(), "Encounter": 1,
    }  # fmt: skip
    care = repository.read(by=HOUSE, kind="Encounter", id=up.care_encounter_id)
    assert care["basedOn"] == [{"reference": f"ServiceRequest/{up.pk}"}]
    task = repository.read(by=HOUSE, kind="Task", id=f"{up.pk}-t")
    assert task["encounter"] == {"reference": f"Encounter/{up.care_encounter_id}"}
    back = repository.read(by=HOUSE, kind="ServiceRequest", id=str(down.pk))
    assert back["basedOn"] == [{"reference": f"ServiceRequest/{up.pk}"}]
    plan = repository.read(by=HOUSE, kind="CarePlan", id=f"{down.pk}-p")
    assert plan["activity"][0]["detail"]["status"] == "scheduled"
    assert plan["author"]["reference"] == f"Practitioner/{county.specialist.id}"


def test_the_plan_of_a_hospital_outside_has_it_for_author():
    leg = at(Status.REHAB_ACTIVE)
    leg.doctor, leg.outside_doctor = None, "市一院 王主任"
    plan = care_plan(leg, leg.plan.all(), {leg.source_id: "市一院"})
    assert plan["author"] == {"reference": f"Organization/{leg.source_id}", "display": "市一院"}
    get_fhir_model_class("CarePlan").model_validate(plan)


def test_a_visit_of_the_plan_is_what_came_of_its_item():
    county = make_county()
    leg = make_followed(county.hospital, county.branch, county.patient.pk, county.doctor)
    item = leg.plan.get()
    services.log_visit(by=county.doctor, item_id=item.pk, version=leg.version, key="", result="无头晕")
    item.refresh_from_db()
    (activity,) = repository.read(by=HOUSE, kind="CarePlan", id=f"{leg.pk}-p")["activity"]
    assert (activity["detail"]["status"], activity["outcomeReference"]) == (
        "completed",
        [{"reference": f"Encounter/{item.encounter_id}"}],
    )


def test_the_whole_return_form_stands_in_the_tasks_output():
    county = make_county()
    leg = arrived(county)
    leg = services.admit(
        by=county.specialist, referral_id=leg.pk, version=leg.version, key="", complaint="黑蒙"
    )
    said = {
        "outcome": "三度房室传导阻滞", "results": "动态心电图见长间歇", "course": "植入起搏器", "advice": "一周后拆线",
        "rehabilitation": "六周内不举重物",
    }  # fmt: skip
    services.complete_care(
        by=county.specialist, referral_id=leg.pk, version=leg.version, key="", follow_up="plan", **said
    )
    task = repository.read(by=HOUSE, kind="Task", id=f"{leg.pk}-t")
    told = {one["type"]["coding"][0]["code"]: one["valueString"] for one in task["output"]}
    assert told == said
    get_fhir_model_class("Task").model_validate(task)


def test_a_leg_that_is_passed_on_is_replaced():
    leg = at(Status.SUBMITTED)
    order(leg, Event.REDIRECT)
    child = leg.children.get()
    request = repository.read(by=HOUSE, kind="ServiceRequest", id=str(child.pk))
    assert (request["replaces"], request.get("basedOn")) == (
        [{"reference": f"ServiceRequest/{leg.pk}"}],
        None,
    )
    onward = at(Status.IN_CARE)
    order(onward, Event.REFER_ONWARD)
    child = onward.children.get()
    request = repository.read(by=HOUSE, kind="ServiceRequest", id=str(child.pk))
    assert (request["basedOn"], request.get("replaces")) == (
        [{"reference": f"ServiceRequest/{onward.pk}"}],
        None,
    )


def test_a_step_publishes_only_what_it_changed():
    leg = make_leg()
    assert published_by(lambda: cause(leg, Event.SUBMIT)) == {
        "ServiceRequest": 1, "Task": 1, "Appointment": 1, "Consent": 1, "Provenance": 1,
    }  # fmt: skip
    assert published_by(lambda: tick(leg, Event.ESCALATE)) == {"Task": 1, "Provenance": 1}
    leg.refresh_from_db()
    assert published_by(lambda: cause(leg, Event.REQUEST_INFO)) == {
        "Task": 1, "Provenance": 1, "Appointment": 1, "AppointmentResponse": 1,
    }  # fmt: skip


def test_the_kept_bed_is_the_appointments_time():
    county = make_county()
    leg = accepted(county, make_submitted(county))
    appointment = repository.read(by=HOUSE, kind="Appointment", id=f"{leg.pk}-a")
    answer = repository.read(by=HOUSE, kind="AppointmentResponse", id=f"{leg.pk}-r")
    assert (appointment["status"], answer["participantStatus"]) == ("booked", "accepted")
    assert (appointment["start"], appointment["end"]) == (answer["start"], answer["end"])
    assert f"Location/{county.bed.pk}" in [
        one["actor"].get("reference") for one in appointment["participant"]
    ]
    services.withdraw(
        by=county.doctor, referral_id=leg.pk, version=leg.version, key="", reason="家属改变主意"
    )
    assert repository.read(by=HOUSE, kind="Appointment", id=f"{leg.pk}-a")["status"] == "cancelled"


@pytest.mark.parametrize("kind", [PoolKind.FEMALE, PoolKind.CLINIC])
def test_a_kept_number_or_slot_stands_in_the_appointment_and_stays_there_when_it_is_given_back(kind):
    county = make_county()
    clinic = kind == PoolKind.CLINIC
    day = clock.today() + timedelta(days=2)
    when = {"day_date": day, "part": Part.MORNING} if clinic else {}
    desk = make_actor(Role.BED_DESK, county.hospital)
    ward = make_department(county.hospital, name="心内科")
    pool = capacity.tell(by=desk, department_id=ward.pk, kind=kind, places=1, **when)
    leg = make_submitted(county)
    leg = services.accept(
        by=county.coordinator, referral_id=leg.pk, version=leg.version, key="", pool_id=pool.pk
    )
    booked = repository.read(by=HOUSE, kind="Appointment", id=f"{leg.pk}-a")
    services.withdraw(by=county.doctor, referral_id=leg.pk, version=leg.version, key="", reason="不去了")
    given_back = repository.read(by=HOUSE, kind="Appointment", id=f"{leg.pk}-a")

    slot = {"reference": f"Slot/{pool.pk}", "display": f"心内科 {day:%Y-%m-%d} 上午 号源"}
    bed = {"reference": f"Location/{pool.pk}", "display": "心内科 女床"}
    for appointment in (booked, given_back):
        told = appointment.get("slot", []) + [
            one["actor"]
            for one in appointment["participant"]
            if one["actor"].get("reference", "").endswith(str(pool.pk))
        ]
        assert told == [slot if clinic else bed]
        get_fhir_model_class("Appointment").model_validate(appointment)
    assert (given_back["status"], given_back["start"]) == ("cancelled", booked["start"])


def test_provenance_says_who_for_whom_and_bears_the_signature():
    county = make_county()
    leg = make_submitted(county)
    (told,) = of_leg(leg, "Provenance")
    assert told["agent"][0]["who"]["reference"] == f"Practitioner/{county.doctor.id}"
    assert told["agent"][0]["onBehalfOf"]["reference"] == f"Organization/{county.branch.pk}"
    assert told["signature"][0]["sigFormat"] == f"application/x-{leg.signature['algorithm'].lower()}"
    leg = accepted(county, leg)
    leg = services.patient_decline(
        by=county.doctor, referral_id=leg.pk, version=leg.version, key="", reason="不去了"
    )
    newest = str(leg.entries.order_by("-version").values_list("pk", flat=True).first())
    declined = repository.read(by=HOUSE, kind="Provenance", id=newest)
    assert [one["type"]["coding"][0]["code"] for one in declined["agent"]] == ["author", "informant"]
    assert "signature" not in declined


def test_the_clock_is_nobodys_account():
    leg = at(Status.SUBMITTED)
    tick(leg, Event.ESCALATE)
    newest = str(leg.entries.order_by("-version").values_list("pk", flat=True).first())
    told = repository.read(by=HOUSE, kind="Provenance", id=newest)
    assert told["agent"] == [
        {"type": told["agent"][0]["type"], "who": {"display": "平台时钟"}},
    ]


def test_an_emergencys_consent_is_proposed_until_it_is_given():
    leg = make_leg(consent="", priority="emergency")
    cause(leg, Event.EMERGENCY_SEND)
    consent = repository.read(by=HOUSE, kind="Consent", id=f"{leg.pk}-c")
    assert consent["status"] == "proposed"


def test_a_diagnosis_with_a_code_is_coded():
    county = make_county()
    leg = make_submitted(county, diagnosis_code="I44.2")
    request = repository.read(by=HOUSE, kind="ServiceRequest", id=str(leg.pk))
    assert request["reasonCode"][0] == {
        "coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "I44.2"}], "text": leg.diagnosis,
    }  # fmt: skip


def test_a_lateral_leg_publishes_as_well():
    leg = cause(make_leg(Direction.LATERAL), Event.SUBMIT)
    request = repository.read(by=HOUSE, kind="ServiceRequest", id=str(leg.pk))
    assert request["code"] == {"text": "双向转诊 平转"}

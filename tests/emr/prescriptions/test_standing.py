"""A signed sheet afterwards: protected as it tells, void by a reason, shown as what it is."""

from uuid import UUID, uuid4

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from consortium.choices import Role
from emr.chart import selectors as chart
from emr.prescriptions import selectors, services
from emr.prescriptions.models import Prescription
from emr.repository import selectors as stored
from emr.repository import services as repository
from kernel import ids
from kernel.actor import Actor, Kind
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import AuditEntry, PaperSeal
from tests.emr.repository.labelled import label_of
from tests.factories.consortium import make_actor
from tests.factories.emr import HOUSE, make_encounter
from tests.factories.kernel import audit_trail
from tests.factories.prescriptions import line, make_prescription, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return make_visit()


def published(visit, kind="MedicationRequest"):
    return stored.of_patient(by=visit.doctor, patient_id=visit.patient.pk, kind=kind)


# -- labels -------------------------------------------------------------------------------------------------------


HIV = {"diagnoses": [("", "HIV 病", "confirmed")]}


def test_a_sheet_of_a_protected_diagnosis_is_protected_like_it_and_to_others_not_there():
    visit = make_visit(clearance=5, **HIV)
    made = make_prescription(visit, line("替诺福韦片"))

    references = [f"MedicationRequest/{one['id']}" for one in published(visit)] + [f"Provenance/{made.pk}"]
    colleague = make_actor(Role.BRANCH_DOCTOR, visit.place)
    assert {label_of(one) for one in references} == {5}
    assert [one.id for one in selectors.listed(by=visit.doctor, patient_id=visit.patient.pk)] == [made.pk]
    assert selectors.listed(by=colleague, patient_id=visit.patient.pk) == []
    for read in (selectors.paper, services.print_sheet):
        with pytest.raises(OutOfReach):
            read(by=colleague, prescription_id=made.pk)
    assert chart.medicines(by=colleague, patient_id=visit.patient.pk) == ()


def test_who_could_not_read_the_sheet_does_not_sign_it(visit):
    cleared = make_actor(Role.BRANCH_DOCTOR, visit.place, clearance=5)
    hidden = UUID(make_encounter(cleared, visit.patient.pk, **HIV))

    with pytest.raises((Conflict, Invalid, OutOfReach)):
        services.sign(by=visit.doctor, key="", encounter_id=hidden, lines=[line()], diagnoses=[str(uuid4())])
    assert Prescription.objects.count() == 0


def test_a_label_that_rises_later_takes_the_sheet_along(visit):
    made = make_prescription(visit)
    mark = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}
    (condition,) = published(visit, "Condition")
    repository.publish(
        by=HOUSE,
        owner="chart",
        resources=[repository.Outgoing(resource={**condition, "meta": {"security": [mark]}})],
    )

    assert selectors.listed(by=visit.doctor, patient_id=visit.patient.pk) == []
    assert label_of(f"Provenance/{made.pk}") == 5


# -- void ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "status"),
    [("mistake", "entered-in-error"), ("changed", "cancelled"), ("refused", "cancelled")],
)
def test_a_void_sheet_stops_its_medicines(visit, reason, status):
    made = make_prescription(visit)

    done = services.void(by=visit.doctor, prescription_id=made.pk, version=1, reason=reason, words="剂量写错")

    (request,) = published(visit)
    (proof,) = published(visit, "Provenance")
    assert (done.status, done.version, done.voided_by_id) == ("void", 2, visit.doctor.id)
    assert (request["status"], request["statusReason"]["coding"][0]["code"]) == (status, reason)
    assert proof["activity"]["coding"][0]["code"] == "voided"
    assert chart.medicines(by=visit.doctor, patient_id=visit.patient.pk) == ()
    assert audit_trail()[-1] == (visit.doctor.name, "emr.prescription_voided")


def test_a_void_sheet_is_void_for_good(visit):
    made = make_prescription(visit)
    services.void(by=visit.doctor, prescription_id=made.pk, version=1, reason="changed")

    with pytest.raises(Conflict) as again:
        services.void(by=visit.doctor, prescription_id=made.pk, version=2, reason="changed")
    with pytest.raises(Conflict) as stale:
        services.void(
            by=visit.doctor, prescription_id=make_prescription(visit).pk, version=7, reason="changed"
        )
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        Prescription.objects.filter(pk=made.pk).update(
            status="signed", voided_at=None, voided_by=None, void_reason=""
        )
    assert (again.value.code, stale.value.code) == ("already_void", "version_conflict")


@pytest.mark.parametrize(
    "change", ["number = 'R1'", "content_sealed = ''", "doctor_id = patient_id", "valid_date = '2030-01-01'"]
)
def test_nothing_of_a_signed_sheet_changes(visit, change):
    make_prescription(visit)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE emr_prescription SET {change}")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM emr_prescription")


def test_a_colleague_makes_it_not_void_the_reviewer_does_others_find_none(visit):
    made = make_prescription(visit)
    order = {"prescription_id": made.pk, "version": 1, "reason": "mistake"}
    for other in (make_actor(Role.BRANCH_DOCTOR, visit.place), make_actor(Role.BRANCH_REVIEWER)):
        with pytest.raises(OutOfReach):
            services.void(by=other, **order)
    with pytest.raises(Refused):
        services.void(by=make_actor(Role.COORDINATOR, visit.place), **order)
    with pytest.raises(Invalid):
        services.void(by=visit.doctor, **order | {"reason": "boredom"})
    assert services.void(by=make_actor(Role.BRANCH_REVIEWER, visit.place), **order).status == "void"


# -- what is shown ------------------------------------------------------------------------------------------------


def test_the_record_says_what_is_signed_and_what_came_unsigned_from_where(visit):
    made = make_prescription(visit)
    foreign = {
        "resourceType": "MedicationRequest", "id": str(ids.uuid7()), "status": "active", "intent": "order",
        "medicationCodeableConcept": {"text": "格列美脲片"}, "subject": {"reference": f"Patient/{visit.patient.pk}"},
        "identifier": [{"system": "urn:lianyi:prescription", "value": f"{made.pk}/1"}],
        "groupIdentifier": {"system": "urn:lianyi:prescription-number", "value": made.number},
    }  # fmt: skip
    repository.create(by=make_client(visit.place), resource=foreign)

    found = {one.name: one for one in chart.medicines(by=visit.doctor, patient_id=visit.patient.pk)}

    signed, other = found["氨氯地平片 5mg×7片"], found["格列美脲片"]
    assert (signed.sheet, signed.unsigned) == (str(made.pk), False)
    assert (other.sheet, other.unsigned, other.organisation) == ("", True, visit.place.short_name)


def make_client(place):
    return Actor(
        kind=Kind.CLIENT, name="his", id=uuid4(), organisation=place.pk, organisations=frozenset({place.pk}),
        roles=frozenset({"api_client", "system/*.*"}), clearance=4,
    )  # fmt: skip


def test_a_program_cannot_write_over_a_signed_medicine(visit):
    make_prescription(visit)
    (request,) = published(visit)
    with pytest.raises(Conflict) as refused:
        repository.update(
            by=make_client(visit.place), kind="MedicationRequest", id=request["id"],
            resource={**request, "status": "completed"},
        )  # fmt: skip
    assert refused.value.code == "managed_elsewhere"


def test_a_signing_that_fails_at_its_end_leaves_nothing(visit, monkeypatch):
    def broken(*_given, **_named):
        raise RuntimeError("the store is away")

    monkeypatch.setattr("emr.prescriptions.services.signing.publish", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        make_prescription(visit)
    assert (Prescription.objects.count(), PaperSeal.objects.count(), published(visit)) == (0, 0, [])
    assert not AuditEntry.objects.filter(action="emr.prescription_signed").exists()


def test_a_staff_member_who_left_prescribes_nothing(visit):
    type(visit.staff).objects.filter(pk=visit.staff.pk).update(is_active=False)
    with pytest.raises(Refused):
        make_prescription(visit)

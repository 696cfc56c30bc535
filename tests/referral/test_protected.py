"""Specially protected legs, reports and recordings: to a post without clearance or consent they are not there."""

import pytest
from django.test import Client

from consortium.choices import Role
from diagnostics import selectors as diagnosed
from diagnostics import services as diagnostics
from emr.access import services as access
from emr.access.choices import Basis
from emr.repository import selectors as stored
from emr.repository import services as repository
from kernel.actor import Actor
from kernel.errors import Invalid, OutOfReach
from referral import selectors, services
from tests.emr.repository.labelled import label_of
from tests.factories.api import of_staff
from tests.factories.consortium import actor_of, make_department, make_staff, sign_in
from tests.factories.diagnostics import make_draft as make_report
from tests.factories.diagnostics import make_examined, make_request, make_scene
from tests.factories.ecg import make_recording
from tests.factories.referral import make_county, make_draft, make_submitted

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("tests")
HIV = {"diagnosis_code": "B24", "diagnosis": "HIV 病"}


@pytest.fixture
def county():
    return make_county()


def cleared(role, place, level=5):
    return make_staff(role, place, clearance=level)


def protect(kind, pk, patient_id, owner):
    """A doctor writes down, of a resource that stands, why it was made: its label rises to the highest."""
    mark = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}
    row = repository.store.lock([(kind, str(pk))])[kind, str(pk)]
    assert row.patient == patient_id
    resource = stored.read(by=HOUSE, kind=kind, id=str(pk))
    resource["meta"] = {"security": [mark]}
    repository.publish(by=HOUSE, owner=owner, resources=[repository.Outgoing(resource=resource)])


def page(staff, address):
    client = Client(headers={"accept-language": "zh-hans"})
    sign_in(client, staff)
    return client.get(address).status_code


# -- the form ---------------------------------------------------------------------------------------------------


def test_a_protected_diagnosis_goes_out_only_with_the_patients_explicit_word(county):
    cleared(Role.COORDINATOR, county.hospital)
    leg = make_draft(county, **HIV)
    with pytest.raises(Invalid) as refused:
        services.submit(by=county.doctor, referral_id=leg.pk, version=leg.version, key="")
    assert list(refused.value.fields) == ["opens_protected"]


def open_draft(county, **said):
    words = {"priority": "urgent", "reason": "发热", "consent": "patient", **HIV, **said}
    return services.draft(
        by=county.doctor, key="", patient_id=county.patient.pk, target_id=county.hospital.pk, opens_protected=True,
        **words,
    )  # fmt: skip


def test_nobody_cleared_at_the_desk_is_said_before_a_patient_is_lost(county):
    leg = open_draft(county)
    with pytest.raises(Invalid) as refused:
        services.submit(by=county.doctor, referral_id=leg.pk, version=leg.version, key="")
    assert list(refused.value.fields) == ["opens_protected"]


@pytest.mark.parametrize("consent", ["relative", ""])
def test_nobody_but_the_patient_opens_it(county, consent):
    assert open_draft(county, consent=consent).opens_protected is False


def test_with_it_the_cleared_read_and_the_others_do_not(county):
    clear = cleared(Role.COORDINATOR, county.hospital)
    plain = make_staff(Role.COORDINATOR, county.hospital)
    leg = open_draft(county)
    leg = services.submit(by=county.doctor, referral_id=leg.pk, version=leg.version, key="")
    assert label_of(f"Task/{leg.pk}-t") == 5
    for staff, status, legs in ((clear, 200, 1), (plain, 404, 0)):
        assert page(staff, f"/referrals/{leg.pk}/") == status
        assert page(staff, f"/referrals/{leg.pk}/paper/") == status
        program = of_staff(staff)
        assert program.get(f"referrals/{leg.pk}/").status_code == status
        assert program.get(f"referrals/{leg.pk}/history/").status_code == status
        assert len(program.get("referrals/").json()["items"]) == legs
        assert len(selectors.board(by=actor_of(staff))) == legs
        answer = program.post(
            f"referrals/{leg.pk}/events/", event="request_info", version=leg.version - 1, items=["x"]
        )
        assert answer.status_code == (409 if status == 200 else 404)


def test_clearance_without_the_consent_opens_nothing(county):
    """A leg becomes protected later: who is cleared still has no ground for that."""
    clear = cleared(Role.COORDINATOR, county.hospital)
    leg = make_submitted(county)
    assert page(clear, f"/referrals/{leg.pk}/") == 200
    protect("ServiceRequest", leg.pk, leg.patient_id, "referral")
    protect("Task", f"{leg.pk}-t", leg.patient_id, "referral")
    assert page(clear, f"/referrals/{leg.pk}/") == 404
    sender = make_staff(Role.BRANCH_DOCTOR, county.branch, clearance=5)
    assert page(sender, f"/referrals/{leg.pk}/") == 200
    with pytest.raises(OutOfReach):
        services.withdraw(by=county.doctor, referral_id=leg.pk, version=leg.version, key="", reason="x")


# -- reports and recordings -------------------------------------------------------------------------------------


def signed_report(scene):
    request = make_examined(scene)
    make_report(scene, request)
    diagnostics.sign(by=scene.by("reader"), request_id=request.pk)
    request.refresh_from_db()
    return request


def test_a_protected_report_shows_to_the_cleared_only():
    scene = make_scene()
    request = signed_report(scene)
    protect("DiagnosticReport", request.report_id, request.patient_id, "diagnostics")
    clear = make_staff(Role.BRANCH_DOCTOR, scene.branch, clearance=5)
    for staff, status in ((clear, 200), (scene.doctor, 404)):
        assert page(staff, f"/reports/{request.report_id}/") == status
        assert page(staff, f"/reports/{request.report_id}/verify/") == status
        found = diagnosed.order(by=actor_of(staff), request_id=request.pk).reports
        assert len(found) == (1 if status == 200 else 0)
        assert of_staff(staff).get(f"reports/{request.report_id}/").status_code == status


def test_a_protected_report_needs_a_ground_that_opens_it():
    scene = make_scene()
    request = signed_report(scene)
    far = make_department()
    clear = make_staff(Role.SPECIALIST, department=far, clearance=5)
    said = {"by": HOUSE, "patient_id": request.patient_id, "organisation_id": far.organisation_id}
    access.open_ground(**said, basis=Basis.REFERRAL, source="t:1")
    assert page(clear, f"/reports/{request.report_id}/") == 200
    protect("DiagnosticReport", request.report_id, request.patient_id, "diagnostics")
    assert page(clear, f"/reports/{request.report_id}/") == 404
    access.open_ground(**said, basis=Basis.REFERRAL, source="t:1", label=5)
    assert page(clear, f"/reports/{request.report_id}/") == 200


def test_a_protected_recording_shows_to_the_cleared_only():
    scene = make_scene()
    request = make_request(scene)
    recording = make_recording(scene.by("technologist"), request_id=request.pk)
    clear = make_staff(Role.READER, scene.centre, clearance=4)
    address = f"/ecg/recordings/{recording.pk}/samples/"
    assert page(clear, address) == 200
    protect("Observation", recording.pk, recording.patient_id, "ecg")
    assert page(clear, address) == 404
    assert page(make_staff(Role.BRANCH_DOCTOR, scene.branch, clearance=5), address) == 200
    listed = of_staff(clear).get("ecg/")
    assert (listed.status_code, listed.json()["items"]) == (200, [])

"""Who reads a record because of a leg: the receiving department and its desks, from submission to days after it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from consortium.choices import Role
from consortium.models import Staff
from diagnostics import services as diagnostics
from emr.access import selectors as access
from emr.access.models import Ground
from imaging.models import Instance
from kernel import clock
from kernel.actor import Actor
from referral import services
from referral.choices import Event, Status
from referral.services.leg.reading_on import grant_access
from tests.factories.api import of_staff
from tests.factories.consortium import (
    make_actor,
    make_department,
    make_organisation,
    make_staff,
    sign_in,
)
from tests.factories.diagnostics import Scene, make_request
from tests.factories.ecg import make_recording
from tests.factories.emr import make_encounter, make_patient
from tests.factories.referral import make_county, make_draft, make_submitted
from tests.imaging.web import matched
from tests.referral.steps import at, order
from tests.referral.test_services import accepted

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


def reads(actor, patient):
    return access.basis(by=actor, patient_id=patient.pk) is not None


def at_ward(county, role=Role.SPECIALIST, department=None):
    return make_actor(role, department=department or county.ward)


def sent_to_ward(county, ward=None, attachments=()):
    ward = ward or county.ward
    draft = make_draft(county)
    draft = services.edit(
        by=county.doctor, referral_id=draft.pk, version=draft.version, target_id=ward.organisation_id,
        department_id=ward.pk, priority="urgent", diagnosis="三度房室传导阻滞", reason="黑蒙", consent="patient",
        attachments=attachments,
    )  # fmt: skip
    return services.submit(by=county.doctor, referral_id=draft.pk, version=draft.version, key="")


def test_a_named_department_reads_and_no_other_one(county):
    other = make_department(county.hospital)
    assert not reads(at_ward(county), county.patient)
    sent_to_ward(county)
    assert reads(at_ward(county), county.patient)
    assert not reads(at_ward(county, department=other), county.patient)
    assert not reads(make_actor(Role.SPECIALIST), county.patient)


def test_who_answers_and_who_receives_reads_beside_the_ward(county):
    desk, door = make_department(county.hospital), make_department(county.hospital)
    coordinator = make_actor(Role.COORDINATOR, department=desk)
    reception = make_actor(Role.RECEPTION, department=door)
    sent_to_ward(county)
    assert (reads(coordinator, county.patient), reads(reception, county.patient)) == (True, True)


def test_without_a_department_the_institution_reads_until_one_is_named(county):
    other = at_ward(county, department=make_department(county.hospital))
    leg = make_submitted(county)
    assert reads(other, county.patient)
    accepted(county, leg)
    assert (reads(other, county.patient), reads(at_ward(county), county.patient)) == (False, True)


def test_taking_back_closes_at_once(county):
    leg = sent_to_ward(county)
    services.withdraw(
        by=county.doctor, referral_id=leg.pk, version=leg.version, key="", reason="家属改变主意"
    )
    assert not reads(at_ward(county), county.patient)
    assert not reads(county.coordinator, county.patient)


def test_a_form_of_the_wrong_person_closes_at_once(county):
    leg = sent_to_ward(county)
    reviewer = make_actor(Role.BRANCH_REVIEWER, county.branch)
    services.void(by=reviewer, referral_id=leg.pk, version=leg.version, key="", reason="填错人")
    assert not reads(at_ward(county), county.patient)


def test_passing_on_moves_it(county):
    leg = sent_to_ward(county)
    elsewhere = make_organisation()
    services.redirect(
        by=county.coordinator,
        referral_id=leg.pk,
        version=leg.version,
        key="",
        target_id=elsewhere.pk,
        text="市里",
    )
    assert not reads(at_ward(county), county.patient)
    assert reads(make_actor(Role.BRANCH_DOCTOR, elsewhere), county.patient)


def test_after_the_end_it_lasts_so_many_days(county, settings, monkeypatch):
    settings.REFERRAL_READS_ON_DAYS = 7
    desk = at_ward(county, Role.COORDINATOR, make_department(county.hospital))
    leg = sent_to_ward(county)
    services.reject(
        by=county.coordinator,
        referral_id=leg.pk,
        version=leg.version,
        key="",
        code="R01",
        text="无床",
        instead="观察",
    )
    ended = clock.now()
    leg.refresh_from_db()
    grounds = Ground.objects.filter(source__startswith=f"referral:{leg.pk}", organisation=county.hospital)
    assert {one.until_at for one in grounds} == {leg.ended_at + timedelta(days=7)}
    for days, still in ((0, True), (6, True), (8, False)):
        monkeypatch.setattr(clock, "now", lambda days=days: ended + timedelta(days=days))
        assert [reads(one, county.patient) for one in (at_ward(county), desk)] == [still] * 2


def test_the_ground_is_written_only_when_it_changes(county):
    leg = sent_to_ward(county)
    before = Ground.objects.get(source=f"referral:{leg.pk}")
    with connection.execute_wrapper(_no_ground_is_touched):
        services.request_info(
            by=county.coordinator, referral_id=leg.pk, version=leg.version, key="", items=["心电图"]
        )
        leg.refresh_from_db()
        grant_access(Actor.system("tests"), leg)
    assert Ground.objects.get(source=f"referral:{leg.pk}").until_at == before.until_at


def _no_ground_is_touched(execute, sql, params, many, context):
    assert "emr_ground" not in sql or not sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
    return execute(sql, params, many, context)


# -- pixels, traces, reports, FHIR ------------------------------------------------------------------------------


def scene_of(county):
    reader = make_staff(Role.READER, county.hospital)
    return Scene(
        branch=county.branch, centre=county.hospital, doctor=Staff.objects.get(pk=county.doctor.id),
        technologist=make_staff(Role.TECHNOLOGIST, county.branch), reader=reader,
        reviewer=make_staff(Role.REVIEWING_READER, county.hospital), patient_id=county.patient.pk,
    )  # fmt: skip


def doors(county, tmp_path):
    """What of the patient stands behind each door of the house, by its address."""
    scene = scene_of(county)
    picture = make_request(scene, "CT")
    study = matched(tmp_path, request=picture)
    instance = Instance.objects.get(series__study=study)
    pixels = f"/dicomweb/studies/{study.uid}/series/{instance.series.uid}/instances/{instance.uid}"
    trace = make_request(scene)
    recording = make_recording(scene.by("technologist"), request_id=trace.pk)
    diagnostics.claim(by=scene.by("reader"), request_id=trace.pk)
    diagnostics.save_draft(
        by=scene.by("reader"),
        request_id=trace.pk,
        draft_version=0,
        findings="窦律",
        impression="正常",
        outcome="normal",
    )
    diagnostics.sign(by=scene.by("reader"), request_id=trace.pk)
    trace.refresh_from_db()
    make_encounter(county.doctor, county.patient.pk, diagnoses=[(None, "高血压", "confirmed")])
    return {
        "pixels": pixels,
        "frame": f"{pixels}/frames/1",
        "trace": f"/ecg/recordings/{recording.pk}/samples/",
        "report": f"/reports/{trace.report_id}/",
        "report in print": f"/print/report/{trace.report_id}/",
        "signature of the report": f"/reports/{trace.report_id}/verify/",
        "fhir read": f"/fhir/DiagnosticReport/{trace.report_id}",
        "fhir waveform": f"/fhir/Observation/{recording.pk}",
        "fhir study": f"/fhir/ImagingStudy?patient={county.patient.pk}",
        "fhir search": f"/fhir/Condition?patient={county.patient.pk}",
    }


def answers(staff, addresses):
    client = Client(headers={"accept-language": "zh-hans"})
    sign_in(client, staff)
    found = {}
    for name, address in addresses.items():
        answer = client.get(address, follow=name == "report in print")
        searched = "?" in address and answer.status_code == 200
        found[name] = len(answer.json().get("entry", [])) if searched else answer.status_code
    return found


def test_pixels_traces_reports_and_fhir_open_with_the_leg_and_close_with_it(county, tmp_path):
    """At a hospital that neither made nor read any of it: what opens there opens through the leg."""
    county = replace(county, patient=make_patient(county.branch, name="周桂芳"))
    addresses, ward = doors(county, tmp_path), make_department(make_organisation())
    specialist = make_staff(Role.SPECIALIST, department=ward)
    stranger = make_staff(Role.SPECIALIST, department=make_department(ward.organisation))
    shut = {name: 0 if "?" in address else 404 for name, address in addresses.items()}
    opened = {name: 1 if "?" in address else 200 for name, address in addresses.items()}
    assert answers(specialist, addresses) == shut

    leg = sent_to_ward(county, ward)

    assert answers(specialist, addresses) == opened
    assert answers(stranger, addresses) == shut

    services.withdraw(by=county.doctor, referral_id=leg.pk, version=leg.version, key="", reason="不去了")

    assert answers(specialist, addresses) == shut


def ended_ago(county, monkeypatch, days, attached):
    """A leg with all of it attached that was rejected so many days ago, and a specialist of its department."""
    ward = make_department(make_organisation())
    coordinator, then = make_actor(Role.COORDINATOR, department=ward), clock.now() - timedelta(days=days)
    with monkeypatch.context() as past:
        past.setattr(clock, "now", lambda: then)
        leg = sent_to_ward(county, ward, attached.items())
        services.reject(
            by=coordinator, referral_id=leg.pk, version=leg.version, key="", code="R01", text="无床", instead="观察"
        )  # fmt: skip
    assert dict(leg.attachments.values_list("kind", "resource_id")) == attached
    return leg, make_staff(Role.SPECIALIST, department=ward)


def test_what_is_attached_closes_days_after_the_end_and_the_paper_of_the_leg_stays(
    county, tmp_path, settings, monkeypatch
):
    """The form is the receiving hospital's own document too, signed and sealed; the record behind it is not."""
    settings.REFERRAL_READS_ON_DAYS = 7
    county = replace(county, patient=make_patient(county.branch, name="周桂芳"))
    addresses = doors(county, tmp_path)
    attached = {
        "ImagingStudy": str(Instance.objects.get().series.study_id),
        "Observation": addresses["trace"].split("/")[3],
        "DiagnosticReport": addresses["report"].split("/")[2],
    }
    shut = {name: 0 if "?" in address else 404 for name, address in addresses.items()}
    opened = {name: 1 if "?" in address else 200 for name, address in addresses.items()}
    for days, told in ((8, shut), (6, opened)):
        leg, specialist = ended_ago(county, monkeypatch, days, attached)
        paper = {"paper": f"/referrals/{leg.pk}/paper/pdf/"}
        assert answers(specialist, addresses) == told
        assert answers(specialist, paper) == {"paper": 200}
        assert answers(make_staff(Role.SPECIALIST), paper) == {"paper": 404}


def test_a_program_of_the_receiving_doctor_finds_the_leg_and_the_record(county):
    make_encounter(county.doctor, county.patient.pk, diagnoses=[(None, "高血压", "confirmed")])
    specialist = make_staff(Role.SPECIALIST, department=county.ward)
    leg = sent_to_ward(county)
    program = of_staff(specialist)
    told = (
        Client()
        .get(
            f"/fhir/Task?patient={county.patient.pk}&business-status=submitted",
            HTTP_AUTHORIZATION=f"Bearer {program.token}",
        )
        .json()
    )
    assert [entry["resource"]["id"] for entry in told["entry"]] == [f"{leg.pk}-t"]


def test_the_sender_reads_what_becomes_of_her_patient():
    leg = at(Status.IN_CARE)
    order(leg, Event.COMPLETE_CARE)
    sender = make_actor(Role.BRANCH_DOCTOR, leg.source)
    assert access.basis(by=sender, patient_id=leg.patient_id) is not None

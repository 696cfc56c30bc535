"""An assistant's sheet at a hospital is valid once a physician of the house has signed too (处方管理办法 art. 8)."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from fhir.resources.R4B import get_fhir_model_class

from consortium import selectors as consortium
from consortium.choices import OrganisationKind, Role
from emr.chart import selectors as chart
from emr.prescriptions import selectors, services
from emr.prescriptions.choices import PAPER
from emr.prescriptions.models import Prescription
from emr.prescriptions.services import Warned
from emr.repository import selectors as stored
from kernel import clock, papers
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import AuditEntry
from tests.factories.api import of_staff
from tests.factories.consortium import actor_of, make_actor, make_staff, sign_in
from tests.factories.kernel import audit_trail
from tests.factories.prescriptions import make_prescription, make_visit
from tests.referral.papers.test_form_pdf import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return make_visit(OrganisationKind.HEAD_HOSPITAL, role=Role.SPECIALIST, licence="assistant_physician")


@pytest.fixture
def physician(visit):
    return make_staff(Role.SPECIALIST, visit.place)


def published(visit, kind="MedicationRequest"):
    (found,) = stored.of_patient(by=visit.doctor, patient_id=visit.patient.pk, kind=kind)
    get_fhir_model_class(kind).model_validate(found)
    return found


def waiting_of(staff):
    return [(one.title, one.read_at is None) for one in consortium.notices(by=actor_of(staff))]


def test_it_waits_is_a_draft_in_the_record_and_is_listed_for_the_physicians_of_the_house(visit, physician):
    nurse, elsewhere = make_staff(Role.BED_DESK, visit.place), make_actor(Role.SPECIALIST)
    made = make_prescription(visit)

    assert (made.status, made.needs_second, made.second_id) == ("waiting", True, None)
    assert (published(visit)["status"], chart.medicines(by=visit.doctor, patient_id=visit.patient.pk)) == (
        "draft",
        (),
    )
    assert [one.row.id for one in selectors.to_countersign(by=actor_of(physician))] == [made.pk]
    assert [(one.key, one.number) for one in selectors.work(by=actor_of(physician)).counts] == [
        ("countersign", 1)
    ]
    assert selectors.to_countersign(by=elsewhere) == []
    assert selectors.work(by=visit.doctor).counts == ()
    assert waiting_of(physician) == [(f"处方 {made.number} 待您审签", True)]
    assert waiting_of(nurse) == []
    with pytest.raises(Conflict) as printed:
        services.print_sheet(by=visit.doctor, prescription_id=made.pk)
    assert printed.value.code == "not_valid"
    with pytest.raises(Warned):
        make_prescription(visit)


def test_a_physician_signs_too_and_leaves_every_trace(visit, physician):
    made = make_prescription(visit)
    by = actor_of(physician)

    done = services.countersign(by=by, prescription_id=made.pk, version=1)

    first, second = papers.all_of(PAPER, made.pk)
    proof = published(visit, "Provenance")
    assert (done.status, done.version, done.second_id) == ("signed", 2, physician.pk)
    assert published(visit)["status"] == "active"
    assert [one["type"]["coding"][0]["code"] for one in proof["agent"]] == ["author", "verifier"]
    assert (len(proof["signature"]), proof["activity"]["coding"][0]["code"]) == (2, "countersigned")
    assert audit_trail()[-1] == (by.name, "emr.prescription_countersigned")
    assert waiting_of(physician) == [(f"处方 {made.number} 待您审签", False)]
    assert waiting_of(visit.staff) == [(f"{made.number}：已签名", True)]
    paper = services.print_sheet(by=by, prescription_id=made.pk)
    assert (paper.genuine, paper.row.second, paper.newest) == (True, physician.name, second)
    told = [papers.verdict(one.token) for one in (first, second)]
    assert [one.state for one in told] == ["superseded", "genuine"]
    assert str(told[1].title).endswith(f"{visit.staff.name}开具，{physician.name}审签")


def test_a_second_signature_over_other_words_is_altered(visit, physician):
    made = make_prescription(visit)
    services.countersign(by=actor_of(physician), prescription_id=made.pk, version=1)
    Prescription.objects.filter(pk=made.pk).update(second_at=clock.now() - timedelta(hours=1))

    assert papers.verdict(papers.newest(PAPER, made.pk).token).state == "altered"
    assert selectors.paper(by=visit.doctor, prescription_id=made.pk).genuine is False


def test_a_refusal_has_a_reason_that_its_writer_reads_and_ends_the_sheet(visit, physician):
    made, by = make_prescription(visit), actor_of(physician)
    order = {"by": by, "prescription_id": made.pk}
    with pytest.raises(Invalid):
        services.refuse(**order, version=1, words=" ")

    done = services.refuse(**order, version=1, words="剂量偏大，请复核血压后重开")

    request = published(visit)
    assert (done.status, done.second_words) == ("refused", "剂量偏大，请复核血压后重开")
    assert (request["status"], request["statusReason"]["coding"][0]["code"]) == (
        "cancelled",
        "countersign-refused",
    )
    assert published(visit, "Provenance")["activity"]["coding"][0]["code"] == "countersign-refused"
    assert waiting_of(visit.staff) == [(f"{made.number}：未予审签", True)]
    assert len(papers.all_of(PAPER, made.pk)) == 1
    assert AuditEntry.objects.filter(action="emr.prescription_refused").count() == 1
    for verb in (
        lambda: services.countersign(**order, version=2),
        lambda: services.void(**order, version=2, reason="x"),
    ):
        with pytest.raises((Conflict, OutOfReach)):
            verb()


def test_nobody_countersigns_her_own_another_houses_or_without_a_physicians_licence(visit):
    made = make_prescription(visit)
    order = {"prescription_id": made.pk, "version": 1}
    for other in (visit.doctor, make_actor(Role.SPECIALIST)):
        with pytest.raises(OutOfReach):
            services.countersign(by=other, **order)
    assistant = make_staff(Role.SPECIALIST, visit.place, licence="assistant_physician")
    for other in (actor_of(assistant), make_actor(Role.COORDINATOR, visit.place)):
        with pytest.raises(Refused):
            services.countersign(by=other, **order)
    with pytest.raises(Refused):
        selectors.to_countersign(by=actor_of(assistant))


def test_a_sheet_of_another_day_seen_older_or_of_the_dead_is_not_countersigned(visit, physician, monkeypatch):
    made, by = make_prescription(visit), actor_of(physician)
    with pytest.raises(Conflict) as stale:
        services.countersign(by=by, prescription_id=made.pk, version=7)
    tomorrow = clock.today() + timedelta(days=1)
    with monkeypatch.context() as later:
        later.setattr(clock, "today", lambda: tomorrow)
        with pytest.raises(Conflict) as over:
            services.countersign(by=by, prescription_id=made.pk, version=1)
    type(visit.patient.person).objects.filter(pk=visit.patient.person_id).update(deceased_at=clock.now())
    with pytest.raises(Conflict) as dead:
        services.countersign(by=by, prescription_id=made.pk, version=1)
    assert [one.value.code for one in (stale, over, dead)] == ["version_conflict", "day_over", "deceased"]


def test_what_waits_is_taken_back_by_its_writer_and_leaves_the_bells(visit, physician):
    made = make_prescription(visit)

    done = services.void(by=visit.doctor, prescription_id=made.pk, version=1, reason="mistake")

    assert (done.status, published(visit)["status"]) == ("void", "entered-in-error")
    assert waiting_of(physician) == [(f"处方 {made.number} 待您审签", False)]


def test_the_database_holds_that_two_people_signed(visit, physician):
    made = make_prescription(visit)
    rows = Prescription.objects.filter(pk=made.pk)
    for change in (
        {"status": "signed"},
        {"status": "signed", "second": visit.staff, "second_at": clock.now()},
        {"status": "refused", "second": physician, "second_at": clock.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows.update(needs_second=False)
    services.refuse(by=actor_of(physician), prescription_id=made.pk, version=1, words="重开")
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows.update(status="waiting", second=None, second_at=None, second_words="")


def test_the_pages_list_sign_refuse_and_show_both_names(visit, physician):
    writer, signer = (
        Client(headers={"accept-language": "zh-hans"}),
        Client(headers={"accept-language": "zh-hans"}),
    )
    sign_in(writer, visit.staff)
    sign_in(signer, physician)
    made = make_prescription(visit)
    sheet, listed = reverse("emr:prescription", args=[made.pk]), reverse("emr:countersigns")

    assert "执业助理医师" in writer.get(reverse("emr:prescribe", args=[visit.encounter])).text
    assert [sheet in page.text for page in (signer.get(listed), signer.get("/"))] == [True, True]
    waits = signer.get(sheet).text
    assert (reverse("emr:countersign_prescription", args=[made.pk]) in waits, "print/" in waits) == (
        True,
        False,
    )
    assert reverse("emr:countersign_prescription", args=[made.pk]) not in writer.get(sheet).text
    empty = signer.post(reverse("emr:refuse_prescription", args=[made.pk]), {"version": 1, "words": ""})
    signed = signer.post(reverse("emr:countersign_prescription", args=[made.pk]), {"version": 1})

    assert (empty.status_code, signed.status_code, signed.url) == (422, 302, listed)
    printed = writer.post(reverse("emr:print_prescription", args=[made.pk]))
    words = re.sub(r"\s", "", read(printed.content)[0])
    assert [name in words for name in (visit.staff.name, physician.name, "审签医师")] == [True] * 3


def test_the_api_countersigns_and_refuses(visit, physician):
    client = of_staff(physician)
    made = make_prescription(visit)
    door = f"prescriptions/{made.pk}"

    refused = client.post(f"{door}/refuse/", version=1, words="")
    signed = client.post(f"{door}/countersign/", version=1)

    assert (refused.status_code, signed.status_code) == (422, 200)
    assert (signed.json()["status"], signed.json()["second"]) == ("signed", physician.name)

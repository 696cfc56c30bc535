"""Pages about one person's consents, contract and requests, walked through as their users do."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consortium.choices import Role
from emr.consent.models import Consent, Contract, PersonRequest
from emr.terminology import services as terminology
from kernel import clock
from tests.factories.consortium import make_organisation, make_staff, sign_in
from tests.factories.emr import HOUSE, make_encounter, make_patient

pytestmark = pytest.mark.django_db
SAID = {"giver": "self", "evidence": "paper", "evidence_reference": "扫描 2026-0001"}


@pytest.fixture
def patient():
    make_organisation("head_hospital")
    return make_patient(name="周桂芳")


def come_as(client, role, patient):
    staff = make_staff(role, patient.organisation)
    sign_in(client, staff)
    return staff


def test_a_consent_is_given_and_withdrawn_on_one_page(client, patient):
    come_as(client, Role.RECEPTION, patient)
    page = reverse("emr:agreements", args=[patient.pk])
    said = {**SAID, "decision": "permit", "purpose": "treatment", "scope": "record", "organisation": ""}

    empty = client.get(page)
    given = client.post(page, said, follow=True)
    row = Consent.objects.get()
    address = reverse("emr:withdraw_consent", args=[patient.pk, row.pk])
    withdrawn = client.post(address, {**SAID, "version": row.version}, follow=True)

    assert [one.status_code for one in (empty, given, withdrawn)] == [200, 200, 200]
    assert ["扫描 2026-0001" in one.text for one in (empty, given, withdrawn)] == [False, True, True]
    row.refresh_from_db()
    assert row.status == "withdrawn"


def test_what_is_wrong_comes_back_with_all_that_was_typed(client, patient):
    come_as(client, Role.RECEPTION, patient)
    said = {**SAID, "decision": "permit", "purpose": "treatment", "scope": "sensitive", "organisation": ""}

    answer = client.post(reverse("emr:agreements", args=[patient.pk]), said)

    assert (answer.status_code, "扫描 2026-0001" in answer.text, Consent.objects.count()) == (422, True, 0)


def test_a_contract_is_signed_and_ended(client, patient):
    doctor = come_as(client, Role.BRANCH_DOCTOR, patient)
    today = clock.today()
    said = {
        "team": "第一团队", "doctor_id": str(doctor.pk), "since_date": today.isoformat(),
        "until_date": (today + timedelta(days=365)).isoformat(),
    }  # fmt: skip

    signed = client.post(reverse("emr:sign_contract", args=[patient.pk]), said)
    listed = client.get(reverse("emr:contracts"))
    row = Contract.objects.get()
    ended = client.post(
        reverse("emr:end_contract", args=[patient.pk, row.pk]), {"version": 1, "reason": "迁出"}
    )

    assert [one.status_code for one in (signed, listed, ended)] == [302, 200, 302]
    assert ("第一团队" in listed.text, Contract.objects.get().ended_at is not None) == (True, True)


def test_a_request_goes_from_the_desk_to_the_letter_and_the_copy(client, patient):
    terminology.load(by=HOUSE, system="icd10", concepts=[("I10", "原发性高血压")])
    make_encounter(HOUSE, patient.pk)
    come_as(client, Role.MEDICAL_AFFAIRS, patient)

    taken = client.post(
        reverse("emr:receive_request", args=[patient.pk]), {"kind": "copy", "giver": "self", "text": ""}
    )
    row = PersonRequest.objects.get()
    listed, shown = client.get(reverse("emr:requests")), client.get(reverse("emr:request", args=[row.pk]))
    copied = client.post(reverse("emr:record_copy", args=[row.pk]), {"purpose": "patient"})
    bundle = client.post(reverse("emr:record_bundle", args=[row.pk]), {"purpose": "patient"})
    answered = client.post(
        reverse("emr:answer_request", args=[row.pk]),
        {"version": 1, "granted": "yes", "text": "病历复印件已交给您本人。"},
    )
    letter = client.get(reverse("emr:request_letter", args=[row.pk]))

    pages = (taken, listed, shown, copied, bundle, answered, letter)
    assert [one.status_code for one in pages] == [302, 200, 200, 200, 200, 302, 200]
    assert ["原发性高血压" in copied.text, "病历复印件已交给您本人" in letter.text] == [True, True]
    assert (bundle["Content-Type"], b'"resourceType":"Bundle"' in bundle.content) == (
        "application/fhir+json; charset=utf-8",
        True,
    )
    assert "no-store" in bundle["Cache-Control"]


def test_a_copy_without_a_fresh_proof_leads_to_the_proof(client, patient):
    staff = come_as(client, Role.MEDICAL_AFFAIRS, patient)
    client.post(
        reverse("emr:receive_request", args=[patient.pk]), {"kind": "copy", "giver": "self", "text": ""}
    )
    staff.sessions.update(proved_at=clock.now() - timedelta(hours=1))

    answer = client.post(
        reverse("emr:record_bundle", args=[PersonRequest.objects.get().pk]), {"purpose": "patient"}
    )

    assert answer.status_code in (302, 403)
    assert b"Bundle" not in answer.content


def test_a_duty_by_law_is_assigned_and_done(client, patient):
    come_as(client, Role.MEDICAL_AFFAIRS, patient)
    other, until = make_organisation(), (clock.today() + timedelta(days=10)).isoformat()
    said = {"organisation_id": str(other.pk), "law": "传染病防治法第二十条", "until_date": until}

    assigned = client.post(reverse("emr:assign_duty", args=[patient.pk]), said)
    page = client.get(reverse("emr:agreements", args=[patient.pk]))
    wrong = client.post(reverse("emr:assign_duty", args=[patient.pk]), {**said, "law": "无"})

    assert [one.status_code for one in (assigned, page, wrong)] == [302, 200, 422]
    assert "传染病防治法第二十条" in page.text


@pytest.mark.parametrize("role", [Role.CASHIER, Role.LEADER, Role.SECURITY_MANAGER])
def test_other_posts_do_not_get_the_page(client, patient, role):
    come_as(client, role, patient)

    assert client.get(reverse("emr:agreements", args=[patient.pk])).status_code == 403


def test_the_terms_change_on_a_page_of_their_own_with_the_paper_scanned(client, patient):
    come_as(client, Role.RECEPTION, patient)
    said = {**SAID, "decision": "permit", "purpose": "treatment", "scope": "record", "organisation": ""}
    client.post(reverse("emr:agreements", args=[patient.pk]), said)
    row = Consent.objects.get()
    page = reverse("emr:change_consent", args=[patient.pk, row.pk])
    shown = client.get(page)
    paper = SimpleUploadedFile("同意书.pdf", b"%PDF-1.4 signed", "application/pdf")

    order = {**said, "version": 1, "purpose": "research", "scan": paper}
    changed = client.post(page, order, follow=True)

    assert shown.context["terms"].initial["purpose"] == "treatment"
    assert [(one.number, one.purpose) for one in row.versions.order_by("number")] == [
        (1, "treatment"),
        (2, "research"),
    ]
    address = reverse("emr:consent_scan", args=[patient.pk, row.pk, 2])
    assert address in changed.content.decode()
    scan = client.get(address)
    assert (scan.headers["Content-Type"], b"".join(scan.streaming_content)) == (
        "application/pdf",
        b"%PDF-1.4 signed",
    )
    stored = row.versions.get(number=2).scan
    assert (stored.label, stored.sealed) == (4, True)
    assert client.get(reverse("emr:consent_scan", args=[patient.pk, row.pk, 1])).status_code == 404
    other = make_patient(name="另一人", organisation=patient.organisation)
    assert client.get(reverse("emr:consent_scan", args=[other.pk, row.pk, 2])).status_code == 404


@pytest.mark.parametrize("data", [b"<html><script>", b"just words", b"%PDF-" + b"0" * 11_000_000])
def test_what_is_no_scan_changes_nothing(client, patient, data):
    come_as(client, Role.RECEPTION, patient)
    said = {**SAID, "decision": "permit", "purpose": "treatment", "scope": "record", "organisation": ""}
    page = reverse("emr:agreements", args=[patient.pk])
    answer = client.post(page, {**said, "scan": SimpleUploadedFile("a.pdf", data, "application/pdf")})
    assert (answer.status_code, Consent.objects.count()) == (422, 0)
    assert "扫描 2026-0001" in answer.content.decode()


def test_another_institution_neither_changes_nor_reads_the_paper(client, patient):
    come_as(client, Role.RECEPTION, patient)
    said = {**SAID, "decision": "permit", "purpose": "treatment", "scope": "record", "organisation": ""}
    client.post(reverse("emr:agreements", args=[patient.pk]), said)
    row = Consent.objects.get()
    sign_in(client, make_staff(Role.RECEPTION, make_organisation()))
    change = reverse("emr:change_consent", args=[patient.pk, row.pk])
    assert client.get(change).status_code == 404
    assert client.post(change, {**said, "version": 1}).status_code == 404
    assert client.get(reverse("emr:consent_scan", args=[patient.pk, row.pk, 1])).status_code == 404
    assert row.versions.count() == 1

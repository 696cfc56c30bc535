"""What of an open record posts read that neither treat nor report: what they need and no more."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from consortium.choices import OrganisationKind, Role
from emr.access.selectors import reads
from emr.prescriptions.models import Prescription
from emr.repository import selectors as stored
from emr.repository import services as repository
from emr.repository.choices import KINDS
from kernel.errors import OutOfReach
from tests.emr.prescriptions.test_standing import make_client
from tests.factories.consortium import make_actor, make_staff, sign_in
from tests.factories.prescriptions import make_prescription, make_visit

pytestmark = pytest.mark.django_db

MONEY = {
    "Patient", "Coverage", "Account", "ChargeItem", "Invoice", "Claim", "ClaimResponse", "PaymentNotice",
    "PaymentReconciliation",
}  # fmt: skip
RECORDED = {
    "Composition",
    "Encounter",
    "Condition",
    "Observation",
    "AllergyIntolerance",
    "MedicationRequest",
    "Provenance",
    "Coverage",
}
TABLE = [
    (Role.BRANCH_DOCTOR, set(KINDS)),
    (Role.RECEPTION, set(KINDS)),
    (Role.INSURANCE_CLERK, MONEY | {"Condition"}),
    (Role.CASHIER, MONEY),
    (Role.WELFARE_OFFICER, {"Patient", "Coverage"}),
    (Role.LEADER, set()),
]


@pytest.fixture
def visit():
    found = make_visit(
        OrganisationKind.BRANCH, allergies=["青霉素"], vitals={"systolic": 138, "diastolic": 84}
    )
    make_prescription(found)
    payer = {
        "resourceType": "Coverage", "status": "active", "payor": [{"display": "居民医保"}],
        "beneficiary": {"reference": f"Patient/{found.patient.pk}"},
    }  # fmt: skip
    repository.create(by=make_client(found.place), resource=payer)
    return found


@pytest.mark.parametrize(("role", "kinds"), TABLE)
def test_each_post_reads_the_kinds_of_its_work_in_list_and_search_and_by_name(visit, role, kinds):
    by = make_actor(role, visit.place)

    told = stored.of_patient_kinds(by=by, patient_id=visit.patient.pk, kinds=RECORDED)
    whole = {row.kind for row in stored.whole_of(by=by, patient_id=visit.patient.pk)}

    assert {kind for kind in KINDS if reads(by, kind)} == kinds
    assert {kind for kind, rows in told.items() if rows} == RECORDED & kinds
    assert whole - {"Patient"} == RECORDED & kinds
    if "Encounter" not in kinds:
        with pytest.raises(OutOfReach):
            stored.read(by=by, kind="Encounter", id=str(visit.encounter))


@pytest.mark.parametrize(
    ("role", "shown"),
    [(Role.INSURANCE_CLERK, ["原发性高血压"]), (Role.CASHIER, []), (Role.WELFARE_OFFICER, [])],
)
def test_the_chart_offers_them_insurance_alone_and_no_link_that_ends_closed(visit, role, shown):
    browser = Client(headers={"accept-language": "zh-hans"})
    sign_in(browser, make_staff(role, visit.place))

    pages = [
        browser.get(reverse("emr:chart", args=[visit.patient.pk]), {"tab": tab})
        for tab in ("", "summary", "documents")
    ]

    words = ("原发性高血压", "青霉素", "过敏", "氨氯地平", "收缩压", "138")
    if role == Role.INSURANCE_CLERK:
        sheet = browser.get(reverse("emr:prescription", args=[Prescription.objects.get().pk])).text
        assert reverse("emr:encounter", args=[visit.encounter]) not in sheet
    for page in pages:
        body = page.text[page.text.index("<main") :]
        assert (page.status_code, [word for word in words if word in body]) == (200, shown)
        found = set(re.findall(r'(?:href|hx-get)="(/(?!static|logout)[^"#]*)"', page.text))
        assert [
            one for one in found if browser.get(one.replace("&amp;", "&")).status_code in (403, 404)
        ] == []
    assert browser.get(reverse("emr:encounter", args=[visit.encounter])).status_code == 404

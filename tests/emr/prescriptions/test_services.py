"""A prescription is signed with every trace, or nothing of it stands."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from fhir.resources.R4B import get_fhir_model_class

from emr.prescriptions import services
from emr.prescriptions.choices import PAPER
from emr.prescriptions.engine.sheet import unpack
from emr.prescriptions.models import Prescription
from emr.prescriptions.selectors.sheets import raw
from emr.repository import selectors as stored
from kernel import clock, papers
from kernel.errors import Invalid
from kernel.models import PaperSeal
from tests.emr.repository.labelled import rows
from tests.factories.kernel import audit_trail
from tests.factories.prescriptions import line, make_prescription, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return make_visit()


def published(visit, kind="MedicationRequest"):
    return stored.of_patient(by=visit.doctor, patient_id=visit.patient.pk, kind=kind)


def test_a_signed_sheet_leaves_every_trace(visit):
    made = make_prescription(visit, line(), line("二甲双胍片", dose=Decimal("0.5"), unit="g", often="bid"))

    seal = PaperSeal.objects.get(kind=PAPER, subject=made.pk)
    requests = published(visit)
    assert (made.status, made.valid_date, made.until_date) == (
        "signed", clock.today(), clock.today() + timedelta(days=6),
    )  # fmt: skip
    assert papers.holds(seal, raw(made))
    assert {one["groupIdentifier"]["value"] for one in requests} == {made.number}
    assert sorted(one["medicationCodeableConcept"]["text"] for one in requests) == [
        "二甲双胍片 5mg×7片", "氨氯地平片 5mg×7片",
    ]  # fmt: skip
    assert {one["dosageInstruction"][0]["text"] for one in requests} == {
        "0.5 g 每日两次（bid）口服，7 天", "5 mg 每日一次（qd）口服，7 天",
    }  # fmt: skip
    (proof,) = published(visit, "Provenance")
    assert {one["reference"] for one in proof["target"]} == {
        f"MedicationRequest/{one['id']}" for one in requests
    }
    assert audit_trail()[-2:] == [
        (visit.doctor.name, "repository.published"), (visit.doctor.name, "emr.prescription_signed"),
    ]  # fmt: skip


def test_every_resource_of_a_sheet_is_valid_fhir_r4(visit):
    names = ("qd", "prn", "st", "qn", "q8h")
    made = make_prescription(visit, *(line(f"药{one}片", often=one) for one in names))
    services.void(by=visit.doctor, prescription_id=made.pk, version=1, reason="mistake")

    for kind in ("MedicationRequest", "Provenance"):
        for resource in published(visit, kind):
            get_fhir_model_class(kind).model_validate(resource)
    assert len(published(visit)) == 5


def test_what_is_kept_is_sealed_and_opens_to_what_was_signed(visit):
    made = make_prescription(visit)

    (kept,) = rows("SELECT content_sealed FROM emr_prescription WHERE id = %s", made.pk)
    assert "氨氯地平".encode() not in bytes(kept[0])
    assert unpack(raw(made)).lines == (line(),)


def test_the_same_key_signs_once(visit):
    first, again = make_prescription(visit, key="k"), make_prescription(visit, key="k")

    assert (first.pk, Prescription.objects.count()) == (again.pk, 1)


def test_numbers_run_without_gaps(visit):
    one, other = make_prescription(visit), make_prescription(visit, line("二甲双胍片"))

    assert [int(made.number[-4:]) for made in (one, other)] == [1, 2]
    assert one.number[:7] == f"R{clock.today():%y%m%d}"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"lines": []}, "name_1"),
        ({"lines": [line(f"药{n}") for n in range(6)]}, "name_5"),
        ({"lines": [line(days=8)]}, "days_1"),
        ({"lines": [line(), line(" 氨氯地平片 ")]}, "name_2"),
        ({"lines": [line("盐酸吗啡缓释片")]}, "name_1"),
        ({"lines": [line(dose=Decimal(0))]}, "dose_1"),
        ({"lines": [line(unit="勺")]}, "unit_1"),
        ({"lines": [line(often="x")]}, "often_1"),
        ({"lines": [line(route="77")]}, "route_1"),
        ({"lines": [line(amount=0)]}, "amount_1"),
        ({"lines": [line(pack="箱")]}, "pack_1"),
        ({"lines": [line(days=4)], "kind": "emergency"}, "days_1"),
        ({"lines": [line(days=30)], "kind": "long"}, "long_reason"),
        ({"lines": [line(days=85)], "kind": "long", "long_reason": "高血压，稳定"}, "days_1"),
        ({"kind": "red"}, "kind"),
        ({"diagnoses": []}, "diagnoses"),
        ({"diagnoses": ["019aaaaa-0000-7000-8000-000000000000"]}, "diagnoses"),
    ],
)
def test_a_wrong_sheet_is_refused_at_its_field_and_leaves_nothing(visit, said, field):
    lines = said.pop("lines", [line()])
    with pytest.raises(Invalid) as refused, transaction.atomic():
        services.sign(
            by=visit.doctor, key="k", encounter_id=visit.encounter, lines=lines,
            **{"diagnoses": visit.diagnoses, **said},
        )  # fmt: skip
    assert list(refused.value.fields) == [field]
    assert (Prescription.objects.count(), published(visit)) == (0, [])


def test_a_long_term_sheet_says_why(visit):
    made = make_prescription(visit, line(days=84), kind="long", long_reason="高血压，血压稳定三个月")

    (request,) = published(visit)
    assert unpack(raw(made)).long_reason == "高血压，血压稳定三个月"
    assert request["courseOfTherapyType"]["coding"][0]["code"] == "continuous"

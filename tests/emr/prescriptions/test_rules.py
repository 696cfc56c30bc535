"""What a doctor is warned of, and who may prescribe what, where, in which visit."""

from datetime import timedelta
from uuid import UUID

import pytest

from consortium.choices import OrganisationKind, Role
from emr.formulary import services as formulary
from emr.prescriptions import services
from emr.prescriptions.engine.sheet import unpack
from emr.prescriptions.models import Prescription
from emr.prescriptions.selectors.sheets import raw
from kernel import clock
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.emr import HOUSE, make_encounter, make_patient
from tests.factories.prescriptions import line, make_prescription, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return make_visit()


def warned(visit, *lines, **said):
    with pytest.raises(services.Warned) as refused:
        make_prescription(visit, *lines, **said)
    return refused.value.warnings


def test_an_allergy_of_the_record_warns_by_name_and_by_family():
    visit = make_visit(allergies=["青霉素", "头孢克洛"])

    found = warned(visit, line("阿莫西林胶囊"), line("头孢克肟片"), line("氨氯地平片"))

    assert [(one.kind, one.line, one.about) for one in found] == [
        ("allergy", 1, "青霉素"), ("allergy", 2, "头孢克洛"),
    ]  # fmt: skip
    assert Prescription.objects.count() == 0


def test_the_same_medicine_in_force_warns_whichever_hospital_gave_it(visit):
    elsewhere = make_patient(make_organisation(), id_kind="none", no_id_reason="never_issued")
    type(elsewhere).objects.filter(pk=elsewhere.pk).update(person_id=visit.patient.person_id)
    elsewhere.refresh_from_db()
    make_prescription(make_visit(patient=elsewhere), line("苯磺酸氨氯地平片 5mg"))

    (found,) = warned(visit, line("氨氯地平片"))

    assert (found.kind, found.line) == ("double", 1)


def test_a_medicine_the_institution_does_not_have_warns(visit):
    formulary.keep_drugs(by=HOUSE, drugs=["二甲双胍片"], organisation_id=visit.place.pk)

    (found,) = warned(visit, line("氨氯地平片"), line("二甲双胍片"))

    assert (found.kind, found.name, found.about) == ("supply", "氨氯地平片", "不配备")


def test_against_a_warning_it_is_signed_once_it_was_seen_with_a_reason(visit):
    make_prescription(visit)
    (found,) = warned(visit)

    with pytest.raises(Invalid) as asked:
        make_prescription(visit, seen=[found.key])
    made = make_prescription(visit, seen=[found.key], override="上一张遗失")

    content = unpack(raw(made))
    assert list(asked.value.fields) == ["override"]
    assert ([one.kind for one in content.warnings], content.override) == (["double"], "上一张遗失")


def test_a_reason_alone_is_no_eye_on_the_warning(visit):
    make_prescription(visit)

    assert [one.kind for one in warned(visit, override="知道")] == ["double"]


# -- who ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("licence", ["nurse", "technician", "none"])
def test_without_a_prescribing_licence_nobody_signs(licence):
    with pytest.raises(Refused) as refused:
        make_prescription(make_visit(licence=licence))
    assert (refused.value.code, Prescription.objects.count()) == ("no_prescribing_right", 0)


def test_an_assistant_signs_alone_at_a_township_and_waits_for_a_second_at_the_hospital():
    assert make_prescription(make_visit(licence="assistant_physician")).status == "signed"
    at_hospital = make_visit(
        OrganisationKind.HEAD_HOSPITAL, role=Role.SPECIALIST, licence="assistant_physician"
    )
    assert make_prescription(at_hospital).status == "waiting"


def test_a_village_doctor_keeps_to_the_list_of_the_clinic():
    visit = make_visit(OrganisationKind.VILLAGE_CLINIC, licence="village_doctor")
    formulary.keep_drugs(by=HOUSE, drugs=["氨氯地平片"], organisation_id=visit.place.pk)

    assert make_prescription(visit, line("氨氯地平片")).status == "signed"
    with pytest.raises(Invalid) as refused:
        make_prescription(visit, line("左氧氟沙星片"))
    assert list(refused.value.fields) == ["name_1"]


@pytest.mark.parametrize(
    "role", [one for one in Role.values if one not in ("branch_doctor", "branch_reviewer", "specialist")]
)
def test_only_treating_posts_prescribe(visit, role):
    other = make_actor(role, visit.place)
    with pytest.raises(Refused):
        make_prescription(visit, by=other)


def test_a_visit_of_another_institution_and_an_old_one_are_none_to_prescribe_in(visit):
    stranger = make_actor(Role.BRANCH_DOCTOR)
    with pytest.raises(OutOfReach):
        make_prescription(visit, by=stranger)
    old = make_encounter(
        visit.doctor,
        visit.patient.pk,
        at=clock.now() - timedelta(days=4),
        diagnoses=[("", "头晕", "confirmed")],
    )
    with pytest.raises(Conflict) as refused:
        services.sign(
            by=visit.doctor, key="", encounter_id=UUID(old), lines=[line()], diagnoses=visit.diagnoses
        )
    assert refused.value.code == "visit_over"


def test_the_dead_get_none(visit):
    type(visit.patient.person).objects.filter(pk=visit.patient.person_id).update(deceased_at=clock.now())
    with pytest.raises(Conflict) as refused:
        make_prescription(visit)
    assert refused.value.code == "deceased"

"""An encounter leaves valid resources, a ground and its traces."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from fhir.resources.R4B import get_fhir_model_class

from consortium.choices import Role
from emr.access import selectors as access
from emr.access import services as access_services
from emr.access.choices import Basis
from emr.access.models import Ground
from emr.chart import selectors, services
from emr.index import services as index
from emr.index.selectors import card
from emr.repository import selectors as repository
from emr.terminology import services as terminology
from fixtures.people import people
from kernel import clock
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import AuditEntry, OutboxEvent
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.emr import HOUSE, id_number, make_patient

pytestmark = pytest.mark.django_db
CODES = [("I10", "原发性高血压"), ("B20", "人类免疫缺陷病毒病伴感染性疾病"), ("J06.9", "急性上呼吸道感染")]
KINDS = ("Encounter", "Condition", "Observation", "AllergyIntolerance", "MedicationStatement", "Composition")


@pytest.fixture(autouse=True)
def codes():
    terminology.load(by=HOUSE, system="icd10", concepts=CODES)


@pytest.fixture
def doctor():
    return make_actor(Role.BRANCH_DOCTOR)


@pytest.fixture
def patient(doctor):
    return index.register(by=doctor, key="", name="周桂芳", sex="2", id_number=id_number(date(1959, 3, 12)))


def record(by, patient, **said):
    values = {
        "key": "",
        "complaint": "头晕两小时",
        "history": "晨起后头晕 <持续>",
        "plan": "休息\n复查",
        "diagnoses": [("I10", "", "confirmed"), (None, "黑蒙原因", "unconfirmed")],
        "vitals": {"systolic": Decimal(152), "diastolic": Decimal(94), "temperature": Decimal("36.6")},
        "allergies": ["青霉素"],
        "medicines": [("氨氯地平片", "5 mg 每日 1 次")],
        **said,
    }
    return services.record_encounter(by=by, patient_id=patient.pk, **values)


def told(by, patient):
    return repository.of_patient_kinds(by=by, patient_id=patient.pk, kinds=KINDS)


def test_every_resource_of_a_note_is_valid_fhir_r4(doctor, patient):
    record(doctor, patient)

    found = told(doctor, patient)
    for kind, resources in found.items():
        for resource in resources:
            get_fhir_model_class(kind).model_validate(resource)
    assert {kind: len(resources) for kind, resources in found.items()} == {
        "Encounter": 1,
        "Condition": 2,
        "Observation": 2,
        "AllergyIntolerance": 1,
        "MedicationStatement": 1,
        "Composition": 1,
    }


def test_the_registered_patient_is_valid_fhir_r4(doctor, patient):
    resource = repository.read(by=doctor, kind="Patient", id=str(patient.pk))

    assert get_fhir_model_class("Patient").model_validate(resource).id == str(patient.pk)


def test_a_note_leaves_every_trace(doctor, patient):
    encounter = record(doctor, patient)

    ground = Ground.objects.get(source=f"encounter:{encounter}")
    actions = set(AuditEntry.objects.filter(patient=patient.pk).values_list("action", flat=True))
    assert (ground.basis, ground.organisation_id) == (Basis.ENCOUNTER, doctor.organisation)
    assert actions >= {
        "emr.encounter_recorded",
        "access.ground_opened",
        "repository.published",
        "emr.patient_seen",
    }
    assert OutboxEvent.objects.filter(topic="emr.encounter_recorded").count() == 1


def test_an_encounter_opens_what_other_hospitals_know(doctor, patient):
    number = id_number(date(1960, 1, 1))
    elsewhere = make_actor(Role.SPECIALIST)
    there = index.register(by=elsewhere, key="", name="王五", sex="2", id_number=number)
    record(elsewhere, there)
    here = index.register(by=doctor, key="", name="王五", sex="2", id_number=number)
    before = len(selectors.encounters(by=doctor, patient_id=here.pk))

    record(doctor, here)

    assert (before, len(selectors.encounters(by=doctor, patient_id=here.pk))) == (0, 2)
    assert access.basis(by=doctor, patient_id=there.pk) == Basis.ENCOUNTER


def test_the_same_key_records_once(doctor, patient):
    assert record(doctor, patient, key="k") == record(doctor, patient, key="k")
    assert len(told(doctor, patient)["Encounter"]) == 1


def test_a_sensitive_diagnosis_and_what_tells_it_is_above_the_usual_clearance(doctor, patient):
    record(doctor, patient, diagnoses=[("B20", "", "confirmed")])

    found = told(doctor, patient)
    assert {kind: len(found[kind]) for kind in ("Condition", "Encounter", "Composition", "Observation")} == {
        "Condition": 0,
        "Encounter": 1,
        "Composition": 0,
        "Observation": 2,
    }
    assert found["Encounter"][0].get("diagnosis") is None
    assert len(told(HOUSE, patient)["Condition"]) == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"complaint": " "}, "complaint"),
        ({"diagnoses": []}, "diagnosis"),
        ({"diagnoses": [("Z99.9", "", "confirmed")]}, "diagnosis"),
        ({"diagnoses": [("I10", "", "perhaps")]}, "diagnosis"),
        ({"vitals": {"pulse": Decimal(500)}}, "pulse"),
        ({"vitals": {"systolic": Decimal(80), "diastolic": Decimal(90)}}, "diastolic"),
        ({"kind": "XX"}, "kind"),
        ({"at": clock.now() + timedelta(days=1)}, "at"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(doctor, patient, said, field):
    with pytest.raises(Invalid) as wrong:
        record(doctor, patient, **said)

    assert (list(wrong.value.fields), told(doctor, patient)["Encounter"]) == ([field], [])


def test_asked_and_none_known_is_not_the_same_as_not_asked(doctor, patient):
    before = card(by=doctor, patient_id=patient.pk).allergy_state
    record(doctor, patient, allergies=[])
    none = card(by=doctor, patient_id=patient.pk)
    record(doctor, patient, allergies=["青霉素"])

    some = card(by=doctor, patient_id=patient.pk)
    assert (before, none.allergy_state, some.allergy_state, some.allergies) == (
        "unasked",
        "none",
        "some",
        ("青霉素",),
    )


def test_the_dead_are_not_seen_any_more(doctor, patient):
    index.declare_dead(by=doctor, patient_id=patient.pk, at=clock.now() - timedelta(hours=1))

    with pytest.raises(Conflict) as stop:
        record(doctor, patient)

    assert stop.value.code == "deceased"


def test_one_writes_in_ones_own_hospitals_record_only(patient):
    with pytest.raises(OutOfReach):
        record(make_actor(Role.SPECIALIST), patient)


@pytest.mark.parametrize("role", [Role.CASHIER, Role.READER, Role.LEADER, Role.SYSTEM_MANAGER])
def test_who_does_not_treat_does_not_write(role, patient):
    with pytest.raises(Refused):
        record(make_actor(role, patient.organisation), patient)


def test_own_words_are_coded_once(doctor, patient):
    record(doctor, patient)
    words = next(one for one in told(doctor, patient)["Condition"] if "coding" not in one["code"])
    order = {"by": doctor, "patient_id": patient.pk, "condition_id": UUID(words["id"]), "code": "J06.9"}

    services.code_diagnosis(**order)
    coded = repository.read(by=doctor, kind="Condition", id=words["id"])

    assert (coded["code"]["coding"][0]["code"], coded["code"]["text"]) == ("J06.9", "黑蒙原因")
    with pytest.raises(Conflict):
        services.code_diagnosis(**order)


def test_the_summary_tells_problems_medicines_trends_and_what_happened(doctor, patient):
    record(doctor, patient)
    record(doctor, patient, vitals={"systolic": Decimal(138), "diastolic": Decimal(82)})

    told_now = selectors.summary(by=doctor, patient_id=patient.pk)

    assert sorted(one.text for one in told_now.problems) == ["原发性高血压", "黑蒙原因"]
    assert [one.name for one in told_now.medicines] == ["氨氯地平片"]
    assert (told_now.uncoded, len(told_now.encounters), len(told_now.happenings)) == (1, 2, 2)
    assert {(one.latest, one.previous) for one in told_now.trends} >= {(138.0, 152.0), (82.0, 94.0)}


def test_a_patient_known_elsewhere_is_taken_in_on_a_basis_without_her_card(doctor):
    there = make_patient()
    access_services.open_ground(
        by=HOUSE, patient_id=there.pk, organisation_id=doctor.organisation, basis=Basis.REFERRAL, source="r"
    )

    own = services.adopt(by=doctor, key="", patient_id=there.pk)

    assert (own.person_id, own.organisation_id) == (there.person_id, doctor.organisation)


def test_without_basis_and_card_nobody_is_taken_in(doctor):
    with pytest.raises(Invalid):
        services.adopt(by=doctor, key="", patient_id=make_patient().pk, id_number="")


def test_people_are_loaded_with_their_past_visits(doctor):
    place = make_organisation()
    made = [one for one in people(40, today=clock.today()) if one.visits][:5]

    found = services.load_people(by=HOUSE, people=made, places=[services.Place(place.pk, place.short_name)])

    reader = make_actor(Role.BRANCH_DOCTOR, place)
    visits = [len(selectors.encounters(by=reader, patient_id=one)) for one in found]
    assert visits == [len(one.visits) for one in made]
    assert OutboxEvent.objects.count() == 0

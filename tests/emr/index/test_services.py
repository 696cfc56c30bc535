"""Registration: who is who."""

from datetime import date, timedelta

import pytest

from consortium.choices import Role
from emr.index import services, vault
from emr.index.choices import ChangeKind, IdKind, NoIdReason, Sex
from emr.index.fhir import MOTHER
from emr.index.models import Patient, Person, PersonChange
from emr.repository import selectors as repository
from kernel import clock
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.emr import HOUSE, id_number, make_patient

pytestmark = pytest.mark.django_db
BORN = date(1959, 3, 12)


@pytest.fixture
def doctor():
    return make_actor(Role.BRANCH_DOCTOR)


def register(by, **said):
    values = {"key": "", "name": "周桂芳", "sex": Sex.FEMALE, "id_number": id_number(BORN), **said}
    return services.register(by=by, **values)


def test_a_patient_is_registered_with_person_number_and_resource(doctor):
    patient = register(doctor, phone="100 0000 0001", address="青禾县柳溪镇杨家湾村")

    person = patient.person
    stored = repository.read(by=doctor, kind="Patient", id=str(patient.pk))
    assert (patient.organisation_id, patient.local_number) == (doctor.organisation, "00000001")
    assert (vault.name_of(person), person.birth_date, vault.phone_of(person)) == (
        "周桂芳",
        BORN,
        "10000000001",
    )
    assert (stored["name"][0]["text"], stored["gender"], stored["birthDate"]) == (
        "周桂芳",
        "female",
        "1959-03-12",
    )


def test_the_number_says_the_sex_that_nobody_typed(doctor):
    told = [
        register(doctor, id_kind=kind, id_number=number, sex=Sex.UNKNOWN).person.sex
        for kind, number in (
            (IdKind.RESIDENT, id_number(BORN)),
            (IdKind.RESIDENT, id_number(BORN, Sex.MALE).lower()),
            (IdKind.PERMANENT, id_number(BORN, Sex.MALE)),
        )
    ]
    by_passport = register(
        doctor, id_kind=IdKind.PASSPORT, id_number="E12345678", birth_date=BORN, sex=Sex.UNKNOWN
    )

    assert told == [Sex.FEMALE, Sex.MALE, Sex.MALE]
    assert by_passport.person.sex == Sex.UNKNOWN


def test_nothing_that_identifies_stands_in_the_tables_unsealed(doctor):
    number = id_number(BORN)
    patient = register(doctor, id_number=number, phone="10000000002", address="青禾县柳溪镇")

    row = Person.objects.filter(pk=patient.person_id).values().get()
    written = b"|".join(
        bytes(value) if isinstance(value, bytes | memoryview) else b"" for value in row.values()
    )
    assert [secret.encode() in written for secret in ("周桂芳", number, "10000000002", "柳溪")] == [False] * 4


def test_the_same_number_elsewhere_is_the_same_person(doctor):
    number = id_number(BORN)
    here = register(doctor, id_number=number)
    there = register(make_actor(Role.SPECIALIST), id_number=number)

    assert (here.person_id == there.person_id, here.pk == there.pk) == (True, False)


def test_the_same_number_here_is_the_record_that_exists(doctor):
    number = id_number(BORN)

    assert register(doctor, id_number=number).pk == register(doctor, id_number=number).pk


def test_the_same_key_registers_once(doctor):
    first = register(
        doctor, key="k1", id_kind=IdKind.NONE, no_id_reason=NoIdReason.FORGOTTEN, birth_date=BORN
    )
    second = register(
        doctor, key="k1", id_kind=IdKind.NONE, no_id_reason=NoIdReason.FORGOTTEN, birth_date=BORN
    )

    assert (first.pk, Patient.objects.count()) == (second.pk, 1)


def test_another_name_on_the_number_stops_and_asks(doctor):
    number = id_number(BORN)
    register(make_actor(Role.SPECIALIST), id_number=number)

    with pytest.raises(Conflict) as stop:
        register(doctor, id_number=number, name="周贵芳")

    assert (stop.value.code, stop.value.detail) == ("name_differs", {"registered_name": "周*芳"})
    assert Patient.objects.filter(organisation=doctor.organisation).count() == 0


def test_a_confirmed_name_keeps_both_with_its_reason(doctor):
    number = id_number(BORN)
    register(make_actor(Role.SPECIALIST), id_number=number)

    patient = register(doctor, id_number=number, name="周贵芳", confirm_name=True, reason="户口本曾用名")

    change = PersonChange.objects.get(patient=patient)
    assert (vault.name_of(patient.person), vault.other_name_of(patient)) == ("周桂芳", "周贵芳")
    assert (change.kind, change.reason) == (ChangeKind.NAME_CONFIRMED, "户口本曾用名")


def test_confirming_without_a_reason_asks_for_it(doctor):
    number = id_number(BORN)
    register(make_actor(Role.SPECIALIST), id_number=number)

    with pytest.raises(Invalid) as wrong:
        register(doctor, id_number=number, name="周贵芳", confirm_name=True)

    assert list(wrong.value.fields) == ["reason"]


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"id_number": "990124195903122049"}, ["id_number"]),
        ({"sex": Sex.MALE}, ["sex"]),
        ({"birth_date": date(1960, 1, 1)}, ["birth_date"]),
        ({"name": " "}, ["name"]),
        ({"phone": "12345"}, ["phone"]),
        ({"id_kind": IdKind.NONE}, ["no_id_reason", "birth_date"]),
        ({"id_kind": IdKind.NONE, "no_id_reason": NoIdReason.NEWBORN, "birth_date": BORN}, ["mother"]),
        ({"id_kind": IdKind.PASSPORT, "id_number": "!!"}, ["id_number"]),
        ({"id_kind": IdKind.PASSPORT, "id_number": "G12345678"}, ["birth_date"]),
        ({"birth_date": clock.today() + timedelta(days=1)}, ["birth_date"]),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(doctor, said, fields):
    with pytest.raises(Invalid) as wrong:
        register(doctor, **said)

    assert (sorted(wrong.value.fields), Person.objects.count()) == (sorted(fields), 0)


def test_a_newborn_is_linked_to_its_mother(doctor):
    mother = register(doctor)
    today = clock.today()

    child = register(
        doctor, name="周桂芳之子", sex=Sex.MALE, id_kind=IdKind.NONE, id_number="", birth_date=today,
        no_id_reason=NoIdReason.NEWBORN, mother_id=mother.pk,
    )  # fmt: skip

    stored = repository.read(by=doctor, kind="Patient", id=str(child.pk))
    assert child.person.mother_id == mother.person_id
    mother_of = {"url": MOTHER, "valueReference": {"reference": f"Patient/{mother.pk}"}}
    assert (stored["extension"], "link" in stored) == ([mother_of], False)


def test_an_unknown_unconscious_person_is_registered_and_marked(doctor):
    patient = register(
        doctor, name="无名氏 2026-11-21 甲", sex=Sex.UNKNOWN, id_kind=IdKind.NONE, id_number="",
        no_id_reason=NoIdReason.UNCONSCIOUS, unidentified=True,
    )  # fmt: skip

    assert (patient.person.unidentified, patient.person.id_key, patient.person.birth_date) == (
        True,
        None,
        None,
    )


@pytest.mark.parametrize("role", [Role.LEADER, Role.SYSTEM_MANAGER, Role.STATISTICIAN, Role.READER])
def test_who_may_not_register_is_refused(role):
    with pytest.raises(Refused):
        register(make_actor(role))


def test_merging_moves_the_pointer_and_unmerging_restores_it():
    affairs = make_actor(Role.MEDICAL_AFFAIRS)
    left, right = make_patient(), make_patient()
    first = left.person_id

    services.merge(by=affairs, patient_id=left.pk, into_person_id=right.person_id, reason="同一人，两张卡")
    left.refresh_from_db()
    merged = left.person_id
    services.unmerge(by=affairs, patient_id=left.pk, reason="误并")
    left.refresh_from_db()

    assert (merged, left.person_id) == (right.person_id, first)
    assert list(PersonChange.objects.order_by("pk").values_list("kind", flat=True)) == ["merged", "unmerged"]


def test_a_merge_undone_cannot_be_undone_again():
    with pytest.raises(Conflict) as stop:
        services.unmerge(by=make_actor(Role.MEDICAL_AFFAIRS), patient_id=make_patient().pk, reason="误并")

    assert stop.value.code == "not_merged"


def test_after_a_merge_the_old_document_leads_to_the_kept_person(doctor):
    number = id_number(BORN)
    old, kept = register(make_actor(Role.SPECIALIST), id_number=number), make_patient(name="周桂芳")
    services.merge(by=HOUSE, patient_id=old.pk, into_person_id=kept.person_id, reason="同一人")

    assert register(doctor, id_number=number).person_id == kept.person_id


def test_a_correction_reaches_every_hospitals_record(doctor):
    number = id_number(BORN)
    here, there = register(doctor, id_number=number), register(make_actor(Role.SPECIALIST), id_number=number)

    services.correct(
        by=doctor, patient_id=here.pk, version=1, name="周桂芬", sex=Sex.FEMALE, birth_date=BORN,
        id_kind=IdKind.RESIDENT, id_number=number, phone="", address="",
    )  # fmt: skip

    told = [
        repository.read(by=HOUSE, kind="Patient", id=str(one.pk))["name"][0]["text"] for one in (here, there)
    ]
    assert told == ["周桂芬", "周桂芬"]


def test_a_correction_to_anothers_document_says_merge(doctor):
    here, other = register(doctor), make_patient()

    with pytest.raises(Conflict) as stop:
        services.correct(
            by=doctor, patient_id=here.pk, version=1, name="周桂芳", sex=Sex.FEMALE, birth_date=BORN,
            id_kind=IdKind.RESIDENT, id_number=vault.id_number_of(other.person), phone="", address="",
        )  # fmt: skip

    assert stop.value.code == "document_taken"


def test_a_correction_of_an_older_version_is_refused(doctor):
    here = register(doctor)

    with pytest.raises(Conflict) as stop:
        services.correct(
            by=doctor, patient_id=here.pk, version=9, name="周桂芳", sex=Sex.FEMALE, birth_date=BORN,
            id_kind=IdKind.RESIDENT, id_number=id_number(BORN), phone="", address="",
        )  # fmt: skip

    assert stop.value.code == "version_conflict"


def test_a_patient_sent_as_fhir_is_registered(doctor):
    number = id_number(BORN)
    resource = {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:oid:2.16.156.10011.1.3", "value": number}],
        "name": [{"family": "周", "given": ["桂芳"]}],
        "gender": "female",
        "birthDate": "1959-03-12",
        "telecom": [{"system": "phone", "value": "10000000003"}],
    }

    patient = services.receive(by=doctor, key="", resource=resource)

    person = patient.person
    assert (vault.name_of(person), vault.id_number_of(person), person.sex) == ("周桂芳", number, "2")


def test_one_value_is_revealed_only_on_a_basis(doctor):
    patient = register(doctor, phone="10000000004")
    stranger = make_actor(Role.BRANCH_DOCTOR, make_organisation())

    with pytest.raises(OutOfReach):
        services.reveal(by=stranger, patient_id=patient.pk, what="phone")

    assert services.reveal(by=doctor, patient_id=patient.pk, what="phone") == "10000000004"

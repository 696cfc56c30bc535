"""Patients, encounters and beds through the workflow API."""

import pytest

from consortium.choices import Role
from emr.access.models import Opening
from tests.factories.api import of_client, of_staff
from tests.factories.consortium import make_bed, make_department, make_organisation, make_staff
from tests.factories.emr import id_number, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return make_organisation()


@pytest.fixture
def doctor(place):
    return of_staff(make_staff(Role.BRANCH_DOCTOR, place))


def test_a_patient_is_registered_found_and_seen(doctor, place):
    number = id_number()
    made = doctor.post("patients/", name="周桂芳", id_number=number, phone="10000000001").json()
    found = doctor.ask("patients/search/", text=number).json()
    assert (found["shape"], [hit["id"] for hit in found["hits"]]) == ("id_number", [made["id"]])
    card = doctor.get(f"patients/{made['id']}/").json()
    assert (card["name"], card["birth_date"], card["basis"]) == ("周桂芳", "1959-03-12", "own")
    assert number not in str(card)
    assert Opening.objects.filter(patient_id=made["id"]).count() == 1
    (row,) = doctor.get("patients/", view="today").json()["items"]
    assert (row["name"], row["local_number"]) == ("周*芳", made["local_number"])
    assert "周桂芳" not in str(found)


def test_the_list_comes_in_parts(doctor, place, monkeypatch):
    made = {str(make_patient(place).pk) for _number in range(5)}
    monkeypatch.setattr("emr.index.selectors.lists.PAGE", 2)
    seen, after = [], ""
    while True:
        page = doctor.get("patients/", after=after).json()
        seen += [row["id"] for row in page["items"]]
        after = page["next"]
        if not after:
            break
    assert (len(seen), set(seen)) == (5, made)


def test_an_encounter_is_recorded_and_read(doctor, place):
    patient = make_patient(place)
    said = {
        "patient_id": str(patient.pk),
        "complaint": "头晕两小时",
        "diagnoses": [{"text": "高血压", "certainty": "confirmed"}],
        "vitals": {"systolic": "150", "diastolic": "95"},
        "allergies": [],
        "medicines": [{"name": "氨氯地平", "directions": "5mg 每日一次"}],
        "key": "e-1",
    }
    first, again = doctor.post("encounters/", **said), doctor.post("encounters/", **said)
    assert first.json() == again.json()
    (visit,) = doctor.get("encounters/", patient_id=str(patient.pk)).json()
    assert (visit["id"], visit["complaint"]) == (first.json()["id"], "头晕两小时")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("vitals", {"systolic": "900"}),
        ("vitals", {"mood": "3"}),
        ("vitals", {"systolic": "NaN"}),
        ("vitals", {"systolic": "1e400"}),
        ("diagnoses", []),
        ("diagnoses", [{"code": "Z99.999"}]),
        ("diagnoses", [{"text": "x", "certainty": "sure"}]),
        ("at", "2199-01-01T00:00:00Z"),
        ("at", "0001-01-01T00:00:00+14:00"),
        ("at", "9999-12-31T23:59:59-14:00"),
        ("complaint", "x" * 201),
        ("kind", "XX"),
    ],
)
def test_an_encounter_that_cannot_be_is_422(doctor, place, field, value):
    patient = make_patient(place)
    said = {"patient_id": str(patient.pk), "complaint": "x", "diagnoses": [{"text": "x"}], field: value}
    assert doctor.post("encounters/", **said).status_code == 422


def test_somebody_known_elsewhere_gets_a_record_here(doctor, place):
    number = id_number()
    theirs = make_patient(make_organisation(), id_number=number)
    assert doctor.post(f"patients/{theirs.pk}/adopt/", id_number=id_number()).status_code == 422
    own = doctor.post(f"patients/{theirs.pk}/adopt/", id_number=number).json()
    assert own["id"] != str(theirs.pk)
    assert doctor.get(f"patients/{own['id']}/").status_code == 200


def test_the_board_says_which_beds_are_free(doctor, place):
    ward = make_department(place)
    make_bed(ward, "1")
    (told,) = doctor.get("capacity/").json()
    assert (told["free"], told["total"], told["beds"][0]["use"]) == (1, 1, "")
    assert of_staff(make_staff(Role.CASHIER, place)).get("capacity/").status_code == 403


def test_a_hospitals_own_system_reads_its_own_board_and_no_other(place):
    elsewhere = make_organisation()
    for here, code in ((place, "1"), (elsewhere, "2")):
        make_bed(make_department(here), code)
    program = of_client(place, "workflow/*.*")

    own = program.get("capacity/").json()
    named = program.get("capacity/", organisation_id=place.pk).json()
    other = program.get("capacity/", organisation_id=elsewhere.pk)

    assert [bed["code"] for ward in own for bed in ward["beds"]] == ["1"]
    assert (named, other.status_code) == (own, 404)
    assert of_client(place, "system/*.read").get("capacity/").status_code == 403
    doctor = of_staff(make_staff(Role.BRANCH_DOCTOR, place))
    assert doctor.get("capacity/", organisation_id=elsewhere.pk).status_code == 200

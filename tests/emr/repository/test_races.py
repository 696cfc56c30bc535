"""Two writers at once: one wins, the other is told."""

from tests.emr.repository.conftest import Fhir, told
from tests.emr.repository.rows import make_client, make_patient, make_place, observation


def test_of_two_updates_of_one_version_one_wins(race_db):
    fhir = Fhir(make_place())
    patient = make_patient(make_client(fhir.place))
    made = told(fhir.post("Observation", observation(patient.pk)))
    path = f"Observation/{made['id']}"

    def send(status):
        return lambda: fhir.put(path, {**made, "status": status}, HTTP_IF_MATCH='W/"1"').status_code

    assert sorted(race_db.at_once([send("amended"), send("corrected")])) == [200, 412]
    assert len(told(fhir.get(f"{path}/_history"))["entry"]) == 2


def test_of_two_creates_under_one_id_none_is_lost(race_db):
    fhir = Fhir(make_place())
    patient = make_patient(make_client(fhir.place))
    body = {**observation(patient.pk), "id": "his-1"}

    answers = race_db.at_once([lambda: fhir.put("Observation/his-1", body).status_code] * 2)

    assert sorted(answers) in ([200, 201], [201, 409])


def test_two_conditional_creates_make_one(race_db):
    fhir = Fhir(make_place())
    patient = make_patient(make_client(fhir.place))
    body = observation(patient.pk, identifier=[{"system": "urn:his", "value": "A-1"}])

    def send():
        return fhir.post("Observation", body, HTTP_IF_NONE_EXIST="identifier=urn:his|A-1").status_code

    assert sorted(race_db.at_once([send] * 4)) == [200, 200, 200, 201]

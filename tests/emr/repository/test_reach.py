"""Who sees and writes what through /fhir/: scopes, places, grounds, labels, workflows."""

import pytest
from django.db import connection

from emr.access import services as access
from emr.access.choices import Basis
from emr.repository import services
from kernel import ids
from kernel.actor import Actor
from kernel.models import AuditEntry
from tests.emr.repository.conftest import Fhir, told
from tests.emr.repository.rows import make_client, make_patient, make_place, observation

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(fhir):
    return make_patient(make_client(fhir.place))


def test_scopes_are_the_ceiling(db):
    place = make_place()
    reader = Fhir(place, "system/Observation.read")
    patient = make_patient(make_client(place))

    assert reader.get(f"Observation?patient={patient.pk}").status_code == 200
    assert reader.post("Observation", observation(patient.pk)).status_code == 403
    assert reader.get(f"Patient/{patient.pk}").status_code == 403
    refused = AuditEntry.objects.filter(action="access.refused").count()
    assert refused == 2


def test_a_stranger_sees_nothing_of_another_place(fhir, patient):
    made = told(fhir.post("Observation", observation(patient.pk)))
    stranger = Fhir(make_place())
    path = f"Observation/{made['id']}"

    assert stranger.get(path).status_code == 404
    assert stranger.get(f"{path}/_history").status_code == 404
    assert stranger.get(f"{path}/_history/1").status_code == 404
    assert stranger.get(f"Patient/{patient.pk}").status_code == 404
    assert told(stranger.get(f"Observation?patient={patient.pk}")).get("entry") is None
    assert told(stranger.get("Observation?code=718-7&_total=accurate"))["total"] == 0
    assert stranger.put(path, {**made, "status": "amended"}).status_code in {404, 422}
    assert stranger.delete(path).status_code == 404
    assert stranger.post("Observation", observation(patient.pk)).status_code == 422


def test_who_may_read_by_a_ground_may_not_write(fhir, patient):
    made = told(fhir.post("Observation", observation(patient.pk)))
    other = Fhir(make_place())
    access.open_ground(
        by=Actor.system("tests"),
        patient_id=patient.pk,
        organisation_id=other.place.pk,
        basis=Basis.REFERRAL,
        source="referral:1",
    )

    assert other.get(f"Observation/{made['id']}").status_code == 200
    assert other.put(f"Observation/{made['id']}", made).status_code == 403
    assert told(other.get(f"Observation?patient={patient.pk}&_include=Observation:subject"))["entry"][1][
        "search"
    ] == {"mode": "include"}


def test_labels_above_the_clearance_are_not_there(db):
    place = make_place()
    full, partial = Fhir(place), Fhir(place, clearance=4)
    patient = make_patient(make_client(place))
    secret = observation(patient.pk)
    secret["meta"] = {
        "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}]
    }

    made = told(full.post("Observation", secret))

    assert full.get(f"Observation/{made['id']}").status_code == 200
    assert partial.get(f"Observation/{made['id']}").status_code == 404
    assert told(partial.get(f"Observation?patient={patient.pk}")).get("entry") is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM emr_resource WHERE id = %s", [made["id"]])
        assert b"718-7" not in bytes(cursor.fetchone()[0])


def test_a_workflow_keeps_its_own(fhir, patient):
    by = make_client(fhir.place)
    resource = {**observation(patient.pk), "id": str(ids.uuid7())}
    services.publish(by=by, owner="ecg", resources=[services.Outgoing(resource=resource)])

    answer = fhir.put(f"Observation/{resource['id']}", resource)

    assert answer.status_code == 409
    assert "/api/v1/ecg/" in told(answer)["issue"][0]["diagnostics"]
    assert fhir.delete(f"Observation/{resource['id']}").status_code == 409

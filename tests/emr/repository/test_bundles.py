"""Transactions: all or nothing, temporary addresses, conditions; batches: each for itself."""

import pytest
from django.db import connection

from emr.repository.selectors import versions
from kernel.database import prepared
from tests.emr.repository.conftest import Fhir, told
from tests.emr.repository.rows import id_number, make_client, make_patient, make_place, observation

pytestmark = pytest.mark.django_db
PERSON = "urn:uuid:5f3d3a0e-0000-4000-8000-000000000001"
VISIT = "urn:uuid:5f3d3a0e-0000-4000-8000-000000000002"


def entry(resource, method="POST", url="", full_url="", **request):
    told_ = {
        "resource": resource,
        "request": {"method": method, "url": url or resource["resourceType"], **request},
    }
    return {**told_, "fullUrl": full_url} if full_url else told_


def transaction(*entries, kind="transaction"):
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def visit(patient):
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": patient},
    }


def person(name="周芷若"):
    number = id_number(311, "19900909")
    return {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:oid:2.16.156.10011.1.3", "value": number}],
        "name": [{"text": name}],
        "gender": "male" if int(number[16]) % 2 else "female",
    }


def count(kind):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM emr_resource WHERE kind = %s", [kind])
        return cursor.fetchone()[0]


def test_a_visit_arrives_whole_and_points_to_itself(fhir):
    answer = fhir.post(
        "",
        transaction(
            entry({**observation("x"), "subject": {"reference": PERSON}, "encounter": {"reference": VISIT}}),
            entry(visit(PERSON), full_url=VISIT),
            entry(person(), full_url=PERSON),
        ),
    )

    assert answer.status_code == 200
    statuses = [e["response"]["status"] for e in told(answer)["entry"]]
    assert statuses == ["201 Created"] * 3
    places = [
        e["response"]["location"].split("/fhir/")[1].split("/_history")[0] for e in told(answer)["entry"]
    ]
    seen = told(fhir.get(places[0]))
    assert seen["subject"]["reference"] == places[2]
    assert seen["encounter"]["reference"] == places[1]


def test_one_wrong_entry_and_nothing_stands(fhir):
    patient = make_patient(make_client(fhir.place))
    bundle = transaction(entry(observation(patient.pk)), entry({**observation(patient.pk), "status": "x"}))

    answer = fhir.post("", bundle)

    assert (answer.status_code, count("Observation")) == (422, 0)


@pytest.mark.parametrize(
    "bundle",
    [
        {"resourceType": "Bundle", "type": "collection"},
        {"resourceType": "Bundle", "type": "transaction", "entry": [{}]},
        {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [{"request": {"method": "POST", "url": "Observation"}}],
        },
        {"resourceType": "Bundle", "type": "transaction", "entry": {}},
        transaction(entry({**observation("x"), "subject": {"reference": "urn:uuid:nobody"}})),
        transaction(entry(observation("x"), url="Condition")),
        transaction(entry({"resourceType": "Planet"})),
    ],
)
def test_a_bundle_that_is_none(fhir, bundle):
    answer = fhir.post("", bundle)
    assert (answer.status_code, told(answer)["resourceType"]) == (400, "OperationOutcome")


def test_update_delete_and_conditions_in_one(fhir):
    patient = make_patient(make_client(fhir.place))
    known = observation(patient.pk, identifier=[{"system": "urn:his", "value": "A-1"}])
    first, gone = (
        told(fhir.post("Observation", known)),
        told(fhir.post("Observation", observation(patient.pk))),
    )

    answer = fhir.post(
        "",
        transaction(
            entry({**first, "status": "amended"}, "PUT", f"Observation/{first['id']}", ifMatch='W/"1"'),
            {"request": {"method": "DELETE", "url": f"Observation/{gone['id']}"}},
            entry(visit(f"Patient/{patient.pk}"), ifNoneExist="identifier=urn:his|E-1"),
            {"request": {"method": "GET", "url": f"Observation?patient={patient.pk}"}},
        ),
    )

    statuses = [e["response"]["status"] for e in told(answer)["entry"]]
    assert statuses == ["200 OK", "204 No Content", "201 Created", "200 OK"]
    assert [
        row.version for row in versions(by=make_client(fhir.place), kind="Observation", id=first["id"])
    ] == [2, 1]
    assert len(told(answer)["entry"][3]["resource"]["entry"]) == 1
    stale = transaction(
        entry({**first, "status": "final"}, "PUT", f"Observation/{first['id']}", ifMatch='W/"1"')
    )
    assert fhir.post("", stale).status_code == 412


def test_what_exists_is_answered_not_doubled(fhir):
    patient = make_patient(make_client(fhir.place))
    known = observation(patient.pk, identifier=[{"system": "urn:his", "value": "A-1"}])
    bundle = transaction(entry(known, ifNoneExist="identifier=urn:his|A-1"))

    first, second = told(fhir.post("", bundle)), told(fhir.post("", bundle))

    assert [first["entry"][0]["response"]["status"], second["entry"][0]["response"]["status"]] == [
        "201 Created",
        "200 OK",
    ]
    assert count("Observation") == 1


def test_the_number_of_statements_does_not_grow_with_the_entries(fhir, monkeypatch):
    patient = make_patient(make_client(fhir.place))
    seen = []
    original = prepared.cursor
    monkeypatch.setattr(prepared, "cursor", lambda **how: (seen.append(1), original(**how))[1])

    def statements(entries):
        seen.clear()
        answer = fhir.post("", transaction(*(entry(observation(patient.pk)) for _ in range(entries))))
        assert answer.status_code == 200
        return len(seen)

    assert statements(2) == statements(40)


def test_each_entry_of_a_batch_stands_for_itself(fhir):
    patient = make_patient(make_client(fhir.place))
    bundle = transaction(
        entry(observation(patient.pk)),
        entry({**observation(patient.pk), "status": "x"}),
        {"request": {"method": "GET", "url": f"Patient/{patient.pk}"}},
        {"request": {"method": "GET", "url": "Patient/nobody"}},
        kind="batch",
    )

    answer = told(fhir.post("", bundle))

    assert answer["type"] == "batch-response"
    assert [e["response"]["status"][:3] for e in answer["entry"]] == ["201", "422", "200", "404"]
    assert count("Observation") == 1


def test_scopes_hold_inside_bundles(db):
    reader = Fhir(make_place(), "system/*.read")
    patient = make_patient(make_client(reader.place))
    assert reader.post("", transaction(entry(observation(patient.pk)))).status_code == 403

"""Search: parameters, prefixes, order, pages, includes; every answer under `visible()`."""

from datetime import date

import pytest
from django.db import connection

from emr.repository.engine.planner import birth_parts
from tests.emr.repository.conftest import told
from tests.emr.repository.rows import LOINC, make_client, make_patient, observation

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(fhir):
    return make_patient(make_client(fhir.place))


def ids_of(response):
    return [entry["resource"]["id"] for entry in told(response).get("entry", [])]


def make(fhir, patient, **more):
    return told(fhir.post("Observation", observation(patient.pk, **more)))["id"]


def coded(*codes):
    return {"coding": [{"system": LOINC, "code": code} for code in codes]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("code=718-7", "hb"),
        (f"code={LOINC}|718-7", "hb"),
        (f"code={LOINC}|718-7&_sort=-date", "hb"),
        ("code=2345-7", "both"),
        (f"code={LOINC}|2345-7&_sort=-date", "both"),
        (f"code={LOINC}|15074-8&_sort=-date", "both"),
        ("code=|718-7", ""),
        (f"code={LOINC}|", "both hb"),
        ("code=718-7,2345-7", "both hb"),
        ("code:not=718-7", "both"),
        ("status=final", "hb"),
        ("status:not=final", "both"),
        ("category=laboratory", "both"),
        ("date=2026-03-01", "hb"),
        ("date=2026-03", "both hb"),
        ("date=ge2026-03-02", "both"),
        ("date=lt2026-03-02", "hb"),
        ("date=gt2026-03-01&date=le2026-03-05", "both"),
        ("date=2026-03-01T08:00:00%2B08:00", "hb"),
        ("date=2026-03-01T08:00:00+08:00", "hb"),
        ("date=ne2026-03-01", "both"),
        ("identifier=urn:his|A-1", "both"),
        ("identifier=A-1", "both"),
        ("identifier=urn:other|A-1", ""),
        ("encounter=Encounter/e1", "both"),
        ("encounter=e1", "both"),
        ("_lastUpdated=ge2026-01-01", "both hb"),
        ("_lastUpdated=lt2026-01-01", ""),
        ("subject:Patient={patient}", "both hb"),
        ("patient=Patient/{patient}", "both hb"),
        ("patient=nobody", ""),
        ("", "both hb"),
    ],
)
def test_parameters(fhir, patient, query, found):
    made = {
        "hb": make(fhir, patient),
        "both": make(
            fhir,
            patient,
            code=coded("2345-7", "15074-8"),
            status="preliminary",
            category=[{"coding": [{"code": "laboratory"}]}],
            effectiveDateTime="2026-03-04",
            identifier=[{"system": "urn:his", "value": "A-1"}],
            encounter={"reference": "Encounter/e1"},
        ),
    }

    answer = fhir.get(f"Observation?{query.replace('{patient}', str(patient.pk))}")

    assert answer.status_code == 200
    assert set(ids_of(answer)) == {made[name] for name in found.split()}


@pytest.mark.parametrize(
    "query",
    [
        "colour=red",
        "date=yesterday",
        "_count=many",
        "_sort=colour",
        "_include=Patient:x",
        "code:above=1",
        "_cursor=abc",
    ],
)
def test_what_is_not_understood_is_refused(fhir, query):
    answer = fhir.get(f"Observation?{query}")
    assert (answer.status_code, told(answer)["resourceType"]) == (400, "OperationOutcome")


def test_a_lenient_caller_gets_an_answer(fhir):
    assert fhir.get("Observation?colour=red", HTTP_PREFER="handling=lenient").status_code == 200


@pytest.mark.parametrize("sort", ["", "date", "-date", "_lastUpdated", "-_lastUpdated", "_id"])
def test_pages_give_every_row_once_and_in_order(fhir, patient, sort):
    days = ["2026-03-04", "2026-03-01", "2026-03-01", "2025", "2026-02-03T10:00:00Z", "2026-03-04"]
    made = {make(fhir, patient, effectiveDateTime=day) for day in days}
    undated = observation(patient.pk)
    del undated["effectiveDateTime"]
    made |= {told(fhir.post("Observation", undated))["id"] for _ in range(2)}

    path, seen = f"Observation?patient={patient.pk}&_count=3&_sort={sort}", []
    while path:
        answer = told(fhir.get(path))
        seen += [entry["resource"]["id"] for entry in answer.get("entry", [])]
        path = next(
            (link["url"].split("/fhir/")[1] for link in answer["link"] if link["relation"] == "next"), ""
        )

    whole = ids_of(fhir.get(f"Observation?patient={patient.pk}&_sort={sort}"))
    assert len(seen) == len(made)
    assert seen == whole
    assert set(seen) == made


def test_a_code_alone_pages_over_both_branches(fhir, patient):
    made = [make(fhir, patient, effectiveDateTime=f"2026-03-{day:02d}") for day in range(1, 6)]
    made += [make(fhir, patient, code=coded("718-7", "x"), effectiveDateTime="2026-03-03T12:00:00Z")]
    path, seen = f"Observation?code={LOINC}|718-7&_sort=-date&_count=2", []
    while path:
        answer = told(fhir.get(path))
        seen += [entry["resource"]["effectiveDateTime"] for entry in answer.get("entry", [])]
        path = next(
            (link["url"].split("/fhir/")[1] for link in answer["link"] if link["relation"] == "next"), ""
        )
    assert len(seen) == len(made)
    assert seen == sorted(seen, reverse=True)


def test_total_only_when_asked(fhir, patient):
    for _ in range(3):
        make(fhir, patient)
    assert "total" not in told(fhir.get(f"Observation?patient={patient.pk}"))
    assert told(fhir.get(f"Observation?patient={patient.pk}&_total=accurate&_count=1"))["total"] == 3
    assert told(fhir.get(f"Observation?patient={patient.pk}&_summary=count")) == {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 3,
        "link": [
            {
                "relation": "self",
                "url": f"http://testserver/fhir/Observation?patient={patient.pk}&_summary=count",
            }
        ],
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=欧阳", True),
        ("name=欧阳锋", True),
        ("name=锋", True),
        ("name=阳", False),
        ("name=ouyangfeng", True),
        ("name=OYF", True),
        ("name:exact=欧阳", True),
        ("name:exact=欧", False),
        ("family=欧阳", True),
        ("gender=male,female", True),
        ("gender=unknown", False),
        ("birthdate=1966-07-08", True),
        ("birthdate=1966-07", True),
        ("birthdate=1966", True),
        ("birthdate=ge1966-07-08", True),
        ("birthdate=gt1966-07-08", False),
        ("birthdate=le1966", True),
        ("birthdate=lt1966-07-09&birthdate=ge1960", True),
        ("birthdate=lt1966", False),
        ("_id={id}", True),
    ],
)
def test_patients_are_found_through_keyed_hashes(fhir, query, found):
    patient = make_patient(make_client(fhir.place), name="欧阳锋", birth="19660708")
    make_patient(make_client(fhir.place), name="王五", birth="20200101")
    answer = fhir.get(f"Patient?{query.replace('{id}', str(patient.pk))}")
    assert (str(patient.pk) in ids_of(answer)) is found


def test_search_by_patient_covers_the_person_at_all_hospitals(fhir, patient):
    made = make(fhir, patient)
    assert ids_of(fhir.get(f"Observation?patient={patient.pk}&_include=*")) == [made, str(patient.pk)]


def test_a_range_of_birth_dates_is_covered_exactly():
    assert birth_parts("ge", "2024-11-29", today=date(2025, 1, 1)) == [
        "2024-11-29",
        "2024-11-30",
        "2024-12",
        "2025-01-01",
        "2025-01-02",
    ]
    assert birth_parts("eq", "2024") == ["2024"]


@pytest.mark.parametrize("prefix", ["ge", "gt", "sa", "le", "lt", "eb"])
@pytest.mark.parametrize("day", ["0001-01-01", "0001", "9999", "9999-12-31"])
def test_the_ends_of_the_calendar_bound_a_range_of_birth_dates(prefix, day):
    nobody, everybody = [], birth_parts("ge", "1880", today=date(2025, 1, 1))
    upwards, early = prefix in {"ge", "gt", "sa"}, day.startswith("0001")
    parts = birth_parts(prefix, day, today=date(2025, 1, 1))
    assert parts == nobody if upwards != early else set(everybody[:-2]) <= set(parts)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("0001-01-01", 422),
        ("1799-12-31", 422),
        ("2026-02-30", 422),
        ("9999-12-31T23:59:59Z", 422),
        ("9999-12-31", 201),
        ("1800-01-01", 201),
    ],
)
def test_a_date_no_page_could_tell_enters_no_record_and_shuts_no_list(fhir, patient, told, status):
    said = {"code": {"text": "血压"}, "status": "final", "subject": {"reference": f"Patient/{patient.pk}"}}
    answer = fhir.post("Observation", {"resourceType": "Observation", **said, "effectiveDateTime": told})
    assert answer.status_code == status
    for query in ("_sort=date", "date=ap0001-01-01", "date=ap9999-12-31", "date=ge9999-12-31"):
        assert fhir.get(f"Observation?patient={patient.pk}&{query}").status_code == 200


@pytest.mark.parametrize("query", ["patient={patient}", f"code={LOINC}|718-7"])
@pytest.mark.parametrize("sort", ["date", "-date"])
def test_rows_from_before_the_bounds_sort_and_page(fhir, patient, sort, query):
    """A date of the year 1 in the county lies before the year 1 in UTC, which Python cannot tell."""
    days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]
    made = [make(fhir, patient, effectiveDateTime=day) for day in days]
    moments = ["0001-01-01 00:00+08", "0001-01-01 00:00+08", "4713-01-01 00:00+00 BC", "infinity"]
    with connection.cursor() as cursor:
        for one, moment in zip(made, moments, strict=True):
            cursor.execute(
                "UPDATE emr_resource SET date = %s, date_hi = 'infinity' WHERE kind = 'Observation' AND id = %s",
                [moment, one],
            )

    path, seen = f"Observation?{query.replace('{patient}', str(patient.pk))}&_count=1&_sort={sort}", []
    while path:
        answer = told(fhir.get(path))
        seen += [entry["resource"]["id"] for entry in answer["entry"]]
        path = next(
            (link["url"].split("/fhir/")[1] for link in answer["link"] if link["relation"] == "next"), ""
        )

    first, second, oldest, newest = made
    upwards = [oldest, first, second, newest]
    assert seen == (upwards if sort == "date" else upwards[::-1])

"""Labelled resources for the tests of labels."""

from django.db import connection

from emr.repository import services
from kernel import ids

ICD10 = "http://hl7.org/fhir/sid/icd-10"


def rows(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def label_of(reference):
    kind, id_ = reference.split("/")
    return rows("SELECT label FROM emr_resource WHERE kind = %s AND id = %s", kind, id_)[0][0]


def past_of(reference):
    kind, id_ = reference.split("/")
    found = "SELECT version, label, content FROM emr_resource_history WHERE kind = %s AND id = %s ORDER BY version"
    return [(version, label, bytes(content)) for version, label, content in rows(found, kind, id_)]


def stored(by, patient, kind="Condition", **said):
    about = "for" if kind == "Task" else "subject"
    resource = {
        "resourceType": kind,
        "id": str(ids.uuid7()),
        about: {"reference": f"Patient/{patient.pk}"},
        **said,
    }
    (row,) = services.publish(
        by=by, owner="chart", resources=[services.Outgoing(resource=resource, patient=patient.pk)]
    )
    return row.reference, resource


def coded(code, text="诊断", system=ICD10):
    return {"coding": [{"system": system, "code": code}], "text": text}


def named(text):
    return {"text": text}


def report(by, patient, *targets, kind="Composition"):
    section = [{"title": "诊断", "entry": [{"reference": target} for target in targets]}]
    body = {
        "status": "final",
        "type": named("门诊病历"),
        "date": "2026-03-01T08:00:00+08:00",
        "author": [{"display": "王医生"}],
        "title": "门诊病历",
        "section": section,
    }
    return stored(by, patient, kind, **body)[0]

"""What cannot be recorded does not happen: no reading, no export, no change while the record cannot be written."""

import pytest
from django.db import connections
from django.test import Client

from consortium.choices import Role
from kernel import audit
from kernel.actor import Actor
from kernel.errors import Unavailable
from kernel.models import AuditEntry
from tests.factories import consortium as make
from tests.factories import emr


@pytest.fixture
def unwritable(race_db, settings, tmp_path):
    """A doctor at her own patient's record, and the audit manager; then the record loses its right to grow."""
    settings.DATA_DIR = tmp_path
    place = make.make_organisation()
    doctor, manager = (
        make.make_staff(Role.BRANCH_DOCTOR, place, clearance=5),
        make.make_staff(Role.AUDIT_MANAGER),
    )
    patient = emr.make_patient(place, name="欧阳测试")
    emr.make_encounter(make.actor_of(doctor), patient.pk, diagnoses=[("", "高血压", "confirmed")])
    browsers = {}
    for role, person in (("doctor", doctor), ("manager", manager)):
        browsers[role] = Client(headers={"Accept": "text/html"})
        make.sign_in(browsers[role], person)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "REVOKE INSERT ON kernel_auditentry FROM " + connections["default"].settings_dict["USER"]
        )
    return patient, browsers


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("doctor", "/patients/{pk}/"),
        ("doctor", "/patients/"),
        ("doctor", "/fhir/Patient/{pk}"),
        ("doctor", "/fhir/Condition?patient={pk}"),
        ("manager", "/audit/"),
    ],
)
def test_nothing_is_read(unwritable, role, path):
    patient, browsers = unwritable
    answer = browsers[role].get(path.format(pk=patient.pk))
    assert (answer.status_code, "欧阳测试" in answer.content.decode()) == (503, False)


def test_nothing_is_taken_out(unwritable):
    _patient, browsers = unwritable
    before = AuditEntry.objects.count()
    answer = browsers["manager"].post("/audit/export/", {"purpose": "supervision", "form": "jsonl"})
    assert (answer.status_code, answer.streaming) == (503, False)
    assert AuditEntry.objects.count() == before


def test_the_verb_that_cannot_be_recorded_is_undone(unwritable):
    with pytest.raises(Unavailable) as refused:
        audit.record(by=Actor.system("test"), action="test.done")
    assert (refused.value.status, refused.value.code) == (503, "audit_unwritable")

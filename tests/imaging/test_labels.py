"""A study whose request turns out to be specially protected is served by that label from then on."""

import json

import pytest

from emr.repository import services as repository
from imaging import services
from imaging.models import Study
from kernel import delivery
from kernel.actor import Actor
from tests.imaging.web import matched, reader_of, values

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("tests")


def protect(study):
    """A doctor writes down why the picture was taken."""
    condition = {
        "resourceType": "Condition",
        "id": str(study.pk),
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "B24"}]},
        "subject": {"reference": f"Patient/{study.patient_id}"},
    }
    note = {
        "resourceType": "ImagingStudy",
        "id": str(study.pk),
        "status": "available",
        "subject": {"reference": f"Patient/{study.patient_id}"},
        "reasonReference": [{"reference": f"Condition/{study.pk}"}],
    }
    outgoing = [repository.Outgoing(resource=one, patient=study.patient_id) for one in (condition, note)]
    repository.publish(by=HOUSE, owner="imaging", resources=outgoing)
    while delivery.deliver():
        pass


def test_above_the_clearance_the_study_is_gone_pixels_included(tmp_path):
    study = matched(tmp_path)
    client = reader_of(study)
    before = json.loads(client.get("/dicomweb/studies").content)

    protect(study)

    assert [values(row, "0020000D") for row in before] == [[study.uid]]
    assert Study.objects.get(pk=study.pk).label == 5
    assert json.loads(client.get("/dicomweb/studies").content) == []
    assert client.get(f"/dicomweb/studies/{study.uid}").status_code == 404


def test_a_label_only_rises(tmp_path):
    study = matched(tmp_path)

    raised = services.raise_label(by=HOUSE, study_id=study.pk, label=5)
    lowered = services.raise_label(by=HOUSE, study_id=study.pk, label=3)

    assert (raised, lowered, Study.objects.get(pk=study.pk).label) == (True, False, 5)

"""What is published is FHIR R4."""

import json

import pytest
from fhir.resources.R4B import get_fhir_model_class

from diagnostics import services
from ecg.models import Recording
from emr.repository import selectors as repository
from tests.factories.diagnostics import make_draft, make_request, make_scene
from tests.factories.ecg import make_recording

pytestmark = pytest.mark.django_db


def test_every_resource_of_an_exam_validates():
    scene = make_scene()
    request = make_request(scene)
    recording: Recording = make_recording(scene.by("technologist"), request_id=request.pk)
    make_draft(scene, request, findings="窦性心律 <72>", advice="随访")
    services.sign(by=scene.by("reader"), request_id=request.pk)

    wanted = {
        "ServiceRequest": request.pk,
        "Task": request.pk,
        "DiagnosticReport": request.report_id,
        "Observation": recording.pk,
    }
    for kind, pk in wanted.items():
        resource = repository.read(by=scene.by("doctor"), kind=kind, id=str(pk))
        get_fhir_model_class(kind).model_validate_json(json.dumps(resource))
        if kind == "DiagnosticReport":
            assert resource["result"] == [{"reference": f"Observation/{recording.pk}"}]
            assert "&lt;72&gt;" in resource["text"]["div"]

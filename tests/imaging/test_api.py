"""Studies through the workflow API."""

import pytest

from imaging import services
from tests.factories.api import of_client, of_staff
from tests.factories.consortium import make_organisation
from tests.factories.diagnostics import make_scene
from tests.factories.imaging import make_arrival, make_device

pytestmark = pytest.mark.django_db


def test_a_study_nobody_is_assigned_to_is_for_the_place_it_was_made_at(tmp_path):
    scene = make_scene()
    services.receive(by=make_device(scene.branch), arrivals=[make_arrival(tmp_path)])
    technologist = of_staff(scene.technologist)
    (study,) = technologist.get("imaging/studies/").json()["items"]
    assert (study["request_id"], study["organisation_id"]) == (None, str(scene.branch.pk))
    assert of_staff(scene.doctor).get("imaging/studies/").json()["items"] == [study]
    assert of_client(make_organisation()).get("imaging/studies/").json()["items"] == []

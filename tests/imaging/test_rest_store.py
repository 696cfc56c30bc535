"""STOW-RS: each object answered for itself, nothing half stored."""

import json

import pytest
from django.test import Client

from consortium.choices import Role
from imaging.models import Instance, Quarantined
from tests.factories.consortium import make_organisation, make_staff, sign_in
from tests.factories.imaging import file_bytes, make_dataset, uid
from tests.imaging.web import bearer, parts_of, stow, values
from tests.journeys.bad import HANZI

pytestmark = pytest.mark.django_db


def test_stow_stores_and_wado_gives_back_every_byte():
    place = make_organisation()
    pacs, dataset = bearer(place), make_dataset()

    answer = stow(pacs, file_bytes(dataset))

    stored = json.loads(answer.content)["00081199"]["Value"][0]
    assert (answer.status_code, values(stored, "00081155")) == (200, [str(dataset.SOPInstanceUID)])
    # Nobody is assigned to it yet, so only technologists of the place see it.
    technologist = Client()
    sign_in(technologist, make_staff(Role.TECHNOLOGIST, place))
    address = f"/dicomweb/studies/{dataset.StudyInstanceUID}"
    assert parts_of(technologist.get(address))[0][1] == file_bytes(dataset)
    assert pacs.get(address).status_code == 404


def test_stow_answers_for_each_object():
    good, other = make_dataset(), make_dataset()
    pacs = bearer(make_organisation())

    answer = stow(pacs, file_bytes(good), b"Dear colleague", file_bytes(other)[:-100])

    body = json.loads(answer.content)
    assert answer.status_code == 202
    assert [values(one, "00081197") for one in body["00081198"]["Value"]] == [[0xC000], [0xC000]]
    assert (Instance.objects.count(), Quarantined.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("data", "status"), [(b"Dear colleague, see the picture", 415), (file_bytes(make_dataset())[:-200], 422)]
)
def test_stow_of_nothing_readable(data, status):
    answer = stow(bearer(make_organisation()), data)

    assert (answer.status_code, Instance.objects.count()) == (status, 0)


def test_stow_that_breaks_off_leaves_nothing():
    answer = stow(bearer(make_organisation()), file_bytes(make_dataset()), tail="")

    assert (answer.status_code, Instance.objects.count(), Quarantined.objects.count()) == (400, 0, 0)


def test_stow_of_no_object_and_an_address_that_is_none_are_told_so_in_words():
    client = bearer(make_organisation())
    kind = 'multipart/related; type="application/dicom"; boundary=b'
    nothing = client.generic("POST", "/dicomweb/studies", b"--b--\r\n", content_type=kind)
    nowhere = client.get("/dicomweb/studies/x")

    assert (nothing.status_code, HANZI.search(nothing.json()["detail"]) is not None) == (400, True)
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")


def test_stow_too_large_is_refused_by_its_length(settings):
    settings.DICOM_MAX_BYTES = 1000

    assert stow(bearer(make_organisation()), file_bytes(make_dataset())).status_code == 413


def test_stow_of_another_media_type():
    pacs = bearer(make_organisation())

    assert pacs.post("/dicomweb/studies", {"a": "b"}).status_code == 415


def test_stow_into_a_named_study_takes_only_its_objects():
    dataset = make_dataset()

    answer = stow(bearer(make_organisation()), file_bytes(dataset), path=f"/dicomweb/studies/{uid()}")

    assert (answer.status_code, Instance.objects.count()) == (409, 0)


def test_stow_needs_the_scope_and_a_client():
    place = make_organisation()
    person = Client()
    sign_in(person, make_staff(Role.TECHNOLOGIST, place))

    assert stow(bearer(place, "system/Patient.read"), file_bytes(make_dataset())).status_code == 403
    assert stow(person, file_bytes(make_dataset())).status_code == 403
    assert stow(Client(), file_bytes(make_dataset())).status_code == 401

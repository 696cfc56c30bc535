"""Addresses of other houses in what is sent: nothing is ever fetched, whatever the field is called."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from consortium.choices import Role
from emr.repository.models import Resource
from tests.emr.repository.conftest import Fhir
from tests.factories.api import of_staff
from tests.factories.consortium import make_staff
from tests.factories.diagnostics import make_scene
from tests.factories.emr import make_patient
from tests.factories.imaging import file_bytes, make_dataset
from tests.imaging.web import bearer, stow

pytestmark = pytest.mark.django_db


class Canary:
    """A listener on this machine that counts who comes."""

    def __init__(self, line: socket.socket) -> None:
        self.url = f"http://127.0.0.1:{line.getsockname()[1]}"
        self.line, self.visits = line, 0

    def listen(self) -> None:
        while True:
            try:
                visitor, _address = self.line.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()


@contextmanager
def listening() -> Iterator[Canary]:
    line = socket.create_server(("127.0.0.1", 0))
    canary = Canary(line)
    thread = threading.Thread(target=canary.listen, daemon=True)
    thread.start()
    try:
        yield canary
    finally:
        time.sleep(0.2)  # somebody may still be on the way
        line.shutdown(socket.SHUT_RDWR)
        line.close()
        thread.join(5)


@pytest.fixture
def canary():
    with listening() as one:
        yield one


def observation(patient, **more):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "x"},
        "subject": {"reference": f"Patient/{patient}"},
        **more,
    }


def sent(url, patient):
    """Resources that name `url` wherever FHIR has a place for an address."""
    document = {
        "resourceType": "DocumentReference", "status": "current", "subject": {"reference": f"Patient/{patient}"},
        "content": [{"attachment": {"contentType": "text/plain", "url": f"{url}/file"}}],
    }  # fmt: skip
    return {
        "a reference": observation(patient, encounter={"reference": f"{url}/Encounter/1"}),
        "a subject": observation(patient) | {"subject": {"reference": f"{url}/Patient/1"}},
        "a profile": observation(patient, meta={"profile": [f"{url}/profile"]}),
        "an extension": observation(patient, extension=[{"url": f"{url}/ext", "valueUri": f"{url}/x"}]),
        "a code system": observation(patient) | {"code": {"coding": [{"system": f"{url}/codes", "code": "1"}]}},
        "an attachment": document,
        "a file": document | {"content": [{"attachment": {"url": "file:///etc/passwd"}}]},
        "metadata of a cloud": document | {"content": [{"attachment": {"url": "http://169.254.169.254/latest"}}]},
        "a photo": {"resourceType": "Patient", "name": [{"text": "测试甲"}], "photo": [{"url": f"{url}/photo"}]},
        "a link": {"resourceType": "Patient", "name": [{"text": "测试甲"}],
                   "link": [{"type": "seealso", "other": {"reference": f"{url}/Patient/1"}}]},
        "an endpoint": {"resourceType": "Endpoint", "status": "active", "address": f"{url}/x",
                        "connectionType": {"code": "x"}, "payloadType": [{"text": "x"}]},
        "a subscription": {"resourceType": "Subscription", "status": "requested", "reason": "x",
                           "criteria": "Observation?", "channel": {"type": "rest-hook", "endpoint": f"{url}/hook"}},
        "a narrative": observation(patient, text={
            "status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><img src="{url}/x"/></div>'}),
    }  # fmt: skip


def test_nothing_that_is_sent_to_fhir_is_fetched(canary):
    scene = make_scene()
    fhir = Fhir(scene.branch)
    statuses = {
        name: fhir.post(resource["resourceType"], resource).status_code
        for name, resource in sent(canary.url, scene.patient_id).items()
    }
    for name, resource in sent(canary.url, scene.patient_id).items():
        entry = {"fullUrl": f"{canary.url}/x", "resource": resource,
                 "request": {"method": "POST", "url": resource["resourceType"]}}  # fmt: skip
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
        statuses[f"{name} in a bundle"] = fhir.post("", bundle).status_code
    for query in (
        f"Observation?subject={canary.url}/Patient/1", f"Observation?_profile={canary.url}/p",
        f"Observation?code={canary.url}|1&_include={canary.url}", f"Patient?link={canary.url}/Patient/1",
    ):  # fmt: skip
        statuses[query] = fhir.get(query).status_code
    assert {name: status for name, status in statuses.items() if status >= 500} == {}
    assert (statuses["a subscription"], statuses["an endpoint"]) == (404, 404)
    assert canary.visits == 0


def test_a_reference_to_another_house_stays_a_word():
    scene = make_scene()
    fhir = Fhir(scene.branch)
    made = fhir.post("Observation", sent("http://127.0.0.1:1", scene.patient_id)["a code system"])
    assert made.status_code == 201
    foreign = fhir.post("Observation", sent("http://127.0.0.1:1", scene.patient_id)["a subject"])
    assert foreign.status_code in (201, 422)
    rows = Resource.objects.filter(kind="Observation", deleted=False)
    assert rows.count() == 1


def test_nothing_that_is_sent_as_a_file_is_fetched(canary):
    scene = make_scene()
    xml = (f'<?xml version="1.0"?><!DOCTYPE a SYSTEM "{canary.url}/x.dtd" [<!ENTITY e SYSTEM "{canary.url}/e">]>'
           f'<AnnotatedECG xmlns="urn:hl7-org:v3">&e;</AnnotatedECG>').encode()  # fmt: skip
    technologist = of_staff(scene.technologist)
    answer = technologist.client.post("/api/v1/ecg/", {"recording": SimpleUploadedFile("x.xml", xml)})
    assert answer.status_code in (415, 422)
    study = make_dataset(
        RetrieveURL=f"{canary.url}/r", PixelDataProviderURL=f"{canary.url}/p", RetrieveURI=f"{canary.url}/u"
    )
    assert stow(bearer(scene.branch), file_bytes(study)).status_code in (200, 202, 409)
    assert canary.visits == 0


def test_a_word_that_is_an_address_stays_a_word_at_the_workflow_api(canary):
    staff = make_staff(Role.BRANCH_DOCTOR)
    doctor = of_staff(staff)
    patient = make_patient(staff.posts.get().organisation)
    for text in (canary.url, f"{canary.url}/x", "file:///etc/passwd", f"//{canary.url[7:]}/x"):
        doctor.post("encounters/", patient_id=str(patient.pk), complaint=text, diagnoses=[{"text": text}])
        doctor.ask("patients/search/", text=text)
    assert canary.visits == 0


def test_the_canary_sings():
    """The listener counts: without this, silence would prove nothing."""
    with listening() as canary:
        socket.create_connection(("127.0.0.1", int(canary.url.rpartition(":")[2]))).close()
    assert canary.visits == 1

"""How pages travel: packed, never stored; and what a serving process has ready before its first visitor."""

import gzip
import subprocess
import sys

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config.local.places import ROOT
from consortium.choices import Role
from portal.middleware import WireMiddleware
from tests.factories.consortium import make_organisation, make_staff, sign_in
from tests.factories.emr import make_patient

READY = """
import gc, sys
import config.wsgi
from django.template import engines
print(gc.get_freeze_count() > 100_000, "portal.views" in sys.modules)
print(len(engines["django"].engine.template_loaders[0].loaders[0].get_template_cache) > 100)
"""


@pytest.mark.django_db
def test_a_page_with_people_is_not_stored(client):
    place = make_organisation()
    patient = make_patient(organisation=place)
    sign_in(client, make_staff(Role.BRANCH_DOCTOR, place))

    for path in ("/", "/patients/", f"/patients/{patient.pk}/", "/referrals/", "/orders/"):
        assert "no-store" in client.get(path).headers["Cache-Control"], path


@pytest.mark.django_db
def test_a_page_is_packed_for_who_can_unpack_and_its_length_says_nothing(client):
    sign_in(client, make_staff(Role.BRANCH_DOCTOR))

    packed = [client.get("/", headers={"Accept-Encoding": "gzip"}) for _visit in range(8)]

    assert {answer.headers["Content-Encoding"] for answer in packed} == {"gzip"}
    assert "<html" in gzip.decompress(packed[0].content).decode()
    assert len({len(answer.content) for answer in packed}) > 1
    assert "Content-Encoding" not in client.get("/").headers


@pytest.mark.parametrize(
    ("kind", "packed"), [("text/html; charset=utf-8", True), ("application/dicom", False)]
)
def test_only_text_is_packed(kind, packed):
    wire = WireMiddleware(lambda _request: HttpResponse(b"x" * 5000, content_type=kind))

    answer = wire(RequestFactory().get("/", headers={"Accept-Encoding": "gzip"}))

    assert answer.headers.get("Content-Encoding") == ("gzip" if packed else None)


def test_an_answer_that_may_be_kept_says_so_itself():
    kept = HttpResponse("x", headers={"Cache-Control": "private, max-age=600"})

    assert (
        WireMiddleware(lambda _request: kept)(RequestFactory().get("/"))["Cache-Control"]
        == "private, max-age=600"
    )


def test_a_serving_process_has_loaded_what_its_first_visitor_needs():
    told = subprocess.run([sys.executable, "-c", READY], cwd=ROOT, capture_output=True, text=True, check=True)

    assert told.stdout.split() == ["True"] * 3

"""The schema is complete, public, and true; the page made of it runs nothing; FHIR's 409 names real addresses."""

import re

import pytest
from django.test import Client
from django.urls import resolve

from emr.repository.services.publishing import WORKFLOW_API
from kernel.web import openapi

SCHEMA = openapi.described()


def operations():
    return [(path, method, one) for path, all_ in SCHEMA["paths"].items() for method, one in all_.items()]


def test_anybody_may_read_it():
    answer = Client().get("/api/schema/")
    assert (answer.status_code, answer["Content-Type"]) == (200, openapi.MEDIA_TYPE)
    assert answer.json()["openapi"] == "3.1.0"
    assert set(answer.json()["paths"]) == set(SCHEMA["paths"])


def test_it_is_generated_without_a_doubt(capsys):
    openapi.described.cache_clear()
    openapi.described()
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


@pytest.mark.parametrize(("path", "method", "operation"), operations(), ids=lambda one: str(one)[:60])
def test_every_door_is_described(path, method, operation):
    assert operation["operationId"]
    assert operation["description"].strip(), "what it is for"
    assert operation["security"] == [{"client": []}, {"person": []}]
    assert set(openapi.REFUSALS) <= set(operation["responses"])
    (schema,) = [media["schema"] for media in operation["responses"]["200"]["content"].values()]
    assert "$ref" in schema or schema["type"] == "array"
    assert all(one["in"] in ("path", "query") for one in operation.get("parameters", []))


def test_operations_have_names_of_their_own():
    names = [one["operationId"] for _path, _method, one in operations()]
    assert len(names) == len(set(names))


def test_every_order_names_a_key_and_about_what_is_there_a_version():
    shapes = SCHEMA["components"]["schemas"]
    asked = {"/api/v1/patients/search/", "/api/v1/ecg/"}
    for path, method, operation in operations():
        if method == "get" or path in asked:
            continue
        name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for shape in [shapes[one["$ref"].rpartition("/")[2]] for one in shapes[name].get("oneOf", [])] or [
            shapes[name]
        ]:
            assert "key" in shape["required"], path
            assert shape["additionalProperties"] is False, path


def test_every_shape_that_is_named_is_there():
    named = set(re.findall(r"#/components/schemas/(\w+)", str(SCHEMA)))
    assert named <= set(SCHEMA["components"]["schemas"])


def test_no_address_identifies_a_person():
    words = {"id_number", "name", "phone", "card", "birth_date", "text"}
    asked = {one["name"] for _path, _method, op in operations() for one in op.get("parameters", [])}
    assert asked & words == set()


@pytest.mark.django_db
def test_the_page_is_drawn_without_a_script_of_its_own():
    answer = Client(HTTP_ACCEPT_LANGUAGE="en").get("/api/docs/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", page)
    assert all(path in page for path in SCHEMA["paths"])


@pytest.mark.parametrize("owner", WORKFLOW_API)
def test_an_address_a_refusal_names_is_there(owner):
    """A door of the workflow API, of DICOMweb, or a page of the portal where no program changes such a thing."""
    where = WORKFLOW_API[owner]
    assert where in SCHEMA["paths"] or not where.startswith("/api/")
    assert resolve("/dicomweb/studies" if where == "/dicomweb/" else where)

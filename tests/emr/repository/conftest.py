"""A FHIR client over HTTP, with a real bearer token."""

from typing import Any

import orjson
import pytest
from django.http import HttpResponse
from django.test import Client

from consortium import services as consortium
from consortium.choices import Role
from consortium.models import Organisation
from kernel.actor import Actor, Kind
from tests.emr.repository.rows import make_place
from tests.factories.consortium import make_actor


class Fhir:
    """What a branch's own system sees of /fhir/."""

    def __init__(self, place: Organisation, *scopes: str, clearance: int = 5) -> None:
        manager = make_actor(Role.SYSTEM_MANAGER)
        name = f"his-{place.pk.hex[-8:]}-{manager.name}"
        made = consortium.register_client(
            by=Actor.system("tests"),
            client_id=name,
            name=name,
            organisation_id=place.pk,
            scopes=scopes or ["system/*.*"],
            clearance=clearance,
        )
        nobody = Actor(kind=Kind.CLIENT, name="unknown", address="127.0.0.1")
        token = consortium.issue_token(by=nobody, client_id=name, secret=made.secret)
        self.http = Client(raise_request_exception=False)
        self.headers = {"HTTP_AUTHORIZATION": f"Bearer {token.access_token}"}
        self.place = place

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        data = body if isinstance(body, bytes) else orjson.dumps(body) if body is not None else b""
        content = (
            {"content_type": headers.pop("content_type", "application/fhir+json")} if body is not None else {}
        )
        address = f"/fhir/{path}" if path else "/fhir"
        return self.http.generic(method, address, data, **content, **self.headers, **headers)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.send("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.send("DELETE", path, **headers)


def told(response: HttpResponse) -> Any:
    """The JSON answered."""
    return orjson.loads(response.content)


@pytest.fixture
def fhir(db: None) -> Fhir:
    return Fhir(make_place())

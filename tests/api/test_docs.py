"""The examples of docs/api.md, run in order against the house."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from config.local.places import ROOT
from consortium.choices import OrganisationKind, Role
from consortium.services import register_client
from kernel.actor import Actor
from tests.factories.api import of_staff
from tests.factories.consortium import make_department, make_organisation, make_staff
from tests.factories.diagnostics import make_item
from tests.factories.emr import id_number

pytestmark = pytest.mark.django_db

EXAMPLE = re.compile(r"^    (GET|POST|PUT) (\S+)\n((?:    (?!→).*\n)*)    → (\d{3}) (.*)$", re.MULTILINE)


def examples() -> list[tuple[str, str, str, int, Any]]:
    text = (ROOT / "docs" / "api.md").read_text()
    return [
        (method, path, re.sub(r"^    ", "", body, flags=re.MULTILINE), int(status), json.loads(answer))
        for method, path, body, status, answer in EXAMPLE.findall(text)
    ]


class Walk:
    """Carries what answers said into the next example: `"{patient}"` in an answer names it."""

    def __init__(self, known: dict[str, str], token: str) -> None:
        self.known, self.client = known, Client(HTTP_AUTHORIZATION=f"Bearer {token}")

    def filled(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: self.known.get(found[1], found[0]), text)

    def ask(self, method: str, path: str, body: str) -> Any:
        if path == "/oauth/token":
            kind = "application/x-www-form-urlencoded"
            return Client().generic(method, path, self.filled(body).strip(), content_type=kind)
        return self.client.generic(
            method, self.filled(path), self.filled(body), content_type="application/json"
        )

    def holds(self, said: Any, wanted: Any) -> None:
        """Everything the example shows is in the answer."""
        if isinstance(wanted, dict):
            for name, value in wanted.items():
                self.holds(said[name], value)
        elif isinstance(wanted, list):
            assert len(said) == len(wanted)
            for one, shown in zip(said, wanted, strict=True):
                self.holds(one, shown)
        elif isinstance(wanted, str) and wanted.startswith("{") and wanted[1:-1] not in self.known:
            self.known[wanted[1:-1]] = said
        else:
            assert said == (self.filled(wanted) if isinstance(wanted, str) else wanted)


def test_every_example_of_the_page_is_true():
    place, hospital = make_organisation(), make_organisation(OrganisationKind.HEAD_HOSPITAL)
    client = register_client(by=Actor.system("tests"), client_id="his", name="his",
                             organisation_id=place.pk, scopes=["system/*.*"])  # fmt: skip
    known = {
        "client_id": "his",
        "client_secret": client.secret,
        "id_number": id_number(),
        "item": make_item("CT-HEAD", "CT").code,
        "hospital": str(hospital.pk),
        "department": str(make_department(hospital).pk),
    }
    walk = Walk(known, of_staff(make_staff(Role.BRANCH_DOCTOR, place)).token)
    found = examples()
    assert len(found) > 15
    for method, path, body, status, wanted in found:
        answer = walk.ask(method, path, body)
        assert answer.status_code == status, (method, path, answer.content)
        walk.holds(answer.json(), wanted)


def test_every_address_of_the_page_is_there():
    """Also those that are only named."""
    from django.urls import resolve  # lazy: beside its use

    for path in re.findall(
        r"`(?:GET |POST )?(/(?:api|me|oauth|fhir|dicomweb)/[\w/.-]*)`", (ROOT / "docs/api.md").read_text()
    ):
        if path in ("/dicomweb/", "/api/v1/insurance/"):
            continue
        assert resolve(path), path

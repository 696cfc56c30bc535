"""Programs that call the workflow API: for a member of staff, or for a hospital's own system."""

import json
from typing import Any
from uuid import uuid4

from django.test import Client

from consortium import selectors
from consortium.models import Organisation, Staff
from consortium.services import issue_token, register_client
from consortium.services.machines import lending
from kernel.actor import Actor
from tests.factories.consortium import open_session

HOUSE = Actor.system("tests")


class Program:
    """A program with one token: `get`, `post`, `put` below /api/v1/, JSON in and out."""

    def __init__(self, token: str = "", *, crash: bool = True) -> None:
        headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
        self.token = token
        self.client = Client(raise_request_exception=crash, HTTP_ACCEPT_LANGUAGE="en", **headers)

    def get(self, path: str, **asked: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", asked)

    def post(self, path: str, **said: Any) -> Any:
        """An order with a key of its own, unless one is given."""
        return self.send("POST", path, {"key": uuid4().hex, **said})

    def ask(self, path: str, **said: Any) -> Any:
        """A question with a body: no key."""
        return self.send("POST", path, said)

    def put(self, path: str, **said: Any) -> Any:
        return self.send("PUT", path, {"key": uuid4().hex, **said})

    def send(self, method: str, path: str, said: Any) -> Any:
        """Exactly this body."""
        return self.client.generic(
            method, f"/api/v1/{path}", data=_written(said), content_type="application/json"
        )

    def raw(self, path: str, body: bytes, content_type: str = "application/json", **headers: Any) -> Any:
        """Bytes as they are."""
        return self.client.generic("POST", f"/api/v1/{path}", body, content_type=content_type, **headers)


def _written(said: Any) -> bytes:

    return json.dumps(said, default=str).encode()


def of_staff(staff: Staff, role: str | None = None) -> Program:
    """A person's own program, with the token she took at the portal."""
    session = open_session(staff, role)
    signed = selectors.signed_in(session.pk, address="127.0.0.1")
    assert signed is not None
    return Program(lending.lend_token(by=signed.actor).access_token)


def of_client(place: Organisation, *scopes: str) -> Program:
    """A hospital's own system."""
    name = f"his-{uuid4().hex[:8]}"
    made = register_client(
        by=HOUSE, client_id=name, name=name, organisation_id=place.pk, scopes=scopes or ["system/*.*"]
    )
    token = issue_token(by=HOUSE, client_id=name, secret=made.secret, scope="")
    return Program(token.access_token)

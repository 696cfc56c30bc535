"""No secret and no person in any log: planted words are looked for in all of them, with every logger at DEBUG."""

import base64
import logging

import pytest
from django.db import connection
from django.test import Client

from consortium import services
from consortium.choices import Role
from kernel.actor import Actor
from tests import databases
from tests.factories import consortium as make
from tests.factories import emr
from tests.plugin import PLANTED, secrets_in_logs

PASSWORD, WRONG = PLANTED[:2]
NUMBER = emr.id_number()
PHONE = "10044332211"
NAME = "欧阳藏名"


@pytest.fixture
def log(tmp_path):
    """A file every logger writes to at DEBUG, SQL with its parameters included."""
    root, file = logging.getLogger(), tmp_path / "debug.log"
    handler = logging.FileHandler(file)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    levels = {name: logging.getLogger(name).level for name in ("", "django.db.backends", "django.request")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    forced, connection.force_debug_cursor = connection.force_debug_cursor, True
    yield file
    connection.force_debug_cursor = forced
    root.removeHandler(handler)
    handler.close()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def spellings(secret):
    """How a log could bear it: as it is, and in the codings of parameters, JSON and bytes."""
    plain = secret.encode()
    forms = {secret, plain.hex(), base64.b64encode(plain).decode().rstrip("="), ascii(secret).strip("'")}
    return {one for one in forms if len(one) > 5}


def leaks(file, planted):
    """(log, secret) of every planted word that stands in a log."""
    logs = [file, databases.room() / "postgres.log", databases.room() / "valkey.log"]
    texts = {path.name: path.read_text(errors="replace") for path in logs if path.exists()}
    return [
        (name, what) for name, text in texts.items() for what, secret in planted.items()
        for one in spellings(secret) if one in text
    ]  # fmt: skip


def a_day_at_the_house():
    """Signing in with slips, a client's token, a search and a registration by number, a crash; what was planted."""
    place = make.make_organisation()
    person = make.make_staff(Role.BRANCH_DOCTOR, place, username="planted.zhang", password=PASSWORD)
    door = Client()
    door.post("/signin/", {"username": person.username, "password": WRONG})
    door.post("/signin/", {"username": person.username, "password": PASSWORD})
    page = door.get("/signin/enrol/").content.decode()
    made = services.register_client(
        by=Actor.system("test"), client_id="planted", name="planted", organisation_id=place.pk,
        scopes=["system/*.read"],
    )  # fmt: skip
    form = {"grant_type": "client_credentials", "client_id": "planted", "client_secret": made.secret}
    token = door.post("/oauth/token", form).json()["access_token"]
    door.get("/fhir/Patient", headers={"Authorization": f"Bearer {token}"})
    door.get("/fhir/Patient", headers={"Authorization": f"Bearer {token}x"})
    emr.make_patient(place, name=NAME, phone=PHONE, id_number=NUMBER)
    make.sign_in(door, person)
    door.post("/search/", {"q": NUMBER})
    door.post("/search/", {"q": NAME})
    door.get("/fhir/Patient", {"identifier": NUMBER, "name": NAME})
    door.raise_request_exception = False
    door.post("/me/password/", {"old": PASSWORD, "new": WRONG, "again": WRONG + "x"})
    return page, {
        "client secret": made.secret,
        "token": token.rpartition(".")[2],
        "signing key": made.signing_key,
    }


@pytest.mark.django_db
def test_no_log_bears_a_secret_or_a_person(log):
    page, secrets = a_day_at_the_house()
    planted = {
        "password": PASSWORD,
        "mistyped password": WRONG,
        "ID number": NUMBER,
        "phone": PHONE,
        **secrets,
    }
    text = log.read_text()
    assert ("INSERT INTO" in text, "django.request" in text) == (
        True,
        True,
    )  # there was something to find it in
    assert leaks(log, planted) == []
    assert "otpauth" not in text
    assert page


@pytest.mark.django_db
def test_the_search_would_find_it(log):
    """The control itself: a logger that did write a password is caught."""
    logging.getLogger("careless").debug("signing in with %s", PASSWORD)
    assert leaks(log, {"password": PASSWORD}) == [("debug.log", "password")]


def test_after_the_suite_every_log_is_searched_once_more(tmp_path):
    (tmp_path / "house").mkdir()
    (tmp_path / "postgres.log").write_text("ready")
    assert secrets_in_logs(tmp_path) == []
    (tmp_path / "house" / "web.log").write_text(f"signing in with {PASSWORD}")
    assert secrets_in_logs(tmp_path) == [f"{PASSWORD} in web.log"]

"""Every address × method × post × (inside | outside of reach), held against one literal table.

`table.tsv`: one line for each address and method; one column for each post, then a stranger (nobody) and an API
client. A cell has one letter, or two where the address names a row: inside, outside of reach. o shown, r done or sent
on to another page, v judged by its content (400, 409, 415, 422) or waits for a part that is away (503): nothing shown,
nothing done, s sent to the sign-in (401 or 302), n refused (403), - not found (404), x no such method (405). Missing
lines are printed: read one before you put it into the table."""

import copy
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zlib import crc32

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, RequestFactory

from config.quiet import AUDIT_QUIET
from consortium import api_auth
from consortium.choices import Role
from consortium.models import StaffSession
from emr.repository.services import openings
from kernel import clock, ids
from kernel.actor import Kind
from kernel.models import AuditEntry
from kernel.web import shown
from tests import databases
from tests.access.addresses import Address, addresses
from tests.access.table import COLUMNS, table, written
from tests.access.world import OTHER, OWN, World, build
from tests.factories import api
from tests.factories import consortium as make
from tests.plugin import WORKER

METHODS = ("GET", "POST")
ROOMS = ("consortium:", "emr:", "diagnostics:", "referral:", "insurance_bridge:", "api:", "dicomweb:")
REFERRAL_PARTS = 3
PROBES = (Role.BRANCH_DOCTOR, Role.SECURITY_MANAGER)
BRIEF = {"Accept": "application/json"}
"""How most posts ask at the pages: a refusal comes as a line, not as a page with its frame. The two above see pages."""
BY_KIND = ("/dicomweb/", "/fhir", "/api/", "/i18n/")
"""Doors whose answer depends on the kind that is asked for: everybody asks as a browser does."""


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    """One county for the whole module, in one transaction that is rolled back at the end."""
    with django_db_blocker.unblock():
        with databases.unseen():
            yield build(tmp_path_factory.mktemp("walk"))
            transaction.set_rollback(True)
        connection.close()
        databases.forget_alarms(f"lianyi_{WORKER}")  # raised in the world's transaction, committed apart


@pytest.fixture
def browsers(world: World, settings: Any) -> dict[str, Client]:
    settings.INSURANCE_URL, settings.INSURANCE_TIMEOUT = "http://127.0.0.1:9/", 1  # no centre answers here
    found = {}
    for role in Role.values:
        found[role] = Client(raise_request_exception=False)
        make.sign_in(found[role], world.people[role])
    later = clock.now() + timedelta(hours=6)  # nobody idles while the walk takes its time
    StaffSession.objects.filter(staff__in=world.people.values()).update(seen_at=later, proved_at=clock.now())
    found["nobody"] = Client(raise_request_exception=False)
    place = make.Organisation.objects.get(pk=world.ids["organisation_id"][OWN])
    program = api.of_client(place, "system/*.*", "dicomweb/*.*", "workflow/*.*")
    found["client"] = Client(
        raise_request_exception=False,
        HTTP_AUTHORIZATION=f"Bearer {program.token}",
        HTTP_ACCEPT="application/json",
    )
    return found


TRACED = {"GET": "on", "POST": "orn"}
"""What leaves an entry in the audit record, of everybody who is somebody: shown, done, refused."""
UNTRACED = {
    "consortium:sign_in": "the door itself: what is done there is recorded, its page is nobody's",
    "fhir:metadata": "what the door can do: nobody's data",
    "fhir:smart": "as above",
    "fhir:validate": "what is sent is judged and given back: nothing is stored, nothing of anybody is shown",
    "portal:search": "an empty search; what is asked is recorded with its shape",
}
"""What answers without an entry, beside AUDIT_QUIET, each with its reason."""
LIMITED = "/verify/"
"""Where one address may ask some twenty times a minute: how far the walk comes in a minute is no answer."""
LETTERS = {
    400: "v",
    401: "s",
    403: "n",
    404: "-",
    405: "x",
    406: "v",
    409: "v",
    410: "-",
    412: "v",
    415: "v",
    422: "v",
    503: "v",
}
PATIENT = '{"resourceType":"Patient"}'
BUNDLE = '{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient"}}]}'


def said(path: str) -> tuple[str, str]:
    """A body the door can read, and its type."""
    if path in ("/fhir", "/fhir/"):
        return BUNDLE, "application/fhir+json"
    if path.startswith("/fhir/") and not path.endswith("_search"):
        return PATIENT, "application/fhir+json"
    if path.startswith("/api/"):
        return "{}", "application/json"
    return "", "application/x-www-form-urlencoded"


def letter(response: Any) -> str:
    if response.status_code in (301, 302) and "/signin/" in response.headers["Location"]:
        return "s"
    if response.status_code in (301, 302, 303):
        return "r"
    if response.status_code >= 500 and response.status_code != 503:
        return "!"
    return LETTERS.get(response.status_code, "o")


def headings(response: Any) -> int | None:
    """How many headings of the first rank a page has; None for what is no page."""
    if response.streaming or "html" not in response.headers.get("Content-Type", ""):
        return None
    return response.text.count("<h1") if "<html" in response.text else None


def ask(client: Client, method: str, path: str, *, brief: bool = False) -> tuple[str, bool]:
    """What one request comes to, and whether the audit record knows of it; whatever it changed is taken back."""
    body, kind = said(path)
    cookies = copy.deepcopy(client.cookies)
    shown.forget()
    openings.forget()
    if path.startswith(LIMITED):
        cache.clear()
    with databases.unseen():
        before = ids.uuid7()
        headers = BRIEF if brief and not path.startswith(BY_KIND) else {}
        response = client.generic(
            method, path, body if method != "GET" else "", content_type=kind, headers=headers
        )
        assert headings(response) in (None, 1), path
        known = AuditEntry.objects.filter(id__gt=before).exists()
        transaction.set_rollback(True)
    client.cookies = cookies  # a door may have taken the session away
    return letter(response), known


def cells(
    world: World, browsers: dict[str, Client], address: Address, method: str
) -> tuple[dict[str, str], set[str]]:
    """The address's line of the table, and what was shown, done or refused there without a trace."""
    sides = (OWN, OTHER) if address.words else (OWN,)
    row: dict[str, str] = {}
    silent: set[str] = set()
    probed = {who: ask(browsers[who], method, address.path(world, OWN, who))[0] for who in PROBES}
    if set(probed.values()) == {"x"}:  # refused before anybody's post is looked at: the same for every post
        row = dict.fromkeys(Role.values, "x" * len(sides))
    for who in [one for one in COLUMNS if one not in row]:
        role = who if who in Role.values else Role.BRANCH_DOCTOR
        brief = who in Role.values and who not in PROBES
        paths = [address.path(world, side, role) for side in sides]
        answers = [ask(browsers[who], method, path, brief=brief) for path in paths]
        row[who] = "".join(letter for letter, _known in answers)
        if who != "nobody":
            traced = [one for one in answers if one[0] in TRACED[method]]
            silent.update(f"{who} {letter}" for letter, known in traced if not known)
    return row, silent


def part_of(name: str) -> str:
    """The part of the walk an address belongs to."""
    room = next((room for room in ROOMS if name.startswith(room)), "others")
    return f"{room} {crc32(name.encode()) % REFERRAL_PARTS}" if room == "referral:" else room


def part(name: str, seconds: int) -> Any:
    """One part: parts run side by side, and each makes its own county where another worker takes it."""
    return pytest.param(name, marks=[pytest.mark.xdist_group(f"walk {name}"), pytest.mark.slow(seconds)])


PARTS = [
    *(part(f"referral: {number}", 35) for number in range(REFERRAL_PARTS)), part("consortium:", 45), part("emr:", 32),
    part("others", 24), part("diagnostics:", 17), part("insurance_bridge:", 14), part("api:", 12), part("dicomweb:", 7),
]  # fmt: skip


def test_the_parts_are_the_whole_walk():
    assert {part_of(name) for name, _method in table()} == {each.values[0] for each in PARTS}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("room", PARTS)
def test_every_address_answers_every_post_as_the_table_says(world, browsers, room):
    expected = {key: row for key, row in table().items() if part_of(key[0]) == room}
    found = {
        (address.name, method): cells(world, browsers, address, method)
        for address in addresses()
        if part_of(address.name) == room
        for method in METHODS
    }
    seen = {key: row for key, (row, _silent) in found.items()}
    wrong = [written(key, row) for key, row in seen.items() if expected.get(key) != row]
    gone = [written(key, row) for key, row in expected.items() if key not in seen]
    assert (wrong, gone) == ([], [])
    owed = {key: silent for key, (_row, silent) in found.items() if silent}
    assert {key: silent for key, silent in owed.items() if key[0] not in AUDIT_QUIET | UNTRACED.keys()} == {}


OTHER_METHODS = ("PUT", "PATCH", "DELETE")
TAKES_OTHERS = {
    ("api:referral", "PUT"): {"branch_doctor": "s", "client": "v"},
    ("fhir:instance", "DELETE"): {"branch_doctor": "n", "client": "v"},
    ("fhir:instance", "PUT"): {"branch_doctor": "n", "client": "v"},
    ("fhir:kind", "PUT"): {"branch_doctor": "v", "client": "v"},
}
"""Addresses that know another method, with what it comes to for a branch doctor and for an API client."""


@pytest.mark.slow(12)
@pytest.mark.timeout(900)
def test_no_other_method_does_anything(world, browsers):
    """What only reads or only takes orders refuses every other method before it looks at a row."""
    seen = {}
    for address in addresses():
        for method in OTHER_METHODS:
            row = {
                who: ask(browsers[who], method, address.path(world, OWN, Role.BRANCH_DOCTOR))[0]
                for who in (Role.BRANCH_DOCTOR.value, "client")
            }
            if not set(row.values()) <= {"x", "s", "n", "-"}:
                seen[address.name, method] = row
    assert seen == TAKES_OTHERS


def test_nobody_can_be_the_house_itself(browsers, world):
    """No door of the edge makes an actor of the kind SYSTEM, and no role is called "system"."""
    assert "system" not in Role.values
    for staff in world.people.values():
        assert make.actor_of(staff).kind == Kind.STAFF
    assert api_auth.actor_of_bearer(_bearer(browsers["client"])).kind == Kind.CLIENT


def _bearer(client: Client) -> Any:
    return RequestFactory().get(
        "/fhir/Patient", headers={"Authorization": client.defaults["HTTP_AUTHORIZATION"]}
    )

"""Every address × method × post × (inside | outside of reach), held against one literal table.

`table.tsv`: one line for each address and method; one column for each post, then a stranger (nobody) and an API
client. A cell has one letter, or two where the address names a row: inside, outside of reach. o shown, r done or sent
on to another page, v judged by its content (400, 409, 415, 422) or waits for a part that is away (503): nothing shown,
nothing done, s sent to the sign-in (401 or 302), n refused (403), - not found (404), x no such method (405). For a new
address the test prints the lines that are missing: read a line before you put it into the table.
"""

import copy
import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from consortium import api_auth
from consortium.choices import MANAGERS, Role
from consortium.models import StaffSession
from kernel import clock
from kernel.actor import Kind
from tests import databases
from tests.access.world import OTHER, OWN, World, build
from tests.factories import api
from tests.factories import consortium as make
from tests.plugin import WORKER

TABLE = Path(__file__).with_name("table.tsv")
COLUMNS = [*Role.values, "nobody", "client"]
METHODS = ("GET", "POST")
ROOMS = ("consortium:", "emr:", "diagnostics:", "referral:", "insurance_bridge:", "api:", "dicomweb:")
PROBES = (Role.BRANCH_DOCTOR, Role.SECURITY_MANAGER)
CLINICAL = ("emr:", "diagnostics:", "imaging:", "ecg:", "referral:", "insurance_bridge:", "fhir", "dicomweb:")
OPEN_TO_ALL = {"emr:icd10"}
"""Clinical rooms' addresses that name nobody: the code list."""
WORD = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


class Address:
    """One URL pattern: its name, and a path for given words."""

    def __init__(self, name: str, route: str) -> None:
        self.name, self.route = name, route
        self.words = [one or other for one, other in WORD.findall(route)]

    def path(self, world: World, side: str, role: str) -> str:
        def fill(found: re.Match[str]) -> str:
            return str(world.value(found[1] or found[2], side, role))

        plain = WORD.sub(fill, self.route)
        return (
            plain.replace("^", "")
            .replace("$", "")
            .replace("/?", "/")
            .replace("\\", "")
            .replace(".*", "unknown")
        )


def addresses() -> Iterator[Address]:
    yield from _walk(get_resolver().url_patterns, "/", "")


def _walk(patterns: list[Any], route: str, namespace: str) -> Iterator[Address]:
    for each in patterns:
        shown = route + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(
                each.url_patterns, shown, f"{namespace}{each.namespace}:" if each.namespace else namespace
            )
        elif isinstance(each, URLPattern):
            name = f"{namespace}{each.name}" if each.name else f"{namespace}{_plain(shown, each)}"
            yield Address(name, shown)


def _plain(shown: str, pattern: URLPattern) -> str:
    """A name for an address that has none: its route without the root."""
    kind = "" if isinstance(pattern.pattern, RoutePattern) else "re"
    return kind + WORD.sub(lambda found: found[1] or found[2] or "", shown).partition("/")[2].strip("^$")


def unseen() -> transaction.Atomic:
    """A transaction to be rolled back that counts for none, as the one a test case stands in."""
    block = transaction.atomic()
    block._from_testcase = True
    return block


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    """One county for the whole module, in one transaction that is rolled back at the end."""
    with django_db_blocker.unblock():
        with unseen():
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


def ask(client: Client, method: str, path: str) -> str:
    """What one request comes to; whatever it changed is taken back."""
    body, kind = said(path)
    cookies = copy.deepcopy(client.cookies)
    with unseen():
        response = client.generic(method, path, body if method != "GET" else "", content_type=kind)
        transaction.set_rollback(True)
    client.cookies = cookies  # a door may have taken the session away
    return letter(response)


def cells(world: World, browsers: dict[str, Client], address: Address, method: str) -> dict[str, str]:
    sides = (OWN, OTHER) if address.words else (OWN,)
    row = {}
    probed = {who: ask(browsers[who], method, address.path(world, OWN, who)) for who in PROBES}
    if set(probed.values()) == {"x"}:  # refused before anybody's post is looked at: the same for every post
        row = dict.fromkeys(Role.values, "x" * len(sides))
    for who in [one for one in COLUMNS if one not in row]:
        role = who if who in Role.values else Role.BRANCH_DOCTOR
        row[who] = "".join(ask(browsers[who], method, address.path(world, side, role)) for side in sides)
    return row


def table() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(newline="") as lines:
        rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
        return {(row["address"], row["method"]): {who: row[who] for who in COLUMNS} for row in rows}


def written(key: tuple[str, str], row: dict[str, str]) -> str:
    return "\t".join([*key, *(row[who] for who in COLUMNS)])


def room_of(name: str) -> str:
    """The part of the walk an address belongs to: parts run side by side."""
    return next((room for room in ROOMS if name.startswith(room)), "others")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("room", [*ROOMS, "others"])
def test_every_address_answers_every_post_as_the_table_says(world, browsers, room):
    expected = {key: row for key, row in table().items() if room_of(key[0]) == room}
    seen = {
        (address.name, method): cells(world, browsers, address, method)
        for address in addresses()
        if room_of(address.name) == room
        for method in METHODS
    }
    wrong = [written(key, row) for key, row in seen.items() if expected.get(key) != row]
    gone = [written(key, row) for key, row in expected.items() if key not in seen]
    assert (wrong, gone) == ([], [])


# -- what the table itself must say ---------------------------------------------------------------------------------

LISTS = re.compile(r"^(fhir:(kind|search|root)|fhir_base|dicomweb:.*/(series|instances))")
"""Searches: they answer everybody who may search, with nothing in it that is out of reach."""
OPEN_OUTSIDE = {
    "api:organisation": "the directory is open to whoever acts",
    "emr:open": "the ways to open a closed record: masked name, sex, age, home; not for managers, leader, statistician",
    "diagnostics:patient_panel": "a panel of the chart: empty without a basis",
    "referral:patient_panel": "as above",
    "ecg:unmatched_recording": "recordings nobody was matched to are read at the head hospital, whoever sent them",
    "ecg:samples": "as above",
    "insurance_bridge:day": "a date is nobody's: each institution sees its own day",
    "insurance_bridge:compare": "as above",
    "insurance_bridge:close_day": "as above",
}
"""What answers outside of reach all the same, each with its reason."""
FORMS = {"ecg:upload", "referral:beds", "emr:labels"}
"""Pages that show a manager a form, free beds or the label table: nobody's data."""


def clinical() -> list[tuple[tuple[str, str], dict[str, str]]]:
    return [(key, row) for key, row in table().items() if key[0].startswith((*CLINICAL, "api:"))]


def test_nothing_clinical_outside_of_reach_is_open_to_anybody():
    wrong = [
        (key, who)
        for key, row in clinical()
        if not LISTS.match(key[0]) and key[0] not in OPEN_TO_ALL | OPEN_OUTSIDE.keys()
        for who, cell in row.items()
        if cell[1:] in ("o", "!")
    ]
    assert wrong == []


def test_the_three_managers_are_shown_nothing_clinical():
    told = {"fhir:metadata", "fhir:smart", "emr:glass_overview", *FORMS, *OPEN_TO_ALL}
    wrong = [
        (key, who)
        for key, row in clinical()
        if key[0] not in told and not LISTS.match(key[0])
        for who in sorted(MANAGERS)
        if "o" in row[who]
    ]
    assert wrong == []


def test_each_console_opens_to_its_manager_alone():
    home = {"ops": Role.SYSTEM_MANAGER, "security": Role.SECURITY_MANAGER, "audit": Role.AUDIT_MANAGER}
    for name, manager in home.items():
        row = table()[f"consortium:{name}", "GET"]
        assert {who for who, cell in row.items() if cell == "o"} == {manager}


def test_a_stranger_is_sent_to_the_sign_in():
    """What answers nobody in particular is named here, and nothing else does."""
    public = {key[0] for key, row in table().items() if "o" in row["nobody"]}
    assert public <= PUBLIC


PUBLIC = {
    "consortium:sign_in", "consortium:second", "consortium:enrol", "consortium:passkey", "consortium:demo_codes",
    "consortium:sign_out", "consortium:lock", "consortium:switch", "consortium:come_back", "consortium:here",
    "fhir:metadata", "fhir:smart", "oauth_token", "healthz", "readyz", "metrics", "portal:set_language", "portal:theme",
    "api_schema", "api_docs", "check_paper",
}  # fmt: skip


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

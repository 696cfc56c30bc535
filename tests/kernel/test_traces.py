"""One row for an opening, one for a list, one for every write and refusal: not one for a query, and never none."""

from uuid import UUID

import pytest
from django.test import Client

from consortium.choices import Role
from kernel.models import AuditEntry
from tests.factories import consortium as make
from tests.factories import emr

OPENINGS = {"access.record_opened", "repository.opened"}


@pytest.fixture
def place(db):
    return make.make_organisation()


@pytest.fixture
def doctor(place):
    return make.make_staff(Role.BRANCH_DOCTOR, place)


@pytest.fixture
def browser(doctor):
    here = Client(headers={"Accept": "text/html"})
    make.sign_in(here, doctor)
    return here


@pytest.fixture
def patients(place, doctor):
    made = [emr.make_patient(place) for _number in range(3)]
    for one in made:
        emr.make_encounter(make.actor_of(doctor), one.pk, diagnoses=[("", "高血压", "confirmed")])
    return made


class Written:
    """What was written since: actions with the patient each names."""

    def __init__(self):
        last = AuditEntry.objects.order_by("-id").values_list("id", flat=True).first()
        self.last = last or UUID(int=0)

    def __call__(self):
        rows = AuditEntry.objects.filter(id__gt=self.last).order_by("id")
        return list(rows.values_list("action", "patient", "actor_name"))


def test_a_record_looked_at_in_many_ways_is_one_opening(browser, doctor, patients):
    written, (first, second, _third) = Written(), patients
    for path in ("/patients/{}/", "/fhir/Patient/{}", "/patients/{}/", "/fhir/Patient/{}"):
        assert browser.get(path.format(first.pk)).status_code == 200
    openings = [row for row in written() if row[0] in OPENINGS]
    assert [row[1:] for row in openings] == [(first.pk, doctor.username)]
    assert browser.get(f"/patients/{second.pk}/").status_code == 200
    assert [row[1] for row in written() if row[0] in OPENINGS] == [first.pk, second.pk]


@pytest.mark.parametrize("path", ["/fhir/Patient", "/fhir/Condition?_count=50", "/fhir/Encounter"])
def test_a_list_is_one_row_however_long(browser, doctor, patients, path):
    written = Written()
    assert browser.get(path).json()["resourceType"] == "Bundle"
    assert [(action, who) for action, _patient, who in written()] == [
        ("repository.searched", doctor.username)
    ]


def test_a_search_at_the_portal_is_one_row(browser, doctor, patients):
    written = Written()
    assert browser.post("/search/", {"q": "测试"}).status_code == 200
    assert [(action, who) for action, _patient, who in written()] == [
        ("emr.patient_searched", doctor.username)
    ]


def test_an_unmasked_value_is_a_row_of_its_own(browser, doctor, patients):
    written = Written()
    assert browser.post(f"/patients/{patients[0].pk}/reveal/", {"what": "phone"}).status_code == 200
    assert ("emr.identity_revealed", patients[0].pk, doctor.username) in written()


def test_what_is_refused_is_a_row_that_stands(browser, doctor):
    written = Written()
    assert browser.get("/ops/").status_code == 403
    assert browser.get("/referrals/01a00000-0000-7000-8000-000000000000/").status_code == 404
    rows = (
        AuditEntry.objects.filter(id__gt=written.last)
        .order_by("id")
        .values_list("action", "outcome", "session")
    )
    assert [row[:2] for row in rows] == [("access.refused", "refused"), ("access.out_of_reach", "refused")]
    assert all(row[2] for row in rows)


def test_a_sign_in_that_fails_and_one_that_succeeds_are_rows(db):
    make.make_staff(Role.BRANCH_DOCTOR, username="wang.li", password="Right-password-1")
    written = Written()
    Client().post("/signin/", {"username": "wang.li", "password": "wrong"})
    Client().post("/signin/", {"username": "wang.li", "password": "Right-password-1"})
    outcomes = list(
        AuditEntry.objects.filter(id__gt=written.last).order_by("id").values_list("action", "outcome")
    )
    assert outcomes[0][1] == "failure"
    assert ("consortium.password_accepted", "success") in outcomes

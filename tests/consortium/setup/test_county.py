"""The demo county: whole, valid, and everybody can sign in."""

import io
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from config.local.places import ROOT
from consortium import selectors, services
from consortium.choices import IdentifierSystem, OrganisationKind, Role
from consortium.engine import codes
from consortium.models import Bed, Department, DutyShift, Organisation, OrganisationIdentifier, Post, Staff
from kernel.actor import Actor, Kind
from kernel.errors import Conflict, Refused
from tests.factories import consortium as make
from tests.factories.emr import id_number

pytestmark = pytest.mark.django_db
COUNTY = ROOT / "fixtures" / "county"


@pytest.fixture
def county():
    return services.load_county(by=Actor.system("demo"), source=COUNTY)


def test_the_county_is_whole(county):
    kinds = Counter(Organisation.objects.values_list("kind", flat=True))
    assert kinds == {
        "outside": 2,
        "county_bureau": 1,
        "consortium_office": 1,
        "head_hospital": 1,
        "branch": 16,
        "village_clinic": 40,
    }
    head = selectors.head_hospital()
    assert Department.objects.filter(organisation=head).count() == 21
    assert Bed.objects.filter(department__organisation=head).count() == 216
    assert Staff.objects.count() == len(county.staff) == 159
    assert set(Post.objects.values_list("role", flat=True)) == set(Role.values)
    staffed = set(Post.objects.values_list("organisation_id", flat=True))
    assert staffed == set(Organisation.objects.exclude(kind="outside").values_list("pk", flat=True))
    for branch in selectors.branches():
        assert selectors.holders(Role.BRANCH_DOCTOR, branch.pk) != []


def test_every_code_is_valid_and_every_person_synthetic(county):
    values = OrganisationIdentifier.objects.filter(system=IdentifierSystem.USCC).values_list(
        "value", flat=True
    )
    assert (len(values), [one for one in values if not codes.uscc_valid(one)]) == (59, [])
    care = Organisation.objects.filter(
        kind__in=[OrganisationKind.HEAD_HOSPITAL, OrganisationKind.BRANCH, OrganisationKind.VILLAGE_CLINIC]
    )
    for system in (IdentifierSystem.INSTITUTION, IdentifierSystem.INSURANCE):
        assert OrganisationIdentifier.objects.filter(system=system, organisation__in=care).count() == 57
    lines = (COUNTY / "staff.tsv").read_text(encoding="utf-8").splitlines()[1:]
    people = [line.split("\t") for line in lines]
    assert {(row[2][:2], row[3][:3]) for row in people} == {("99", "100")}


def test_somebody_is_on_duty_everywhere_now(county):
    head = selectors.head_hospital()
    assert {shift.duty for shift in selectors.on_duty(organisation=head.pk)} >= {
        "first_line",
        "referral_desk",
    }
    for place in selectors.branches():
        assert [shift.telephone[:4] for shift in selectors.on_duty(organisation=place.pk)] == ["0591"]
    assert DutyShift.objects.filter(telephone="").count() == 0


def test_people_and_clients_of_the_list_sign_in(county):
    stranger = Actor(kind=Kind.STAFF, name="unknown", address="192.0.2.1")
    known = county.staff[0]
    first = services.check_password(by=stranger, username=known["username"], password=known["password"])
    code = selectors.code_now(known["totp_secret"])
    second = services.check_code(by=stranger, staff_id=first.staff_id, code=code)
    assert second.session.post.role == known["role"]
    assert second.session.post.organisation.name == known["organisation"]
    client = next(one for one in county.clients if "system/*.*" in one["scopes"])
    token = services.issue_token(by=stranger, client_id=client["client_id"], secret=client["client_secret"])
    assert "system/*.read" in token.scope


def test_it_is_loaded_once_and_by_nobody_but_the_house(county):
    with pytest.raises(Conflict):
        services.load_county(by=Actor.system("demo"), source=COUNTY)
    with pytest.raises(Refused):
        services.load_county(by=make.make_actor(Role.LEADER), source=COUNTY)


def test_the_command_loads_a_county_and_writes_what_it_was_asked_to(tmp_path):
    said, path = io.StringIO(), tmp_path / "credentials.json"
    call_command("county", "load", str(COUNTY), credentials=path, stdout=said)
    assert said.getvalue() == "159 accounts, 7 API clients\n"
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError):
        call_command("county", "load", str(COUNTY))


def test_a_second_security_manager_is_made_with_the_first_three():
    order = {
        "system": "aa1:甲:990124197605200011",
        "security": "bb1:乙:990124199107140027",
        "audit": "cc1:丙:990124199505170037",
        "second": "dd1:丁:990124199712170048",
    }
    call_command(
        "managers", "create", **order, hospital="青禾县总医院", region="990124", stdout=io.StringIO()
    )
    guards = Post.objects.filter(role=Role.SECURITY_MANAGER).values_list("staff__username", flat=True)
    assert set(guards) == {"bb1", "dd1"}


def test_the_command_makes_the_first_three_managers_once():
    said = io.StringIO()
    order = {
        "system": f"keeper:甲:{id_number()}",
        "security": f"guard:乙:{id_number()}",
        "audit": f"reader:丙:{id_number()}",
        "hospital": "青禾县总医院",
        "region": "990124",
    }
    call_command("managers", "create", **order, stdout=said)
    assert [line.count("password") for line in said.getvalue().splitlines()] == [0, 1, 1, 1, 0]
    assert "--second" in said.getvalue().splitlines()[-1]
    assert set(Staff.objects.values_list("username", flat=True)) == {"keeper", "guard", "reader"}
    with pytest.raises(CommandError):
        call_command("managers", "create", **order)
    with pytest.raises(CommandError):
        call_command("managers", "create", **{**order, "system": "nocolon"})

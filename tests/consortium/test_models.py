"""What the database itself refuses."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from psycopg.types.range import DateRange

from consortium.choices import IdentifierSystem, OrganisationKind, Role
from consortium.models import Organisation, OrganisationIdentifier, Post
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db
CODE = "H99012400001"


def give(organisation, since, until, value=CODE):
    return OrganisationIdentifier.objects.create(
        organisation=organisation,
        system=IdentifierSystem.INSURANCE,
        value=value,
        period=DateRange(since, until, "[)"),
    )


def test_a_code_follows_a_merger_but_never_names_two_at_once():
    old, new = make.make_organisation(), make.make_organisation()
    give(old, date(2020, 1, 1), date(2024, 1, 1))
    give(new, date(2024, 1, 1), None)
    with (
        pytest.raises(IntegrityError, match="identifier_names_one_organisation_at_a_time"),
        transaction.atomic(),
    ):
        give(old, date(2025, 1, 1), None)


def test_an_organisation_bears_one_code_of_a_system_at_a_time():
    place = make.make_organisation()
    give(place, date(2020, 1, 1), None)
    with pytest.raises(IntegrityError, match="identifier_one_per_system_at_a_time"), transaction.atomic():
        give(place, date(2024, 1, 1), None, "H99012400002")


def test_there_is_one_head_hospital():
    make.make_organisation(OrganisationKind.HEAD_HOSPITAL)
    with pytest.raises(IntegrityError, match="organisation_one_head_hospital"), transaction.atomic():
        Organisation.objects.create(
            kind=OrganisationKind.HEAD_HOSPITAL, name="第二总院", short_name="二院", region_code="990124"
        )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Role.SYSTEM_MANAGER, Role.SECURITY_MANAGER),
        (Role.SECURITY_MANAGER, Role.AUDIT_MANAGER),
        (Role.AUDIT_MANAGER, Role.BRANCH_DOCTOR),
        (Role.SPECIALIST, Role.SYSTEM_MANAGER),
    ],
)
def test_nobody_stands_on_two_sides_at_once(first, second):
    place = make.make_organisation()
    person = make.make_staff(first, place)
    with pytest.raises(IntegrityError, match="post_one_side_per_person"), transaction.atomic():
        make.make_post(person, second, place)


def test_sides_may_follow_one_another_and_working_posts_may_stand_together():
    place, today = make.make_organisation(), date(2026, 6, 1)
    person = make.make_staff(None)
    make.make_post(person, Role.SPECIALIST, place, since=today - timedelta(days=9), until=today)
    make.make_post(person, Role.SYSTEM_MANAGER, place, since=today)
    doctor = make.make_staff(Role.SPECIALIST, place)
    make.make_post(doctor, Role.READER, place)
    assert Post.objects.filter(staff=doctor).count() == 2


def test_a_manager_reads_nothing_clinical():
    with pytest.raises(IntegrityError, match="post_manager_reads_nothing_clinical"), transaction.atomic():
        make.make_staff(Role.AUDIT_MANAGER, clearance=4)

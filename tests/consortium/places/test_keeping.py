"""The system manager keeps institutions, departments, beds and devices: what is written, refused and recorded."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from psycopg.types.range import DateRange

from consortium import selectors, services
from consortium.choices import IdentifierSystem, Role
from consortium.engine.codes import uscc_check
from consortium.engine.runs import run
from consortium.models import ApplicationEntity, Bed, Department, OrganisationIdentifier
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import AuditEntry
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("consortium")
DAY = timedelta(days=1)
FIRST, SECOND = (body + uscc_check(body) for body in ("12990124400199900", "12990124400199901"))


@pytest.fixture
def keeper():
    return make.make_actor(Role.SYSTEM_MANAGER)


@pytest.fixture
def ward():
    return make.make_department(make.make_organisation())


def audit_trail(row):
    """What was recorded about a row, in order."""
    return list(
        AuditEntry.objects.filter(subject_id=str(row.pk)).order_by("id").values_list("action", flat=True)
    )


def refusal(verb, **order):
    """The refusal of a verb: its status, its code and the fields it names."""
    with pytest.raises((Conflict, Invalid)) as told:
        verb(**order)
    return told.value.status, told.value.code, sorted(told.value.fields)


@pytest.mark.parametrize(
    ("first", "last", "codes"),
    [
        ("3-01", "3-03", ["3-01", "3-02", "3-03"]),
        ("8", "11", ["8", "9", "10", "11"]),
        ("加1", "加2", ["加1", "加2"]),
        ("12", "", ["12"]),
    ],
)
def test_a_run_of_beds_is_read_as_it_is_written(first, last, codes):
    assert run(first, last) == codes


@pytest.mark.parametrize(
    ("first", "last"), [("3-01", "4-02"), ("5", "4"), ("1", "102"), ("a", "b"), ("1", "床")]
)
def test_what_is_no_run_is_refused_and_registers_nothing(keeper, ward, first, last):
    told = refusal(services.register_beds, by=keeper, department_id=ward.pk, first=first, last=last)

    assert told == (422, "invalid", ["last"])
    assert Bed.objects.count() == 0


def test_beds_come_in_a_run_all_or_none(keeper, ward):
    services.register_beds(by=keeper, department_id=ward.pk, first="3-05", room="305")
    told = refusal(services.register_beds, by=keeper, department_id=ward.pk, first="3-01", last="3-20")
    services.register_beds(by=keeper, department_id=ward.pk, first="3-06", last="3-20", kind="isolation")

    assert told == (409, "bed_exists", ["first"])
    assert Bed.objects.filter(department=ward).count() == 16
    assert audit_trail(ward) == ["consortium.bed_registered"] * 2


def test_a_new_code_ends_the_one_before_and_a_slip_of_the_day_is_put_right(keeper):
    place = make.make_organisation()
    today = clock.today()
    order = {"by": keeper, "organisation_id": place.pk, "system": IdentifierSystem.USCC}
    services.give_identifier(**order, value=FIRST, since=today - 400 * DAY)
    services.give_identifier(**order, value=SECOND, since=today + 10 * DAY)
    third = uscc_check("12990124400199902")
    services.give_identifier(**order, value=f"12990124400199902{third}", since=today + 10 * DAY)

    rows = OrganisationIdentifier.objects.filter(organisation=place).order_by("period")
    assert [(one.value, one.period) for one in rows] == [
        (FIRST, DateRange(today - 400 * DAY, today + 10 * DAY, "[)")),
        (f"12990124400199902{third}", DateRange(today + 10 * DAY, None, "[)")),
    ]
    early = refusal(services.give_identifier, **order, value=SECOND, since=today)
    backwards = refusal(services.give_identifier, **order, value=SECOND, since=today, until=today)
    same = refusal(services.give_identifier, **order, value=FIRST, since=today, until=today + DAY)
    assert early == (409, "identifier_in_use", ["until"])
    assert backwards == (422, "bad_period", ["until"])
    assert same == (409, "identifier_in_use", ["value"])


def test_a_code_that_another_institution_bears_names_it(keeper):
    mine, other = make.make_organisation(), make.make_organisation(name="大坪镇分院")
    services.give_identifier(by=keeper, organisation_id=other.pk, system="uscc", value=FIRST)
    with pytest.raises(Conflict) as told:
        services.give_identifier(by=keeper, organisation_id=mine.pk, system="uscc", value=FIRST)

    assert "大坪镇分院" in str(told.value.fields["value"])
    assert selectors.identifier(mine.pk, "uscc") == ""


def test_what_somebody_else_changed_in_between_is_not_overwritten(keeper, ward):
    place, bed = ward.organisation, make.make_bed(ward)
    device = make.make_entity("CT1", place)
    facts = {"name": "急诊科", "code": "er"}
    services.change_department(by=keeper, department_id=ward.pk, version=1, **facts)
    services.change_bed(by=keeper, bed_id=bed.pk, version=1, kind="isolation", room="9")
    services.change_entity(by=keeper, entity_id=device.pk, version=1, title="ct 2.a", name="CT")
    late = {"by": keeper, "version": 1}
    names = {"name": "某院", "short_name": "某院", "region_code": "990124"}
    services.change_organisation(organisation_id=place.pk, **late, **names)
    refused = [
        refusal(services.change_department, department_id=ward.pk, **late, **facts),
        refusal(services.change_bed, bed_id=bed.pk, kind="general", **late),
        refusal(services.change_entity, entity_id=device.pk, title="CT3", name="CT", **late),
        refusal(services.change_organisation, organisation_id=place.pk, **late, **names),
        refusal(services.close_department, department_id=ward.pk, day=clock.today(), **late),
        refusal(services.end_entity, entity_id=device.pk, **late),
    ]

    assert refused == [(409, "version_conflict", [])] * 6
    device.refresh_from_db()
    assert (device.title, device.version) == ("CT 2.A", 2)
    assert audit_trail(ward) == ["consortium.department_changed"]


def test_a_department_closes_once_nothing_hangs_on_it(keeper, ward):
    bed, nurse = make.make_bed(ward, "01"), make.make_staff(Role.BED_DESK, department=ward)
    make.make_entity("US1", ward.organisation, department=ward)
    day = clock.today() + 3 * DAY
    order = {"by": keeper, "department_id": ward.pk, "day": day}
    with pytest.raises(Conflict) as told:
        services.close_department(**order, version=1)
    assert (told.value.code, str(told.value.message).count("1 ")) == ("hangs", 3)

    services.close_beds(by=keeper, department_id=ward.pk, bed_ids=[bed.pk])
    services.end_entity(by=keeper, entity_id=ApplicationEntity.objects.get().pk, version=1)
    services.end_post(by=HOUSE, post_id=nurse.posts.get().pk, on=day)
    services.close_department(**order, version=1)
    assert (services.close_departments_due(by=HOUSE), Department.objects.get(pk=ward.pk).active) == (0, True)

    still = refusal(services.close_department, **{**order, "day": clock.today()}, version=2)
    services.end_post(by=HOUSE, post_id=nurse.posts.get().pk)
    services.close_department(**{**order, "day": clock.today()}, version=2)
    ward.refresh_from_db()
    assert still == (409, "hangs", [])
    assert (ward.active, selectors.departments_of(ward.organisation_id)) == (False, [])
    closed = [
        refusal(services.close_department, **order, version=3),
        refusal(services.register_beds, by=keeper, department_id=ward.pk, first="02"),
        refusal(services.reopen_beds, by=keeper, department_id=ward.pk, bed_ids=[bed.pk]),
    ]
    assert closed == [(409, "closed", [])] * 3
    services.reopen_department(by=keeper, department_id=ward.pk, version=3)
    services.reopen_beds(by=keeper, department_id=ward.pk, bed_ids=[bed.pk])
    assert [one.code for one in selectors.beds_of(ward.pk)] == ["01"]
    assert audit_trail(ward) == [
        "consortium.department_closes",
        "consortium.department_closes",
        "consortium.department_reopened",
    ]


def test_a_department_closes_on_its_day_unless_something_hangs_on_it_again(keeper, ward):
    order = {"by": keeper, "department_id": ward.pk}
    services.close_department(**order, version=1, day=clock.today() + DAY)
    Department.objects.filter(pk=ward.pk).update(closes_date=clock.today())
    bed = make.make_bed(ward)

    assert services.close_departments_due(by=HOUSE) == 0
    services.close_beds(**order, bed_ids=[bed.pk])
    assert services.close_departments_due(by=HOUSE) == 1
    assert not Department.objects.get(pk=ward.pk).active
    yesterday = refusal(services.close_department, **order, version=1, day=clock.today() - DAY)
    assert yesterday == (409, "version_conflict", [])


def test_the_database_lets_nothing_new_into_a_closed_department(ward):
    Department.objects.filter(pk=ward.pk).update(active=False)
    tries = [
        lambda: make.make_bed(ward),
        lambda: make.make_staff(Role.BED_DESK, department=ward),
        lambda: make.make_entity("CT9", ward.organisation, department=ward),
    ]
    for attempt in tries:
        with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
            attempt()
    assert make.make_bed(ward, active=False).active is False


@pytest.mark.parametrize("title", ["CT1", "ct.room 2", "A" * 16, " CT1 ", "MR+3T/[A]"])
def test_an_ae_title_is_what_the_standard_allows(keeper, ward, title):
    order = {"by": keeper, "name": "CT", "organisation_id": ward.organisation_id}
    row = services.register_entity(title=title, **order)

    assert row.title == title.strip().upper()
    assert refusal(services.register_entity, title=title.lower(), **order) == (
        409,
        "entity_exists",
        ["title"],
    )


@pytest.mark.parametrize("title", ["", "   ", "A" * 17, "CT\\1", "CT\t1", "影像CT", "CT\x7f"])
def test_an_ae_title_that_no_device_could_bear_is_refused(keeper, ward, title):
    order = {"by": keeper, "name": "CT", "organisation_id": ward.organisation_id}
    assert refusal(services.register_entity, title=title, **order) == (422, "invalid", ["title"])


def test_a_device_has_host_and_port_or_neither(keeper, ward):
    order = {"by": keeper, "title": "CT1", "name": "CT", "organisation_id": ward.organisation_id}
    told = [
        refusal(services.register_entity, **order, port=104)[2],
        refusal(services.register_entity, **order, host="10.0.0.9")[2],
        refusal(services.register_entity, **order, host="10.0.0.9", port=70_000)[2],
    ]
    assert told == [["host"], ["port"], ["port"]]


def test_an_institution_stands_where_its_kind_belongs(keeper):
    order = {"by": keeper, "name": "青山村卫生室", "region_code": "990124101201"}
    hospital = make.make_organisation("head_hospital")
    alone = refusal(services.register_organisation, kind="village_clinic", **order)
    astray = refusal(services.register_organisation, kind="village_clinic", parent_id=hospital.pk, **order)
    region = refusal(services.register_organisation, kind="branch", **{**order, "region_code": "99"})
    branch = services.register_organisation(kind="branch", parent_id=hospital.pk, **order)

    assert [alone[2], astray[2], region[2]] == [["parent_id"], ["parent_id"], ["region_code"]]
    assert branch.sequence > hospital.sequence


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM_MANAGER])
def test_nobody_else_keeps_places(role, ward):
    by = make.make_actor(role, ward.organisation)
    verbs = [
        lambda: services.register_department(by=by, organisation_id=ward.organisation_id, code="x", name="x"),
        lambda: services.register_beds(by=by, department_id=ward.pk, first="1"),
        lambda: services.close_department(by=by, department_id=ward.pk, version=1, day=clock.today()),
        lambda: services.register_entity(by=by, title="X", name="x", organisation_id=ward.organisation_id),
        lambda: selectors.place_tree(by=by),
        lambda: selectors.place_page(by=by, organisation_id=ward.organisation_id),
    ]
    for verb in verbs:
        with pytest.raises(Refused):
            verb()


def test_a_bed_of_another_department_is_none_of_this_one(keeper, ward):
    stranger = make.make_bed()
    assert refusal(services.close_beds, by=keeper, department_id=ward.pk, bed_ids=[stranger.pk])[0] == 422
    with pytest.raises(OutOfReach):
        selectors.department_page(by=keeper, department_id=stranger.pk)

"""Statistics beyond the recount: the file is the page, nobody is named, the county's day, goals, old legs."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.db import connection

from consortium.choices import OrganisationKind, Role
from consortium.models import Staff
from emr.index.models import Patient
from emr.index.vault import name_of
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, Refused, StepUpNeeded
from kernel.models import AuditEntry
from referral import selectors, services
from referral.choices import INDICATORS, Group, Period
from referral.models import IndicatorGoal, Referral, Tally
from referral.selectors.stats.page import Asked
from referral.services.stats import counting
from tests.factories.consortium import make_actor, make_organisation, make_staff, sign_in
from tests.factories.referral import make_county, make_submitted
from tests.referral.steps import make_leg
from tests.referral.test_services import accepted

pytestmark = pytest.mark.django_db
FIGURE = re.compile(r"<[^>]+>|\s+")


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def counted(county):
    """One leg taken with a bed, one rejected by an institution of its own."""
    accepted(county, make_submitted(county, diagnosis_code="I44.2"))
    other = make_county()
    leg = make_submitted(other, diagnosis_code="J18.9")
    services.reject(
        by=other.coordinator,
        referral_id=leg.pk,
        version=leg.version,
        key="",
        code="R01",
        text="无床",
        instead="下周",
    )
    return county


def asked(**more):
    return Asked(selectors.span(Period.DAYS_30, clock.today()), **more)


# -- taken out ---------------------------------------------------------------------------------------------------


def test_the_csv_holds_what_the_page_shows_and_says_so_in_the_record(client, counted):
    person = make_staff(Role.STATISTICIAN, counted.hospital)
    sign_in(client, person)
    page = client.get("/referrals/stats/", {"period": "d30"}).text

    answer = client.post(
        "/referrals/stats/export/", {"period": "d30", "purpose": "supervision", "form": "csv"}
    )

    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    taken = {line[0]: line[1:] for line in reversed(lines) if line}
    shown = selectors.statistics(by=make_actor(Role.STATISTICIAN, counted.hospital), asked=asked())
    for tile in shown.tiles:
        one, cells = tile.indicator, taken[str(tile.indicator.label)]
        assert cells[0] == str(tile.value.part), one.code
        if one.whole and tile.value.share is not None:
            assert float(cells[2]) == round(tile.value.share, 2), one.code
    for side in shown.sides:
        assert taken[side.name][0] == str(side.values["up"].part)
        assert side.name in page
    kept = AuditEntry.objects.filter(action="referral.statistics_exported", actor_name=person.username)
    assert [entry.detail["purpose"] for entry in kept] == ["supervision"]


def test_the_workbook_holds_the_same_words(client, counted):
    sign_in(client, make_staff(Role.LEADER, counted.hospital))
    answer = client.post(
        "/referrals/stats/export/", {"period": "d30", "purpose": "statistics", "form": "xlsx"}
    )
    with ZipFile(io.BytesIO(answer.content)) as book:
        words = book.read("xl/sharedStrings.xml").decode()
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 3
    assert {str(one.label) in words for one in INDICATORS.values()} == {True}
    assert counted.branch.short_name in words
    assert not {name_of(one.person) for one in Patient.objects.select_related("person")} & set(
        re.findall(r"<t[^>]*>([^<]*)</t>", words)
    )


@pytest.mark.parametrize(("purpose", "form"), [("", "csv"), ("curiosity", "csv"), ("statistics", "doc")])
def test_nothing_is_taken_out_without_a_purpose_or_a_form(counted, purpose, form):
    leader = make_actor(Role.LEADER, counted.hospital)
    with pytest.raises(Invalid):
        services.export_statistics(by=leader, asked=asked(), purpose=purpose, form=form)
    assert AuditEntry.objects.filter(action="referral.statistics_exported").count() == 0


def test_only_who_counts_takes_out_and_with_a_fresh_proof(client, counted):
    with pytest.raises(Refused):
        services.export_statistics(by=counted.doctor, asked=asked(), purpose="statistics", form="csv")
    stale = make_actor(Role.LEADER, counted.hospital)
    object.__setattr__(stale, "proved_at", clock.now() - timedelta(minutes=11))
    with pytest.raises(StepUpNeeded):
        services.export_statistics(by=stale, asked=asked(), purpose="statistics", form="csv")


# -- seen --------------------------------------------------------------------------------------------------------


def test_a_leader_sees_figures_and_never_a_name(client, counted):
    sign_in(client, make_staff(Role.LEADER, counted.hospital))
    names = {name_of(one.person) for one in Patient.objects.select_related("person")}
    seen = client.get("/referrals/stats/", {"period": "d30"}).text
    for code in ("up", "accept", "closure"):
        seen += client.get(f"/referrals/stats/{code}/rows/", {"period": "d30", "of": "whole"}).text
    assert Referral.objects.values_list("number", flat=True)[0] in seen
    assert [name for name in names if name in seen] == []
    assert [words for words in Referral.objects.values_list("diagnosis", flat=True) if words in seen] == []


def test_a_day_begins_at_midnight_in_shanghai(county):
    who, leg = make_actor(Role.LEADER, county.hospital), make_submitted(county)
    day = date(2026, 3, 1)
    moments = {
        datetime(2026, 2, 28, 15, 59, 59, 999999, UTC): 0,
        datetime(2026, 2, 28, 16, 0, 0, 0, UTC): 1,
        datetime(2026, 3, 1, 15, 59, 59, 999999, UTC): 1,
        datetime(2026, 3, 1, 16, 0, 0, 0, UTC): 0,
    }
    for moment, number in moments.items():
        Tally.objects.filter(pk=leg.pk).update(sent_at=moment)
        shown = selectors.measure(by=who, span=selectors.span(Period.DAY, day), codes=["up"])
        assert shown["up"].part == number, moment


@pytest.mark.parametrize("legs", [1, 3])
def test_page_and_rows_take_the_same_statements(legs, django_assert_num_queries):
    counties = [make_county() for _leg in range(legs)]
    for one in counties:
        make_submitted(one)
    who = make_actor(Role.LEADER, counties[0].hospital)
    with django_assert_num_queries(4):
        shown = selectors.statistics(by=who, asked=asked(group=Group.BRANCH))
    assert len(shown.sides) == legs
    with django_assert_num_queries(4):
        found = selectors.counted_rows(by=who, code="up", asked=asked())
    assert found.number == legs


# -- counted -----------------------------------------------------------------------------------------------------


def test_a_way_onward_is_counted_once_and_what_comes_in_is_no_leaving(county):
    leg = make_submitted(county)
    child = make_leg()
    Referral.objects.filter(pk=child.pk).update(parent=leg, source=leg.target, target=make_organisation())
    from_there = make_leg()
    city = make_organisation(kind=OrganisationKind.OUTSIDE)
    Referral.objects.filter(pk=from_there.pk).update(
        source=city, target=county.hospital, doctor=None, outside_doctor="许文清", direction="lateral"
    )
    Tally.objects.all().delete()
    for one in (leg, child, from_there):
        one.refresh_from_db()
        counting.count(one, outside=False)
    Tally.objects.update(sent_at=clock.now())
    shown = selectors.measure(by=make_actor(Role.LEADER, county.hospital), span=asked().span)
    assert (shown["up"].part, shown["lateral"].part, shown["inbound"].part) == (2, 1, 1)
    assert (shown["in_county"].part, shown["in_county"].whole) == (1, 1)


def test_old_legs_are_told_their_way_by_the_migration(county):
    leg, stay = make_submitted(county), make_leg()
    Referral.objects.filter(pk=stay.pk).update(
        follow_up="none", no_plan="cured", no_plan_words="已愈", parent=leg
    )
    Referral.objects.filter(pk=stay.pk).update(source=leg.target, target=make_organisation())
    far = make_leg()
    Referral.objects.filter(pk=far.pk).update(doctor=None, outside_doctor="许文清")
    for one in (leg, stay, far):
        one.refresh_from_db()
        counting.count(one, outside=False)
    right = list(Tally.objects.order_by("pk").values_list("pk", "goes_on", "inbound", "no_plan"))
    Tally.objects.update(goes_on=False, inbound=False, no_plan="")

    import_module("referral.migrations.0024_ways_filled").fill(apps, connection.schema_editor())

    assert list(Tally.objects.order_by("pk").values_list("pk", "goes_on", "inbound", "no_plan")) == right
    assert sorted(row[1:] for row in right) == [
        (False, False, ""), (False, True, ""), (True, False, "cured"),
    ]  # fmt: skip


def test_the_first_filling_counts_every_leg_that_has_a_history(county):
    leg = accepted(county, make_submitted(county, diagnosis_code="I44.2"))
    right = Tally.objects.get(pk=leg.pk)
    Tally.objects.all().delete()

    import_module("referral.migrations.0011_tallies_filled").fill(apps, connection.schema_editor())

    assert counting.differs(Tally.objects.get(pk=leg.pk), right) == {}


# -- goals -------------------------------------------------------------------------------------------------------


@pytest.fixture
def office(county):
    return make_actor(Role.STATISTICIAN, make_organisation(kind=OrganisationKind.CONSORTIUM_OFFICE))


def set_goal(by, since=None, version=None, reason="理事会 11 月会议", **goals):
    return services.set_goals(
        by=by, goals=goals, since=since or clock.today(), reason=reason, version=version
    )


def test_a_goal_counts_from_its_day_on_and_is_shown_in_the_charts(client, counted, office):
    tomorrow = clock.today() + timedelta(days=1)
    assert set_goal(office, closure=Decimal("80"), accept=None) == 2
    assert set_goal(office, since=tomorrow, closure=Decimal("70")) == 1
    who = make_actor(Role.LEADER, counted.hospital)
    shown = selectors.statistics(by=who, asked=asked()).known
    assert (shown["closure"].goal, shown["accept"].goal, shown["no_show"].goal) == (80.0, None, 5)
    earlier = selectors.statistics(by=who, asked=Asked(asked().span.before)).known
    assert earlier["closure"].goal == 95
    sign_in(client, Staff.objects.get(pk=office.id))
    assert "≥ 80 %" in client.get("/referrals/stats/", {"period": "d30"}).text
    page = client.get("/referrals/stats/definitions/").text
    assert page.count("理事会 11 月会议") == 3
    trail = AuditEntry.objects.filter(action="referral.goal_set").order_by("id")
    assert [(one.detail["indicator"], one.detail["before"], one.detail["after"]) for one in trail] == [
        ("closure", "95", "80"), ("accept", "95", "None"), ("closure", "80.0", "70"),
    ]  # fmt: skip


def test_the_office_sets_goals_on_the_page(client, office):
    sign_in(client, Staff.objects.get(pk=office.id))
    start = {one.code: one.goal for one in INDICATORS.values() if one.whole and one.goal is not None}
    said = {**start, "closure": "88.5", "since": clock.today().isoformat(), "reason": "理事会", "version": ""}

    assert (
        f'value="{said["since"]}"' in client.get("/referrals/stats/definitions/").text
    )  # a browser reads ISO
    answer = client.post("/referrals/stats/definitions/", said)

    assert (answer.status_code, IndicatorGoal.objects.get().per_cent) == (302, Decimal("88.5"))
    wrong = client.post("/referrals/stats/definitions/", {**said, "closure": "120", "reason": ""})
    assert (wrong.status_code, "120" in wrong.text, IndicatorGoal.objects.count()) == (422, True, 1)


@pytest.mark.parametrize(
    "said",
    [
        {"closure": Decimal(101)}, {"closure": Decimal(-1)}, {"up": Decimal(5)},
        {"closure": Decimal(5), "since": clock.today() - timedelta(days=1)}, {"closure": Decimal(5), "reason": " "},
    ],
)  # fmt: skip
def test_a_goal_is_a_share_from_today_on_with_a_reason(office, said):
    with pytest.raises(Invalid):
        set_goal(office, **said)
    assert IndicatorGoal.objects.count() == 0


def test_goals_are_the_offices_alone(county, office):
    for other in (county.doctor, make_actor(Role.MEDICAL_AFFAIRS, county.hospital)):
        with pytest.raises(Refused):
            set_goal(other, closure=Decimal(1))
    with pytest.raises(Refused):
        set_goal(make_actor(Role.LEADER, county.hospital), closure=Decimal(1))
    set_goal(office, closure=Decimal(80), version=0)
    with pytest.raises(Conflict):
        set_goal(office, closure=Decimal(70), version=0)


def test_the_house_acts_through_no_goal(county):
    with pytest.raises(Refused):
        set_goal(Actor.system("x"), closure=Decimal(1))

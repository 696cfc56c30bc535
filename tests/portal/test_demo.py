"""A small demo county, loaded once for all that look at it: its stories, its record, its money, its links."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from django.db.models import Count
from django.test import Client, override_settings

from consortium import selectors as consortium
from consortium.choices import Role
from consortium.models import ApiClient, Post, Staff
from diagnostics.models import CriticalValue, ExamRequest, Report
from ecg.models import Recording
from emr.access.models import BreakGlass
from emr.capacity.models import BedUse
from emr.index import selectors as index
from emr.index.models import Patient
from imaging.models import Study
from insurance_bridge import selectors
from insurance_bridge.models import Case, Day, FeeLine, Settlement
from kernel import clock, deeds, delivery
from kernel.actor import Actor
from kernel.models import AuditEntry
from portal.demo import county, money
from portal.demo.cast import Cast
from referral.models import PeerMessage, Referral, Telephoned
from tests import databases
from tests.factories.consortium import sign_in
from tests.plugin import WORKER
from tests.walk import refused

PEOPLE = 400
BY = Actor.system("demo")

pytestmark = [pytest.mark.slow(20), pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Demo:
    """What the load said, its data folder, and when it began."""

    loaded: county.Loaded
    folder: Path
    began: datetime


@pytest.fixture(scope="module")
def county_of_the_module(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Demo]:
    """In one transaction that is rolled back at the end."""
    folder = tmp_path_factory.mktemp("demo")
    house = override_settings(DEMO=True, EMBEDDED=True, INSURANCE_DATA=folder / "insurance")
    with house, django_db_blocker.unblock():
        with databases.unseen():
            began = clock.now()
            yield Demo(county.load(by=BY, count=PEOPLE, folder=folder), folder, began)
            transaction.set_rollback(True)
        connections.close_all()
        databases.forget_alarms(f"lianyi_{WORKER}")


@pytest.fixture
def demo(county_of_the_module: Demo) -> Iterator[Demo]:
    """The county; what a test does to it is taken back."""
    with databases.unseen():
        yield county_of_the_module
        transaction.set_rollback(True)


def test_a_county_is_loaded_with_every_kind_of_story(demo):
    assert demo.loaded.residents == PEOPLE
    legs = dict(Referral.objects.values_list("status").annotate(Count("pk")).order_by())
    assert set(legs) == {
        "draft", "submitted", "accepted", "scheduled", "arrived", "in_care", "care_completed", "rehab_active",
        "closed", "rejected", "cancelled", "entered_in_error", "info_requested", "waitlisted", "in_transit", "no_show",
    }  # fmt: skip
    assert Referral.objects.filter(direction="down", plan__isnull=False).exists()
    cases = dict(ExamRequest.objects.values_list("status").annotate(Count("pk")).order_by())
    assert set(cases) == {
        "requested", "registered", "examined", "claimed", "draft", "submitted", "preliminary", "signed", "cancelled",
    }  # fmt: skip
    assert set(BedUse.objects.filter(ended_at=None).values_list("use", flat=True)) >= {
        "held",
        "occupied",
        "blocked",
    }
    assert Recording.objects.filter(request=None).count() == 1
    assert Study.objects.filter(status="unmatched").count() == 1
    assert not Study.objects.filter(status="received").exists()
    assert Study.objects.filter(status="matched").exists()
    assert BreakGlass.objects.filter(verdict="pending").count() == 1
    assert FeeLine.objects.filter(source="typed").exists()
    assert (delivery.waiting(), delivery.unfanned()) == (0, 0)
    _credentials_open_every_door(demo.folder)
    _every_action_has_a_name()
    _a_critical_value_waits()
    _guifang_is_there(demo.folder)
    _hospitals_outside_are_spoken_with()


def test_the_audit_record_does_not_play_along_with_the_stories(demo):
    assert Referral.objects.filter(submitted_at__lt=demo.began - timedelta(days=5)).exists()
    assert AuditEntry.objects.count() > 500
    assert not AuditEntry.objects.filter(at__lt=demo.began).exists()
    assert connection.features.uses_savepoints


def _credentials_open_every_door(folder: Path) -> None:
    file = folder / "demo" / "credentials.json"
    known = json.loads(file.read_text())
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(known["staff"]) == Staff.objects.count()
    assert len(known["clients"]) == ApiClient.objects.count()
    assert any("system/*.*" in client["scopes"] for client in known["clients"])
    one = next(row for row in known["staff"] if row["role"] == "branch_doctor")
    assert Staff.objects.get(username=one["username"]).check_password(one["password"])
    assert consortium.code_now(one["totp_secret"]).isdigit()
    assert set(one) >= {"username", "password", "totp_secret", "name", "role", "organisation"}


def _every_action_has_a_name() -> None:
    """What the county did for three weeks is told in words on the audit pages."""
    actions = AuditEntry.objects.order_by().values_list("action", flat=True).distinct()
    assert set(actions) - set(deeds.named()) == set()


def _a_critical_value_waits() -> None:
    waiting = CriticalValue.objects.filter(acknowledged_at=None, request__source__short_name="柳溪镇分院")
    assert waiting.exists()
    assert Report.objects.filter(outcome="critical").exists()


def _hospitals_outside_are_spoken_with() -> None:
    out = Referral.objects.filter(target__kind="outside")
    assert sorted(out.values_list("target__short_name", "status")) == [
        ("省立医院", "accepted"), ("省立医院", "arrived"), ("青州市一院", "submitted"),
    ]  # fmt: skip
    assert list(Referral.objects.filter(source__kind="outside").values_list("status", flat=True)) == [
        "accepted"
    ]
    assert list(Telephoned.objects.order_by("pk").values_list("told_by", flat=True)) == [
        "肝胆外科 何敏 医生", "肝胆外科 何敏 医生", "血管外科 陈立新 主任",
    ]  # fmt: skip
    assert sorted(PeerMessage.objects.values_list("way", "activity", "state")) == [
        ("in", "C01001", "taken"), ("out", "C01001", "taken"), ("out", "C01002", "taken"),
    ]  # fmt: skip


def _guifang_is_there(folder: Path) -> None:
    rows = [json.loads(line) for line in (folder / "insurance" / "persons.jsonl").read_text().splitlines()]
    said = next(row for row in rows if row["name"] == "周桂芳")
    assert (said["certno"][:2], said["brdy"]) == ("99", "1959-03-12")
    assert (said["insutype"], said["identities"][0]["psn_idet_type"]) == ("390", "7019")
    welfare = sum(bool(row["identities"]) for row in rows) / len(rows)
    assert 0.2 < welfare < 0.5
    home = next(one for one in consortium.branches() if one.short_name == "柳溪镇分院")
    doctor = consortium.actor_of_staff(consortium.holders("branch_doctor", home.pk)[0])
    born = Patient.objects.filter(organisation=home, person__birth_date="1959-03-12")
    cards = [index.card(by=doctor, patient_id=pk) for pk in born.values_list("pk", flat=True)]
    found = [card for card in cards if card.name == "周桂芳"]
    assert len(found) == 1
    assert "青霉素" in str(found[0].allergies)


def test_no_link_leads_where_its_reader_may_not_go(demo):
    objections = {}
    for role in Role:
        post = (
            Post.objects.filter(role=role).select_related("staff").order_by("staff__username", "pk").first()
        )
        assert post is not None, f"nobody is {role} in the demo county"
        client = Client()
        sign_in(client, post.staff, role)
        objections |= {f"{role}: {words}": status for words, status in refused(client).items()}

    assert objections == {}


# -- the money, settled with the insurance centre in a process of its own -----------------------------------------


@pytest.fixture(scope="module")
def told(county_of_the_module: Demo) -> int:
    """How many bills; they stay until the end of the module, as they do in the centre's books."""
    demo = county_of_the_module
    return money.tell(by=BY, folder=demo.folder, payers=demo.loaded.payers)


def test_three_days_are_settled_and_the_last_waits_for_the_clerk_with_a_difference(told):
    days = [clock.today() - timedelta(days=ago) for ago in money.DAYS]
    assert told == len(days) * money.A_DAY
    assert sorted(Settlement.objects.values_list("day_date", "status")) == [
        (day, status)
        for day in days
        for status in (["paid"] * 4 if day != days[-1] else ["paid"] * 3 + ["settled"])
    ]
    assert list(Day.objects.order_by("date").values_list("date", "status")) == [
        (days[0], "closed"),
        (days[1], "closed"),
        (days[2], "compared"),
    ]
    assert list(Case.objects.values_list("kind", "day__date", "status")) == [("amount", days[2], "open")]


def test_the_welfare_officer_finds_people_whose_help_is_not_settled(told):
    cast, places = Cast(), consortium.all_organisations()
    officer = next(one for place in places for one in cast.all(Role.WELFARE_OFFICER, place.pk))
    assert {row.state for row in selectors.relief(by=officer)} - {
        "treated",
        "open",
        "unaided",
        "aided",
    } == set()
    assert len(selectors.relief(by=officer)) >= 1

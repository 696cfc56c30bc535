"""A small demo county, loaded by the command's own road into the tests' database."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count

from config.local.places import ROOT
from consortium import selectors as consortium
from consortium.models import ApiClient, Staff
from diagnostics.models import CriticalValue, ExamRequest, Report
from ecg.models import Recording
from emr.access.models import BreakGlass
from emr.capacity.models import BedUse
from emr.index import selectors as index
from emr.index.models import Patient
from fixtures.demo import pictures, script
from imaging.models import Study
from insurance_bridge.models import FeeItem, FeeLine
from kernel import clock, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Refused
from kernel.models import AuditEntry
from portal.demo import catalogues, county
from referral.models import PeerMessage, Referral, Telephoned
from tests.factories.consortium import make_organisation

PEOPLE = 150

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO, settings.EMBEDDED = True, True
    return tmp_path


def load(folder: Path, count: int = PEOPLE) -> county.Loaded:
    return county.load(by=Actor.system("demo"), count=count, folder=folder)


def test_a_county_is_loaded_with_every_kind_of_story(demo):
    loaded = load(demo)

    assert loaded.residents == PEOPLE
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
    assert (outbox.waiting(), outbox.unfanned()) == (0, 0)
    _credentials_open_every_door(demo)
    _a_critical_value_waits()
    _guifang_is_there(demo)
    _hospitals_outside_are_spoken_with()


def test_the_audit_record_does_not_play_along_with_the_stories(demo):
    began = clock.now()
    load(demo)

    assert Referral.objects.filter(submitted_at__lt=began - timedelta(days=5)).exists()
    assert AuditEntry.objects.count() > 500
    assert not AuditEntry.objects.filter(at__lt=began).exists()
    assert connection.features.uses_savepoints


def _credentials_open_every_door(demo: Path) -> None:
    file = demo / "demo" / "credentials.json"
    known = json.loads(file.read_text())
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(known["staff"]) == Staff.objects.count()
    assert len(known["clients"]) == ApiClient.objects.count()
    assert any("system/*.*" in client["scopes"] for client in known["clients"])
    one = next(row for row in known["staff"] if row["role"] == "branch_doctor")
    assert Staff.objects.get(username=one["username"]).check_password(one["password"])
    assert consortium.code_now(one["totp_secret"]).isdigit()
    assert set(one) >= {"username", "password", "totp_secret", "name", "role", "organisation"}


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


def _guifang_is_there(demo: Path) -> None:
    rows = [json.loads(line) for line in (demo / "insurance" / "persons.jsonl").read_text().splitlines()]
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


def test_the_same_seed_tells_the_same_stories():
    assert list(script.legs(16, seed=3)) == list(script.legs(16, seed=3))
    assert len(list(script.legs(16, seed=3))) >= 45
    assert list(script.exams(16, seed=3)) == list(script.exams(16, seed=3))


def test_a_platform_in_use_is_left_alone(demo):
    make_organisation()

    with pytest.raises(Conflict):
        load(demo)

    assert not (demo / "demo").exists()


@pytest.mark.parametrize(("demo_mode", "embedded"), [(False, True), (True, False)])
def test_production_has_no_demo(settings, tmp_path, demo_mode, embedded):
    settings.DEMO, settings.EMBEDDED = demo_mode, embedded

    with pytest.raises(Refused):
        load(tmp_path)
    with pytest.raises(CommandError):
        call_command("demo", people=10)


def test_every_exam_has_its_fee():
    by = Actor.system("demo")
    catalogues.load(by=by, source=ROOT / "fixtures" / "catalogue")

    items = {row["code"] for row in catalogues.rows(ROOT / "fixtures" / "catalogue" / "exam_items.tsv")}
    assert set(FeeItem.objects.exclude(exam_item="").values_list("exam_item", flat=True)) == items
    assert FeeItem.objects.count() >= 60
    assert set(FeeItem.objects.values_list("fee_class", flat=True)) == {"A", "B", "C"}


@pytest.mark.parametrize("item", sorted(pictures.BODY))
def test_pictures_are_drawn(item):
    drawn = pictures.pictures(item)

    assert len(drawn) == (pictures.SLICES if item in pictures.WINDOWS else 1)
    assert all(picture.std() > 50 for picture in drawn)

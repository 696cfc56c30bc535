"""When a demo county is loaded and when not, and what it is made of."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.local.places import ROOT
from fixtures.demo import pictures, script
from insurance_bridge.models import FeeItem
from kernel.actor import Actor
from kernel.errors import Conflict, Refused
from portal.demo import catalogues, county
from tests.factories.consortium import make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO, settings.EMBEDDED = True, True
    return tmp_path


def load(folder: Path) -> county.Loaded:
    return county.load(by=Actor.system("demo"), count=150, folder=folder)


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

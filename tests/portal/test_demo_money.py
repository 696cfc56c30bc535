"""The demo county's money, settled with the insurance centre in a process of its own."""

from datetime import timedelta

import pytest

from consortium import selectors as consortium
from consortium.choices import Role
from insurance_bridge import selectors
from insurance_bridge.models import Case, Day, Settlement
from kernel import clock
from kernel.actor import Actor
from portal.demo import county, money
from portal.demo.cast import Cast

pytestmark = pytest.mark.django_db
BY = Actor.system("demo")


@pytest.fixture
def told(settings, tmp_path):
    settings.DEMO, settings.EMBEDDED = True, True
    settings.INSURANCE_DATA = tmp_path / "insurance"
    loaded = county.load(by=BY, count=400, folder=tmp_path)
    return money.tell(by=BY, folder=tmp_path, payers=loaded.payers)


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

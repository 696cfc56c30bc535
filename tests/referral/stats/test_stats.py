"""Statistics: recomputed from the histories they equal the shown ones (invariant 14), every number opens its rows."""

import html
import random
import re
from datetime import timedelta

import pytest

from consortium.choices import OrganisationKind, Role
from consortium.models import Organisation
from emr.index.models import Patient
from kernel import clock
from kernel.actor import Actor
from referral import selectors, services
from referral.choices import INDICATORS, Direction, Group, Period, Unit
from referral.engine.recount import Course, Happened, Legs, number, quantile
from referral.models import HistoryEntry, Referral
from referral.selectors.stats.page import Asked
from referral.services.stats.checking import course
from tests.factories.consortium import make_actor, make_staff, sign_in
from tests.factories.referral import make_county, make_submitted
from tests.referral.steps import cause, make_leg
from tests.referral.test_walks import LONGEST, may_not_yet, next_events

pytestmark = pytest.mark.django_db
SEEDS = 6
LEGS = 8
NOW = clock.now


def walk(chosen: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    """One leg by a random way, its steps hours or days apart, begun up to eighty days ago."""
    moment = NOW() - timedelta(hours=chosen.uniform(1, 80 * 24))

    def then() -> None:
        nonlocal moment
        moment = min(moment + timedelta(hours=chosen.expovariate(1 / 20)), NOW())

    monkeypatch.setattr(clock, "now", lambda: moment)
    leg = make_leg(chosen.choice([Direction.UP, Direction.UP, Direction.DOWN, Direction.LATERAL]))
    if chosen.random() < 0.5:
        earlier = Patient.objects.exclude(pk=leg.patient_id).order_by("pk").first()
        if earlier is not None:
            Patient.objects.filter(pk=leg.patient_id).update(person=earlier.person)
    if chosen.random() < 0.2:
        Organisation.objects.filter(pk=leg.target_id).update(kind=OrganisationKind.OUTSIDE)
        services.recount(by=Actor.system("referral"))
        leg.refresh_from_db()
    leg.plan.create(place=1, text="拆线", due_date=clock.today())
    for _step in range(LONGEST):
        events = [event for event in next_events(leg) if not may_not_yet(leg, event)]
        if not events:
            break
        then()
        leg = cause(leg, chosen.choice(events))


def courses() -> list[Course]:
    """Every leg's history, and nothing else of it but who, which way and from and to outside or not."""
    return [
        course(
            leg,
            [
                Happened(entry.event, entry.after, entry.happened_at)
                for entry in HistoryEntry.objects.filter(referral=leg).order_by("version")
            ],
        )
        for leg in Referral.objects.select_related("patient", "source", "target", "parent")
    ]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_counted_from_the_histories_every_number_is_the_shown_one(seed, monkeypatch):
    chosen = random.Random(seed)
    for _leg in range(LEGS):
        walk(chosen, monkeypatch)
    monkeypatch.setattr(clock, "now", NOW)
    who = make_actor(Role.STATISTICIAN, Referral.objects.first().target)
    legs = Legs(courses())

    for period in Period:
        span = selectors.span(period, clock.today() - timedelta(days=chosen.randint(0, 40)))
        since, until = span.bounds
        shown = selectors.measure(by=who, span=span)
        page = selectors.statistics(by=who, asked=Asked(span))
        assert {one.indicator.code: one.value for one in page.tiles} == shown
        assert {one.indicator.code: one.before for one in page.tiles} == selectors.measure(
            by=who, span=span.before
        )
        for code, one in INDICATORS.items():
            assert shown[code].part == number(legs, one.part, one.basis, since, until), code
            if one.whole:
                assert shown[code].whole == number(legs, one.whole, one.basis, since, until), code
            if one.unit == Unit.SPAN:
                middle, slow = (quantile(legs, one.part, share, since, until) for share in (0.5, 0.9))
                assert near(shown[code].middle, middle), code
                assert near(shown[code].slow, slow), code
    assert [str(one) for one in services.compare(by=Actor.system("referral"))] == []


def near(shown, counted) -> bool:
    """Equal but for the rounding of a microsecond."""
    if shown is None or counted is None:
        return shown is counted
    return abs(shown - counted) < timedelta(milliseconds=1)


def test_the_page_and_every_number_of_it_open(client):
    county = make_county()
    make_submitted(county, diagnosis_code="I44.2")
    sign_in(client, make_staff(Role.STATISTICIAN, county.hospital))

    page = client.get("/referrals/stats/", {"period": "d30"})

    assert page.status_code == 200
    links = sorted(set(re.findall(r'href="(/referrals/stats/[^"]+rows/[^"]*)"', page.text)))
    assert len(links) > 20
    assert {client.get(html.unescape(link)).status_code for link in links} == {200}
    for group in Group:
        assert client.get("/referrals/stats/", {"group": group.value, "period": "year"}).status_code == 200

"""Several people at one leg and one bed, on real commits: one wins, the others read 409, once told is told once."""

from decimal import Decimal
from functools import partial
from typing import Any

from consortium import services as consortium
from consortium.choices import OrganisationKind, Role
from consortium.models import Notification
from kernel import clock, delivery
from kernel.actor import Actor
from kernel.errors import Conflict, DomainError
from referral import services
from referral.choices import Event
from referral.models import HistoryEntry, IndicatorGoal, Referral
from tests.factories.consortium import make_actor, make_bed, make_department, make_organisation
from tests.factories.referral import County, make_county, make_draft, make_submitted
from tests.referral.test_services import accepted

HOUSE = Actor.system("tests")


def test_the_other_side_is_told_once(race_db: Any) -> None:
    county = make_county()
    make_submitted(county)
    delivery.drain()
    delivery.drain()
    assert Notification.objects.filter(key__startswith="referral:").count() == 1


def test_eight_coordinators_at_once_one_wins(race_db: Any) -> None:
    county = make_county()
    referral = make_submitted(county)
    beds = [make_bed(county.ward) for _ in range(8)]
    coordinators = [make_actor(Role.COORDINATOR, county.hospital) for _ in range(8)]

    def accept(by: Actor, bed: Any) -> Any:
        return lambda: services.accept(
            by=by,
            referral_id=referral.pk,
            version=referral.version,
            key="",
            department_id=county.ward.pk,
            bed_id=bed.pk,
        )

    results = race_db.at_once([accept(*pair) for pair in zip(coordinators, beds, strict=True)])
    won = [one for one in results if isinstance(one, Referral)]
    lost = [one for one in results if isinstance(one, DomainError)]
    assert (len(won), [one.status for one in lost]) == (1, [409] * 7)
    assert HistoryEntry.objects.filter(event=Event.ACCEPT).count() == 1


def test_four_legs_want_one_bed_one_gets_it(race_db: Any) -> None:
    county = make_county()
    legs = [make_submitted(make_second(county)) for _ in range(4)]

    def keep(referral: Referral) -> Any:
        return lambda: accepted(county, referral)

    results = race_db.at_once([keep(leg) for leg in legs])
    assert sum(isinstance(one, Referral) for one in results) == 1
    assert sum(isinstance(one, Conflict) for one in results) == 3


def make_second(county: County) -> County:
    other = make_county()
    return County(
        **{**county.__dict__, "patient": other.patient, "branch": other.branch, "doctor": other.doctor}
    )


def test_two_of_the_office_set_one_goal_once(race_db: Any) -> None:
    office = make_organisation(kind=OrganisationKind.CONSORTIUM_OFFICE)
    people = [make_actor(Role.LEADER, office) for _ in range(4)]

    def aim(by: Actor, goal: int) -> Any:
        return lambda: services.set_goals(
            by=by, goals={"closure": Decimal(goal)}, since=clock.today(), reason="理事会", version=0
        )

    results = race_db.at_once([aim(by, 60 + place) for place, by in enumerate(people)])

    assert sorted(type(one).__name__ for one in results) == ["Conflict", "Conflict", "Conflict", "int"]
    assert IndicatorGoal.objects.count() == 1


def test_a_leg_is_sent_to_a_department_or_the_department_closes(race_db: Any) -> None:
    county = make_county()
    for _number in range(3):
        other, ward = make_second(county), make_department(county.hospital)
        draft = make_draft(other)
        Referral.objects.filter(pk=draft.pk).update(department=ward)

        sending = partial(
            services.submit, by=other.doctor, referral_id=draft.pk, version=draft.version, key=""
        )
        closing = partial(
            consortium.close_department, by=HOUSE, department_id=ward.pk, version=1, day=clock.today()
        )
        results = race_db.at_once([sending, closing])

        refused = [one.code for one in results if isinstance(one, Conflict)]
        ward.refresh_from_db()
        assert refused == (["hangs"] if ward.active else ["department_closed"]), results
        sent = Referral.objects.exclude(status="draft").filter(department=ward).count()
        assert sent == int(ward.active)

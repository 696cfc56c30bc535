"""An announced closing is taken back before its day: two agree, the same desks hear of it, nothing is to be done."""

from datetime import timedelta

import pytest

from consortium import selectors as places
from consortium import services as consortium
from consortium.choices import Role
from consortium.models import NotificationRecipient
from kernel import clock, delivery
from kernel.errors import Conflict, Refused
from kernel.models import AuditEntry
from referral import services
from referral.selectors.house.relations import page
from tests.factories.consortium import make_actor
from tests.referral.house.test_closing import agree, ask, county, fresh, leg_to, neighbour, office, submit

__all__ = ["county", "neighbour", "office"]

pytestmark = pytest.mark.django_db


def ask_back(office, place, days, by=None):
    return services.propose_staying(
        by=by or fresh(Role.MEDICAL_AFFAIRS, office), organisation_id=place.pk,
        day=clock.today() + timedelta(days=days), reason="县里暂缓撤并",
    )  # fmt: skip


def test_an_announced_closing_is_taken_back_by_two_and_the_same_desks_hear_of_it(
    county, office, neighbour, django_capture_on_commit_callbacks
):
    there = make_actor(Role.BRANCH_DOCTOR, neighbour)
    leg = submit(county, leg_to(county, neighbour))
    with django_capture_on_commit_callbacks(execute=True):
        agree(ask(office, neighbour, days=9))
    delivery.drain()
    change = ask_back(office, neighbour, 9)
    neighbour.refresh_from_db()
    still = (neighbour.closes_date, waiting_back(office))

    with django_capture_on_commit_callbacks(execute=True):
        agree(change)
    delivery.drain()

    neighbour.refresh_from_db()
    told = NotificationRecipient.objects.filter(notification__key__startswith="staying-closing")
    asked = NotificationRecipient.objects.filter(notification__key__startswith="closing:")
    assert still == (clock.today() + timedelta(days=9), [True])
    assert (neighbour.active, neighbour.closes_date, waiting_back(office)) == (True, None, [])
    assert set(told.values_list("staff", "notification__title")) == {
        (who, f"{leg.number} {neighbour.short_name}不停用了，照常收治")
        for who in (county.doctor.id, there.id)
    }
    assert [one.read_at is None for one in asked] == [False, False], (
        "what was to be done is not asked any more"
    )
    done = AuditEntry.objects.filter(action__in=("consortium.organisation_stays", "referral.staying_told"))
    assert done.count() == 2


def waiting_back(office):
    shown = page(by=make_actor(Role.STATISTICIAN, places.organisation(office.pk))).closings
    return [one.asked_back for one in shown]


def test_the_same_day_announced_anew_is_told_anew(
    county, office, neighbour, django_capture_on_commit_callbacks
):
    submit(county, leg_to(county, neighbour))
    for order in (ask, ask_back, ask):
        with django_capture_on_commit_callbacks(execute=True):
            agree(order(office, neighbour, 9))
        delivery.drain()

    told = NotificationRecipient.objects.filter(notification__key__startswith="closing:")
    waits = [(one.staff_id, one.read_at is None) for one in told.order_by("notification__key")]
    assert waits == [(county.doctor.id, False), (county.doctor.id, True)]


def test_taking_back_needs_an_announced_day_to_come_the_office_and_a_leader(county, office, neighbour):
    with pytest.raises(Conflict) as never:
        ask_back(office, neighbour, 9)
    agree(ask(office, neighbour, days=9))
    for by in (fresh(Role.MEDICAL_AFFAIRS, county.hospital), fresh(Role.STATISTICIAN, office)):
        with pytest.raises(Refused):
            ask_back(office, neighbour, 9, by=by)
    with pytest.raises(Conflict) as other:
        ask_back(office, neighbour, 8)
    change = ask_back(office, neighbour, 9)
    agree(ask(office, neighbour, days=12))
    with pytest.raises(Conflict) as moved:
        agree(change)
    with pytest.raises(Refused):
        consortium.keep_open(
            by=make_actor(Role.COORDINATOR), organisation_id=neighbour.pk,
            day=clock.today() + timedelta(days=12), reason="暂缓",
        )  # fmt: skip

    agree(ask(office, neighbour))
    with pytest.raises(Conflict) as closed:
        ask_back(office, neighbour, 0)

    neighbour.refresh_from_db()
    codes = [one.value.code for one in (never, other, moved, closed)]
    assert codes == ["not_closing", "not_closing", "not_closing", "closed"]
    assert (neighbour.active, neighbour.closes_date) == (False, clock.today())

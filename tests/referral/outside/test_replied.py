"""A hospital outside that has sent somebody hears the reply: the leg is closed in its name, counted as all others."""

import pytest

from consortium.choices import Role
from consortium.models import NotificationRecipient
from kernel import clock, delivery
from referral import selectors, services
from referral.choices import Behalf, MessageState, Period, Status
from referral.models import Peer, PeerMessage, Referral
from tests.factories.consortium import make_actor
from tests.factories.referral import make_county, make_submitted
from tests.referral.exchanged import carry, hand_in, other, person, requested

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


def treated(county, number, **reply):
    """The leg of this appointment, walked to its reply."""
    leg = Referral.objects.get(outside_number=number)
    for verb, by, said in (
        (services.accept, county.coordinator, {"department_id": county.ward.pk}),
        (services.arrive, county.reception, {"identity_checked": True}),
        (services.admit, county.specialist, {"complaint": "康复"}),
        (
            services.complete_care,
            county.specialist,
            {"outcome": "好转", "advice": "继续康复", **(reply or CURED)},
        ),
    ):
        leg = verb(by=by, referral_id=leg.pk, version=leg.version, key="", **said)
    return leg


CURED = {"follow_up": "none", "no_plan": "cured", "no_plan_words": "恢复良好"}


def test_a_reply_that_was_taken_closes_the_leg_in_the_name_of_who_sent(county, city, hospital, door):
    hand_in(door, requested(hospital, "QZ-50"))
    leg = treated(county, "QZ-50")
    hospital.control("fault", kind="http_500")
    carry()
    leg.refresh_from_db()
    assert leg.status == Status.CARE_COMPLETED, "the hospital outside has not taken it yet"

    PeerMessage.objects.filter(referral=leg, state=MessageState.DUE).update(due_at=clock.now())
    carry()

    leg.refresh_from_db()
    last = leg.entries.order_by("-version").first()
    assert (leg.status, last.event, last.organisation_id, last.staff_id) == (
        Status.CLOSED, "acknowledge", city.pk, None,
    )  # fmt: skip
    carry()
    assert leg.entries.filter(event="acknowledge").count() == 1


def test_a_reply_with_a_plan_to_come_is_not_closed_by_being_taken(county, city, hospital, door):
    hand_in(door, requested(hospital, "QZ-51"))
    leg = treated(county, "QZ-51", follow_up="plan")
    carry()
    leg.refresh_from_db()
    assert leg.status == Status.CARE_COMPLETED


def test_a_hospital_that_takes_no_messages_is_telephoned_and_that_closes_the_leg(
    county, city, hospital, door
):
    hand_in(door, requested(hospital, "QZ-52"))
    Peer.objects.update(active=False)
    leg = treated(county, "QZ-52")
    delivery.drain()
    told = NotificationRecipient.objects.filter(notification__key=f"referral:{leg.pk}:{leg.version}")
    assert [one.staff_id for one in told] == [county.coordinator.id]

    leg = services.telephoned(
        by=county.coordinator, referral_id=leg.pk, event="acknowledge", version=leg.version, key="",
        told_by="许文清 主任",
    )  # fmt: skip

    assert (leg.status, leg.entries.get(event="acknowledge").behalf) == (Status.CLOSED, Behalf.OUTSIDE)


def test_legs_from_outside_count_in_the_closure_rate_like_all_others(county, city, hospital, door):
    """By hand. closed ÷ (all − withdrawn − rejected): 60 closed, 61 waits for its reader, 62 rejected, 63 withdrawn, 64
    advised (no transfer), and one of the county's own that is under way: 1 of 3."""
    for number in range(60, 65):
        said = requested(hospital, f"QZ-{number}", patient=person() if number == 60 else other())
        assert hand_in(door, said).status_code == 200
        leg = Referral.objects.get(outside_number=f"QZ-{number}")
        order = {"referral_id": leg.pk, "version": leg.version, "key": ""}
        if number == 60:
            treated(county, "QZ-60")
            carry()
            Peer.objects.update(active=False)  # from now on it is told nothing
        elif number == 61:
            treated(county, "QZ-61")
        elif number == 62:
            no = {"code": "R01", "text": "无床", "instead": "下周"}
            services.reject(by=county.coordinator, **order, **no)
        elif number == 63:
            hand_in(door, requested(hospital, "QZ-63", patient=other(), cancel=True, comment="不来了"))
        elif number == 64:
            services.advise(by=county.specialist, **order, advice="门诊复查")
    make_submitted(county)

    states = dict(Referral.objects.filter(source=city).values_list("outside_number", "status"))
    assert [states[f"QZ-{number}"] for number in range(60, 65)] == [
        Status.CLOSED, Status.CARE_COMPLETED, Status.REJECTED, Status.CANCELLED, Status.MANAGED_LOCALLY,
    ]  # fmt: skip
    span = selectors.span(Period.DAYS_30, clock.today())
    told = selectors.measure(
        by=make_actor(Role.LEADER, county.hospital), span=span, codes=["closure", "feedback"]
    )
    assert (told["closure"].part, told["closure"].whole) == (1, 3)
    assert (told["feedback"].part, told["feedback"].whole) == (0, 0), (
        "only replies that the county's own read"
    )

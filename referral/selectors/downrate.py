"""The base of the down rate: finished stays that could have gone down."""

from django.db.models import Q

from referral.choices import NOT_ELIGIBLE, Direction, FollowUp


def completed() -> Q:
    """Up and lateral legs whose care was finished with a signed return form."""
    return ~Q(follow_up="") & ~Q(direction=Direction.DOWN)


def eligible() -> Q:
    """Of those, the ones eligible for going down: all but the recovered and those whose treatment goes on there
    (`NOT_ELIGIBLE`). The down rate is `went_down()` of these."""
    return completed() & ~Q(no_plan__in=NOT_ELIGIBLE)


def went_down() -> Q:
    """Eligible legs that ended with a down leg."""
    return eligible() & Q(follow_up=FollowUp.PLAN, children__direction=Direction.DOWN)

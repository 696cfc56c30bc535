"""The down rate (下转率): one definition, over the tallies."""

from django.db.models import Q

from referral.choices import NOT_ELIGIBLE, Direction


def eligible() -> Q:
    """Stays inside the county, of legs up and between peers, that ended with a signed return form and could have gone
    down: all but the recovered and those whose treatment goes on there (`NOT_ELIGIBLE`)."""
    stays = Q(direction__in=(Direction.UP, Direction.LATERAL), outside=False, inbound=False)
    return stays & Q(replied_at__isnull=False) & ~Q(no_plan__in=NOT_ELIGIBLE)


def went_down() -> Q:
    """Of those, the ones that a leg down followed."""
    return eligible() & Q(sent_down_at__isnull=False)

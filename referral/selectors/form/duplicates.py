"""Whether this person is referred already: told before a second form goes out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from kernel import clock
from kernel.actor import Actor
from referral.choices import TERMINAL, UNSENT, Status
from referral.models import Referral
from referral.policies import REFERRAL
from referral.selectors.lists.board import Row, rows_of

RECENT: Final = timedelta(days=30)
SHOWN: Final = 5
NO_LEG: Final = (*UNSENT, Status.ENTERED_IN_ERROR)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Legs of this person that stand or ended within 30 days. Of those out of the actor's reach only that one
    stands is said: not where, not why, not how many."""

    rows: list[Row]
    elsewhere: bool

    def __bool__(self) -> bool:
        return bool(self.rows) or self.elsewhere


def duplicates(*, by: Actor, person_id: UUID, apart_from: UUID | None = None) -> Duplicates:
    """Of all records of the person, at whichever hospital. Drafts of one's own institution count as well."""
    standing = ~Q(status__in=TERMINAL)
    recent = Q(submitted_at__gt=clock.now() - RECENT) & ~Q(status=Status.ENTERED_IN_ERROR)
    others = ~Q(pk=apart_from) if apart_from else Q()
    seen = REFERRAL.rows(by, "view").filter(standing | recent, others, patient__person=person_id)
    legs = list(seen.order_by("-created_at", "-pk")[:SHOWN])
    sent = Referral.objects.filter(standing, patient__person=person_id).exclude(status__in=NO_LEG)
    hidden = sent.exclude(pk__in=REFERRAL.rows(by, "view").values("pk"))
    return Duplicates(rows=rows_of(by, legs), elsewhere=hidden.exists())
